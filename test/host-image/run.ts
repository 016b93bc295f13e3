import { spawnSync } from 'node:child_process';

export interface Finished {
  readonly status: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** Whatever its status; a program that hangs is ended after five minutes. */
export function attempt(program: string, words: readonly string[], input = ''): Finished {
  const { error, status, stdout, stderr } = spawnSync(program, words, {
    encoding: 'utf8',
    input,
    timeout: 300_000,
    maxBuffer: 1 << 28,
  });
  if (error !== undefined && status === null && !('code' in error && error.code === 'ETIMEDOUT')) throw error;
  return { status, stdout, stderr };
}

/** What it printed. Throws with all that it said where its status is not 0. */
export function run(program: string, ...words: readonly string[]): string {
  const { status, stdout, stderr } = attempt(program, words);
  if (status !== 0) throw new Error(`${program} ${words.join(' ')} ended with ${status}: ${stderr}${stdout}`);
  return stdout;
}
