import { randomBytes } from 'node:crypto';
import type { TraceStore } from '../../service/host/trace-store.ts';
import { readCredentials } from '../credentials.ts';
import { clientConfig, serverConfig } from '../our-credentials.ts';
import { recordGreeting, recordHandshake, toldHandshake } from '../told-handshake.ts';
import { openStore } from '../trace-store.ts';

/*
 * A process of its own for T2 (`million-attempts.ts <credentials> <folder> <attempts>`): fills a store with a month of attempts, of
 * which every fourth is a bridge and the others are something that is no TLS, and as many visits of the page.
 */

export interface Filled {
  readonly seconds: number;
  readonly bytes: number;
  readonly droppedBodies: number;
}

const [path, folder = '', count] = process.argv.slice(2);
const { p256, ...rest } = readCredentials(path);
const ours = serverConfig({ p256, ...rest });
const theirs = clientConfig(p256.authority, p256.client);
const attempts = Number(count);
const month = 30 * 86_400;
const beginning = 1_800_000_000;

let now = beginning;
const store = await openStore(folder, () => Math.floor(now));
// As many different ones as stand together in many frames: what is repeated later no compression sees.
const told = Array.from({ length: 300 }, () => toldHandshake(ours, theirs));
const start = performance.now();
for (let i = 0; i < attempts; i++) {
  now = beginning + (i / attempts) * month;
  visit(store, i);
  if (i % 1000 === 999) await store.flush();
}
await store.close();
const reopened = await openStore(folder, () => Math.floor(now));
const { bytes, droppedBodies } = reopened.summary();
await reopened.close();
process.send?.({ seconds: (performance.now() - start) / 1000, bytes, droppedBodies } satisfies Filled);

function visit(into: TraceStore, i: number): void {
  const at = Math.floor(now) * 1000;
  const visitor = randomBytes(8).toString('hex');
  const prefix = `4:10.${i % 200}.${i % 77}`;
  into.count({ at, port: 'http', visitor: prefix, category: 'website.page' });
  const handshake = i % 4 === 0 ? told[(i / 4) % told.length] : undefined;
  if (handshake === undefined) {
    const as = { key: 'record.not_tls', reason: 'record_not_tls', alert: undefined } as const;
    into.count({ at, port: 'server', visitor: prefix, category: as.key });
    into.append(recordGreeting({ port: 'server', at, visitor, as }, new Uint8Array(randomBytes(40))));
    return;
  }
  into.count({ at, port: 'server', visitor: prefix, category: 'success.short_circuit' });
  into.append(recordHandshake(handshake, at, visitor));
}
