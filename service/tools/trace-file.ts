import { createReadStream } from 'node:fs';
import { stat } from 'node:fs/promises';
import { type AttemptHead, type AttemptLine, parseTraceLine, type TraceLine } from '../trace/index.ts';
import { Misuse } from './command-words.ts';
import type { AttemptFilter } from './trace-options.ts';
import { everything, noSuchAttempt, passes, TraceFailure, type TraceSource } from './trace-source.ts';

/* A file of traces, or what comes in: line by line, however long it is. */

/** Longer than any attempt: 256 KiB of hex, and what is told of a thousand steps. */
const longestLine = 4 * 1024 * 1024;

type Bytes = AsyncIterable<string | Uint8Array>;

export class FileSource implements TraceSource {
  readonly name: string;
  readonly #bytes: () => Bytes;

  constructor(name: string, bytes: () => Bytes) {
    this.name = name;
    this.#bytes = bytes;
  }

  /** Throws a Misuse where there is no such file. */
  static async open(path: string): Promise<FileSource> {
    await stat(path).catch((error: unknown) => {
      throw new Misuse(`SOURCE is ${JSON.stringify(path)}, which cannot be read (${codeOf(error)})`);
    });
    return new FileSource(path, () => createReadStream(path));
  }

  async *heads(filter: AttemptFilter, newest: number | undefined): AsyncGenerator<AttemptHead> {
    const kept: AttemptHead[] = [];
    for await (const line of this.lines(filter)) {
      if (line.type !== 'attempt') continue;
      if (newest === undefined) yield line.head;
      else if (kept.push(line.head) > newest) kept.shift();
    }
    yield* kept;
  }

  async attempt(number: number | undefined): Promise<AttemptLine> {
    let only: AttemptLine | undefined;
    for await (const line of this.lines(everything)) {
      if (line.type !== 'attempt') continue;
      if (line.head.number === number) return line;
      if (number === undefined && only !== undefined)
        throw new TraceFailure(`${this.name} holds more than one attempt; say which, as ${only.head.number}`);
      only = line;
    }
    if (number !== undefined) throw noSuchAttempt(this.name, number);
    if (only === undefined) throw new TraceFailure(`${this.name} holds no attempt`);
    return only;
  }

  async *lines(filter: AttemptFilter): AsyncGenerator<TraceLine> {
    let at = 0;
    for await (const text of textLines(this.#bytes(), this.name)) {
      at += 1;
      if (text === '') continue;
      const parsed = parseTraceLine(text);
      if (!parsed.ok)
        throw new TraceFailure(
          `line ${at} of ${this.name} is no line of a trace: ${parsed.problem}. docs/trace.schema.json says what is`,
        );
      if (parsed.line.type === 'generation' || passes(filter, parsed.line.head)) yield parsed.line;
    }
  }
}

/** Lines of UTF-8, without their ends. */
async function* textLines(bytes: Bytes, name: string): AsyncGenerator<string> {
  const decoder = new TextDecoder();
  let pending = '';
  try {
    for await (const chunk of bytes) {
      const lines = (typeof chunk === 'string' ? chunk : decoder.decode(chunk, { stream: true })).split('\n');
      lines[0] = pending + (lines[0] ?? '');
      pending = lines.pop() ?? '';
      if (pending.length > longestLine)
        throw new TraceFailure(`${name} has a line of more than ${longestLine} characters, as no file of traces has`);
      for (const line of lines) yield line.endsWith('\r') ? line.slice(0, -1) : line;
    }
  } catch (error) {
    if (error instanceof TraceFailure) throw error;
    throw new TraceFailure(`${name} cannot be read to its end (${codeOf(error)})`);
  }
  if (pending !== '') yield pending;
}

export const codeOf = (error: unknown): string =>
  error instanceof Error && 'code' in error ? String(error.code) : String(error);
