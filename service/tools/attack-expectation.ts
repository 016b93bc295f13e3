import type { AlertName } from '../tls/index.ts';
import type { FailureKey } from '../trace/index.ts';

/* How an attack should end. Whatever is not said is not looked at, but for the bait: it must not come out. */

/** At a TLS port. */
export interface Verdict {
  /** The last word of the piñata; `none`: it says nothing. */
  readonly alert: AlertName | 'none';
  /** Where `/status.json` counts it. */
  readonly category: FailureKey;
}

/** At the website: each request it took for one is answered, and then it closes. */
export interface Answers {
  /** Status codes, in their order. */
  readonly answers: readonly Status[];
  readonly category: FailureKey;
}

/** The test credentials must be let in: what shows that this tool would see a bait that came out. */
export type Expectation = Verdict | Answers | 'bait';

type Refusal = 400 | 404 | 405 | 408 | 411 | 413 | 414 | 417 | 429 | 431 | 501 | 505;
export type Status = 200 | 202 | 304 | Refusal;

/** These answers, and no more; a visit is counted by the first refusal in it, if there is one. */
export function answers(...statuses: readonly Status[]): Answers {
  const refusal = statuses.find((status): status is Refusal => status >= 400);
  return { answers: statuses, category: refusal === undefined ? 'website.page' : `http.${refusal}` };
}

/** Where `/status.json` is to count it. */
export const expectedCategory = (expected: Expectation): FailureKey =>
  expected === 'bait' ? 'success.test' : expected.category;

/** What of it does not show in the category, in a clause. */
export function expectationWords(expected: Exclude<Expectation, 'bait'>): string {
  if ('answers' in expected) return answerWords(expected.answers);
  return expected.alert === 'none' ? 'no alert' : `alert ${expected.alert}`;
}

/** `HTTP 200 (100 times), 400`. */
export function answerWords(statuses: readonly number[]): string {
  if (statuses.length === 0) return 'no answer';
  const runs: { readonly status: number; readonly times: number }[] = [];
  for (const status of statuses) {
    const last = runs.at(-1);
    if (last?.status === status) runs.splice(-1, 1, { status, times: last.times + 1 });
    else runs.push({ status, times: 1 });
  }
  return `HTTP ${runs.map(({ status, times }) => (times === 1 ? `${status}` : `${status} (${times} times)`)).join(', ')}`;
}
