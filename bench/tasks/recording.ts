import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { readCredentials } from '../credentials.ts';
import { clientConfig, serverConfig } from '../our-credentials.ts';
import { recordHandshake, type ToldHandshake, toldHandshake } from '../told-handshake.ts';
import { openStore } from '../trace-store.ts';

/*
 * A process of its own for T1 (`recording.ts <credentials> <rounds>`): handshakes, and in turn their recording, from the first
 * event to the bytes on the disk.
 */

export interface RecordingSamples {
  /** Of the server's steps of each handshake, microseconds. */
  readonly handshakes: readonly number[];
  /** CPU microseconds of all threads for the recording of one, by batch. */
  readonly recordings: readonly number[];
  /** Bytes of one in the store. */
  readonly bytes: number;
}

const [path, count] = process.argv.slice(2);
const { p256, ...rest } = readCredentials(path);
const ours = serverConfig({ p256, ...rest });
const theirs = clientConfig(p256.authority, p256.client);
const folder = mkdtempSync(join(tmpdir(), 'pinata-recording-'));
const batch = 64;
const rounds = Number(count);

const store = await openStore(folder);
const handshakes: number[] = [];
const recordings: number[] = [];
for (let round = 0; round < rounds; round++) {
  const told = Array.from({ length: batch }, () => toldHandshake(ours, theirs));
  handshakes.push(...told.map(({ microseconds }) => microseconds));
  recordings.push(await recordingOf(told));
}
const { bytes, attempts } = store.summary();
await store.close();
rmSync(folder, { recursive: true });
const third = <Value>(values: readonly Value[]) => values.slice(Math.floor(values.length / 3)); // the first third is warm-up
process.send?.({
  handshakes: third(handshakes),
  recordings: third(recordings),
  bytes: bytes / attempts,
} satisfies RecordingSamples);

async function recordingOf(told: readonly ToldHandshake[]): Promise<number> {
  const before = process.cpuUsage();
  for (const handshake of told) {
    const at = Date.now();
    store.append(recordHandshake(handshake, at, '0123456789abcdef'));
    store.count({ at, port: 'server', visitor: '4:192.0.2', category: 'success.short_circuit' });
  }
  await store.flush();
  const { user, system } = process.cpuUsage(before);
  return (user + system) / told.length;
}
