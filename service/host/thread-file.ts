import { isSea } from 'node:sea';
import type { Configuration } from './settings.ts';
import { UnusableSetting } from './unstartable.ts';

/** What a thread is to run, which is the program itself. Undefined where no thread is asked for; refused where none can be. */
export function threadFile({ threads }: Pick<Configuration, 'threads'>, program: string): string | undefined {
  if (threads === 0) return undefined;
  if (isSea())
    throw unusable(threads, 'a single executable has no file that a thread could run', '0, or btc-pinata.cjs');
  // Undefined without --permission.
  if (process.permission?.has('worker') === false)
    throw unusable(threads, 'Node was started with --permission', '0, or Node with --allow-worker as well');
  return program;
}

const unusable = (threads: number, problem: string, allowed: string): UnusableSetting =>
  new UnusableSetting('--threads', `${threads}, and ${problem}`, allowed);
