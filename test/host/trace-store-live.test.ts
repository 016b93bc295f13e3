import { createHash, X509Certificate } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { join as joinPath } from 'node:path';
import { connect as connectTls } from 'node:tls';
import { bytesToHex, hexToBytes, utf8ToBytes } from '@noble/hashes/utils.js';
import { describe, expect, it, onTestFinished } from 'vitest';
import { makeCredentials } from '../../bench/issue-credentials.ts';
import { Bait } from '../../service/bounty/bait.ts';
import { configure } from '../../service/host/configuration.ts';
import { entropy } from '../../service/host/entropy.ts';
import { openService, type Service } from '../../service/host/service.ts';
import { entropyLength } from '../../service/tls/index.ts';
import { sampleAttestation, sampleWallet } from '../site/sample-view.ts';
import { TestClock } from './live-service.ts';
import { anyPorts } from './program.ts';
import { dial, join, readAll } from './relay.ts';
import { dataFolder, diskStore, textOf, tracesIn, verifyFolder } from './trace-store.ts';

/* What the whole service leaves in the folder of its traces, and what it must not. */

const secret = 'the secret of this test';

interface Visited {
  readonly data: string;
  readonly clock: TestClock;
  /** All that was drawn, in its order. */
  readonly drawn: readonly Uint8Array[];
  /** Of the handshakes with a stranger, as their own stack tells them. */
  readonly trafficSecrets: readonly string[];
  /** SHA-256 of the certificate that a stranger showed. */
  readonly shown: string;
}

/** Everything that a visitor can do, from an address of its own; then the service is stopped. */
async function visited(): Promise<Visited> {
  const data = dataFolder();
  const drawn: Uint8Array[] = [];
  const clock = new TestClock();
  const result = configure({
    argv: [...anyPorts, '--shutdown-seconds', '2', '--data', data],
    environment: {},
    readFile: () => '{}',
  });
  if (result.type !== 'run') throw new Error(JSON.stringify(result));
  const service = await openService({
    configuration: result.configuration,
    bait: new Bait(() => utf8ToBytes(secret)),
    wallet: sampleWallet,
    program: { version: '0.0.0', build: `source-${'5'.repeat(64)}`, source: 'https://example.org/' },
    attestation: sampleAttestation,
    manifest: { node: process.version, crypto: 'noble', packages: [] },
    inherited: [],
    clock,
    entropy: (length) => {
      const bytes = entropy(length);
      drawn.push(bytes.slice());
      return bytes;
    },
    log: () => undefined,
  });
  let stopped = false;
  onTestFinished(async () => (stopped ? undefined : service.stop()));

  const trafficSecrets: string[] = [];
  await greet(service);
  for (let i = 0; i < 3; i += 1) await bridge(service);
  const { credentials, dispose } = makeCredentials();
  onTestFinished(dispose);
  const { client } = credentials.p256;
  for (const version of ['TLSv1.3', 'TLSv1.2', 'TLSv1.3'] as const) {
    trafficSecrets.push(...(await strangersHandshake(service, client, version)));
  }
  await (await fetch(`http://127.0.0.1:${service.ports.http}/`, { headers: { connection: 'close' } })).text();
  await service.stop();
  stopped = true;
  const der = client.certificate.replaceAll(/-----[^-]+-----|\s/g, '');
  const shown = createHash('sha256').update(Buffer.from(der, 'base64')).digest('hex');
  return { data, clock, drawn, trafficSecrets, shown };
}

const from = { localAddress: '127.5.6.7' };

async function greet({ ports }: Service): Promise<void> {
  const socket = await dial(ports.server, from);
  const heard = readAll(socket);
  socket.end('please give key\r\n');
  await heard;
}

async function bridge({ ports }: Service): Promise<void> {
  await join(await dial(ports.server, from), await dial(ports.reverse, from));
}

/** A client with a certificate that somebody else signed. Returns the secrets of the session. */
function strangersHandshake(
  { ports }: Service,
  { certificate, key }: { readonly certificate: string; readonly key: string },
  version: 'TLSv1.2' | 'TLSv1.3',
): Promise<readonly string[]> {
  return new Promise((resolve) => {
    const secrets: string[] = [];
    const socket = connectTls({
      ...{ port: ports.server, host: '127.0.0.1', ...from, rejectUnauthorized: false },
      ...{ cert: certificate, key, minVersion: version, maxVersion: version },
      ...{ servername: 'server.btc-pinata.invalid', ALPNProtocols: ['pinata/1'] },
    });
    socket.on('keylog', (line: Buffer) => secrets.push(line.toString('latin1').trim().split(' ')[2] ?? ''));
    socket.on('error', () => undefined);
    socket.on('close', () => resolve(secrets));
    socket.resume();
  });
}

describe('what a service leaves', () => {
  it('is every attempt, in a chain, and all that was counted; it is written when it stops', async () => {
    const { data, clock, shown } = await visited();
    const { store } = await diskStore(data, clock);
    const summary = store.summary();
    expect(summary).toMatchObject({ attempts: 10, connections: 11, droppedBodies: 0, sampledAway: 0 });
    expect(summary.byCategory).toEqual({
      'success.short_circuit': 6,
      'record.not_tls': 1,
      'x509.no_anchor': 3,
      'website.page': 1,
    });
    expect(summary.visitors).toMatchObject({ website: 1, bounty: 1, server: 1, reverse: 1, http: 1, dialback: 0 });
    expect(store.guestBook({ limit: 5 }).map(({ bytes }) => bytes)).toEqual([
      bytesToHex(utf8ToBytes('please give key\r\n')),
    ]);
    // In both versions it is taken from the message: encrypted there, in clear here.
    expect(store.rejectedCertificates({ limit: 5 })).toMatchObject([
      { sha256: shown, category: 'x509.no_anchor', count: 3, detail: expect.stringMatching(/./) },
    ]);
    expect(store.rejectedCertificate(shown)?.sha256).toBe(shown);
    expect(store.rejectedCertificate('00')).toBeUndefined();
    const [generation] = store.generations();
    expect(new Set(store.newest({ limit: 10 }).map((head) => head.generation))).toEqual(
      new Set([generation?.generation, null]),
    );
    for (let number = 1; number <= 10; number += 1) expect(store.attempt(number)?.body).toMatchObject({ number });
    expect(verifyFolder(data)).toMatchObject({ ok: true, days: [{ first: 1, last: 10 }] });
    await store.close();
  });

  it('holds no secret, no key, no entropy and no address', async () => {
    const { data, clock, drawn, trafficSecrets } = await visited();
    const files = readdirSync(tracesIn(data)).map((name) => joinPath(tracesIn(data), name));
    const key = readFileSync(joinPath(tracesIn(data), 'visitors.key'));
    const outputs = files
      .filter((path) => !path.endsWith('visitors.key'))
      .map((path) => Buffer.concat([readFileSync(path), Buffer.from(path.includes('.jsonl') ? textOf(path) : '')]));
    expect(outputs.reduce((sum, { length }) => sum + length, 0)).toBeGreaterThan(50_000);

    const serials = await serialNumbers(data, clock);
    const needles: (readonly [string, Uint8Array])[] = [
      ['the secret', utf8ToBytes(secret)],
      ['the address', utf8ToBytes('127.5.6.7')],
      ['its prefix', utf8ToBytes('127.5.6')],
      ['the key of the visitors', key],
      ...trafficSecrets.map((text, i) => [`a traffic secret, ${i}`, Buffer.from(text, 'hex')] as const),
      ...drawn.flatMap((bytes, i) =>
        pieces(bytes)
          .filter((piece) => !serials.has(bytesToHex(piece)))
          .map((piece) => [`entropy of ${bytes.length}, ${i}`, piece] as const),
      ),
    ];
    expect(trafficSecrets.length).toBeGreaterThan(10);
    expect(needles.length).toBeGreaterThan(100);
    const found = needles.flatMap(([name, needle]) =>
      [needle, utf8ToBytes(bytesToHex(needle)), utf8ToBytes(Buffer.from(needle).toString('base64'))]
        .filter((form) => outputs.some((output) => output.includes(Buffer.from(form))))
        .map((form) => `${name} (${form.length} bytes)`),
    );
    expect(found).toEqual([]);
    // It would have been found: what is public of the same entropy is there.
    const randoms = drawn
      .filter(({ length }) => length === entropyLength)
      .map((bytes) => bytesToHex(bytes.slice(0, 32)));
    expect(randoms.some((text) => outputs.some((output) => output.includes(text)))).toBe(true);
  });
});

/** Sixteen bytes each: half a key is a leak too. A session's random and session id are for everybody (RFC 9846 §4.1.2). */
function pieces(drawn: Uint8Array): readonly Uint8Array[] {
  const hidden = drawn.length === entropyLength ? drawn.subarray(64) : drawn;
  return Array.from({ length: Math.floor(hidden.length / 16) }, (_, i) => hidden.slice(16 * i, 16 * i + 16));
}

/** They are drawn as keys are, and stand in certificates. */
async function serialNumbers(data: string, clock: TestClock): Promise<ReadonlySet<string>> {
  const { store } = await diskStore(data, clock);
  const certificates = store.generations().flatMap(({ authority, leaves }) => [authority, ...Object.values(leaves)]);
  await store.close();
  return new Set(certificates.map((der) => new X509Certificate(hexToBytes(der)).serialNumber.toLowerCase()));
}
