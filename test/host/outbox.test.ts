import { expect, onTestFinished, test, vi } from 'vitest';
import type { KeptAttempt } from '../../service/host/attempt-text.ts';
import { type DoorMessage, mostInLine, type Told } from '../../service/host/door-messages.ts';
import { hear } from '../../service/host/hear.ts';
import { Ledger } from '../../service/host/ledger.ts';
import { Outbox } from '../../service/host/outbox.ts';
import { memoryStore } from './trace-store.ts';

/* The way from a thread's book to the ledger, without a thread. */

const clock = { seconds: () => 1_800_000_000, monotonic: () => 0 };

function scene(mayRecord = () => true) {
  const heard = new SharedArrayBuffer(4);
  const posted: Extract<DoorMessage, { type: 'told' }>[] = [];
  const outbox = new Outbox({
    clock,
    test: false,
    mayRecord,
    heard,
    post: (message) => void (message.type === 'told' && posted.push(message)),
  });
  const store = memoryStore();
  const appended: KeptAttempt[] = [];
  const append = store.append.bind(store);
  store.append = (attempt) => {
    appended.push(attempt);
    append(attempt);
  };
  onTestFinished(() => store.close());
  const ledger = new Ledger(new Uint8Array(32).fill(1), clock, {
    store,
    pseudonym: (prefix) => `name of ${prefix}`,
    test: false,
  });
  const log = vi.fn();
  /** What was posted, as over a port: it is copied. */
  const hearPosted = (): void => {
    for (const { told, weight } of posted.splice(0)) {
      for (const line of structuredClone<readonly Told[]>(told)) hear(line, ledger, log);
      Atomics.add(new Int32Array(heard), 0, weight);
    }
  };
  const deliver = (): void => {
    outbox.flush();
    hearPosted();
  };
  return { outbox, posted, store, ledger, appended, log, deliver, hearPosted };
}

test('a visit that is told of ends in the ledger as one that was there, under a pseudonym', () => {
  const { outbox, ledger, appended, deliver } = scene();
  const visit = outbox.open('server', 'server', '4:192.0.2');
  deliver();
  expect(ledger.snapshot()).toMatchObject({ connections: 1, open: 1 });
  const versions = ['1.3'] as const;
  visit.tell({ type: 'begun', generation: 'ab'.repeat(32), now: clock.seconds(), versions });
  visit.received(Uint8Array.of(1, 2, 3), () => undefined);
  visit.end({ type: 'eof' });
  outbox.discarded(7);
  deliver();
  expect(ledger.snapshot()).toMatchObject({ open: 0, ended: 1, visitors: 1, byCategory: [{ key: 'eof', count: 1 }] });
  expect(ledger.handshakes.find(([port]) => port === 'server')?.[1].begun).toBe(1);
  expect(ledger.discardedBytes).toBe(7);
  expect(appended.map(({ head: { visitor, bytesReceived } }) => [visitor, bytesReceived])).toEqual([
    ['name of 4:192.0.2', 3],
  ]);
});

test('a release is told with its client random, and what is logged is logged', () => {
  const { outbox, ledger, log, deliver } = scene();
  const visit = outbox.open('server', 'server', '4:192.0.2');
  visit.tell({ type: 'client_random', random: new Uint8Array(32).fill(5) });
  visit.end({ type: 'released', release: 'short_circuit' });
  const client = outbox.open('reverse', 'client', '4:192.0.2');
  client.tell({ type: 'client_random', random: new Uint8Array(32).fill(5) });
  client.tell({ type: 'transcript', point: 'client_finished', direction: 'sent', hash: new Uint8Array(32) });
  outbox.tell({ type: 'log', event: 'released', values: { port: 'server' } });
  deliver();
  expect(ledger.pairs).toEqual([{ clientRandom: '05'.repeat(32), at: clock.seconds(), client: 'reverse' }]);
  expect(ledger.revision).toBe(1);
  expect(log).toHaveBeenCalledExactlyOnceWith('released', { port: 'server' });
});

test('is full while too much is not heard, and who is turned away meanwhile is counted', () => {
  const { outbox, ledger, deliver } = scene();
  expect(outbox.isFull).toBe(false);
  for (let sent = 0; !outbox.isFull; sent += 1000) {
    expect(sent).toBeLessThan(1_000_000);
    outbox.tell({ type: 'discarded', bytes: 1 }, 1000);
    outbox.flush(); // posted, and not heard
  }
  for (let i = 0; i < 5; i += 1) outbox.shed('reverse');
  outbox.shed('server');
  deliver();
  expect(outbox.isFull).toBe(false);
  const { connections, ended, byPort, byCategory } = ledger.snapshot();
  expect([connections, ended, byPort.reverse.connections, byPort.server.connections]).toEqual([6, 6, 5, 1]);
  expect(byCategory).toMatchObject([{ key: 'rate_limited', count: 6, percent: '100.0' }]);
});

test('how much was heard may wrap around', () => {
  const { outbox, deliver } = scene();
  for (let turn = 0; turn < 5; turn += 1) {
    outbox.tell({ type: 'discarded', bytes: 0 }, 2 ** 30);
    expect(outbox.isFull).toBe(true);
    deliver();
    expect(outbox.isFull).toBe(false);
  }
});

test('garbage weighs what is kept of it: a burst of it turns nobody away', () => {
  const { outbox } = scene();
  for (let i = 0; i < 200; i += 1) {
    const visit = outbox.open('server', 'server', '4:192.0.2');
    visit.received(new Uint8Array(65_536).fill(0x20), () => undefined);
    visit.end({ type: 'eof' });
  }
  expect(outbox.isFull).toBe(false);
});

test('of many who are turned away no line tells of more than a few', () => {
  const { outbox, ledger, deliver, posted } = scene();
  for (let i = 0; i < 3 * mostInLine + 1; i += 1) outbox.shed('server');
  outbox.flush();
  const counts = posted.flatMap(({ told }) => told.map((line) => (line.type === 'shed' ? line.count : 0)));
  expect(counts).toEqual([mostInLine, mostInLine, mostInLine, 1]);
  deliver();
  expect(ledger.snapshot()).toMatchObject({
    ended: 3 * mostInLine + 1,
    byPort: { server: { connections: 3 * mostInLine + 1 } },
  });
});

test('no message is long, and the next one waits until the one before it was heard', async () => {
  const { outbox, posted, hearPosted } = scene();
  const bytes: number[] = [];
  for (let i = 0; i < 2000; i += 1) outbox.discarded(i);
  while (bytes.length < 2000) {
    await vi.waitFor(() => expect(posted).not.toHaveLength(0));
    // Of the timers of more looks; and nothing was heard.
    for (let look = 0; look < 5; look += 1) await new Promise((resolve) => setTimeout(resolve, 2));
    expect(posted).toHaveLength(1);
    expect(posted[0]?.weight).toBeLessThanOrEqual(512);
    for (const line of posted[0]?.told ?? []) bytes.push(line.type === 'discarded' ? line.bytes : -1);
    hearPosted();
  }
  expect(bytes).toEqual(Array.from({ length: 2000 }, (_, i) => i));
});

test('an attempt that may not be written down is counted as such, and a breach is written down all the same', async () => {
  const { outbox, ledger, appended, deliver, store } = scene(() => false);
  const visit = outbox.open('server', 'server', '4:192.0.2');
  visit.received(Uint8Array.of(1, 2, 3), () => undefined);
  visit.end({ type: 'eof' });
  deliver();
  await store.flush();
  expect(ledger.snapshot()).toMatchObject({ ended: 1, byCategory: [{ key: 'eof', count: 1 }] });
  expect(store.summary()).toMatchObject({ connections: 1, attempts: 0, sampledAway: 1 });
  expect(appended).toEqual([]);
  outbox.open('server', 'server', '4:192.0.2').end({ type: 'released', release: 'breach' });
  deliver();
  expect(appended.map(({ head }) => head.category)).toEqual(['breach']);
});

test('while nothing is heard, who is turned away makes no message in each turn of the loop', async () => {
  const heard = new SharedArrayBuffer(4);
  const messages: DoorMessage[] = [];
  const outbox = new Outbox({
    clock,
    test: false,
    mayRecord: () => true,
    heard,
    post: (message) => void messages.push(message),
  });
  for (let turn = 0; turn < 500; turn += 1) {
    outbox.shed('server');
    await new Promise((resolve) => setImmediate(resolve));
  }
  outbox.flush();
  expect(messages.length).toBeLessThan(250);
});

test('what is counted alone is told in few lines, and counts for as many', async () => {
  const { outbox, ledger, store, posted, deliver } = scene(() => false);
  const visits = 3 * mostInLine;
  for (let i = 0; i < visits; i += 1) {
    const visit = outbox.open(i % 3 === 0 ? 'reverse' : 'server', 'server', '4:192.0.2');
    visit.tell({ type: 'begun', generation: 'ab'.repeat(32), now: clock.seconds(), versions: ['1.3'] });
    const suite = { cipherSuite: 'TLS_AES_128_GCM_SHA256', group: 'x25519', serverName: undefined } as const;
    visit.tell({ type: 'negotiated', version: i % 2 === 0 ? '1.3' : '1.2', applicationProtocol: undefined, ...suite });
    visit.end({ type: 'reset' });
  }
  outbox.flush();
  const lines = posted.flatMap(({ told }) => told);
  expect(lines.filter(({ type }) => type !== 'ended').length).toBeLessThan(20);
  for (const line of lines) expect(line.type === 'counted' ? line.count : 1).toBeLessThanOrEqual(mostInLine);
  deliver();
  expect(ledger.snapshot()).toMatchObject({ connections: visits, open: 0, ended: visits });
  const of = Object.fromEntries(ledger.handshakes);
  expect(of['server']).toEqual({
    begun: mostInLine * 2,
    negotiated: { '1.2': mostInLine, '1.3': mostInLine },
    established: 0,
  });
  expect(of['reverse']?.begun).toBe(mostInLine);
  // What is counted after a line has left is in another.
  outbox.open('server', 'server', '4:192.0.2');
  deliver();
  expect(ledger.snapshot()).toMatchObject({ connections: visits + 1, open: 1 });
  await store.flush();
  expect(store.summary().sampledAway).toBe(visits);
});
