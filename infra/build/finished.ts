import { spawn } from 'node:child_process';

export interface FinishedOptions {
  readonly cwd: string;
  readonly env: NodeJS.ProcessEnv;
  /** Aborted, it kills the program, and what that started. */
  readonly signal?: AbortSignal | undefined;
}

/** What a program wrote to standard output. Rejects with what it said where its exit status is not 0, once it is gone. */
export async function finished(
  command: string,
  argv: readonly string[],
  { cwd, env, signal }: FinishedOptions,
): Promise<string> {
  signal?.throwIfAborted();
  return new Promise((resolve, reject) => {
    // Of a group of its own where it may have to be ended, since what it starts is of it.
    const child = spawn(command, argv, { cwd, env, stdio: ['ignore', 'pipe', 'pipe'], detached: signal !== undefined });
    const end = (): void => {
      endGroup(child.pid);
      // Who left the group may hold the other end for as long as he likes.
      child.stdout.destroy();
      child.stderr.destroy();
    };
    signal?.addEventListener('abort', end, { once: true });
    let out = '';
    let err = '';
    child.stdout.on('data', (chunk) => (out += String(chunk)));
    child.stderr.on('data', (chunk) => (err += String(chunk)));
    child.on('error', (error) => reject(new Error(`${command} could not be started: ${error.message}`)));
    child.on('close', (code, killedBy) => {
      signal?.removeEventListener('abort', end);
      if (code === 0) resolve(out);
      else
        reject(new Error(`${command} ${argv.join(' ')} ended with ${code ?? killedBy}:\n${err.trim() || out.trim()}`));
    });
  });
}

/** At once: npm goes on after a SIGTERM. It may be gone already. */
function endGroup(leader: number | undefined): void {
  if (leader === undefined) return;
  try {
    process.kill(-leader, 'SIGKILL');
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && error.code === 'ESRCH')) throw error;
  }
}
