import { looseObject, number, record, safeParse, string } from 'valibot';
import { fetchText } from './fetch-text.ts';

/* Where /status.json counted a connection: by what grew. Others attack as well, so there may be more than one answer. */

const statusDocument = looseObject({ connections: looseObject({ byCategory: record(string(), number()) }) });
const RETRY_MILLISECONDS = 60;
/** To ask is to visit. */
const ofOurQuestions = 'website.page';

export class CategoryCounter {
  readonly #url: URL;
  readonly #before: ReadonlyMap<string, number>;

  private constructor(url: URL, before: ReadonlyMap<string, number>) {
    this.#url = url;
    this.#before = before;
  }

  /** Undefined where there is no status to be read. */
  static async open(site: URL): Promise<CategoryCounter | undefined> {
    const url = new URL('/status.json', site);
    const before = await counts(url);
    return before === undefined ? undefined : new CategoryCounter(url, before);
  }

  /** What grew since it was opened, once `expected` is among it or `patience` milliseconds are over. */
  async grown(expected: string, patience: number): Promise<readonly string[]> {
    const deadline = performance.now() + patience;
    for (;;) {
      const now = await counts(this.#url);
      const grown = [...(now ?? [])]
        .filter(([key, count]) => count > (this.#before.get(key) ?? 0) && (key !== ofOurQuestions || key === expected))
        .map(([key]) => key);
      if (grown.includes(expected) || performance.now() > deadline) return grown;
      await new Promise((resolve) => setTimeout(resolve, RETRY_MILLISECONDS));
    }
  }

  /** Categories that grew by less than this, once there are none or `patience` milliseconds are over. */
  async missing(expected: ReadonlyMap<string, number>, patience: number): Promise<readonly string[]> {
    const deadline = performance.now() + patience;
    for (;;) {
      const now = await counts(this.#url);
      const grew = (key: string) => (now?.get(key) ?? 0) - (this.#before.get(key) ?? 0);
      const short = [...expected]
        .filter(([key, count]) => grew(key) < count)
        .map(([key, count]) => `${key} grew by ${grew(key)} instead of ${count}`);
      if (short.length === 0 || performance.now() > deadline) return short;
      await new Promise((resolve) => setTimeout(resolve, RETRY_MILLISECONDS));
    }
  }
}

async function counts(url: URL): Promise<ReadonlyMap<string, number> | undefined> {
  try {
    const document = safeParse(statusDocument, JSON.parse(await fetchText(url, 5000)));
    if (!document.success) return undefined;
    const { byCategory } = document.output.connections;
    return new Map(Object.entries(byCategory));
  } catch {
    return undefined; // a piñata without a website that we can reach is still one to attack
  }
}
