import { mutated, Random } from './mutate.ts';

/** What is fuzzed. `run` throws where something is wrong; everything else is fine, whatever the input. */
export interface Target {
  readonly name: string;
  /** Made by the program, each time anew. */
  readonly seeds: readonly Uint8Array[];
  /** Found by the fuzzer, or somebody else's. */
  readonly corpus: readonly Uint8Array[];
  run(input: Uint8Array): void;
}

export interface Crash {
  readonly target: string;
  readonly input: Uint8Array;
  readonly error: string;
}

interface Kept {
  readonly input: Uint8Array;
  /** Branches, with how often, that it was the first to reach. */
  readonly found: number;
  chosen: number;
}

/** An input that takes longer than this is a finding: nobody may make us think for so long. */
const SLOW_MILLISECONDS = 1000;

/** One target, its corpus and what was reached. Coverage-guided: an input that reaches something new is kept and built upon. */
export class Fuzzer {
  readonly #target: Target;
  readonly #hits: Uint8Array;
  readonly #reached: Uint8Array;
  readonly #random: Random;
  readonly #corpus: Kept[] = [];
  readonly #seeds: number;
  readonly #crashes = new Map<string, Crash>();
  executions = 0;
  slowest = 0;

  constructor(target: Target, hits: Uint8Array, seed: number) {
    this.#target = target;
    this.#hits = hits;
    this.#reached = new Uint8Array(hits.length);
    this.#random = new Random(seed);
    for (const input of target.seeds) this.#execute(input);
    this.#seeds = this.#corpus.length;
    for (const input of target.corpus) this.#execute(input);
  }

  /** How many inputs were kept. */
  get corpus(): number {
    return this.#corpus.length;
  }

  /** Those that found most, apart from the seeds. */
  best({ bytes, files }: { readonly bytes: number; readonly files: number }): readonly Uint8Array[] {
    const found = this.#corpus.slice(this.#seeds).sort((a, b) => b.found - a.found);
    const list: Uint8Array[] = [];
    let size = 0;
    for (const { input } of found) {
      if (list.length === files || size + input.length > bytes) continue;
      size += input.length;
      list.push(input);
    }
    return list;
  }

  get crashes(): readonly Crash[] {
    return [...this.#crashes.values()];
  }

  /** Branches that were reached at all. */
  get branches(): number {
    return this.#reached.reduce((sum, buckets) => sum + (buckets === 0 ? 0 : 1), 0);
  }

  run(milliseconds: number): void {
    const end = performance.now() + milliseconds;
    while (performance.now() < end) {
      const { input } = this.#choose();
      this.#execute(mutated(input, this.#random, this.#choose().input));
    }
  }

  /** Of two the one that was built upon less, for what it found: new ground first. */
  #choose(): Kept {
    const [a, b] = [this.#random.pick(this.#corpus), this.#random.pick(this.#corpus)];
    if (a === undefined || b === undefined) return { input: Uint8Array.of(0), found: 1, chosen: 0 };
    const chosen = a.chosen / a.found <= b.chosen / b.found ? a : b;
    chosen.chosen++;
    return chosen;
  }

  #execute(input: Uint8Array): void {
    this.executions++;
    this.#hits.fill(0);
    const took = this.#time(input);
    const found = this.#news();
    if (found > 0) this.#corpus.push({ input, found, chosen: 0 });
    // A machine that was busy elsewhere is not slow three times.
    const slow =
      took > SLOW_MILLISECONDS && this.#time(input) > SLOW_MILLISECONDS && this.#time(input) > SLOW_MILLISECONDS;
    if (slow) this.#crashed(input, `slow: ${Math.round(took)} ms for ${input.length} bytes`);
  }

  #time(input: Uint8Array): number {
    const started = performance.now();
    try {
      this.#target.run(input.slice());
    } catch (error) {
      this.#crashed(input, error instanceof Error ? (error.stack ?? error.message) : String(error));
    }
    const took = performance.now() - started;
    this.slowest = Math.max(this.slowest, took);
    return took;
  }

  /** The same error at the same place is one crash. */
  #crashed(input: Uint8Array, error: string): void {
    const key = error.split('\n').slice(0, 3).join('\n').replaceAll(/\d+/g, 'N');
    const known = this.#crashes.get(key);
    if (known === undefined || known.input.length > input.length) {
      this.#crashes.set(key, { target: this.#target.name, input, error });
    }
  }

  /** AFL's buckets: once, twice, three times, up to 7, 15, 31, 127 and more. */
  #news(): number {
    let news = 0;
    for (let branch = 0; branch < this.#hits.length; branch++) {
      const count = this.#hits[branch] ?? 0;
      if (count === 0) continue;
      const bucket =
        1 << (count < 4 ? count - 1 : count < 8 ? 3 : count < 16 ? 4 : count < 32 ? 5 : count < 128 ? 6 : 7);
      const before = this.#reached[branch] ?? 0;
      if ((before & bucket) !== 0) continue;
      this.#reached[branch] = before | bucket;
      news++;
    }
    return news;
  }
}
