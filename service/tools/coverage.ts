import { Worker } from 'node:worker_threads';
import type { CoverageMessage } from './coverage-worker.ts';

/*
 * Which lines of the engine a corpus of traces exercises: V8 counts what runs while every attempt is replayed. In a thread of
 * its own, for V8 counts blocks of what is loaded after it was told to.
 */

export interface CoveredFile {
  /** From the repository's root, `service/tls/alert.ts`. */
  readonly file: string;
  /** In functions, without comments and brackets. */
  readonly lines: number;
  readonly exercised: number;
  /** First and last of each stretch that no attempt came to. */
  readonly missed: readonly (readonly [number, number])[];
}

export interface CorpusCoverage {
  readonly attempts: number;
  readonly lines: number;
  readonly exercised: number;
  readonly files: readonly CoveredFile[];
  /** Lines exercised by the first so many attempts: a few hundred points at most. */
  readonly curve: readonly { readonly attempts: number; readonly exercised: number }[];
}

/** `onProgress`: done of 1, and how many attempts that were. Rejects with what reading the file fails with. */
export function coverageOf(
  file: string,
  onProgress: (done: number, attempts: number) => void,
): Promise<CorpusCoverage> {
  return new Promise((resolve, reject) => {
    const worker = new Worker(new URL('coverage-worker.ts', import.meta.url), { workerData: file });
    worker.on('message', (message: CoverageMessage) => {
      if (message.type === 'progress') onProgress(message.done, message.attempts);
      else resolve(message.coverage);
    });
    worker.on('error', reject);
    worker.on('exit', (code) => reject(new Error(`the thread that replays ended with ${code}`)));
  });
}
