import { type ChildProcess, spawn } from 'node:child_process';
import { setTimeout } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import type { ProviderName } from '../service/tls/index.ts';
import { cpuTimeOf } from './cpu-time.ts';

/** What the parent may ask of any measured process: see probe.ts for who answers. */
export type Question = 'cpu' | 'memory';

/** A measured process of Node with an IPC channel, and the probe loaded before its own code. */
export interface Child {
  /** CPU microseconds, user and system, of all its threads since it started. */
  cpu(): Promise<number>;
  /** Resident bytes, after two full garbage collections. */
  memory(): Promise<number>;
  /** Sends a message that the process itself answers with a number. */
  ask(question: unknown): Promise<number>;
  readonly process: ChildProcess;
  stop(): Promise<void>;
}

const probe = fileURLToPath(new URL('./probe.ts', import.meta.url));

export interface StartOptions {
  readonly nodeFlags?: readonly string[];
  /** Without the probe a start costs what it costs, and only CPU time can be asked for. */
  readonly probed?: boolean;
  /** Who computes in a process of ours; noble, unless told otherwise. */
  readonly crypto?: ProviderName;
}

/** Starts `script` under the very Node that runs the benchmark. Its standard error is ours: a benchmark that fails says why. */
export function start(
  script: URL,
  args: readonly string[],
  { nodeFlags = [], probed = true, crypto = 'noble' }: StartOptions = {},
): Child {
  const preload = probed || cpuTimeOf(process.pid) === undefined ? ['--import', probe] : [];
  const child = spawn(process.execPath, [...preload, ...nodeFlags, fileURLToPath(script), ...args], {
    stdio: ['ignore', 'pipe', 'inherit', 'ipc'],
    env: { ...process.env, PINATA_CRYPTO: crypto },
  });
  const ask = (question: unknown) => answer(child, () => child.send(question as string));
  return {
    process: child,
    ask,
    cpu: async () => {
      await setTimeout(5); // until it sleeps: what a running thread spent is told late
      return (child.pid === undefined ? undefined : cpuTimeOf(child.pid)) ?? ask('cpu' satisfies Question);
    },
    memory: () => ask('memory' satisfies Question),
    stop: () => stop(child),
  };
}

/** Starts a server script that sends the port it listens on as its first message. */
export async function startServer(
  script: URL,
  args: readonly string[],
  options: StartOptions = {},
): Promise<{ child: Child; port: number }> {
  const child = start(script, args, options);
  const port = await answer(child.process, () => true);
  return { child, port };
}

/** Runs a script to its end for the one message it sends. */
export async function outcomeOf<Message>(
  script: URL,
  args: readonly string[],
  options: StartOptions = {},
): Promise<Message> {
  const child = start(script, args, options);
  try {
    return await new Promise<Message>((resolve, reject) => {
      child.process.on('message', (message) => resolve(message as Message));
      child.process.on('exit', () => reject(new Error(`${script} ended without a result: see its error above`)));
    });
  } finally {
    await child.stop();
  }
}

export function stop(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) {
    return Promise.resolve();
  }
  return new Promise((resolve) => {
    child.once('exit', () => resolve());
    child.kill('SIGKILL');
  });
}

function answer(child: ChildProcess, question: () => unknown): Promise<number> {
  return new Promise((resolve, reject) => {
    const settle = (outcome: () => void) => {
      child.off('message', onMessage);
      child.off('exit', onExit);
      outcome();
    };
    const onMessage = (message: unknown) =>
      settle(() =>
        typeof message === 'number'
          ? resolve(message)
          : reject(new Error(`${child.spawnargs.at(-2)} answered ${JSON.stringify(message)} where a number was due`)),
      );
    const onExit = () =>
      settle(() => reject(new Error(`${child.spawnargs.join(' ')} ended before it answered: see its error above`)));
    child.on('message', onMessage);
    child.on('exit', onExit);
    question();
  });
}
