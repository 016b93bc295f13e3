import { spawn } from 'node:child_process';

export interface FinishedOptions {
  readonly cwd: string;
  readonly env: NodeJS.ProcessEnv;
}

/** What a program wrote to standard output. Rejects with what it said where its exit status is not 0. */
export function finished(command: string, argv: readonly string[], { cwd, env }: FinishedOptions): Promise<string> {
  return new Promise((resolve, reject) => {
    const child = spawn(command, argv, { cwd, env, stdio: ['ignore', 'pipe', 'pipe'] });
    let out = '';
    let err = '';
    child.stdout.on('data', (chunk) => (out += String(chunk)));
    child.stderr.on('data', (chunk) => (err += String(chunk)));
    child.on('error', (error) => reject(new Error(`${command} could not be started: ${error.message}`)));
    child.on('close', (code, signal) => {
      if (code === 0) resolve(out);
      else reject(new Error(`${command} ${argv.join(' ')} ended with ${code ?? signal}:\n${err.trim() || out.trim()}`));
    });
  });
}
