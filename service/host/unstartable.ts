/** What keeps the process from starting, said for people: which thing, what is wrong with it, and what to do. */
export class Unstartable extends Error {
  override readonly name: string = 'Unstartable';
}

/** A value that was understood, and cannot be used: the command line is what has to change, as where it was not understood. */
export class UnusableSetting extends Unstartable {
  override readonly name = 'UnusableSetting';

  constructor(named: string, problem: string, allowed: string) {
    super(`${named}: ${problem}; allowed: ${allowed}`);
  }
}
