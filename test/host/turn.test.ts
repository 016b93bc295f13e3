import type { Socket } from 'node:net';
import { setImmediate as turnOfTheLoop } from 'node:timers/promises';
import { expect, it } from 'vitest';
import { BountyConnection } from '../../service/host/bounty-connection.ts';
import { WebsiteConnection } from '../../service/host/website-connection.ts';
import { WebsiteTls } from '../../service/host/website-tls.ts';
import { createSite } from '../../service/site/index.ts';
import { layTable } from '../bounty/table.ts';
import { sampleNow, sampleView } from '../site/sample-view.ts';
import { eventually } from './relay.ts';
import { socketPair } from './socket-pair.ts';

/*
 * What comes last is acted upon last. A stranger's last flight and the FIN behind it arrive together; on a busy machine the
 * bytes stand in the turnstile when Node tells of the FIN. Taken at once, it made an end of file of whatever the bytes were.
 */

/** Looks like a ClientHello at its first bytes, and is none. */
const notQuiteHello = Uint8Array.of(0x16, 3, 1, 0, 5, 1, 0, 0, 1, 0);

/** A visitor's socket as the service has it; the visitor said `bytes`, and FIN. */
async function saidAndEnded(bytes: Uint8Array): Promise<Socket> {
  const { socket, visitor } = await socketPair({ paused: true });
  visitor.resume(); // reads what it is sent
  visitor.end(bytes);
  return socket;
}

/** Lets the one act that waits have its turn, but only once Node has told of the FIN. */
async function actAfterFin(socket: Socket, waiting: (() => void)[]): Promise<void> {
  let ended = false;
  socket.on('end', () => {
    ended = true;
  });
  socket.resume();
  await eventually(
    () => waiting.length === 1 && ended,
    (both) => both,
  );
  waiting.shift()?.();
  await turnOfTheLoop();
}

it('on a bounty port', async () => {
  const socket = await saidAndEnded(notQuiteHello);
  const waiting: (() => void)[] = [];
  const outcomes: string[] = [];
  new BountyConnection({
    socket,
    role: 'server',
    terms: layTable().terms,
    milliseconds: 10_000,
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
    onOutcome: (outcome) => outcomes.push(outcome.type === 'fault' ? outcome.fault.reason : outcome.type),
    contain: (act) => act(),
  });
  await actAfterFin(socket, waiting);
  expect(outcomes).toEqual(['malformed']);
});

it('on the port of the page', async () => {
  const socket = await saidAndEnded(notQuiteHello);
  const waiting: (() => void)[] = [];
  const outcomes: string[] = [];
  const { credentials, terms } = layTable();
  new WebsiteConnection({
    socket,
    site: createSite({ now: () => sampleNow, revision: () => 0, view: () => sampleView }),
    tls: () => new WebsiteTls(credentials.lease('website'), terms.environment(), ['1.3']),
    stands: () => undefined,
    turn: (act) => {
      waiting.push(act);
      return () => undefined;
    },
    onReceived: (_bytes, judge) => judge(),
    onEvents: () => undefined,
    visit: { handshake: () => undefined, mayChallenge: () => true },
    onRequest: () => undefined,
    onOutcome: (outcome) => outcomes.push(outcome.type === 'fault' ? outcome.fault.reason : outcome.type),
    contain: (act) => act(),
  });
  await actAfterFin(socket, waiting);
  expect(outcomes).toEqual(['malformed']);
});

it('on the port of the page, before each page, in a queue of its own, and again before those that were held back', async () => {
  const socket = await saidAndEnded(Buffer.from('GET / HTTP/1.1\r\nHost: h\r\n\r\n'.repeat(3)));
  const waiting: { readonly act: () => void; readonly work: string }[] = [];
  let answered = 0;
  const outcomes: string[] = [];
  new WebsiteConnection({
    socket,
    // Each answer is more than a step gives at once.
    site: createSite({
      now: () => sampleNow,
      revision: () => 0,
      view: () => ({ ...sampleView, operator: { name: 'x'.repeat(70_000) } }),
    }),
    tls: undefined,
    stands: () => undefined,
    turn: (act, work) => {
      waiting.push({ act, work });
      return () => undefined;
    },
    onReceived: (_bytes, judge) => judge(),
    onEvents: () => undefined,
    visit: { handshake: () => undefined, mayChallenge: () => true },
    onRequest: () => {
      answered += 1;
    },
    onOutcome: ({ type }) => outcomes.push(type),
    contain: (act) => act(),
  });
  socket.resume();
  for (let turns = 1; turns <= 3; turns += 1) {
    await eventually(
      () => waiting.length,
      (length) => length > 0,
    );
    expect(answered).toBe(turns - 1);
    const { act, work } = waiting.shift() ?? { act: () => undefined, work: 'none' };
    expect(work).toBe('page');
    act();
    expect(answered).toBe(turns);
  }
  expect(outcomes).toEqual(['finished']);
});
