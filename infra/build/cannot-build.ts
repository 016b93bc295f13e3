/** Something to build from is missing. Never said of something that is there and came out differently. */
export class CannotBuild extends Error {
  override readonly name = 'CannotBuild';
  readonly problem: string;

  constructor(problem: string) {
    super(`cannot build: ${problem}`);
    this.problem = problem;
  }
}
