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
  /** Rounds in which it was ready before it was ended. */
  readonly ready: number;
  readonly attempts: number;
  readonly address: string | undefined;
}

/** Rejects at the first thing that is not as it has to be. */
export async function crash(
  rounds: number,
  longest: number,
  say: (line: string) => void = () => undefined,
): Promise<Crashes> {
  const folder = mkdtempSync(join(tmpdir(), 'crashes-'));
  const data = join(folder, 'data');
  const passphrase = join(folder, 'passphrase');
  mkdirSync(data, { mode: 0o700 });
  writeFileSync(passphrase, 'correct horse battery staple\n', { mode: 0o600 });
  const flags = ['--json', ...anyPorts, '--data', data, '--seal-passphrase-file', passphrase];
  let [ready, attempts] = [0, 0];
  let address: string | undefined;
  try {
    for (let round = 1; round <= rounds; round += 1) {
      const program = new Program(flags);
      const told = program.ready().then(
        (line) => line,
        () => undefined,
      );
      const line = await Promise.race([told, pause(randomInt(longest))]);
      if (line !== undefined) {
        ready += 1;
        const now = String(line['address']);
        if (address !== undefined && now !== address) throw new Error(`round ${round}: ${now}, where ${address} was`);
        address = now;
        await annoy(line.ports['server'] ?? 0, randomInt(longest));
      }
      program.child.kill('SIGKILL');
      const { signal } = await program.ended();
      if (signal !== 'SIGKILL') throw new Error(`round ${round}: it ended by itself: ${program.stderr}`);
      if (round % 20 === 0) say(`${round} rounds, ${ready} of them ready`);
    }
    attempts = await recovered(flags, data, address);
    return { rounds, ready, attempts, address };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** Attempts without a pause, for so many milliseconds. */
async function annoy(port: number, milliseconds: number): Promise<void> {
  const until = performance.now() + milliseconds;
  while (performance.now() < until) {
    const socket = connect(port, '127.0.0.1');
    socket.on('error', () => undefined);
    socket.end(`nothing that TLS knows ${'x'.repeat(200)}`);
    await pause(2);
    if (performance.now() > until) socket.destroy();
  }
}

/** It starts, shows the same wallet, ends in order; then everything that it wrote verifies. */
async function recovered(flags: readonly string[], data: string, address: string | undefined): Promise<number> {
  const program = new Program(flags);
  const line = await program.ready();
  if (address !== undefined && line['address'] !== address) throw new Error(`at last ${String(line['address'])}`);
  const { code } = await program.stop();
  if (code !== 0) throw new Error(`at last it ended with ${code}: ${program.stderr}`);
  const report = verifyFolder(data);
  if (report.ok !== true) throw new Error(`the traces do not verify: ${report.problem}`);
  const strange = readdirSync(data, { recursive: true, encoding: 'utf8' }).filter((name) => /\.tmp|\.new|~/.test(name));
  if (strange.length > 0) throw new Error(`left behind: ${strange.join(', ')}`);
  return report.days.at(-1)?.last ?? 0;
}
