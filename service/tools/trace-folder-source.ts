import { join } from 'node:path';
import {
  type AttemptHead,
  type AttemptLine,
  parseAttemptBody,
  parseAttemptHead,
  parseTraceLine,
  type TraceLine,
  traceFormat,
} from '../trace/index.ts';
import { bodiesBeside, linesOf, numberOfBody, storeIn } from './trace-folder.ts';
import type { AttemptFilter } from './trace-options.ts';
import { everything, noSuchAttempt, passes, TraceFailure, type TraceSource } from './trace-source.ts';

/**
 * The folder in which a piñata keeps its traces, which may be at work in it: one segment is in memory at a time. An attempt
 * whose body was dropped has none.
 */
export class FolderSource implements TraceSource {
  readonly name: string;
  readonly #folder: string;
  readonly #journals: readonly string[];

  /** Throws a Misuse where there is no store. */
  constructor(path: string) {
    this.name = path;
    const { folder, journals } = storeIn(path);
    this.#folder = folder;
    this.#journals = journals;
  }

  async *heads(filter: AttemptFilter, newest: number | undefined): AsyncGenerator<AttemptHead> {
    const kept: AttemptHead[] = [];
    for (const journal of this.#journals) {
      for (const text of linesOf(join(this.#folder, journal))) {
        const head = this.#headIn(text);
        if (head === undefined || !passes(filter, head)) continue;
        if (newest === undefined) yield head;
        else if (kept.push(head) > newest) kept.shift();
      }
    }
    yield* kept;
  }

  async attempt(number: number | undefined): Promise<AttemptLine> {
    let only: AttemptLine | undefined;
    const filter = number === undefined ? everything : { ...everything, from: number, to: number };
    for await (const line of this.lines(filter)) {
      if (line.type !== 'attempt') continue;
      if (only !== undefined)
        throw new TraceFailure(`${this.name} holds more than one attempt; say which, as ${only.head.number}`);
      only = line;
    }
    if (only !== undefined) return only;
    throw number === undefined ? new TraceFailure(`${this.name} holds no attempt`) : noSuchAttempt(this.name, number);
  }

  async *lines(filter: AttemptFilter): AsyncGenerator<TraceLine> {
    for (const journal of this.#journals) {
      let bodies: ReadonlyMap<number, string> | undefined;
      for (const text of linesOf(join(this.#folder, journal))) {
        const head = this.#headIn(text);
        if (head === undefined) {
          const parsed = parseTraceLine(text); // or counts, which no file of traces has
          if (parsed.ok && parsed.line.type === 'generation') yield parsed.line;
        } else if (passes(filter, head)) {
          bodies ??= new Map((bodiesBeside(this.#folder, journal) ?? []).map((line) => [numberOfBody(line), line]));
          yield this.#attemptOf(head, bodies.get(head.number));
        }
      }
    }
  }

  #headIn(text: string): AttemptHead | undefined {
    if (!text.startsWith('{"number":')) return undefined;
    const parsed = parseAttemptHead(text);
    if (parsed.ok) return parsed.value;
    throw new TraceFailure(`a line of ${this.name} is no head of an attempt: ${parsed.problem}`);
  }

  #attemptOf(head: AttemptHead, text: string | undefined): AttemptLine {
    const line = { format: traceFormat, type: 'attempt', head } as const;
    if (text === undefined) return { ...line, body: null };
    const parsed = parseAttemptBody(text);
    if (!parsed.ok) throw new TraceFailure(`the body of attempt ${head.number} in ${this.name}: ${parsed.problem}`);
    return { ...line, body: parsed.value };
  }
}
