import { execFile, spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { networkInterfaces, tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { WIF } from '@scure/btc-signer';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { BridgeEvent, BridgeReport } from '../../service/tools/bridge.ts';
import { freePort } from '../support/free-port.ts';
import { LivePinata } from '../support/live-pinata.ts';
import { required } from '../support/required.ts';

const tshark = required.tool('tshark');
const ipv6 = required.condition(
  'IPv6 on the loopback',
  networkInterfaces()['lo']?.some(({ family }) => family === 'IPv6') === true,
  'sysctl net.ipv6.conf.lo.disable_ipv6=0',
);
const launcher = resolve(import.meta.dirname, '../../infra/btc-pinata.mjs');
const regtest = { bech32: 'bcrt', pubKeyHash: 0x6f, scriptHash: 0xc4, wif: 0xef };

let folder = '';
let pinata: LivePinata;
/** The bait, which must be nowhere to be seen. */
const secret = new Uint8Array(randomBytes(32));
const canary = WIF(regtest).encode(secret);

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'bridge-'));
  writeFileSync(join(folder, 'key'), canary, { mode: 0o600 });
  dialbackTarget = await freePort();
  const target = String(dialbackTarget);
  pinata = await LivePinata.start(['--key-file', join(folder, 'key'), '--dialback-target-port', target], false);
});
afterAll(async () => {
  await pinata?.stop();
  rmSync(folder, { recursive: true });
});

let dialbackTarget = 0;

interface Run {
  readonly status: number;
  readonly out: string;
  readonly err: string;
}

function bridge(...words: readonly string[]): Promise<Run> {
  return new Promise((resolveRun) => {
    execFile(process.execPath, [launcher, 'bridge', ...words], { encoding: 'utf8' }, (error, out, err) => {
      resolveRun({ status: error === null ? 0 : Number(error.code), out, err });
    });
  });
}

const ports = (...more: readonly string[]): readonly string[] => {
  const { server, reverse, dialback, http } = pinata.ready.ports;
  const all = { 'server-port': server, 'reverse-port': reverse, 'dialback-port': dialback, 'http-port': http };
  return [...Object.entries(all).flatMap(([name, port]) => [`--${name}`, String(port)]), ...more];
};

const dialback = () => ['--dialback', '--dialback-target-port', String(dialbackTarget)];

/** In every form in which it might travel. */
function hidesTheKey(text: string): void {
  expect(text).not.toContain(canary);
  expect(text).not.toContain(Buffer.from(secret).toString('hex'));
  expect(text).not.toContain(Buffer.from(secret).toString('base64').slice(0, 40));
}

describe.each([
  ['reverse', () => []],
  ['dialback', dialback],
] as const)('the bridge by way of the %s port', (kind, flags) => {
  it('is confirmed by the host, and shows nothing of the key', async () => {
    const capture = join(folder, `${kind}.pcap`);
    const { status, out, err } = await bridge('127.0.0.1', ...ports(...flags(), '--json', '--capture', capture));
    expect(err).toBe('');
    expect(status).toBe(0);
    const report: BridgeReport & { readonly events: readonly BridgeEvent[] } = JSON.parse(out);
    expect(report).toMatchObject({ outcome: 'confirmed', client: kind, negotiated: { version: 'TLS 1.3' } });
    expect(report.clientRandom).toMatch(/^[0-9a-f]{64}$/);
    const seen = report.events.flatMap((event) => (event.type === 'seen' ? [event.sighting] : []));
    const messages = seen.flatMap((sighting) => (sighting.type === 'handshake' ? [sighting.message] : []));
    expect(messages).toEqual(['ClientHello', 'ServerHello']);
    expect(seen.filter(({ type }) => type === 'encrypted').length).toBeGreaterThanOrEqual(4);
    expect(report.events.filter(({ type }) => type === 'end')).toHaveLength(2);
    const bytes = readFileSync(capture);
    expect(bytes.length).toBeGreaterThan(2 * (report.bytes.to_client + report.bytes.to_server));
    hidesTheKey(bytes.toString('latin1'));
    hidesTheKey(out);
    const pairs: { pairs: { clientRandom: string; client: string }[] } = JSON.parse(await pinata.text('/pairs.json'));
    expect(pairs.pairs[0]).toMatchObject({ clientRandom: report.clientRandom, client: kind });
  });

  it('is a picture that ends in a verdict', async () => {
    const { status, out } = await bridge('127.0.0.1', ...ports(...flags()));
    expect(status).toBe(0);
    expect(out).toContain("short-circuit confirmed: both ends were the piñata's own");
    expect(out).toMatch(/◀─+┼─+ ClientHello, \d+ bytes ─+│/);
    expect(out).toMatch(/│─+ ServerHello, \d+ bytes ─+┼─+▶│/);
    expect(out).toMatch(/ALPN +pinata\/1/);
    expect(out).not.toMatch(/\u001b/);
    hidesTheKey(out);
  });
});

describe.skipIf(tshark.missing)('the capture', () => {
  it('is TLS to Wireshark, on both connections, without a complaint', async () => {
    const capture = join(folder, 'wireshark.pcap');
    await bridge('127.0.0.1', ...ports('--json', '--capture', capture));
    const { server, reverse } = pinata.ready.ports;
    const decode = [server, reverse].flatMap((port) => ['-d', `tcp.port==${port},tls`]);
    const fields = ['tcp.port', 'tls.handshake.type', '_ws.malformed', 'tcp.analysis.flags', 'tcp.checksum.status'];
    const checks = ['-o', 'tcp.check_checksum:TRUE', '-T', 'fields', ...fields.flatMap((field) => ['-e', field])];
    const rows = await new Promise<readonly (readonly string[])[]>((resolveRows, reject) => {
      execFile(tshark.path, ['-r', capture, ...decode, ...checks], { encoding: 'utf8' }, (error, out) => {
        if (error === null)
          resolveRows(
            out
              .split('\n')
              .slice(0, -1)
              .map((line) => line.split('\t')),
          );
        else reject(error);
      });
    });
    for (const port of [server, reverse]) {
      const types = rows.filter(([both = '']) => both.split(',').includes(String(port))).map(([, type]) => type);
      expect(types.filter((type) => type !== '')).toEqual(['1', '2']);
    }
    expect(rows.flatMap(([, , malformed, analysis]) => [malformed, analysis]).filter((text) => text !== '')).toEqual(
      [],
    );
    expect(new Set(rows.map(([, , , , checksum]) => checksum))).toEqual(new Set(['1']));
  });
});

describe.skipIf(ipv6.missing)('over IPv6', () => {
  it.each(['::1', '[::1]'])('%s', async (host) => {
    const six = await LivePinata.start(['--listen', '::1'], false);
    try {
      const { server, reverse, http } = six.ready.ports;
      const words = ['--server-port', server, '--reverse-port', reverse, '--http-port', http].map(String);
      const { status, out } = await bridge(host, ...words);
      expect(status).toBe(0);
      expect(out).toContain(`[::1]:${server}`);
    } finally {
      await six.stop();
    }
  });
});

describe('interrupted', () => {
  it('says so, and that the outcome is unknown', async () => {
    const { server } = pinata.ready.ports;
    const words = ['bridge', '127.0.0.1', ...ports('--reverse-port', String(server))];
    const child = spawn(process.execPath, [launcher, ...words], { stdio: ['ignore', 'pipe', 'inherit'] });
    let out = '';
    child.stdout.setEncoding('utf8').on('data', (text: string) => (out += text));
    await once(child.stdout, 'data');
    child.kill('SIGINT');
    expect(await once(child, 'close')).toEqual([3, null]);
    expect(out).toContain('outcome unknown');
    expect(out).toContain('the bridge was interrupted');
  });
});

describe('what cannot be joined', () => {
  it('a port where nobody listens', async () => {
    const closed = String(await freePort());
    const { status, out, err } = await bridge('127.0.0.1', ...ports('--server-port', closed));
    expect({ status, out }).toEqual({ status: 1, out: '' });
    expect(err).toMatch(
      new RegExp(`port ${closed} of 127\\.0\\.0\\.1 \\(the bounty's TLS server\\): connection refused`),
    );
    expect(err).toContain('btc-pinata run');
  });

  it('a name that does not exist', async () => {
    const { status, err } = await bridge('nobody.invalid', ...ports());
    expect(status).toBe(1);
    expect(err).toContain('this name has no address. Is it spelled right? An IP address will do as well.');
  });

  it('a call back that has nowhere to come to', async () => {
    const taken = createServer().listen(dialbackTarget, '127.0.0.1');
    await once(taken, 'listening');
    const { status, err } = await bridge('127.0.0.1', ...ports(...dialback()));
    taken.close();
    expect(status).toBe(1);
    expect(err).toContain(`cannot listen on port ${dialbackTarget}`);
  });

  it('two servers: nobody begins', async () => {
    const { server } = pinata.ready.ports;
    const { status, out } = await bridge(
      '127.0.0.1',
      ...ports('--reverse-port', String(server), '--timeout', '1', '--json'),
    );
    expect(status).toBe(3);
    expect(JSON.parse(out)).toMatchObject({ outcome: 'unknown', reason: expect.stringContaining('no ClientHello') });
  });

  it('a server that is no TLS: bytes go through, and the outcome is unknown', async () => {
    const greeter = createServer((socket) => socket.end('220 smtp.example\r\n').on('error', () => undefined));
    greeter.listen(0, '127.0.0.1');
    await once(greeter, 'listening');
    const address = greeter.address();
    const port = typeof address === 'object' ? String(address?.port) : '';
    const { status, out } = await bridge('127.0.0.1', ...ports('--server-port', port));
    greeter.close();
    expect(status).toBe(3);
    expect(out).toContain('no TLS from here on');
    expect(out).toContain('outcome unknown');
  });

  it('a host whose page is not there: unknown, and why', async () => {
    const closed = String(await freePort());
    const { status, out } = await bridge('127.0.0.1', ...ports('--http-port', closed, '--json'));
    expect(status).toBe(3);
    expect(JSON.parse(out)).toMatchObject({
      outcome: 'unknown',
      reason: expect.stringMatching(/pairs\.json cannot be read: .*ECONNREFUSED/),
    });
  });
});

describe('after all of that', () => {
  it('the piñata has said the key nowhere, and counts no breach', async () => {
    for (const path of ['/', '/status.json', '/pairs.json', '/certificates.pem', '/manifest.json']) {
      hidesTheKey(await pinata.text(path));
    }
    const { successes, connections } = await pinata.status();
    expect(successes.unpaired).toBe(0);
    expect(connections.byCategory['breach'] ?? 0).toBe(0);
    expect(successes.paired).toBeGreaterThanOrEqual(5);
    await pinata.stop();
    hidesTheKey(pinata.output);
  });
});
