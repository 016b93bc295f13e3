import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { writeSync } from 'node:fs';
import { constants } from 'node:os';
import { Readable, Writable } from 'node:stream';
import { utf8ToBytes } from '@noble/hashes/utils.js';
import * as v from 'valibot';
import { resumedStatus } from '../../service/host/instance.ts';
import type { Configuration } from '../../service/host/settings.ts';
import { serveDials } from './broker.ts';
import { bubblewrapArguments } from './bubblewrap.ts';
import { endOfEndlessMessage } from './endless-message.ts';
import { watchGeneration } from './generation.ts';
import { canonicalManifest, places, type SandboxManifest } from './manifest.ts';
import { configurationText, type Plan } from './plan.ts';
import type { Runtime } from './runtime.ts';
import { seccompFilter } from './seccomp.ts';
import { openSockets } from './sockets.ts';

/* The sandbox as a process: what it is given, what it is told, and how it ends. */

export interface Confinement extends Plan {
  /** Where `bwrap` is. */
  readonly bubblewrap: string;
  readonly runtime: Runtime;
  /** The service in one file. */
  readonly program: Uint8Array;
  /** With the ports and addresses to listen on. */
  readonly listen: Configuration;
}

/** sd_listen_fds(3): the first descriptor that is handed in. */
const firstSocket = 3;

/** Resolves when the service has ended, with its exit status. */
export async function confine(confinement: Confinement): Promise<number> {
  const { manifest, configuration, program, bubblewrap, listen } = confinement;
  const sockets = await openSockets(listen);
  const contents = new Map<string, Uint8Array>([
    [places.program, program],
    [places.configuration, utf8ToBytes(configurationText(configuration))],
    [places.manifest, canonicalManifest(manifest)],
  ]);
  const channel = firstSocket + sockets.length;
  const [status, filter, firstWritten] = [channel + 1, channel + 2, channel + 3];
  const words = bubblewrapArguments({
    ...confinement,
    written: new Map([...contents.keys()].map((path, index) => [path, firstWritten + index])),
    descriptors: { sockets: sockets.map(({ name }) => name), channel, filter, status },
    words: [places.program, '--config', places.configuration],
  });
  const child = spawn('/bin/sh', ['-c', limited(manifest), 'sh', bubblewrap, ...words], {
    stdio: [
      ...(['ignore', 'pipe', 'pipe'] as const),
      ...sockets.map(({ descriptor }) => descriptor),
      ...(['ipc', 'pipe', 'pipe'] as const),
      ...Array.from(contents, () => 'pipe' as const),
    ],
    env: {},
    serialization: 'json',
  });
  for (const { close } of sockets) close();
  give(child, filter, seccompFilter({ architecture: process.arch, compiler: manifest.systemCalls.compiler }));
  for (const [index, bytes] of [...contents.values()].entries()) give(child, firstWritten + index, bytes);
  child.stdout?.on('data', (piece: Uint8Array) => say(1, piece));
  child.stderr?.on('data', (piece: Uint8Array) => say(2, piece));
  return watch(child, confinement, status);
}

/** What V8 sets aside for the code that it compiles: all of it counts, used or not. */
const codeRangeMebibytes = 512;

/** No core file, which would hold the key, and no more memory than was said; for good, the hard limits being lowered. */
function limited({ memoryMebibytes, systemCalls }: SandboxManifest): string {
  const mebibytes = memoryMebibytes + (systemCalls.compiler ? codeRangeMebibytes : 0);
  return `ulimit -c 0; ulimit -d ${mebibytes * 1024}; exec "$@"`;
}

/** As the service itself says things: a reader who went away, or is too slow, is no reason to end it. */
function say(descriptor: 1 | 2, bytes: Uint8Array): void {
  try {
    writeSync(descriptor, bytes);
  } catch (error) {
    if (!(error instanceof Error)) throw error;
  }
}

function give(child: ChildProcess, descriptor: number, bytes: Uint8Array): void {
  const stream = child.stdio[descriptor];
  if (!(stream instanceof Writable))
    throw new TypeError(`descriptor ${descriptor} of the sandbox cannot be written to`);
  // One that ended before it had read all says itself why.
  stream.on('error', () => undefined);
  stream.end(bytes);
}

const statusSchema = v.object({ 'child-pid': v.pipe(v.number(), v.integer()) });

function watch(child: ChildProcess, { manifest, configuration }: Confinement, status: number): Promise<number> {
  let inside: number | undefined;
  let listensToSignals = false;
  const { port, privateAddresses } = manifest.dialBack;
  serveDials(child, { port, privateAddresses, milliseconds: configuration.dialbackSeconds * 1000 }, () => {
    listensToSignals = true;
    if (inside !== undefined) limitTasks(inside, manifest.tasks);
  });
  endOfEndlessMessage(child, (problem) => say(2, utf8ToBytes(`btc-pinata run: --sandbox: ${problem}\n`)));
  onceSaid(child, status, (pid) => {
    inside = pid;
  });
  for (const signal of ['SIGTERM', 'SIGINT', 'SIGHUP'] as const) {
    process.on(signal, () => {
      // The first process of a namespace hears what it has asked to hear, and nothing else ends it.
      const runs = child.exitCode === null && child.signalCode === null;
      if (!runs) return;
      if (inside !== undefined && listensToSignals && signal !== 'SIGHUP') tell(inside, signal);
      else child.kill('SIGKILL');
    });
  }
  let resumed = false;
  const generation = watchGeneration(() => {
    resumed = true;
    say(2, utf8ToBytes('btc-pinata run: --sandbox: this machine was resumed or cloned: the service is ended\n'));
    child.kill('SIGKILL');
  });
  return new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('close', (code, signal) => {
      generation.stop();
      if (inside === undefined) process.stderr.write(`btc-pinata run: --sandbox: ${unmade}\n`);
      resolve(resumed ? resumedStatus : (code ?? 128 + (signal === null ? 0 : constants.signals[signal])));
    });
  });
}

/** What bwrap itself printed stands above it. */
const unmade =
  'bubblewrap could not make the sandbox. Where it says that namespaces are not permitted, this kernel forbids them to ' +
  'ordinary users (kernel.unprivileged_userns_clone, user.max_user_namespaces, kernel.apparmor_restrict_unprivileged_userns), ' +
  'or this is a container that does; run it as a systemd unit instead (docs/sandbox.md)';

/** bwrap says it in a line of JSON, before it says anything else. */
function onceSaid(child: ChildProcess, descriptor: number, heard: (pid: number) => void): void {
  const stream = child.stdio[descriptor];
  if (!(stream instanceof Readable)) throw new TypeError(`descriptor ${descriptor} of the sandbox cannot be read`);
  let text = '';
  stream.setEncoding('utf8').on('data', (piece: string) => {
    if (text.includes('\n')) return;
    text += piece;
    const [line, rest] = text.split('\n', 2);
    if (rest !== undefined) heard(v.parse(statusSchema, JSON.parse(line ?? ''))['child-pid']);
  });
}

/** Counted within its own namespace. root's are not counted by the kernel, and a machine may lack the tool: see docs. */
function limitTasks(pid: number, tasks: number): void {
  spawnSync('prlimit', ['--pid', String(pid), `--nproc=${tasks}`], { stdio: 'ignore' });
}

function tell(pid: number, signal: NodeJS.Signals): void {
  try {
    process.kill(pid, signal);
  } catch {
    // It has ended already.
  }
}
