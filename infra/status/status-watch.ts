import { type Ask, type ChainDocument, ChainWatch, chainDocument } from '../../status-page/chain/index.ts';
import { pageReport } from './page-report.ts';
import { type StatusReport, statusReport } from './report.ts';
import type { Subject } from './subject.ts';

/** Explorers and page of one subject. Whoever holds it calls `look` when `next` has come; all who are asked are asked politely. */
export class StatusWatch {
  readonly #subject: Subject;
  readonly #chain: ChainWatch | undefined;
  #document: ChainDocument | undefined;

  constructor(subject: Subject, ask: Ask, now: number) {
    this.#subject = subject;
    const { chain } = subject;
    this.#chain = chain && new ChainWatch({ ...chain, ask, random: Math.random, now });
  }

  /** Seconds since 1970. */
  get next(): number {
    return Math.min(...[this.#chain?.next, this.#subject.page?.next].filter((next) => next !== undefined));
  }

  /** A block came in between while a source was asked: its answers do not belong together, and it is asked again soon. */
  get isTorn(): boolean {
    return [...(this.#chain?.failures().values() ?? [])].some(({ reason }) => reason === 'torn');
  }

  /** Asks those that are due. */
  async look(now: number): Promise<void> {
    const { page } = this.#subject;
    const chain = this.#chain;
    await Promise.all([
      chain !== undefined && chain.next <= now ? chain.look(now) : undefined,
      page !== undefined && page.next <= now ? page.look(now) : undefined,
    ]);
    if (chain !== undefined) this.#document = chainDocument(chain.view, chain.failures());
  }

  /** What was seen last, as old as it is now. */
  report(now: number): StatusReport {
    const { found, expected, page } = this.#subject;
    const seen = page === undefined ? undefined : pageReport(page.seen, now);
    return statusReport({ found, expected, chain: this.#document, page: seen }, now);
  }
}
