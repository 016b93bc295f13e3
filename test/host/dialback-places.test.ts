import { once } from 'node:events';
import { connect, createServer, type Socket } from 'node:net';
import { expect, onTestFinished, test } from 'vitest';
import { Admission } from '../../service/host/admission.ts';
import type { DialRequest, DialResult } from '../../service/host/dialler.ts';
import { House } from '../../service/host/house.ts';
import { Ledger } from '../../service/host/ledger.ts';
import { layTable, makeCredentials, now } from '../bounty/table.ts';
import { eventually } from './relay.ts';
import { memoryStore } from './trace-store.ts';

/* Dial-backs to addresses that never answer, as many as there may be at once. */

const clock = { seconds: () => now, monotonic: () => performance.now() };
const [networks, prefixes, eachPrefix] = [4, 4, 8] as const;
const most = networks * prefixes * eachPrefix;

async function calledHouse() {
  const { terms } = layTable({ clock: clock.monotonic, drain: { bytes: 1024, milliseconds: 100 } }, makeCredentials());
  const ledger = new Ledger(new Uint8Array(32).fill(1), clock, {
    store: memoryStore(),
    pseudonym: () => '0123456789abcdef',
    test: false,
  });
  const admission = new Admission({
    connections: 1000,
    connectionsPerPrefix: 1000,
    handshakesPerSecond: 100,
    dialbacksPerMinute: 100,
  });
  const dialled: string[] = [];
  const givenUp: string[] = [];
  /** Until it is given up, or answered with this. */
  const answers: ((result: DialResult) => void)[] = [];
  const dial = ({ address, signal }: DialRequest): Promise<DialResult> => {
    const text = address.bytes.join('.');
    dialled.push(text);
    return new Promise((resolve) => {
      answers.push(resolve);
      signal.addEventListener('abort', () => {
        givenUp.push(text);
        resolve({ type: 'timeout' });
      });
    });
  };
  const house = new House({
    terms,
    admission,
    ledger,
    website: undefined,
    log: () => undefined,
    handshakeMilliseconds: 60_000,
    dialback: { dialler: { refusal: () => undefined, dial }, port: 1, allowPrivate: true, milliseconds: 60_000 },
  });
  const listener = createServer({ allowHalfOpen: true }, house.accept('dialback')).listen(0, '0.0.0.0');
  await once(listener, 'listening');
  const callers: Socket[] = [];
  onTestFinished(async () => {
    for (const caller of callers) caller.destroy();
    listener.close();
    await house.empty(0);
  });
  const bound = listener.address();
  const port = typeof bound === 'object' ? (bound?.port ?? 0) : 0;
  const counted = (wanted: string): number =>
    ledger.snapshot().byCategory.find(({ key }) => key === wanted)?.count ?? 0;
  const call = (localAddress: string): void => {
    const caller = connect({ host: '127.0.0.1', port, localAddress });
    caller.on('error', () => undefined);
    caller.resume();
    caller.end();
    callers.push(caller);
  };
  /** Whatever became of them. */
  const calls = (wanted: number): Promise<unknown> =>
    eventually(
      () => dialled.length + counted('rate_limited') - givenUp.length,
      (count) => count === wanted,
    );
  return { house, admission, dialled, givenUp, answers, call, calls, counted };
}

test('do not keep out who comes from elsewhere: one of them is given up, and counted as such', async () => {
  const { admission, dialled, givenUp, answers, call, calls, counted, house } = await calledHouse();
  for (let i = 0; i < most; i += 1) {
    call(`127.${20 + (i % networks)}.${Math.floor(i / networks) % prefixes}.${1 + i}`);
  }
  await calls(most);
  expect(admission.dialbacks.taken).toBe(most);
  expect(givenUp).toEqual([]);
  call('127.90.1.1');
  await calls(most + 1);
  expect(dialled.at(-1)).toBe('127.90.1.1');
  expect(givenUp).toHaveLength(1);
  expect(dialled.slice(0, -1)).toContain(givenUp[0]);
  await eventually(
    () => counted('rate_limited'),
    (count) => count === 1,
  );
  expect(admission.dialbacks.taken).toBe(most);
  for (const answer of answers) answer({ type: 'refused' });
  await eventually(
    () => admission.dialbacks.taken,
    (taken) => taken === 0,
  );
  await eventually(
    () => counted('connectback.refused'),
    (count) => count === most,
  );
  await house.empty(0);
  expect(counted('internal.exception')).toBe(0);
}, 60_000);
