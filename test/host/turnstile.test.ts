import { once } from 'node:events';
import { connect, createServer, type Socket } from 'node:net';
import { expect, it } from 'vitest';
import { BountyConnection } from '../../service/host/bounty-connection.ts';
import { Turnstile } from '../../service/host/turnstile.ts';
import { layTable } from '../bounty/table.ts';
import { eventually } from './relay.ts';

/* threats.md J7, design §4.6: a flood of hellos from one place stops neither the page nor the others. */

const until = (happened: () => boolean): Promise<boolean> => eventually(happened, (has) => has);

/** One prefix of a network of its own, unless another is named. */
const from = (prefix: string, network = prefix) => ({ prefix, network });

it('a network has one turn in a round, however many prefixes it has', async () => {
  const turnstile = new Turnstile();
  const done: string[] = [];
  for (let i = 0; i < 256; i += 1) turnstile.enter(from(`crowd ${i}`, 'crowd'), () => done.push(`crowd ${i}`));
  for (let i = 0; i < 2; i += 1) turnstile.enter(from('crowd 0', 'crowd'), () => done.push('crowd 0 again'));
  turnstile.enter(from('honest'), () => done.push('honest'));
  while (done.length < 259) await new Promise((resolve) => setImmediate(resolve));
  expect(done.slice(0, 3)).toEqual(['crowd 0', 'honest', 'crowd 1']);
  expect(done.slice(-2)).toEqual(['crowd 0 again', 'crowd 0 again']);
});

it('goes round by prefix, and keeps the order within one', async () => {
  const turnstile = new Turnstile();
  const done: string[] = [];
  for (const act of ['a1', 'a2', 'a3', 'b1', 'c1', 'b2']) turnstile.enter(from(act.slice(0, 1)), () => done.push(act));
  expect(done).toEqual([]);
  await until(() => done.length === 6);
  expect(done).toEqual(['a1', 'b1', 'c1', 'a2', 'b2', 'a3']);
});

it('has nothing left of who was called off, and no turn passes for them', async () => {
  const turnstile = new Turnstile();
  const done: string[] = [];
  const enter = (prefix: string, network: string, act: string) =>
    turnstile.enter(from(prefix, network), () => done.push(act));
  const gone = [enter('a', 'n', 'a1'), enter('a', 'n', 'a2'), enter('b', 'n', 'b1'), enter('c', 'm', 'c1')];
  for (const callOff of gone) callOff();
  for (const act of ['a3', 'a4']) enter('a', 'n', act);
  enter('c', 'm', 'c2');
  for (const callOff of gone) callOff(); // once more changes nothing
  await until(() => done.length === 3);
  expect(done).toEqual(['a3', 'c2', 'a4']);
});

it('lets the loop turn between two acts', async () => {
  const turnstile = new Turnstile();
  let acts = 0;
  const seen: number[] = [];
  for (let i = 0; i < 4; i += 1) turnstile.enter(from('a'), () => (acts += 1));
  const look = (): void => {
    seen.push(acts);
    if (acts < 4) setImmediate(look);
  };
  setImmediate(look);
  await until(() => acts === 4 && seen.at(-1) === 4);
  expect(seen).toEqual([1, 2, 3, 4]);
});

it('lets in who comes before the next act, and however many come, goes on', async () => {
  const turnstile = new Turnstile();
  const seen: string[] = [];
  let comers = 0;
  const come = (most: number): void => {
    comers += 1;
    turnstile.arrived();
    if (comers < most) setImmediate(() => come(most));
  };
  turnstile.enter(from('a'), () => {
    seen.push(`first after ${comers}`);
    setImmediate(() => come(20));
  });
  turnstile.enter(from('a'), () => {
    seen.push(`second after ${comers}`);
    setImmediate(() => come(10_000));
  });
  turnstile.enter(from('a'), () => seen.push(comers < 10_000 ? 'third, before all came' : 'third, too late'));
  await until(() => seen.length === 3);
  expect(seen).toEqual(['first after 0', 'second after 20', 'third, before all came']);
});

it('goes on after it was empty, also from within an act', async () => {
  const turnstile = new Turnstile();
  const done: string[] = [];
  turnstile.enter(from('a'), () => turnstile.enter(from('a'), () => done.push('inner')));
  await until(() => done.length === 1);
  turnstile.enter(from('b'), () => done.push('later'));
  await until(() => done.length === 2);
  expect(done).toEqual(['inner', 'later']);
});

it('on a port where we speak first nothing is read before our ClientHello: it would be taken for a client', async () => {
  const listener = createServer({ allowHalfOpen: true }).listen(0, '127.0.0.1');
  await once(listener, 'listening');
  const address = listener.address();
  const accepted = once(listener, 'connection');
  const caller = connect({ host: '127.0.0.1', port: typeof address === 'object' ? (address?.port ?? 0) : 0 });
  caller.write(Uint8Array.of(0x16, 3, 1, 0, 5, 1, 0, 0, 1, 0));
  const [socket]: Socket[] = await accepted;
  if (socket === undefined) throw new Error('no connection');
  const waiting: (() => void)[] = [];
  const outcomes: string[] = [];
  new BountyConnection({
    socket,
    role: 'client',
    terms: layTable().terms,
    milliseconds: 10_000,
    contain: (act) => act(),
    deadline: () => () => undefined,
    mayBegin: () => true,
    stands: () => undefined,
    turn: (act) => {
      waiting.push(act);
      return () => undefined;
    },
    onReceived: (_bytes, judge) => judge(),
    onBegun: () => undefined,
    onEvents: () => undefined,
    onDiscarded: () => undefined,
    onOutcome: (outcome) => outcomes.push(outcome.type === 'fault' ? outcome.fault.detail : outcome.type),
  });
  await new Promise((resolve) => setTimeout(resolve, 50));
  expect(waiting).toHaveLength(1);
  waiting.shift()?.();
  await until(() => waiting.length > 0);
  await new Promise((resolve) => setTimeout(resolve, 50));
  waiting.shift()?.();
  expect(outcomes).toEqual(['client_hello in state wait_server_hello of the client']);
  caller.destroy();
  socket.destroy();
  listener.close();
});
