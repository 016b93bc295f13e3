import type { Ask } from './ask.ts';
import { lookEvery } from './backoff.ts';
import { type Failed, type SourceMemory, SourceWatch } from './source-watch.ts';
import { targetOf } from './target.ts';
import { type ChainView, judge, type Known, nothingKnown, type Watched } from './view.ts';

export interface ChainWatchOptions {
  readonly watched: Watched;
  /** Base URLs of Esplora APIs. */
  readonly sources: readonly string[];
  readonly ask: Ask;
  /** From 0 to 1. */
  readonly random: () => number;
  /** Seconds since 1970. */
  readonly now: number;
  readonly known?: Known | undefined;
  /** Seconds between looks at a source that answers; `lookEvery` by default. */
  readonly every?: number | undefined;
  /** Of the same address, by the URL of the source. */
  readonly memories?: readonly SourceMemory[];
}

/** All sources of one address, and what they say together. Whoever holds it calls `look` when `next` has come. */
export class ChainWatch {
  readonly sources: readonly SourceWatch[];
  readonly #watched: Watched;
  readonly #every: number;
  #known: Known;
  #view: ChainView;

  /** RangeError: the address is no segwit address. */
  constructor(options: ChainWatchOptions) {
    const { watched, sources, ask, random, now, every = lookEvery, known = nothingKnown, memories = [] } = options;
    const target = targetOf(watched.address);
    if (target === undefined) throw new RangeError(`${watched.address} is no segwit address (BIP-350)`);
    this.#watched = watched;
    this.#every = every;
    this.sources = sources.map((url) => {
      const memory = memories.find((one) => one.url === url);
      return new SourceWatch({ url, target, ask, random, bait: watched.bait, every, memory }, now);
    });
    this.#known = known;
    this.#view = judge(watched, [], known, now).view;
  }

  /** As of the last look. */
  get view(): ChainView {
    return this.#view;
  }

  get known(): Known {
    return this.#known;
  }

  /**
   * Seconds since 1970. Those that answer are asked together, once the last of them is due: asked apart, one would tell of a
   * block that the other was not asked about, and seem to contradict it. At least every minute, also where no source is due: what they
   * said grows old.
   */
  get next(): number {
    const answering = this.sources.filter(({ failed }) => failed === undefined).map(({ next }) => next);
    const failing = this.sources.filter(({ failed }) => failed !== undefined).map(({ next }) => next);
    const together = answering.length === 0 ? [] : [Math.max(...answering)];
    return Math.min(this.#view.asOf + this.#every, ...together, ...failing);
  }

  failures(): ReadonlyMap<string, Failed> {
    return new Map(this.sources.flatMap(({ url, failed }) => (failed === undefined ? [] : [[url, failed]])));
  }

  /** As a websocket says: something moved. */
  hint(now: number): void {
    for (const source of this.sources) source.hint(now);
  }

  /** Asks those that are due. Never rejects. */
  async look(now: number): Promise<ChainView> {
    await Promise.all(this.sources.filter(({ next }) => next <= now).map((source) => source.look(now)));
    const looks = this.sources.map(({ url, report, reportedAt }) => ({ source: url, report, reportedAt }));
    const judged = judge(this.#watched, looks, this.#known, now);
    this.#known = judged.known;
    this.#view = judged.view;
    return judged.view;
  }
}
