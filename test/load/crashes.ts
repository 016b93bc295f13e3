import { randomInt } from 'node:crypto';
import { mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { anyPorts, Program } from '../host/program.ts';
import { verifyFolder } from '../host/trace-store.ts';

/*
 * kill -9 at random, while it starts or while it is busy, again and again on one folder: the wallet is there, the store repairs
 * itself, every chain of traces verifies, and nothing half-made is left behind.
 */

export interface Crashes {
  readonly rounds: number;
  /** Rounds in which it was ready, and busy, before it was ended. */
  readonly ready: number;
  /** That are written down, all folders together. */
  readonly attempts: number;
  readonly wallets: number;
}

/** Of one folder: then another begins, so that the making of a wallet is broken off as well. */
const roundsOfLife = 25;

/** Rejects at the first thing that is not as it has to be. */
export async function crash(rounds: number, say: (line: string) => void = () => undefined): Promise<Crashes> {
  const longest = await patience();
  const sum = { rounds: 0, ready: 0, attempts: 0, wallets: 0 };
  while (sum.rounds < rounds) {
    const { ready, attempts } = await live(Math.min(roundsOfLife, rounds - sum.rounds), longest);
    sum.rounds += Math.min(roundsOfLife, rounds - sum.rounds);
    sum.ready += ready;
    sum.attempts += attempts;
    sum.wallets += 1;
    say(`${sum.rounds} rounds, ${sum.ready} of them busy, ${sum.attempts} attempts`);
  }
  return sum;
}

/** Milliseconds that it is let start and be busy, at most: as long as some two starts take on this machine. */
async function patience(): Promise<number> {
  const folder = madeFolder();
  try {
    const began = performance.now();
    const program = new Program(flagsIn(folder));
    await program.ready();
    const took = performance.now() - began;
    await program.stop();
    return Math.ceil(Math.max(2000, 2.5 * took));
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

async function live(rounds: number, longest: number): Promise<Pick<Crashes, 'ready' | 'attempts'>> {
  const folder = madeFolder();
  const flags = flagsIn(folder);
  let address: string | undefined;
  let ready = 0;
  try {
    for (let round = 1; round <= rounds; round += 1) {
      const program = new Program(flags);
      const told = program.ready().catch(() => undefined);
      const line = await Promise.race([told, pause(randomInt(longest))]);
      if (line !== undefined) {
        ready += 1;
        address = sameAs(address, line['address']);
        await annoy(line.ports['server'] ?? 0, randomInt(longest));
      }
      program.child.kill('SIGKILL');
      const { signal } = await program.ended();
      if (signal !== 'SIGKILL') throw new Error(`round ${round}: it ended by itself: ${program.stderr}`);
    }
    return { ready, attempts: await recovered(flags, folder, address) };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function madeFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'crashes-'));
  mkdirSync(dataIn(folder), { mode: 0o700 });
  writeFileSync(passphraseIn(folder), 'correct horse battery staple\n', { mode: 0o600 });
  return folder;
}

const dataIn = (folder: string): string => join(folder, 'data');
const passphraseIn = (folder: string): string => join(folder, 'passphrase');
const flagsIn = (folder: string): readonly string[] => [
  '--json',
  ...anyPorts,
  ...['--data', dataIn(folder), '--seal-passphrase-file', passphraseIn(folder)],
];

function sameAs(before: string | undefined, now: unknown): string {
  if (typeof now !== 'string' || (before !== undefined && now !== before)) {
    throw new Error(`the wallet is ${String(now)}, and was ${before}`);
  }
  return now;
}

/** Attempts without a pause, for so many milliseconds. */
async function annoy(port: number, milliseconds: number): Promise<void> {
  const until = performance.now() + milliseconds;
  while (performance.now() < until) {
    const socket = connect(port, '127.0.0.1');
    socket.on('error', () => undefined).resume();
    socket.setTimeout(2000, () => socket.destroy());
    socket.end(`nothing that TLS knows ${'x'.repeat(200)}`);
    await pause(2);
  }
}

/** It starts, shows the same wallet, ends in order; then everything that it wrote verifies. Gives the number of attempts. */
async function recovered(flags: readonly string[], folder: string, address: string | undefined): Promise<number> {
  const program = new Program(flags);
  sameAs(address, (await program.ready())['address']);
  const { code } = await program.stop();
  if (code !== 0) throw new Error(`at last it ended with ${code}: ${program.stderr}`);
  const report = verifyFolder(dataIn(folder));
  if (report.ok !== true) throw new Error(`the traces do not verify: ${report.problem}`);
  const drafts = readdirSync(dataIn(folder), { recursive: true, encoding: 'utf8' }).filter((name) =>
    name.endsWith('.new'),
  );
  if (drafts.length > 0) throw new Error(`left behind: ${drafts.join(', ')}`);
  return report.days.at(-1)?.last ?? 0;
}
