import { execFile } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { concatBytes } from '@noble/hashes/utils.js';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type CapturedSession, capturedSessions } from '../../service/tools/capture.ts';
import { readKeyLog } from '../../service/tools/key-log.ts';
import { CapturedConnection, pcapHeader } from '../../service/tools/pcap.ts';
import { isCapture, type Packet, readPackets } from '../../service/tools/pcap-read.ts';
import { segmentOf } from '../../service/tools/pcap-segments.ts';
import { streamsOf } from '../../service/tools/pcap-streams.ts';
import type { Certificate } from '../../service/x509/index.ts';
import { ForeignPki, serverName } from '../support/foreign-pki.ts';
import { required } from '../support/required.ts';
import { type CapturedPair, capturedPair, type PairOptions } from './captured.ts';

/* Sessions of OpenSSL out of a capture and a key log, judged by our engine in the place of either end. */

const openssl = required.tool('openssl');
const pki = new ForeignPki();

const pairs = new Map<string, Promise<CapturedPair>>();
/** Once for each set of options. */
function pair(options: Partial<PairOptions> & { readonly mutual?: boolean } = {}): Promise<CapturedPair> {
  const name = JSON.stringify(options);
  const { mutual = true, version = 'TLSv1.3', ...others } = options;
  const made =
    pairs.get(name) ??
    (async () =>
      capturedPair({
        authority: await pki.authority('p256'),
        server: await pki.leaf('server', 'p256'),
        ...(mutual ? { client: await pki.leaf('client', 'p256') } : {}),
        version,
        serverName,
        ...others,
      }))();
  pairs.set(name, made);
  return made;
}

const authority = async (): Promise<Certificate> => (await pki.authority('p256')).certificate;

function only(sessions: readonly CapturedSession[]): CapturedSession {
  const [session] = sessions;
  if (session === undefined || sessions.length > 1) throw new Error(`${sessions.length} sessions in it`);
  return session;
}

async function judged({ capture, keyLog }: CapturedPair, as: 'server' | 'client', trusted?: Certificate) {
  const options = { secrets: readKeyLog(keyLog), authority: trusted ?? (await authority()), as };
  return only(capturedSessions(capture, options)).judged;
}

/** Our client asks for no ticket, and takes none (RFC 5077 §3.2). */
const old = { version: 'TLSv1.2', tickets: false } as const;

describe.skipIf(openssl.missing)('a session of two ends of OpenSSL', () => {
  it.each([
    ['TLS 1.3', {}],
    ['TLS 1.3, P-384', { groups: 'P-384' }],
    ['TLS 1.3, HelloRetryRequest', { groups: 'P-384', clientGroups: 'X25519:P-384' }],
    ['TLS 1.3, another suite', { ciphers: 'TLS_AES_256_GCM_SHA384' }],
    ['TLS 1.3, ALPN', { alpn: ['http/1.1'] }],
    ['TLS 1.3, no certificate of the client', { mutual: false }],
    ['TLS 1.2', old],
    ['TLS 1.2, ChaCha20', { ...old, ciphers: 'ECDHE-ECDSA-CHACHA20-POLY1305' }],
    ['TLS 1.2, no certificate of the client', { ...old, mutual: false }],
  ] as const)('is taken by our engine in the place of either end: %s', async (_, options) => {
    const captured = await pair(options);
    for (const as of ['server', 'client'] as const) {
      const verdict = await judged(captured, as);
      expect(verdict?.fault).toBeUndefined();
      expect(verdict).toMatchObject({ established: true });
      expect(
        verdict?.steps.some(({ step }) => step.type === 'record' && 'inner' in step && step.inner.type === 'unopened'),
      ).toBe(false);
    }
  });

  it('is refused under another authority, and a signature is verified over what was captured', async () => {
    const captured = await pair();
    const other = (await pki.authority('p384')).certificate;
    for (const as of ['server', 'client'] as const)
      expect((await judged(captured, as, other))?.fault?.reason).toBe('no_trust_anchor');
  });

  it.each(['TLSv1.3', 'TLSv1.2'] as const)(
    'with RSA keys, which our engine verifies and never signs with: %s',
    async (version) => {
      const [server, client] = [await pki.leaf('server', 'rsa'), await pki.leaf('client', 'rsa')];
      const rsa = await pki.authority('rsa');
      const captured = await capturedPair({ ...old, version, serverName, authority: rsa, server, client });
      expect((await judged(captured, 'client', rsa.certificate))?.steps.map(({ step }) => step)).toContainEqual(
        expect.objectContaining({
          type: 'state',
          state: version === 'TLSv1.3' ? 'wait_finished' : 'wait_certificate_request_or_done',
        }),
      );
      const asServer = await judged(captured, 'server', rsa.certificate);
      expect(version === 'TLSv1.3' ? asServer?.established : asServer?.fault?.reason).toBe(
        version === 'TLSv1.3' ? true : 'no_cipher_suite',
      );
    },
  );

  it('is refused where a server was asked for more than our client asks for', async () => {
    const verdict = await judged(await pair({ version: 'TLSv1.2' }), 'client');
    expect(verdict?.fault).toMatchObject({ reason: 'unsolicited_extension' });
  });

  it('is as far as it goes without its key log', async () => {
    const { capture } = await pair();
    const session = only(capturedSessions(capture, { secrets: new Map(), authority: await authority(), as: 'server' }));
    expect(session.judged).toMatchObject({ established: false, fault: { reason: 'bad_record_mac' } });
  });

  it('is shown where nobody is trusted', async () => {
    const { capture, keyLog } = await pair();
    const session = only(
      capturedSessions(capture, { secrets: readKeyLog(keyLog), authority: undefined, as: 'client' }),
    );
    expect(session.judged).toBeUndefined();
    const said = session.recorded.filter(
      (step) => step.type === 'record' && 'inner' in step && step.inner.type === 'said',
    );
    expect(said.length).toBeGreaterThan(3);
    expect(JSON.stringify(session.recorded)).not.toContain(
      Buffer.from('hello').toString('hex').repeat(1).padEnd(10, '?'),
    );
    expect(session).toMatchObject({ client: '192.0.2.7:40000', server: '198.51.100.9:443' });
  });

  it('by the command', async () => {
    const { capture, keyLog } = await pair();
    const path = (name: string) => join(pki.folder, name);
    writeFileSync(path('session.pcap'), capture);
    writeFileSync(path('keys.txt'), keyLog);
    const launcher = resolve(import.meta.dirname, '../../infra/btc-pinata.mjs');
    const { certificatePath } = await pki.authority('p256');
    const words = [
      'trace',
      'replay',
      path('session.pcap'),
      '--keylog',
      path('keys.txt'),
      '--authority',
      certificatePath,
    ];
    const out = await new Promise<string>((done, fail) => {
      execFile(process.execPath, [launcher, ...words], (error, stdout) =>
        error === null ? done(stdout) : fail(error),
      );
    });
    expect(out).toMatch(/^192\.0\.2\.7:40000 as TLS client, .*; our engine as server: taken: connected\n/);
  });
});

it('addresses of both families', () => {
  const ends = { opener: { address: '2001:db8::1', port: 40_000 }, accepter: { address: 'fe80::2', port: 443 } };
  const connection = new CapturedConnection(ends.opener, ends.accepter);
  const capture = concatBytes(pcapHeader(), connection.open(1n), connection.data(2n, 'opener', Uint8Array.of(1, 2)));
  const [streams] = streamsOf(readPackets(capture).flatMap((packet) => segmentOf(packet) ?? []));
  expect(streams).toEqual({
    opener: { end: '[2001:0db8:0000:0000:0000:0000:0000:0001]:40000', bytes: Uint8Array.of(1, 2) },
    accepter: { end: '[fe80:0000:0000:0000:0000:0000:0000:0002]:443', bytes: new Uint8Array(0) },
  });
});

/** The packets of a capture, each as `change` has it. */
const packetsOf = (capture: Uint8Array): readonly Packet[] => readPackets(capture);
const bytesOf = (packets: readonly Packet[]) => {
  const [streams] = streamsOf(packets.flatMap((packet) => segmentOf(packet) ?? []));
  return { opener: streams?.opener.bytes, accepter: streams?.accepter.bytes };
};

describe.skipIf(openssl.missing)('a capture', () => {
  const around: readonly (readonly [string, number, (ip: Uint8Array) => Uint8Array])[] = [
    ['Ethernet', 1, (ip) => concatBytes(new Uint8Array(12), Uint8Array.of(8, 0), ip, new Uint8Array(4))],
    ['Ethernet, VLAN', 1, (ip) => concatBytes(new Uint8Array(12), Uint8Array.of(0x81, 0, 0, 9, 8, 0), ip)],
    ['loopback of BSD', 0, (ip) => concatBytes(Uint8Array.of(2, 0, 0, 0), ip)],
    ['Linux cooked', 113, (ip) => concatBytes(new Uint8Array(14), Uint8Array.of(8, 0), ip)],
    ['Linux cooked, version 2', 276, (ip) => concatBytes(Uint8Array.of(8, 0), new Uint8Array(18), ip)],
  ];
  it.each(around)('from %s', async (_, linkType, wrap) => {
    const packets = packetsOf((await pair()).capture);
    const wrapped = packets.map(({ bytes, seconds }) => ({ linkType, seconds, bytes: wrap(bytes) }));
    expect(bytesOf(wrapped)).toEqual(bytesOf(packets));
    expect(bytesOf(packets).opener?.[0]).toBe(22);
  });

  it.each([true, false])('as pcapng, little-endian: %s', async (little) => {
    const packets = packetsOf((await pair()).capture);
    const file = nextGeneration(packets, little);
    expect(isCapture(file)).toBe(true);
    expect(readPackets(file)).toEqual(packets);
  });

  it('whose segments came in any order, some twice, some overlapping', async () => {
    const packets = packetsOf((await pair()).capture);
    const expected = bytesOf(packets);
    const [first, ...others] = packets;
    if (first === undefined) throw new Error('an empty capture');
    const order = fc.shuffledSubarray([...others, ...others, ...others.flatMap(halves)]);
    fc.assert(
      fc.property(order, (some) => {
        // Whatever is missing of them comes at last.
        expect(bytesOf([first, ...some, ...others])).toEqual(expected);
      }),
      { numRuns: 20 },
    );
  });

  it('that is cut anywhere is read as far as it goes', async () => {
    const { capture } = await pair();
    const whole = readPackets(capture).length;
    fc.assert(
      fc.property(fc.integer({ min: 4, max: capture.length }), (length) => {
        expect(readPackets(capture.subarray(0, length)).length).toBeLessThanOrEqual(whole);
      }),
    );
  });

  it('of anything at all, and a key log of anything', () => {
    const anything = fc.uint8Array({ maxLength: 300 });
    const magic = fc.constantFrom('a1b2c3d4', 'd4c3b2a1', '0a0d0d0a');
    fc.assert(
      fc.property(magic, anything, fc.constantFrom(0, 1, 101, 113, 276), (first, bytes, linkType) => {
        const file = concatBytes(Uint8Array.from(Buffer.from(first, 'hex')), bytes);
        expect(Array.isArray(capturedSessions(file, { secrets: new Map(), authority: undefined, as: 'server' }))).toBe(
          true,
        );
        const segment = segmentOf({ linkType, seconds: 0, bytes });
        expect(streamsOf(segment === undefined ? [] : [segment]).length).toBeLessThanOrEqual(1);
      }),
    );
    expect(() => readPackets(Uint8Array.of(1, 2, 3, 4))).toThrow('neither a pcap nor a pcapng file');
    expect(readKeyLog(`# no secret\nCLIENT_RANDOM ${'0A'.repeat(32)} 0102\r\nCLIENT_RANDOM 00 11\n`)).toEqual(
      new Map([['0a'.repeat(32), new Map([['CLIENT_RANDOM', Uint8Array.of(1, 2)]])]]),
    );
  });
});

/** One packet with payload as two segments that overlap by a byte, the later one first. */
function halves(packet: Packet): readonly Packet[] {
  const { bytes } = packet;
  const payload = bytes.length - 40;
  if (payload < 4) return [];
  const cut = 40 + Math.floor(payload / 2);
  const part = (from: number, to: number): Packet => {
    const header = bytes.slice(0, 40);
    const view = new DataView(header.buffer);
    view.setUint16(2, 40 + to - from);
    view.setUint32(24, (view.getUint32(24) + from - 40) % 2 ** 32);
    return { ...packet, bytes: concatBytes(header, bytes.subarray(from, to)) };
  };
  return [part(cut - 1, bytes.length), part(40, cut)];
}

function nextGeneration(packets: readonly Packet[], little: boolean): Uint8Array {
  const block = (type: number, fill: (view: DataView, body: Uint8Array) => void, length: number): Uint8Array => {
    const total = 12 + Math.ceil(length / 4) * 4;
    const bytes = new Uint8Array(total);
    const view = new DataView(bytes.buffer);
    view.setUint32(0, type, little);
    view.setUint32(4, total, little);
    fill(new DataView(bytes.buffer, 8), bytes.subarray(8));
    view.setUint32(total - 4, total, little);
    return bytes;
  };
  const header = block(
    0x0a0d0d0a,
    (view) => {
      view.setUint32(0, 0x1a2b3c4d, little);
      view.setUint16(4, 1, little);
    },
    16,
  );
  // if_tsresol: nanoseconds.
  const link = block(
    1,
    (view) => {
      view.setUint16(0, packets[0]?.linkType ?? 0, little);
      view.setUint16(8, 9, little);
      view.setUint16(10, 1, little);
      view.setUint8(12, 9);
    },
    20,
  );
  const enhanced = packets.map(({ seconds, bytes }) =>
    block(
      6,
      (view, body) => {
        const time = BigInt(seconds) * 1_000_000_000n + 5n;
        view.setUint32(4, Number(time >> 32n), little);
        view.setUint32(8, Number(time & 0xffff_ffffn), little);
        view.setUint32(12, bytes.length, little);
        view.setUint32(16, bytes.length, little);
        body.set(bytes, 20);
      },
      20 + bytes.length,
    ),
  );
  return concatBytes(header, link, ...enhanced);
}
