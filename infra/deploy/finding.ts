/** One thing that was looked at before anything is touched. */
export interface Finding {
  readonly what: string;
  /** `offer`: not there, and the deployment makes it itself. `unknown`: it could not be found out, and is no reason to stop. */
  readonly outcome: 'ok' | 'offer' | 'unknown' | 'problem';
  /** What was found; of a problem also what to do. */
  readonly words: string;
}

export const ok = (what: string, words: string): Finding => ({ what, outcome: 'ok', words });
export const problem = (what: string, words: string): Finding => ({ what, outcome: 'problem', words });
export const unknown = (what: string, words: string): Finding => ({ what, outcome: 'unknown', words });
export const offer = (what: string, words: string): Finding => ({ what, outcome: 'offer', words });

const marks = { ok: 'ok', offer: 'will', unknown: '?', problem: 'NO' } as const satisfies Record<
  Finding['outcome'],
  string
>;

export const findingText = ({ what, outcome, words }: Finding): string =>
  `  ${marks[outcome].padEnd(5)}${what.padEnd(13)}${words}`;

export const problems = (findings: readonly Finding[]): readonly Finding[] =>
  findings.filter(({ outcome }) => outcome === 'problem');
