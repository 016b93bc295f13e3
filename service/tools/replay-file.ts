import { createReadStream, statSync } from 'node:fs';
import { createInterface } from 'node:readline';
import { type AttemptLine, parseTraceLine } from '../trace/index.ts';
import { type Replay, replay } from './replay.ts';
import { type Generations, type ReplayGeneration, readGeneration } from './replay-session.ts';

/* A file of traces, line by line: of a corpus of any length one attempt is in memory at a time. */

/** `line` is counted from 1. */
export type FileLine =
  | { readonly type: 'attempt'; readonly line: number; readonly attempt: AttemptLine; readonly replay: Replay }
  | { readonly type: 'unreadable'; readonly line: number; readonly problem: string };

export interface ReplayProgress {
  readonly bytesRead: number;
  readonly bytes: number;
}

export interface ReplayFileOptions {
  /** This attempt alone. */
  readonly number?: number | undefined;
  readonly onProgress?: (progress: ReplayProgress) => void;
}

/** Replays each attempt of a file. Generations are read first: a file may hold them anywhere. Throws what opening it throws. */
export async function* replayFile(path: string, options: ReplayFileOptions = {}): AsyncGenerator<FileLine> {
  const generations = await generationsOf(path);
  const bytes = statSync(path).size;
  let [line, bytesRead] = [0, 0];
  for await (const text of linesOf(path)) {
    line += 1;
    bytesRead += text.length + 1;
    options.onProgress?.({ bytesRead, bytes });
    if (text === '' || generationMark.test(text)) continue;
    const parsed = parseTraceLine(text);
    if (parsed.ok !== true) {
      yield { type: 'unreadable', line, problem: parsed.problem };
      continue;
    }
    if (parsed.line.type === 'generation') continue;
    const attempt = parsed.line;
    if (options.number !== undefined && options.number !== attempt.head.number) continue;
    yield { type: 'attempt', line, attempt, replay: replay(attempt, generations) };
  }
}

/** No attempt holds it: a quotation mark within a string is escaped. */
const generationMark = /"type"\s*:\s*"generation"/;

async function generationsOf(path: string): Promise<Generations> {
  const generations = new Map<string, ReplayGeneration>();
  for await (const text of linesOf(path)) {
    if (!generationMark.test(text)) continue;
    const parsed = parseTraceLine(text);
    if (parsed.ok !== true || parsed.line.type !== 'generation') continue;
    const generation = readGeneration(parsed.line);
    if (generation !== undefined) generations.set(parsed.line.generation, generation);
  }
  return generations;
}

const linesOf = (path: string): AsyncIterable<string> =>
  createInterface({ input: createReadStream(path), crlfDelay: Number.POSITIVE_INFINITY });
