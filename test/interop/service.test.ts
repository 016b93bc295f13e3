import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { get } from 'node:https';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, onTestFinished, test } from 'vitest';
import type { Version } from '../../service/tls/index.ts';
import { ForeignPki } from '../support/foreign-pki.ts';
import { LivePinata } from '../support/live-pinata.ts';
import { type PeerProcess, startForTest } from '../support/peer-process.ts';
import { required } from '../support/required.ts';
import { gnutlsServer } from './peers/gnutls.ts';
import { nodeServer } from './peers/node-tls.ts';
import { nssServer } from './peers/nss.ts';
import { nickname, nssDatabase } from './peers/nss-database.ts';
import { opensslServer } from './peers/openssl.ts';
import { versions } from './peers/peer.ts';

/* The running program and other people's TLS: the key for a genuine certificate, nothing for any other, and the page for all. */

const programs = (
  ['openssl', 'gnutls-cli', 'gnutls-serv', 'certutil', 'pk12util', 'tstclnt', 'selfserv', 'curl'] as const
).map(required.tool);
const sslscan = required.tool('sslscan');
const bountyServer = 'server.btc-pinata.invalid';

const difference = (before: Readonly<Record<string, number>>, after: Readonly<Record<string, number>>) =>
  Object.fromEntries(
    Object.entries(after).flatMap(([key, count]) => {
      const more = count - (before[key] ?? 0);
      return more === 0 ? [] : [[key, more]];
    }),
  );

describe.skipIf(programs.some(({ missing }) => missing))('the running piñata', () => {
  const folder = mkdtempSync(join(tmpdir(), 'pinata-interop-'));
  const file = (name: string) => join(folder, name);
  let pinata: LivePinata;
  let withCertificate: string;
  let withoutCertificate: string;

  beforeAll(async () => {
    pinata = await LivePinata.start(['--test-credentials', folder], false);
    writeFileSync(file('site-authority.pem'), await pinata.text('/site-ca.pem'));
    const authority = readFileSync(file('authority.pem'), 'utf8');
    const own = { certificatePath: file('client.pem'), keyPath: file('client-key.pem') };
    withCertificate = await nssDatabase(file('with-certificate'), authority, own);
    withoutCertificate = await nssDatabase(file('without'), authority + (await pinata.text('/site-ca.pem')));
  });
  // Why it failed may be in its log: a piñata that is gone fails every test after it.
  beforeEach(({ onTestFailed }) => onTestFailed(() => console.error(pinata.output)));
  afterAll(async () => {
    await pinata.stop();
    rmSync(folder, { recursive: true });
  });

  /** How each client connects to the bounty's server port, with or without the genuine certificate. */
  const clients: Record<string, (genuine: boolean, version: Version) => PeerProcess> = {
    'openssl s_client': (genuine, version) => {
      const own = genuine ? ['-cert', file('client.pem'), '-key', file('client-key.pem')] : [];
      const trust = ['-CAfile', file('authority.pem'), '-verify_return_error', '-verify_hostname', bountyServer];
      const to = [
        '-connect',
        `127.0.0.1:${pinata.ready.ports.server}`,
        '-servername',
        bountyServer,
        '-alpn',
        'pinata/1',
      ];
      const only = version === '1.3' ? '-tls1_3' : '-tls1_2';
      return startForTest('openssl', ['s_client', only, ...to, ...trust, ...own, '-quiet']);
    },
    'gnutls-cli': (genuine, version) => {
      const own = genuine ? [`--x509certfile=${file('client.pem')}`, `--x509keyfile=${file('client-key.pem')}`] : [];
      const names = [`--sni-hostname=${bountyServer}`, `--verify-hostname=${bountyServer}`, '--alpn=pinata/1'];
      const only = `--priority=NORMAL:-VERS-ALL:+VERS-TLS${version}`;
      const to = [only, `--port=${pinata.ready.ports.server}`, '127.0.0.1'];
      return startForTest('gnutls-cli', [`--x509cafile=${file('authority.pem')}`, ...names, ...own, ...to]);
    },
    'NSS tstclnt': (genuine, version) => {
      const own = genuine ? ['-d', withCertificate, '-n', nickname] : ['-d', withoutCertificate];
      const to = ['-h', '127.0.0.1', '-p', `${pinata.ready.ports.server}`, '-a', bountyServer];
      return startForTest('tstclnt', [...to, ...own, '-V', `tls${version}:tls${version}`]);
    },
    curl: (genuine, version) => {
      const own = genuine ? ['--cert', file('client.pem'), '--key', file('client-key.pem')] : [];
      const at = `${bountyServer}:${pinata.ready.ports.server}`;
      const how = [
        `--tlsv${version}`,
        '--tls-max',
        version,
        '--http0.9',
        '--no-alpn',
        '--no-buffer',
        '--silent',
        '--show-error',
        '--cacert',
        file('authority.pem'),
      ];
      return startForTest('curl', [...how, ...own, '--resolve', `${at}:127.0.0.1`, `https://${at}/`]);
    },
  };

  const category = async (key: string): Promise<number> =>
    (await pinata.status()).connections.byCategory[key as 'cert.none'] ?? 0;

  /** What became of the connections to the bounty's ports. */
  const bountyCategories = async (): Promise<Readonly<Record<string, number>>> => {
    const { byCategory } = (await pinata.status()).connections;
    return Object.fromEntries(Object.entries(byCategory).filter(([key]) => !key.startsWith('website.')));
  };

  /** A connection is counted when it is over, which the other end may know a moment before. */
  async function counted(key: string, from: number): Promise<void> {
    await expect.poll(() => category(key), { timeout: 60_000, interval: 300 }).toBe(from + 1);
  }

  const meetings = versions.flatMap((version) =>
    Object.entries(clients).map(([name, connectClient]) => ({ version, name, connectClient })),
  );

  describe.each(meetings)('$name at the server port, TLS $version', ({ version, connectClient }) => {
    test('with a genuine certificate gets the key, whole, and a proper end', async () => {
      const before = await category('success.test');
      const client = connectClient(true, version);
      const [, address] = await client.until(/^address: (\S+)\n/m);
      expect(address).toBe(pinata.ready.address);
      await client.until(/^wif: c\w{51}$[\s\S]*^# .*six confirmations\.$/m);
      client.endInput();
      expect(await client.exited()).toBe(0);
      await counted('success.test', before);
    });

    test('without one gets nothing but an alert', async () => {
      const before = await category('cert.none');
      const client = connectClient(false, version);
      await counted('cert.none', before);
      client.endInput();
      expect(await client.exited()).not.toBe(0);
      expect(client.output).not.toMatch(/wif:|address:/);
      expect(client.output.toLowerCase()).toMatch(
        version === '1.3'
          ? /certificate.{0,4}required|no certificate|rx_certificate_required|-12116/i
          : /handshake.fail|-12227/i,
      );
    });
  });

  describe('foreign servers, joined to the port that plays the client', () => {
    const pki = new ForeignPki();

    const servers = [
      { name: 'openssl s_server', server: opensslServer, category: 'x509.no_anchor' },
      { name: 'gnutls-serv', server: gnutlsServer, category: 'x509.no_anchor' },
      { name: 'node:tls', server: nodeServer, category: 'x509.no_anchor' },
      // It can be told no protocol but http/1.1, and says itself that this is none of ours: the very word of a probe (docs/poller.md).
      { name: 'NSS selfserv', server: nssServer, category: 'probe' },
    ];

    test.each(servers)('$name, with a certificate of its own authority, is refused', async ({ server, category }) => {
      const before = await bountyCategories();
      const credential = await pki.leaf('server', 'p256');
      const authorities = await pki.authorities(['p256']);
      const { port } = await server.listen({
        version: '1.3',
        credential,
        authorities,
        groups: ['x25519'],
        folder: pki.folder,
      });
      joinPorts(port, pinata.ready.ports.reverse);
      const since = async () => difference(before, await bountyCategories());
      await expect.poll(since, { timeout: 60_000, interval: 300 }).toEqual({ [category]: 1 });
      expect((await pinata.status()).successes).toMatchObject({ paired: 0, unpaired: 0 });
    });

    test('a dial-back reaches openssl s_server, and refuses it the same way', async () => {
      const credential = await pki.leaf('server', 'p256');
      const args = ['-accept', '127.0.0.1:0', '-cert', credential.certificatePath, '-key', credential.keyPath];
      const server = startForTest('openssl', ['s_server', '-Verify', '1', '-alpn', 'pinata/1', ...args]);
      const [, target = ''] = await server.until(/ACCEPT 127\.0\.0\.1:(\d+)\n/);
      const dialling = await LivePinata.start(['--dialback-target-port', target], false);
      onTestFinished(() => dialling.stop());
      connect({ port: dialling.ready.ports.dialback, host: '127.0.0.1' }).on('error', () => {});
      await server.until(/alert unknown ca/);
      const at = async () => (await dialling.status()).connections.byCategory['x509.no_anchor'];
      await expect.poll(at, { timeout: 60_000, interval: 300 }).toBe(1);
    });
  });

  describe('the page over HTTPS', () => {
    const https = () => pinata.ready.ports.https;

    test.each(versions)(
      'curl, TLS %s: one connection for several documents, of the authority that is published',
      async (version) => {
        const urls = ['/healthz', '/status.json', '/'].map((path) => `https://127.0.0.1:${https()}${path}`);
        const said = file('curl.log');
        const how = ['--silent', '--fail', '--verbose', '--stderr', said, '--cacert', file('site-authority.pem')];
        const only = [`--tlsv${version}`, '--tls-max', version];
        const client = startForTest('curl', [...how, ...only, ...urls]);
        expect(await client.exited()).toBe(0);
        expect(client.output).toMatch(/^ok\n\{[\s\S]*\}\n?<!doctype html>[\s\S]*<\/html>\s*$/i);
        expect(client.output).toContain(pinata.ready.address);
        const log = readFileSync(said, 'utf8');
        expect(log).toContain(`SSL connection using TLSv${version}`);
        expect(log.match(/Connected to/g)).toHaveLength(1);
        expect(log).toMatch(/Re-using existing connection/);
      },
    );

    test('curl without that authority refuses us', async () => {
      const client = startForTest('curl', ['--silent', '--show-error', `https://127.0.0.1:${https()}/healthz`]);
      expect(await client.exited()).toBe(60);
    });

    test.each([
      [
        'openssl s_client',
        () =>
          startForTest('openssl', [
            's_client',
            '-quiet',
            '-ign_eof',
            '-verify_return_error',
            '-CAfile',
            file('site-authority.pem'),
            '-connect',
            `127.0.0.1:${https()}`,
            '-verify_ip',
            '127.0.0.1',
          ]),
      ],
      [
        'gnutls-cli',
        () =>
          startForTest('gnutls-cli', [
            `--x509cafile=${file('site-authority.pem')}`,
            '--verify-hostname=127.0.0.1',
            `--port=${https()}`,
            '127.0.0.1',
          ]),
      ],
      [
        'NSS tstclnt',
        () =>
          startForTest('tstclnt', [
            '-h',
            '127.0.0.1',
            '-p',
            `${https()}`,
            '-d',
            withoutCertificate,
            '-V',
            'tls1.3:tls1.3',
          ]),
      ],
    ] as const)('%s gets the whole page and a proper end', async (_, start) => {
      const client = start();
      client.write('GET / HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n\r\n');
      await client.until(/HTTP\/1\.1 200 OK[\s\S]*<\/html>/);
      client.endInput();
      expect(await client.exited()).toBe(0);
    });

    test('node:https, in each group', async () => {
      for (const ecdhCurve of ['X25519MLKEM768', 'X25519', 'P-256', 'P-384']) {
        const body = await new Promise<string>((resolve, reject) => {
          const options = {
            port: https(),
            host: '127.0.0.1',
            path: '/healthz',
            ca: readFileSync(file('site-authority.pem')),
            ecdhCurve,
          };
          get({ ...options, agent: false }, (response) => {
            let text = '';
            response.setEncoding('utf8').on('data', (part: string) => (text += part));
            response.on('end', () => resolve(text));
          }).on('error', reject);
        });
        expect(body, ecdhCurve).toBe('ok\n');
      }
    });

    test.skipIf(sslscan.missing)('sslscan finds TLS 1.3, and nothing older than TLS 1.2', async () => {
      const scan = startForTest('sslscan', ['--no-colour', `127.0.0.1:${https()}`]);
      expect(await scan.exited()).toBe(0);
      for (const version of ['SSLv2', 'SSLv3', 'TLSv1.0', 'TLSv1.1']) {
        expect(scan.output).toMatch(new RegExp(`^${version}\\s+disabled`, 'm'));
      }
      expect(scan.output).toMatch(/^TLSv1\.3\s+enabled/m);
      expect(scan.output).not.toMatch(/^Accepted\s+(SSL|TLSv1\.[01])/m);
      expect(await pinata.text('/healthz')).toBe('ok\n');
    });
  });

  function joinPorts(a: number, b: number): void {
    const [left, right] = [connect({ port: a, host: '127.0.0.1' }), connect({ port: b, host: '127.0.0.1' })];
    for (const socket of [left, right]) socket.on('error', () => {});
    left.pipe(right);
    right.pipe(left);
    onTestFinished(() => {
      left.destroy();
      right.destroy();
    });
  }
});
