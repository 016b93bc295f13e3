import { closeSync, openSync, readSync, unlinkSync, writeSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { getHeapSnapshot } from 'node:v8';
import { claimCommand } from '../../infra/claim/claim-command.ts';
import { refundKeyCommand } from '../../infra/claim/refund-key-command.ts';

/*
 * Run as a process of its own: makes a key, sweeps with it, and tells which strings are on the heap afterwards. A snapshot
 * holds the strings, and not the contents of buffers.
 */

/** Eight characters say that a text was there: joined and cut strings are kept in pieces. */
const piece = 8;

async function onTheHeap(text: Buffer): Promise<boolean> {
  const chunks: Buffer[] = [];
  for await (const chunk of getHeapSnapshot()) chunks.push(Buffer.from(chunk));
  const snapshot = Buffer.concat(chunks);
  return Array.from({ length: text.length - piece }, (_, at) => text.subarray(at, at + piece)).some((part) =>
    snapshot.includes(part),
  );
}

const path = join(tmpdir(), `pinata-heap-${process.pid}`);
const to = 'tb1qw508d6qejxtdg4y5r3zarvary0c5xw7kxpjzsx';
const words = ['--network', 'signet', '--to', to, '--utxo', `${'ab'.repeat(32)}:0:50000`, '--fee-rate', '9'];
const statuses = [await refundKeyCommand(['new', path, '--network', 'signet']), await claimCommand([path, ...words])];
const descriptor = openSync(path, 'r');
const wif = new Uint8Array(52);
readSync(descriptor, wif);
closeSync(descriptor);
unlinkSync(path);

const key = await onTheHeap(Buffer.from(wif));
const publicText = await onTheHeap(Buffer.from(to));
// The search would find it: the same 52 bytes, once they have been a string.
const asString = Buffer.from(wif).toString('latin1');
const control = await onTheHeap(Buffer.from(wif));
writeSync(1, `\n${JSON.stringify({ statuses, key, publicText, control: control && asString.length === wif.length })}`);
