import { hexToBytes, utf8ToBytes } from '@noble/hashes/utils.js';
import { type FailureKey, failureTable } from '../trace/index.ts';
import { type ClientHelloChoices, RogueClient } from './rogue/client.ts';
import { type ClientHello12Choices, RogueClient12 } from './rogue/client-12.ts';
import { RogueServer } from './rogue/server.ts';
import { Wire } from './rogue/wire.ts';
import { saying } from './simulate-of-the-site.ts';
import type { Kind, Scene } from './simulate-visit.ts';

/*
 * Who comes to a TLS port without a plan for this one: scanners of the whole Internet, protocols that took the wrong
 * door, and people with telnet. The article counted them by what was wrong first, and so do we.
 */

/** First bytes that decide by themselves. */
const says = (name: string, count: number, key: FailureKey, bytes: Uint8Array): Kind => ({
  name,
  count,
  expect: { [key]: 1 },
  visit: (scene) => saying(scene, 'server', bytes),
});

const notTls = (name: string, count: number, bytes: Uint8Array): Kind => says(name, count, 'record.not_tls', bytes);

/** The very bytes of docs/failures.md. */
const byTheTable = (name: string, count: number, key: FailureKey): Kind =>
  says(name, count, key, hexToBytes((failureTable[key].bytes ?? '').replaceAll(' ', '')));

const hello = (name: string, count: number, key: FailureKey, choices: ClientHelloChoices): Kind => ({
  name,
  count,
  expect: { [key]: 1 },
  async visit(scene) {
    const rogue = await client(scene);
    rogue.hello(choices);
    await rogue.ending();
    rogue.leave();
  },
});

const hello12 = (name: string, count: number, key: FailureKey, choices: ClientHello12Choices): Kind => ({
  name,
  count,
  expect: { [key]: 1 },
  async visit(scene) {
    const rogue = new RogueClient12(new Wire(await scene.connect('server')));
    rogue.hello(choices);
    await rogue.ending();
    rogue.leave();
  },
});

/** What is said to the whole flight of the server, which shows that the hello was taken. */
const afterTheFlight = (name: string, count: number, key: FailureKey, say: (rogue: RogueClient) => void): Kind => ({
  name,
  count,
  expect: { [key]: 1 },
  async visit(scene) {
    const rogue = await client(scene);
    // As zgrab and Go have it; a group that nobody knows is no fault (RFC 9846 §4.2.7).
    rogue.hello({ protocols: 'none', groups: [0x001d, 0x0017, 0x0018, 0x0019], serverName: 'localhost' });
    await rogue.serverFlight();
    say(rogue);
    await rogue.ending();
    rogue.leave();
  },
});

const client = async (scene: Scene): Promise<RogueClient> => new RogueClient(new Wire(await scene.connect('server')));

/** Code points that mean nothing, so that nobody may rely on knowing all (RFC 8701 §2). */
const grease = 0x0a0a;
const jarmProtocols = ['http/0.9', 'http/1.0', 'spdy/1', 'h2', 'hq'];
const onlyCbc = [0x0033, 0x0039, 0x0016, 0x002f, 0x0035, 0x000a, grease];

export const kindsOfScanners: readonly Kind[] = [
  notTls('please give key', 60, utf8ToBytes('please give key\r\n')),
  notTls('hi give me teh btcs', 40, utf8ToBytes('hi give me teh btcs\r\n')),
  notTls('HTTP on a port of TLS', 500, utf8ToBytes('GET / HTTP/1.1\r\nHost: localhost\r\n\r\n')),
  notTls('SSH', 150, utf8ToBytes('SSH-2.0-Go\r\n')),
  notTls('RDP', 100, hexToBytes('030000130ee000000000000100080003000000')),
  notTls('SMB', 80, hexToBytes('00000045ff534d4272000000001801c8')),
  notTls('hello of SSLv2', 70, hexToBytes('802e0100020015000000100100800200800300800400800500800600400700c0')),
  byTheTable('record of version 5.0', 600, 'record.unknown_version'),
  says('record of version 2.0', 500, 'record.unknown_version', hexToBytes('160200000100')),
  hello12('hello of SSL 3', 420, 'version.ssl3', { legacyVersion: 0x0300 }),
  hello12('hello of TLS 1.0', 380, 'version.legacy', { legacyVersion: 0x0301 }),
  hello12('hello of TLS 1.1', 170, 'version.legacy', { legacyVersion: 0x0302 }),
  hello('hello of a draft', 20, 'version.unsupported', { versions: [0x7f1c, grease] }),
  hello12('no secure renegotiation', 420, 'reneg.missing', { renegotiationInfo: 'none' }),
  hello12('suites of 2005', 300, 'cipher.none', { cipherSuites: [0x0004, 0x0005, 0x002f, 0x0035, 0x000a] }),
  hello('suites of nobody', 80, 'cipher.none', { cipherSuites: [0x13ff, grease] }),
  hello12('JARM: CBC alone', 40, 'cipher.none', { cipherSuites: onlyCbc, protocols: jarmProtocols }),
  hello('JARM: TLS 1.3, odd ALPN', 120, 'alpn.mismatch', { protocols: jarmProtocols, versions: [grease, 0x0304] }),
  hello12('JARM: TLS 1.2, odd ALPN', 80, 'alpn.mismatch', { protocols: jarmProtocols }),
  hello('a browser on the wrong port', 60, 'alpn.mismatch', { protocols: ['h2', 'http/1.1'] }),
  hello12('no extended main secret', 120, 'ems.missing', { extendedMainSecret: false }),
  hello('groups of nobody', 20, 'group.none', { groups: [grease, 0x001e], keyShares: [] }),
  byTheTable('a hello cut to five bytes too many', 8, 'limit.message'),
  byTheTable('garbage that looks like a record', 15, 'record.unknown_type'),
  byTheTable('application data at once', 10, 'application_data.early'),
  afterTheFlight('zgrab without a certificate', 900, 'cert.none', (rogue) => {
    rogue.certificate([]);
    rogue.finished();
  }),
  afterTheFlight('does not know our authority', 143, 'alert.received', (rogue) => rogue.alert(2, 48)),
  afterTheFlight('has seen enough', 14, 'alert.received', (rogue) => rogue.alert(1, 0)),
  afterTheFlight('takes our certificate for a bad one', 23, 'alert.received', (rogue) => rogue.alert(2, 42)),
  says('sends an alert first of all', 29, 'alert.received', hexToBytes('15030100020246')),
  afterTheFlight('reads the certificate and goes', 260, 'eof', (rogue) => rogue.leave()),
  afterTheFlight('reads the certificate and breaks off', 194, 'aborted', (rogue) => rogue.leave('reset')),
  {
    name: 'half a hello',
    count: 90,
    expect: { eof: 1 },
    visit: (scene) => leaving(scene, hexToBytes('160301020001')),
  },
  {
    name: 'what threw an exception in 2015',
    count: 2,
    expect: { eof: 1 },
    visit: (scene) => leaving(scene, hexToBytes('16030100080100000600000000')),
  },
  {
    name: 'looks whether the port is open',
    count: 380,
    expect: { empty: 1 },
    visit: (scene) => leaving(scene, new Uint8Array(0)),
  },
  {
    name: 'looks whether the port is open, and breaks off',
    count: 90,
    expect: { empty: 1 },
    async visit(scene) {
      (await scene.connect('server')).resetAndDestroy();
    },
  },
  {
    name: 'listens to our client and goes',
    count: 30,
    expect: { empty: 1 },
    async visit(scene) {
      const rogue = new RogueServer(new Wire(await scene.connect('reverse')));
      await rogue.hearClientHello();
      rogue.wire.end();
      await rogue.ending();
    },
  },
  { name: 'connects and waits', count: 20, expect: { timeout: 1 }, waits: true, visit: (scene) => lingering(scene, 0) },
  { name: 'slow loris', count: 20, expect: { timeout: 1 }, waits: true, visit: (scene) => lingering(scene, 1000) },
];

async function leaving(scene: Scene, bytes: Uint8Array): Promise<void> {
  const socket = await scene.connect('server');
  if (bytes.length > 0) socket.write(bytes);
  socket.end();
  await scene.left(socket);
}

/** A hello byte by byte, or nothing at all, for as long as it is let. */
async function lingering(scene: Scene, everyMilliseconds: number): Promise<void> {
  const socket = await scene.connect('server');
  let there = true;
  const left = scene.left(socket).then(() => {
    there = false;
  });
  // A record of 16 KiB, announced: at one byte a second it is never whole.
  const bytes = hexToBytes('1603014000010000fc0303');
  for (let at = 0; there && everyMilliseconds > 0; at += 1) {
    socket.write(Uint8Array.of(bytes[at] ?? 0));
    await Promise.race([left, scene.wait(everyMilliseconds)]);
  }
  await left;
  socket.end();
}
