import { createServer } from 'node:net';
import { connect as tlsConnect } from 'node:tls';
import { concatBytes, hexToBytes, utf8ToBytes } from '@noble/hashes/utils.js';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ExtensionType } from '../../service/tls/extension-type.ts';
import {
  type Extension,
  extensionOf,
  selectedGroup,
  selectedVersion,
  serverKeyShare,
} from '../../service/tls/extensions.ts';
import { handshakeMessage, serverHello } from '../../service/tls/handshake-messages.ts';
import { recordHeader } from '../../service/tls/record.ts';
import { type Direction, RecordObserver, type Sighting } from '../../service/tools/record-observer.ts';

type Part = readonly [Direction, Uint8Array];

const type = { changeCipherSpec: 20, alert: 21, handshake: 22, applicationData: 23 } as const;
const record = (contentType: 20 | 21 | 22 | 23, fragment: Uint8Array): Uint8Array =>
  concatBytes(recordHeader(contentType, fragment.length), fragment);

function serverHelloMessage(random: Uint8Array, cipherSuite: number, extensions: readonly Extension[]): Uint8Array {
  return handshakeMessage('server_hello', serverHello, {
    legacyVersion: 0x0303,
    random,
    legacySessionIdEcho: new Uint8Array(0),
    cipherSuite,
    legacyCompressionMethod: 0,
    extensions,
  });
}

const share = (group: number, length: number) =>
  extensionOf(ExtensionType.key_share, serverKeyShare, { group, keyExchange: new Uint8Array(length).fill(4) });
const tls13 = extensionOf(ExtensionType.supported_versions, selectedVersion, 0x0304);
const serverHello13 = serverHelloMessage(new Uint8Array(32).fill(7), 0x1301, [tls13, share(0x001d, 32)]);
const serverHello12 = serverHelloMessage(new Uint8Array(32).fill(9), 0xc02b, []);

/** The first flight of another implementation: OpenSSL's, by node:tls. */
async function foreignClientHello(maxVersion: 'TLSv1.2' | 'TLSv1.3'): Promise<Uint8Array> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('no port');
  const client = tlsConnect({
    host: '127.0.0.1',
    port: address.port,
    servername: 'server.btc-pinata.invalid',
    ALPNProtocols: ['pinata/1'],
    minVersion: 'TLSv1.2',
    maxVersion,
    ecdhCurve: 'X25519:P-256',
    rejectUnauthorized: false,
  });
  client.on('error', () => undefined);
  try {
    return await new Promise((resolve) => {
      server.on('connection', (socket) => {
        socket.on('error', () => undefined);
        socket.once('data', (bytes) => resolve(new Uint8Array(bytes)));
      });
    });
  } finally {
    client.destroy();
    server.close();
  }
}

function observeAll(parts: readonly Part[]): {
  readonly sightings: readonly Sighting[];
  readonly observer: RecordObserver;
} {
  const observer = new RecordObserver();
  return { sightings: parts.flatMap(([direction, bytes]) => observer.observe(direction, bytes)), observer };
}

const bytewise = (parts: readonly Part[]): readonly Part[] =>
  parts.flatMap(([direction, bytes]) => Array.from(bytes, (byte) => [direction, Uint8Array.of(byte)] as const));

const fact = (sighting: Sighting | undefined, name: string): string | undefined =>
  sighting?.type === 'handshake' ? sighting.facts.find((candidate) => candidate.name === name)?.value : undefined;

describe('what a relay can name', () => {
  it('reads the ClientHello of another implementation', async () => {
    const { sightings, observer } = observeAll([['to_server', await foreignClientHello('TLSv1.3')]]);
    const [hello] = sightings;
    expect(sightings).toHaveLength(1);
    expect(hello).toMatchObject({ type: 'handshake', message: 'ClientHello' });
    expect(fact(hello, 'server name')).toBe('server.btc-pinata.invalid');
    expect(fact(hello, 'ALPN')).toBe('pinata/1');
    expect(fact(hello, 'versions')).toBe('TLS 1.3, TLS 1.2');
    expect(fact(hello, 'groups')).toBe('x25519, secp256r1');
    expect(fact(hello, 'key shares')).toBe('x25519 (32 bytes)');
    expect(fact(hello, 'cipher suites')).toContain('TLS_AES_128_GCM_SHA256');
    expect(fact(hello, 'random')).toMatch(/^[0-9a-f]{64}$/);
    expect(observer.overheard.clientRandom).toHaveLength(32);
  });

  it('tells a HelloRetryRequest from a ServerHello by its random', () => {
    // SHA-256 of "HelloRetryRequest", as RFC 9846 §4.1.3 prints it.
    const random = hexToBytes('cf21ad74e59a6111be1d8c021e65b891c2a211167abb8c5e079e09e2c8a8339c');
    const wants = extensionOf(ExtensionType.key_share, selectedGroup, 0x0017);
    const retry = record(type.handshake, serverHelloMessage(random, 0x1301, [tls13, wants]));
    const { sightings, observer } = observeAll([['to_client', retry]]);
    expect(sightings[0]).toMatchObject({ message: 'HelloRetryRequest' });
    expect(fact(sightings[0], 'wants a share of')).toBe('secp256r1');
    expect(observer.overheard.negotiated).toBeUndefined();
  });

  it('says what was agreed, and of what is encrypted nothing but its size', () => {
    const { sightings, observer } = observeAll([
      ['to_client', record(type.handshake, serverHello13)],
      ['to_client', record(type.changeCipherSpec, Uint8Array.of(1))],
      ['to_client', record(type.applicationData, new Uint8Array(321))],
      ['to_server', record(type.alert, Uint8Array.of(2, 48))],
    ]);
    expect(observer.overheard.negotiated).toEqual({
      version: 'TLS 1.3',
      cipherSuite: 'TLS_AES_128_GCM_SHA256',
      group: 'x25519',
    });
    expect(sightings.slice(1)).toEqual([
      { type: 'change_cipher_spec', length: 1 },
      { type: 'encrypted', length: 321 },
      { type: 'alert', level: 2, description: 48 },
    ]);
  });

  it('takes the handshake records after a ChangeCipherSpec of TLS 1.2 for encrypted, and those of 1.3 not', () => {
    const finished = record(type.handshake, new Uint8Array(40).fill(0xaa));
    const changed = record(type.changeCipherSpec, Uint8Array.of(1));
    const in12 = observeAll([
      ['to_client', record(type.handshake, serverHello12)],
      ['to_client', changed],
      ['to_client', finished],
    ]);
    expect(in12.sightings.at(-1)).toEqual({ type: 'encrypted', length: 40 });
    const secondHello: readonly Part[] = [
      ['to_server', changed],
      ['to_server', record(type.handshake, Uint8Array.of(20, 0, 0, 0))],
    ];
    expect(observeAll([['to_client', record(type.handshake, serverHello13)], ...secondHello]).sightings.at(-1)).toEqual(
      {
        type: 'handshake',
        message: 'finished',
        length: 4,
        facts: [],
      },
    );
  });

  it('joins a message that was cut into records, and parts messages that share one', async () => {
    const first = await foreignClientHello('TLSv1.3');
    const message = first.subarray(5);
    const pieces = [message.subarray(0, 1), message.subarray(1, 90), message.subarray(90)];
    const cut = observeAll(pieces.map((piece) => ['to_server', record(type.handshake, piece)] as const));
    expect(cut.sightings).toEqual(observeAll([['to_server', first]]).sightings);
    const two = observeAll([
      ['to_client', record(type.handshake, concatBytes(serverHello12, Uint8Array.of(14, 0, 0, 0)))],
    ]);
    expect(two.sightings.map((sighting) => sighting.type === 'handshake' && sighting.message)).toEqual([
      'ServerHello',
      'server_hello_done',
    ]);
  });

  it('sees the same byte by byte as in one piece', async () => {
    const parts: readonly Part[] = [
      ['to_server', await foreignClientHello('TLSv1.3')],
      ['to_client', record(type.handshake, serverHello13)],
      ['to_client', record(type.applicationData, new Uint8Array(99))],
      ['to_server', record(type.alert, Uint8Array.of(1, 0, 0))],
      ['to_server', utf8ToBytes('please give key\r\n')],
      ['to_client', hexToBytes('1702000001')],
    ];
    expect(observeAll(bytewise(parts)).sightings).toEqual(observeAll(parts).sightings);
    expect(observeAll(parts).sightings.at(-2)).toEqual({ type: 'not_tls', detail: 'no TLS record starts with 70' });
    expect(observeAll(parts).sightings.at(-1)).toEqual({ type: 'not_tls', detail: 'no TLS record starts with 17 02' });
  });
});

describe('what is malformed', () => {
  it('names a hello that does not decode, and why', () => {
    const { sightings } = observeAll([['to_server', record(type.handshake, Uint8Array.of(1, 0, 0, 2, 3, 3))]]);
    expect(fact(sightings[0], 'unreadable')).toMatch(/random wants 32 bytes where 0 are left/);
  });

  it('waits for no message that announces more than a hello can be', () => {
    const { sightings } = observeAll([['to_server', record(type.handshake, Uint8Array.of(1, 0xff, 0xff, 0xff))]]);
    expect(sightings).toEqual([{ type: 'not_tls', detail: 'a handshake message that announces 16777215 bytes' }]);
  });

  it('counts what was not finished', () => {
    const observer = new RecordObserver();
    observer.observe('to_client', Uint8Array.of(23, 3, 3, 0, 100, 1, 2));
    expect(observer.unfinished('to_client')).toBe(7);
    expect(observer.unfinished('to_server')).toBe(0);
  });

  it('never throws, and sees the same however the bytes are cut', () => {
    const bytes = fc.oneof(
      fc.uint8Array({ maxLength: 80 }),
      fc
        .tuple(fc.constantFrom(20, 21, 22, 23, 24), fc.uint8Array({ maxLength: 60 }))
        .map(([contentType, fragment]) => concatBytes(Uint8Array.of(contentType, 3, 3, 0, fragment.length), fragment)),
    );
    const part = fc.tuple(fc.constantFrom<Direction>('to_server', 'to_client'), bytes);
    fc.assert(
      fc.property(fc.array(part, { maxLength: 8 }), (parts) => {
        const whole = observeAll(parts);
        const bits = observeAll(bytewise(parts));
        expect(bits.sightings).toEqual(whole.sightings);
        expect(bits.observer.unfinished('to_server')).toBe(whole.observer.unfinished('to_server'));
      }),
      { numRuns: 300 },
    );
  });
});
