import { setTimeout as wait } from 'node:timers/promises';
import { utf8ToBytes } from '@noble/hashes/utils.js';
import { expect, onTestFinished } from 'vitest';
import type { StatusDocument } from '../../service/site/documents.ts';
import type { FailureKey } from '../../service/trace/index.ts';
import { listenDeaf } from '../support/deaf-listener.ts';
import { RogueClient } from '../support/rogue/client.ts';
import { Wire } from '../support/rogue/wire.ts';
import { http, type Reached, type Stage, visitor, type Way } from './stage.ts';

/* Releases, the transport, the website, the dial-back: how each of their keys is reached over a socket. */

const at = (stage: Stage, port: keyof Stage['pinata']['ready']['ports'], from?: string): Promise<Wire> =>
  Wire.connect(stage.pinata.ready.ports[port], '127.0.0.1', from);

/** Says this to port 10000, and leaves. */
const leaving = (bytes: readonly number[], how: 'fin' | 'reset'): Reached => ({
  act: async (stage) => {
    const wire = await at(stage, 'server');
    wire.write(Uint8Array.from(bytes));
    await wait(50);
    if (how === 'fin') wire.end();
    else wire.reset();
    await wire.read(1);
    return undefined;
  },
});

/** Both ways, byte by byte: a pipe would miss what a wire has read before it was laid. */
async function join(one: Wire, other: Wire): Promise<void> {
  const carry = async (from: Wire, to: Wire): Promise<void> => {
    for (;;) {
      const byte = await from.read(1);
      if (typeof byte === 'string') break;
      to.write(byte);
    }
    to.end();
  };
  await Promise.all([carry(one, other), carry(other, one)]);
}

/** Asks 10001 for a call from an address of the loopback; what is on 40001 there is up to the flags. */
const calling =
  (from: string): Reached['act'] =>
  async (stage) => {
    const wire = await at(stage, 'dialback', from);
    expect(await wire.read(1)).toMatch(/fin|reset/);
    wire.end();
    return undefined;
  };

/** Nobody listens on port 1 of the loopback. */
const nobody = ['--dialback-target-port', '1'];

const deaf = '127.0.6.1';
/** Who listens there answers no SYN. */
async function nobodyAnswers(): Promise<readonly string[]> {
  const { port, stop } = await listenDeaf(deaf);
  onTestFinished(stop);
  return ['--dialback-seconds', '1', '--dialback-target-port', `${port}`];
}

/** The least that may be remembered of so many connections. */
const connections = 8;
const remembered = 2 * connections;
const fewRemembered = ['--connections', connections, '--remembered-handshakes', 1, '--handshake-seconds', 600];

/** Up to the server's Finished, which is remembered, and no further. */
async function halfway(stage: Stage): Promise<readonly string[]> {
  const rogue = await RogueClient.connect(stage.pinata.ready.ports.server);
  rogue.hello();
  await rogue.serverFlight();
  rogue.wire.end();
  return (await rogue.ending()).alerts;
}

/**
 * Who is in the middle of a request is answered even while the service stops: this one asks for the status, says the last of
 * it after everybody else was sent away, and reads what was counted.
 */
async function statusAfterStop(stage: Stage): Promise<StatusDocument> {
  const asking = await at(stage, 'http');
  asking.write(utf8ToBytes('GET /status.json HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n'));
  const halfway = await at(stage, 'server');
  halfway.write(Uint8Array.of(22, 3, 1));
  await wait(300);
  const { pid } = stage.pinata;
  if (pid === undefined) throw new Error('the piñata has no process');
  process.kill(pid, 'SIGTERM');
  expect(await halfway.read(64)).toMatch(/fin|reset/);
  halfway.end();
  asking.write(utf8ToBytes('\r\n'));
  let answer = '';
  for (;;) {
    const byte = await asking.read(1);
    if (typeof byte === 'string') break;
    answer += String.fromCharCode(...byte);
  }
  asking.end();
  return JSON.parse(answer.slice(answer.indexOf('\r\n\r\n') + 4));
}

const challenge = '/challenge HTTP/1.1\r\nHost: localhost\r\n';
const posted = `POST ${challenge}Content-Length: 32\r\n\r\n${'x'.repeat(32)}`;

const places = 8;
/** More than the test's own questions to the page could be. */
export const visits = 20;
const page = http(200, 'GET / HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n');

export const waysOfConnections = {
  'success.short_circuit': {
    counted: { 'success.short_circuit': 2 },
    act: async (stage) => {
      await join(await at(stage, 'reverse'), await at(stage, 'server'));
      return undefined;
    },
  },
  'success.test': {
    alert: 'close_notify',
    act: async (stage) => {
      const rogue = await RogueClient.connect(stage.pinata.ready.ports.server);
      await rogue.shakeHands(stage.genuine);
      const { alerts, data } = await rogue.ending();
      rogue.wire.end();
      expect(new TextDecoder().decode(data)).toContain(stage.pinata.ready.address);
      return alerts;
    },
  },
  breach: {
    unreachable:
      'that is the bounty; test/bounty/conversation.test.ts lets it happen in memory, with a key that nobody has',
  },
  withheld: { unreachable: 'each of the checks of the bait stands behind one of the engine; test/bounty/bait.test.ts' },
  timeout: {
    flags: ['--handshake-seconds', '1'],
    act: async (stage) => {
      const wire = await at(stage, 'server');
      expect(await wire.read(1)).toMatch(/fin|reset/);
      wire.end();
      return undefined;
    },
  },
  eof: leaving([22, 3, 1], 'fin'),
  aborted: leaving([22, 3, 1], 'reset'),
  empty: leaving([], 'fin'),
  'limit.bytes': {
    alert: 'close_notify',
    act: async (stage) => {
      const rogue = await RogueClient.connect(stage.pinata.ready.ports.server);
      rogue.hello();
      await rogue.serverFlight();
      // A byte of Certificate in each record, and as much padding as fits.
      const message = rogue.certificateMessage(stage.genuine.chain);
      for (const byte of message.subarray(0, 20)) rogue.record(22, Uint8Array.of(byte), 16_000);
      const { alerts } = await rogue.ending();
      rogue.wire.end();
      return alerts;
    },
  },
  'limit.sessions': {
    flags: fewRemembered.map(String),
    counted: { 'limit.sessions': 1, eof: remembered },
    act: async (stage) => {
      for (let i = 0; i < remembered; i++) await halfway(stage);
      const wire = await at(stage, 'server');
      const rogue = new RogueClient(wire);
      rogue.hello();
      // The flight that could not be remembered does not leave.
      expect(await wire.read(1)).toBe('fin');
      wire.end();
      return undefined;
    },
  },
  // The page has as many places of its own, and the test's questions need more than one.
  rate_limited: {
    flags: ['--connections-per-prefix', `${places}`],
    counted: { rate_limited: 1, empty: places },
    act: async (stage) => {
      const first = await Promise.all(Array.from({ length: places }, () => at(stage, 'server', '127.0.2.1')));
      await wait(100);
      const last = await at(stage, 'server', '127.0.2.2');
      expect(await last.read(1)).toMatch(/fin|reset/);
      for (const wire of [...first, last]) wire.end();
      return undefined;
    },
  },
  shutdown: {
    flags: ['--shutdown-seconds', '1'],
    counted: {},
    act: async (stage) => {
      const { connections } = await statusAfterStop(stage);
      expect(connections.byCategory['shutdown']).toBe(1);
      return undefined;
    },
  },
  'dialback.triggered': {
    flags: nobody,
    counted: { 'dialback.triggered': 1, 'connectback.refused': 1 },
    act: calling('127.0.3.1'),
  },
  'connectback.refused': {
    flags: nobody,
    counted: { 'dialback.triggered': 1, 'connectback.refused': 1 },
    act: calling('127.0.4.1'),
  },
  'connectback.blocked': { flags: ['--no-allow-private-dialback'], act: calling('127.0.5.1') },
  'connectback.timeout': {
    flags: nobodyAnswers,
    counted: { 'dialback.triggered': 1, 'connectback.timeout': 1 },
    act: calling(deaf),
  },
  'website.page': {
    counted: {},
    act: async (stage) => {
      for (let i = 0; i < visits; i++) await page.act(stage);
      return undefined;
    },
  },
  'website.handshake': visitor('close_notify', (rogue) => rogue.alert(1, 0)),
  'http.400': http(400, 'GET\r\n\r\n'),
  'http.404': http(404, 'GET /wp-login.php HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n'),
  'http.405': http(405, 'POST / HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\nContent-Length: 0\r\n\r\n'),
  'http.408': http(408, 'GET'),
  'http.411': http(411, `POST ${challenge}\r\n`),
  'http.413': http(413, 'GET / HTTP/1.1\r\nHost: localhost\r\nContent-Length: 4\r\n\r\nbody'),
  'http.414': http(414, `GET /${'a'.repeat(5000)} HTTP/1.1\r\n`),
  'http.417': http(417, `POST ${challenge}Content-Length: 32\r\nExpect: 100-continue\r\n\r\n`),
  'http.429': {
    act: async (stage) => {
      const asking = await at(stage, 'http');
      // Many more than a prefix may leave at once, and more than it earns meanwhile.
      for (let left = 90; left > 0; left--) asking.write(utf8ToBytes(posted));
      asking.write(utf8ToBytes('GET / HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n'));
      for (;;) if (typeof (await asking.read(1)) === 'string') break;
      asking.end();
      return undefined;
    },
  },
  'http.431': http(431, `GET / HTTP/1.1\r\nHost: localhost\r\n${'X-Field: 1\r\n'.repeat(70)}\r\n`),
  'http.501': http(501, 'BREW / HTTP/1.1\r\nHost: localhost\r\n\r\n'),
  'http.503': {
    unreachable: 'a thousand challenges within a second, which one machine may not be able to send; test/site has it',
  },
  'http.505': http(505, 'GET / HTTP/2.0\r\nHost: localhost\r\n\r\n'),
  'http.other': {
    unreachable: 'the site has no answer of another status; test/trace/classify.test.ts has the category',
  },
  probe: {
    alert: 'certificate_required',
    act: async (stage) => {
      const rogue = await RogueClient.connect(stage.pinata.ready.ports.server);
      rogue.hello({ protocols: ['pinata-probe/1'] });
      await rogue.serverFlight();
      rogue.certificate([]);
      const { alerts } = await rogue.ending();
      rogue.wire.end();
      return alerts;
    },
  },
} as const satisfies Readonly<Partial<Record<FailureKey, Way>>>;
