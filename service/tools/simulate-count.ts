import { looseObject, number, record, safeParse, string } from 'valibot';
import { type FailureKey, failureKeys } from '../trace/index.ts';
import { ConnectFailure } from './connect.ts';
import { fetchText } from './fetch-text.ts';
import type { Planned } from './simulate-crowd.ts';

/* What the piñata counted, before and after, against what the crowd was. */

const statusDocument = looseObject({
  connections: looseObject({ byCategory: record(string(), number()) }),
  visitors: number(),
});

export interface Row {
  readonly key: FailureKey;
  readonly expected: number;
  readonly counted: number;
}

export interface Outcome {
  /** Every category, in the order of the table. */
  readonly rows: readonly Row[];
  /** Network prefixes that the piñata says it saw, in its whole life. */
  readonly visitors: number;
  /** What does not agree, each a sentence for people. */
  readonly differences: readonly string[];
}

interface Asked {
  readonly byCategory: ReadonlyMap<string, number>;
  readonly visitors: number;
}

/** How long the counts may stand still before a difference is one. */
const stillMilliseconds = 20_000;
const retryMilliseconds = 250;

/** Counts what happens between `open` and `after`. Its own questions are visits of the page, which are allowed for. */
export class Count {
  readonly #url: URL;
  readonly #before: Asked;
  #questions = 1;

  private constructor(url: URL, before: Asked) {
    this.#url = url;
    this.#before = before;
  }

  static async open(url: URL): Promise<Count> {
    return new Count(url, await ask(url));
  }

  /** Once all agrees, or nothing moves any more. `slack`: connections that nobody can say the category of. */
  async after(visits: readonly Planned[], slack: number): Promise<Outcome> {
    const expected = expectedOf(visits);
    let still = performance.now();
    let last = '';
    for (;;) {
      const { byCategory, visitors } = await ask(this.#url);
      this.#questions += 1;
      const rows = failureKeys.map((key) => ({
        key,
        expected: expected.get(key) ?? 0,
        counted: (byCategory.get(key) ?? 0) - (this.#before.byCategory.get(key) ?? 0),
      }));
      const differences = differencesIn(rows, this.#questions, slack);
      const moved = JSON.stringify(rows.filter(({ key }) => key !== 'website.page'));
      if (moved !== last) still = performance.now();
      last = moved;
      if (differences.length === 0 || performance.now() - still > stillMilliseconds)
        return { rows, visitors, differences };
      await new Promise((resolve) => setTimeout(resolve, retryMilliseconds));
    }
  }
}

async function ask(url: URL): Promise<Asked> {
  let text: string;
  try {
    text = await fetchText(url, 30_000);
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new ConnectFailure(`the piñata does not say what it counted (${url.href}: ${reason}): is it still there?`);
  }
  const document = safeParse(statusDocument, JSON.parse(text));
  if (!document.success) throw new ConnectFailure(`${url.href} is no status of a piñata: it counts nothing`);
  const { connections, visitors } = document.output;
  return { byCategory: new Map(Object.entries(connections.byCategory)), visitors };
}

export function expectedOf(visits: readonly Planned[]): ReadonlyMap<FailureKey, number> {
  const expected = new Map<FailureKey, number>();
  for (const { kind } of visits)
    for (const key of failureKeys) {
      const count = kind.expect[key];
      if (count !== undefined) expected.set(key, (expected.get(key) ?? 0) + count);
    }
  return expected;
}

/** What of a category was counted too often or too seldom. Those that were cut off, and our questions, may be too many. */
export function differencesIn(rows: readonly Row[], questions: number, slack: number): readonly string[] {
  let surplus = 0;
  const short: string[] = [];
  const over: string[] = [];
  for (const { key, expected, counted } of rows) {
    const more = Math.max(0, counted - expected - (key === 'website.page' ? questions : 0));
    surplus += more;
    if (counted < expected) short.push(`${key}: ${counted} instead of ${expected}`);
    if (more > 0) over.push(`${key}: ${counted} instead of ${expected}`);
  }
  return surplus > slack ? [...short, ...over] : short;
}
