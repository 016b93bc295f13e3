import { sha256 } from '@noble/hashes/sha2.js';
import { bytesToHex, utf8ToBytes } from '@noble/hashes/utils.js';
import { describe, expect, test } from 'vitest';
import { billOfMaterials } from '../../service/site/cyclone-dx.ts';
import {
  bountyAuthority,
  everyCertificate,
  manifestDocument,
  pairsDocument,
  securityText,
  statusDocument,
  websiteAuthority,
} from '../../service/site/documents.ts';
import { asker } from './ask.ts';
import { sampleNow, sampleSandbox, sampleVault, sampleView } from './sample-view.ts';

const read = (document: unknown): unknown => JSON.parse(JSON.stringify(document));
const hex32 = /^[0-9a-f]{64}$/;
const time = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/;

describe('/status.json', () => {
  test('its shape: a field that goes or changes its type breaks somebody', () => {
    expect(read(statusDocument(sampleView, sampleNow))).toEqual({
      version: '0.1.0',
      build: expect.stringMatching(hex32),
      source: 'https://example.org/btc-pinata',
      crypto: 'noble',
      threads: 2,
      test: false,
      startedAt: '2026-11-26T20:51:20Z',
      asOf: '2026-11-30T00:53:20Z',
      uptime: 273_720,
      network: 'regtest',
      wallet: 'classic',
      address: 'bcrt1qw508d6qejxtdg4y5r3zarvary0c5xw7kygt080',
      uri: expect.stringMatching(/^bitcoin:bcrt1q/),
      descriptor: expect.stringMatching(/^wpkh\([0-9a-f]{66}\)#[0-9a-z]{8}$/),
      keyOrigin: 'host',
      recovery: 'none',
      refund: null,
      ephemeral: true,
      ports: { http: 8080, https: 8443, server: 10_000, dialback: 10_001, reverse: 10_002 },
      generation: 2,
      caSha256: sampleView.generations[0].bounty.authority.sha256,
      siteCaSha256: sampleView.generations[0].website.authority.sha256,
      connections: {
        total: 28_673,
        open: 3,
        byPort: { http: 14_000, https: 6412, server: 5204, dialback: 733, reverse: 2324 },
        byCategory: expect.objectContaining({ 'http.ok': 20_412, 'cert.none': 1204, breach: 0 }),
      },
      chain: null,
      visitors: 1184,
      successes: { paired: 412, unpaired: 0, test: 0 },
      proof: { age: 42, time: '2026-11-30T00:52:38Z', url: '/attestation.json' },
    });
  });

  test('of a vault has the refund', () => {
    const { refund, wallet, keyOrigin } = statusDocument({ ...sampleView, wallet: sampleVault }, sampleNow);
    expect({ refund, wallet, keyOrigin }).toEqual({ refund: sampleVault.refund, wallet: 'vault', keyOrigin: 'host' });
  });

  test('from source files the build is that of the statement, which the bill of materials has no use for', () => {
    const build = `source-${'5'.repeat(64)}`;
    const view = { ...sampleView, program: { ...sampleView.program, build } };
    expect(read(statusDocument(view, sampleNow))).toMatchObject({ build });
    expect(manifestDocument(view).metadata.component).not.toHaveProperty('hashes');
  });

  test('a category called __proto__ is one like any other', () => {
    const byCategory = [{ key: '__proto__', description: '', count: 7 }];
    const view = { ...sampleView, statistics: { ...sampleView.statistics, byCategory } };
    expect(JSON.stringify(statusDocument(view, sampleNow))).toContain('"__proto__":7');
  });

  test('ports and categories sum to the connections', () => {
    const { connections } = statusDocument(sampleView, sampleNow);
    const sum = (counts: Readonly<Record<string, number>>): number => Object.values(counts).reduce((a, b) => a + b, 0);
    expect(sum(connections.byPort)).toBe(connections.total);
    expect(sum(connections.byCategory) + connections.open).toBe(connections.total);
  });
});

describe('/pairs.json', () => {
  test('its shape', () => {
    const { total, pairs, test: isTest } = pairsDocument(sampleView);
    expect([total, isTest, pairs.length]).toEqual([207, false, 12]);
    for (const pair of pairs) {
      expect(pair).toEqual({
        clientRandom: expect.stringMatching(hex32),
        at: expect.stringMatching(time),
        client: expect.stringMatching(/^(?:dialback|reverse)$/),
      });
    }
  });

  test('is bounded, and the newest come first', () => {
    const pairs = Array.from({ length: 5000 }, (_, index) => ({
      clientRandom: index.toString(16).padStart(64, '0'),
      at: sampleNow - index,
      client: 'reverse' as const,
    }));
    const document = pairsDocument({ ...sampleView, statistics: { ...sampleView.statistics, pairs } });
    expect(document.pairs).toHaveLength(1000);
    expect(document.pairs[0]?.clientRandom).toBe('0'.repeat(64));
  });
});

test('/sandbox.json: the text whose hash was signed, to the byte, or nothing', () => {
  const { content } = asker(sampleView)('/sandbox.json');
  expect(content).toBe(sampleSandbox);
  expect(sampleView.proof.statement).toContain(`\nsandbox: ${bytesToHex(sha256(utf8ToBytes(content)))}\n`);
  expect(asker({ ...sampleView, sandbox: undefined })('/sandbox.json').status).toBe(404);
});

test('/manifest.json: a bill of materials, CycloneDX 1.6', () => {
  const document = manifestDocument(sampleView);
  expect(document).toMatchObject({
    bomFormat: 'CycloneDX',
    specVersion: '1.6',
    metadata: {
      component: {
        type: 'application',
        name: 'btc-pinata',
        version: '0.1.0',
        hashes: [{ alg: 'SHA-256', content: expect.stringMatching(hex32) }],
        properties: [{ name: 'btc-pinata:crypto', value: 'noble' }],
      },
    },
  });
  const [node, curves] = document.components;
  expect(node).toMatchObject({ type: 'platform', name: 'node', version: '24.21.0' });
  expect(curves).toMatchObject({ name: '@noble/curves', version: '2.4.0', purl: 'pkg:npm/%40noble/curves@2.4.0' });
  // Each of them is referred to once, and by its own name.
  const names = document.components.map((component) => component['bom-ref']);
  expect(new Set(names).size).toBe(names.length);
  expect(document.dependencies).toEqual([{ ref: 'btc-pinata', dependsOn: names }]);
});

test('a bill of materials: what the lockfile says of a package, in the words of CycloneDX', () => {
  const integrity = `sha512-${Buffer.alloc(64, 0xab).toString('base64')}`;
  const { components } = billOfMaterials({
    version: '1.0.0',
    build: undefined,
    source: undefined,
    node: 'v24.0.0',
    packages: [
      { name: '@a/b', version: '1.2.3', integrity, license: 'MIT', purpose: 'a purpose' },
      { name: 'c', version: '4.5.6', integrity: 'sha1-xyz', license: '(MIT OR Apache-2.0)' },
      { name: 'd', version: '7.8.9', license: 'NOASSERTION' },
    ],
  });
  expect(components.slice(1)).toEqual([
    {
      type: 'library',
      'bom-ref': 'pkg:npm/%40a/b@1.2.3',
      name: '@a/b',
      version: '1.2.3',
      description: 'a purpose',
      purl: 'pkg:npm/%40a/b@1.2.3',
      hashes: [{ alg: 'SHA-512', content: 'ab'.repeat(64) }],
      licenses: [{ license: { id: 'MIT' } }],
    },
    {
      type: 'library',
      'bom-ref': 'pkg:npm/c@4.5.6',
      name: 'c',
      version: '4.5.6',
      purl: 'pkg:npm/c@4.5.6',
      licenses: [{ expression: '(MIT OR Apache-2.0)' }],
    },
    { type: 'library', 'bom-ref': 'pkg:npm/d@7.8.9', name: 'd', version: '7.8.9', purl: 'pkg:npm/d@7.8.9' },
  ]);
});

describe('certificates', () => {
  const [current, earlier] = sampleView.generations;

  test('/ca.pem and /site-ca.pem are the authorities of the current generation, and not each other', () => {
    expect(bountyAuthority(sampleView)).toBe(current.bounty.authority.pem);
    expect(websiteAuthority(sampleView)).toBe(current.website.authority.pem);
    expect(bountyAuthority(sampleView)).not.toBe(websiteAuthority(sampleView));
  });

  test('/certificates.pem has every one of every generation once, and only text between them', () => {
    const text = everyCertificate(sampleView);
    const blocks = text.match(/-----BEGIN CERTIFICATE-----\n(?:[A-Za-z0-9+/=]+\n)+-----END CERTIFICATE-----\n/g) ?? [];
    const all = [current, earlier].flatMap((generation) =>
      [generation?.bounty, generation?.website].flatMap((family) => [
        family?.authority.pem,
        ...(family?.leaves ?? []).map(({ pem }) => pem),
      ]),
    );
    expect(all).toHaveLength(10);
    expect(blocks).toEqual(all);
    const between = blocks.reduce((rest, block) => rest.replace(block, ''), text);
    for (const line of between.split('\n')) expect(line).toMatch(/^(?:# .+, SHA-256 [0-9a-f]{64})?$/);
  });
});

describe('/.well-known/security.txt', () => {
  test('RFC 9116: Contact and a fresh Expires', () => {
    const text = securityText(sampleView, sampleNow) ?? '';
    expect(text).toContain('\nContact: mailto:pinata@example.org\n');
    const expires = Date.parse(/^Expires: (.+)$/m.exec(text)?.[1] ?? '') / 1000;
    expect(expires - sampleNow).toBeGreaterThan(80 * 86_400);
    expect(expires - sampleNow).toBeLessThan(365 * 86_400);
    expect(text).toBe(securityText(sampleView, sampleNow + 60));
  });

  test.each([undefined, 'pinata@example.org', 'javascript:alert(1)', 'mailto:a@b\nContact: mailto:evil@c'])(
    'none without a contact that is a URI: %j',
    (contact) => {
      const operator = contact === undefined ? {} : { contact };
      expect(securityText({ ...sampleView, operator }, sampleNow)).toBeUndefined();
    },
  );
});
