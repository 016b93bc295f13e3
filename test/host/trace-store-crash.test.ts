import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { rmSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { createInterface } from 'node:readline';
import { expect, it } from 'vitest';
import type { TraceArchive } from '../../service/trace/index.ts';
import { dataFolder, diskStore, everythingIn, StoreClock, tracesIn, verifyFolder } from './trace-store.ts';

/* kill -9 in the middle of writing, again and again: what was said to be written is there, and all of it agrees. */

const child = resolve(import.meta.dirname, 'trace-store-child.ts');
const rounds = 5;

/** Segments are closed while it writes. */
const small = { segmentBytes: 1024 * 1024 };

/** Lets a process write until `lines` batches are written, kills it, and returns the last number that it told of. */
async function writeAndDie(data: string, lines: number): Promise<number> {
  const writer = spawn(process.execPath, [child, data], { stdio: ['ignore', 'pipe', 'inherit'] });
  const ended = once(writer, 'close');
  let written = 0;
  let count = 0;
  for await (const line of createInterface(writer.stdout)) {
    if (line.startsWith('written ')) {
      written = Number(line.slice('written '.length));
      count += 1;
    }
    if (count === lines) writer.kill('SIGKILL');
  }
  expect(await ended).toEqual([null, 'SIGKILL']);
  return written;
}

const sum = (counts: Readonly<Record<string, number>>): number =>
  Object.values(counts).reduce((all, one) => all + one, 0);

function expectSound(archive: TraceArchive, data: string): void {
  const summary = archive.summary();
  const report = verifyFolder(data);
  expect(report.ok === true ? report.days.at(-1)?.last : report.problem).toBe(summary.attempts);
  expect(archive.days().at(-1)?.chain?.digest).toBe(report.days.at(-1)?.digest);
  expect([sum(summary.byCategory), sum(summary.byPort)]).toEqual([summary.connections, summary.connections]);
  expect(summary.connections).toBeGreaterThanOrEqual(summary.attempts);
  const numbers = archive.newest({ limit: 200 }).map(({ number }) => number);
  expect(numbers).toEqual(numbers.map((_, i) => summary.attempts - i));
  for (const number of numbers) expect(archive.attempt(number)?.body).toMatchObject({ number });
}

it('loses nothing that was written, and makes whole again what was half written', async () => {
  const data = dataFolder();
  for (let round = 0; round < rounds; round += 1) {
    const written = await writeAndDie(data, 3 + 11 * round);
    const { store } = await diskStore(data, new StoreClock(), small);
    expect(store.summary().attempts).toBeGreaterThanOrEqual(written);
    expectSound(store, data);
    const before = everythingIn(store);
    await store.close();
    rmSync(join(tracesIn(data), 'index.sqlite'));
    const anew = await diskStore(data, new StoreClock(), small);
    expect(everythingIn(anew.store)).toEqual(before);
    await anew.store.close();
  }
});
