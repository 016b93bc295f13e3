/* From what V8 counts, ranges of characters, to lines (https://v8.dev/blog/javascript-code-coverage). */

/** As `Profiler.takePreciseCoverage` gives it: the first range is the function's own. */
export interface FunctionCoverage {
  readonly functionName: string;
  readonly ranges: readonly { readonly startOffset: number; readonly endOffset: number; readonly count: number }[];
}

/** The lines of one file that are in a function, counted from 1, and those of them that have run. */
export class FileLines {
  readonly inFunctions: ReadonlySet<number>;
  readonly run = new Set<number>();
  /** Where the text of each line begins and ends, without the spaces around it. */
  readonly #texts: readonly { readonly start: number; readonly end: number }[];
  readonly #length: number;

  /**
   * `all`: every function of the file, from a first take that came before anything was called. What stands outside of them
   * runs when the file is loaded, whatever is replayed.
   */
  constructor(source: string, all: readonly FunctionCoverage[]) {
    const lines = source.split('\n');
    this.#length = source.length;
    let next = 0;
    this.#texts = lines.map((text) => {
      const begin = next;
      next += text.length + 1;
      return { start: begin + text.length - text.trimStart().length, end: begin + text.trimEnd().length };
    });
    const own = all.filter((one) => !isModule(one, source.length)).flatMap(({ ranges }) => ranges.slice(0, 1));
    this.inFunctions = new Set(
      lines.flatMap((text, index) => {
        const start = this.#texts[index]?.start ?? 0;
        const inside = own.some(({ startOffset, endOffset }) => startOffset <= start && start < endOffset);
        return inside && says(text) ? [index + 1] : [];
      }),
    );
  }

  /** Takes in what ran since the last time. A range within another one has the last word. */
  add(functions: readonly FunctionCoverage[]): void {
    const ranges = functions
      .flatMap((one) => one.ranges)
      .toSorted((a, b) => a.startOffset - b.startOffset || b.endOffset - a.endOffset);
    const ran = new Uint8Array(this.#length);
    for (const { startOffset, endOffset, count } of ranges) ran.fill(count > 0 ? 1 : 0, startOffset, endOffset);
    for (const line of this.inFunctions) {
      if (this.run.has(line)) continue;
      const text = this.#texts[line - 1];
      if (text !== undefined && ran.subarray(text.start, text.end).includes(1)) this.run.add(line);
    }
  }

  /** Lines that have not run, as first and last of each stretch. */
  get missed(): readonly (readonly [number, number])[] {
    const stretches: [number, number][] = [];
    for (const line of [...this.inFunctions].toSorted((a, b) => a - b)) {
      if (this.run.has(line)) continue;
      const last = stretches.at(-1);
      if (last !== undefined && !this.#codeBetween(last[1], line)) last[1] = line;
      else stretches.push([line, line]);
    }
    return stretches;
  }

  #codeBetween(from: number, to: number): boolean {
    for (let line = from + 1; line < to; line++) if (this.inFunctions.has(line)) return true;
    return false;
  }
}

const isModule = ({ functionName, ranges }: FunctionCoverage, length: number): boolean =>
  functionName === '' && ranges[0]?.startOffset === 0 && ranges[0].endOffset >= length - 1;

/** Neither a comment nor brackets alone. */
const says = (line: string): boolean => /[\p{L}\p{N}]/u.test(line) && !/^\s*(\/\/|\/\*|\*)/.test(line);
