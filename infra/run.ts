import { fileURLToPath } from 'node:url';
import { Unstartable } from '../service/host/unstartable.ts';
import type { Program } from './commands.ts';
import { hardenedEnvironment, hardeningFlags } from './hardening.ts';
import { releasedService } from './released-service.ts';
import { asksForSandbox, wantsSandbox } from './sandbox/options.ts';

const sources = fileURLToPath(new URL('../service/main.ts', import.meta.url));

const misused = 2;

/** The verb: the bounty, or a parent of the bounty in its sandbox. */
export async function runVerb(argv: readonly string[]): Promise<number | Program> {
  if (asksForSandbox(argv)) return (await import('./sandbox/run-sandboxed.ts')).runSandboxed(argv);
  const wanting = wantsSandbox(argv);
  if (wanting === undefined) return startable(argv);
  process.stderr.write(`btc-pinata run: ${wanting.problem}\n`);
  return misused;
}

function startable(argv: readonly string[]): number | Program {
  try {
    return run(argv);
  } catch (error) {
    if (!(error instanceof Unstartable)) throw error;
    process.stderr.write(`btc-pinata run: ${error.message}\n`);
    return 1;
  }
}

/** The bounty, a hardened process of its own, with the words of the command line as they are. */
export function run(argv: readonly string[]): Program {
  const node = [process.execPath, ...hardeningFlags, releasedService() ?? sources, ...argv];
  // A core file would hold the key: the shell takes that away for good (the hard limit) before it becomes Node.
  const withoutCore = process.platform === 'win32' ? [] : ['sh', '-c', 'ulimit -c 0; exec "$@"', 'sh'];
  return { argv: [...withoutCore, ...node], environment: hardenedEnvironment(process.env) };
}
