import * as v from 'valibot';
import { type Ask, SourceFailure } from '../../status-page/chain/index.ts';
import { type StatusDocument, statusFormat, statusSchema } from '../../status-page/document/index.ts';
import { asked, jsonOf, looksLikeHost } from './host.ts';
import type { Compare } from './live-page.ts';
import type { PageFiles } from './page-files.ts';
import { checkRetirement, type RetirementCheck } from './page-retirement.ts';

export interface PageSeen {
  readonly url: string;
  /** The newest that could be read, and when; undefined where none ever could. */
  readonly read: { readonly document: StatusDocument; readonly at: number } | undefined;
  /** Why the last look at it failed; undefined where it did not. */
  readonly failure: string | undefined;
  readonly files: PageFiles;
  readonly retirement: RetirementCheck | null;
}

export interface PageWatchOptions {
  /** Without a slash at its end. */
  readonly url: string;
  readonly ask: Ask;
  /** Compares what the page is made of with a release. Never rejects. */
  readonly compare: Compare;
}

/** Seconds between two looks, at least: the page is made anew once a minute, as a rule. */
const lookEvery = 60;
/** Between two comparisons of its files, which are a hundred kilobytes. */
const compareEvery = 3600;

/** One status page, looked at from time to time. Whoever holds it calls `look` when `next` has come. */
export class PageWatch {
  readonly #options: PageWatchOptions;
  #seen: PageSeen;
  #next = 0;
  #compareAt = 0;

  constructor(options: PageWatchOptions) {
    this.#options = options;
    const files: PageFiles = { state: 'unchecked', reason: 'the page was not read yet' };
    this.#seen = { url: options.url, read: undefined, failure: undefined, files, retirement: null };
  }

  get seen(): PageSeen {
    return this.#seen;
  }

  /** Seconds since 1970. */
  get next(): number {
    return this.#next;
  }

  /** Never rejects with a SourceFailure: a page that cannot be read keeps what it said last, which grows old. */
  async look(now: number): Promise<void> {
    const { url, ask, compare } = this.#options;
    try {
      const document = await pageDocument(ask, url);
      this.#next = now + Math.max(lookEvery, document.page.interval);
      const due = now >= this.#compareAt;
      const files = due ? await compare(url, document) : this.#seen.files;
      // What could not be compared is tried again with the next look.
      if (due && files.state !== 'unchecked') this.#compareAt = now + compareEvery;
      const retirement = await checkRetirement(ask, url, document);
      this.#seen = { url, read: { document, at: now }, failure: undefined, files, retirement };
    } catch (error) {
      if (!(error instanceof SourceFailure)) throw error;
      this.#next = now + lookEvery;
      this.#seen = { ...this.#seen, failure: error.message };
    }
  }
}

/** Rejects with a SourceFailure. */
async function pageDocument(ask: Ask, url: string): Promise<StatusDocument> {
  const { status, body } = await asked(ask, `${url}/status.json`);
  const json = status === 200 ? jsonOf(body) : undefined;
  const parsed = v.safeParse(statusSchema, json);
  if (parsed.success) return parsed.output;
  if (looksLikeHost(json)) {
    const { host } = new URL(url);
    throw new SourceFailure('malformed', `${url} is a piñata's own page: ask with \`btc-pinata status ${host}\``);
  }
  const [issue] = parsed.issues;
  const where = v.getDotPath(issue);
  const why =
    status !== 200
      ? `answers ${status}`
      : json === undefined
        ? 'is no JSON'
        : `is no ${statusFormat}: ${where === null ? '' : `${where}: `}${issue.message}`;
  throw new SourceFailure('malformed', `${url}/status.json ${why}. Is it a status page of a piñata?`);
}
