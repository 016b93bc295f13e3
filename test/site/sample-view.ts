import { sha256 } from '@noble/hashes/sha2.js';
import { bytesToHex, utf8ToBytes } from '@noble/hashes/utils.js';
import { noChallengeRoot, signRoot } from '../../service/attest/index.ts';
import { networks, type StatementText, signStatement, WalletKey } from '../../service/bitcoin/index.ts';
import type { CategoryCount, CertificateView, GenerationView, LeafView, SiteView } from '../../service/site/index.ts';
import { everyCategory, sampleArchive, sampleIncidents } from './sample-archive.ts';
import { sampleReading } from './sample-reading.ts';

/** A view as a busy piñata has one. The certificates are not certificates: the site shows PEM, it never reads it. */

export const sampleNow = 1_796_000_000;

/** The site does not read it: it is published to the byte. */
export const sampleSandbox = '{"format":"btc-pinata/sandbox/v1"}\n';

const hex = (seed: number, length: number): string =>
  Array.from({ length: length * 2 }, (_, index) =>
    ((seed * 31 + index * 7 + (index >> 2) * seed) % 16).toString(16),
  ).join('');

const pem = (seed: number): string => {
  const lines = Array.from({ length: 9 }, (_, index) => btoa(hex(seed + index, 24)));
  return `-----BEGIN CERTIFICATE-----\n${lines.join('\n')}\n-----END CERTIFICATE-----\n`;
};

export const sampleCertificate = (seed: number): CertificateView => ({
  pem: pem(seed),
  sha256: hex(seed, 32),
  notBefore: sampleNow - 90_000,
  notAfter: sampleNow + 30 * 86_400,
});

const leaf = (seed: number, role: LeafView['role']): LeafView => ({ ...sampleCertificate(seed), role });

export const sampleGeneration = (number: number): GenerationView => ({
  number,
  bounty: {
    authority: sampleCertificate(number * 10),
    leaves: [leaf(number * 10 + 1, 'server'), leaf(number * 10 + 2, 'client')],
  },
  website: { authority: sampleCertificate(number * 10 + 3), leaves: [leaf(number * 10 + 4, 'website')] },
});

const categories: readonly CategoryCount[] = [
  { key: 'http.ok', description: 'the website answered', count: 20_412 },
  { key: 'record.not_tls', description: 'the first bytes were no TLS at all', count: 1033 },
  { key: 'record.unknown_version', description: 'a record of a version that does not exist', count: 1071 },
  { key: 'cert.none', description: 'no certificate was presented', count: 1204 },
  { key: 'heartbeat', description: 'a heartbeat record, as Heartbleed would send', count: 733 },
  { key: 'handshake.unexpected', description: 'a message out of its turn', count: 365 },
  { key: 'success.short_circuit', description: 'both ends were ours: a bridge', count: 412 },
  { key: 'sig.invalid', description: 'a CertificateVerify that does not verify', count: 22 },
  { key: 'x509.no_anchor', description: 'a chain to another authority', count: 58 },
  { key: 'x509.bad_signature', description: 'a certificate whose signature is wrong', count: 9 },
  { key: 'timeout', description: 'nothing came for too long', count: 241 },
  { key: 'empty', description: 'connected, and said nothing', count: 3110 },
  { key: 'internal.exception', description: 'a defect of ours', count: 0 },
  { key: 'breach', description: 'a success without an other end of ours', count: 0 },
];

const total = categories.reduce((sum, { count }) => sum + count, 0);

/** P2WPKH of the generator point, BIP-173's own example of a program, on regtest. */
export const sampleWallet: Extract<SiteView['wallet'], { kind: 'classic' }> = {
  network: 'regtest',
  kind: 'classic',
  address: 'bcrt1qw508d6qejxtdg4y5r3zarvary0c5xw7kygt080',
  descriptor: 'wpkh(0279be667ef9dcbbac55a06295ce870b07029bfcdb2dce28d959f2815b16f81798)#ucxz0gak',
  uri: 'bitcoin:bcrt1qw508d6qejxtdg4y5r3zarvary0c5xw7kygt080?label=Pi%C3%B1ata',
  keyOrigin: 'host',
  recovery: 'none',
  ephemeral: true,
};

/** One, as the key of the generator point, in wallet import format. */
const sampleKey = WalletKey.fromWif(
  new TextEncoder().encode('cMahea7zqjxrtgAbB7LSGbcQUr1uX1ojuat9jZodMN87JcbXMTcA'),
  networks.regtest,
);

/** What a service of `sampleWallet` has its statements signed with. */
export const sampleAttestation = {
  build: `source-${'5'.repeat(64)}`,
  sign: (statement: StatementText, hedge: Uint8Array): string => signStatement(sampleKey, statement, hedge),
};

/** The key of the generator point, with twice that point for the operator's. */
export const sampleVault: Extract<SiteView['wallet'], { kind: 'vault' }> = {
  network: 'mainnet',
  kind: 'vault',
  address: 'bc1pc6mtyrypj6kqu2ml9djma22p4a0dkrxa84p4v6hjvd8yh6ecvf8sctw7qx',
  descriptor:
    'tr(79be667ef9dcbbac55a06295ce870b07029bfcdb2dce28d959f2815b16f81798,and_v(v:pk(c6047f9441ed7d6d3045406e95c07cd85c778e4b8cef3ca7abac09b95c709ee5),after(958000)))#zsrqffsk',
  uri: 'bitcoin:bc1pc6mtyrypj6kqu2ml9djma22p4a0dkrxa84p4v6hjvd8yh6ecvf8sctw7qx?label=Bitcoin%20Pinata',
  keyOrigin: 'host',
  recovery: 'none',
  refund: { height: 958_000, publicKey: 'c6047f9441ed7d6d3045406e95c07cd85c778e4b8cef3ca7abac09b95c709ee5' },
  ephemeral: false,
};

/** A statement of `sampleWallet`, signed for nobody. */
function sampleProof(time: number): SiteView['proof'] {
  const { network, address, kind, descriptor, keyOrigin, recovery } = sampleWallet;
  const { bounty, website } = sampleGeneration(2);
  return signRoot(
    {
      ...{ network, address, wallet: { kind, descriptor }, keyOrigin, recovery },
      test: false,
      service: {
        host: '127.0.0.1',
        ports: { http: 8080, https: 8443, server: 10_000, dialback: 10_001, reverse: 10_002 },
      },
      caSha256: bounty.authority.sha256,
      siteCaSha256: website.authority.sha256,
      buildSha256: hex(5, 32),
      sandbox: bytesToHex(sha256(utf8ToBytes(sampleSandbox))),
      startedAt: sampleNow - 3 * 86_400 - 4 * 3600 - 120,
    },
    { root: noChallengeRoot, time, hedge: new Uint8Array(32) },
    sampleAttestation.sign,
  );
}

export const sampleView: SiteView = {
  program: { version: '0.1.0', build: hex(5, 32), source: 'https://example.org/btc-pinata' },
  test: false,
  startedAt: sampleNow - 3 * 86_400 - 4 * 3600 - 120,
  threads: 2,
  log: () => [{ at: '2026-11-20T10:00:00.123Z', event: 'rotated', values: { generation: 2, caSha256: hex(6, 32) } }],
  wallet: sampleWallet,
  proof: sampleProof(sampleNow - 42),
  endpoints: {
    host: '127.0.0.1',
    ports: { http: 8080, https: 8443, server: 10_000, dialback: 10_001, reverse: 10_002 },
    dialBackTarget: 40_001,
    protocol: 'pinata/1',
    roles: {
      server: {
        name: 'server.btc-pinata.invalid',
        keyPurpose: '1.2.840.113556.1.8000.2554.8107.13825.1628.20330.39838.16059312.2882673.1',
      },
      client: {
        name: 'client.btc-pinata.invalid',
        keyPurpose: '1.2.840.113556.1.8000.2554.8107.13825.1628.20330.39838.16059312.2882673.2',
      },
    },
  },
  generations: [sampleGeneration(2), sampleGeneration(1)],
  statistics: {
    connections: total + 3,
    byPort: { http: 14_000, https: 6412, server: 5204, dialback: 733, reverse: total + 3 - 26_349 },
    byCategory: categories,
    open: 3,
    visitors: 1184,
    successes: { paired: 412, unpaired: 0, test: 0 },
    bridges: 207,
    pairs: Array.from({ length: 12 }, (_, index) => ({
      clientRandom: hex(index + 40, 32),
      at: sampleNow - index * 4321,
      client: index % 3 === 0 ? 'dialback' : 'reverse',
    })),
  },
  dialBack: { allowPrivate: true, timeoutSeconds: 5, perPrefixPerMinute: 6 },
  sandbox: sampleSandbox,
  manifest: {
    node: 'v24.21.0',
    crypto: 'noble',
    packages: [
      {
        name: '@noble/curves',
        version: '2.4.0',
        integrity: 'sha512-AAAA',
        license: 'MIT',
        purpose: 'X25519, P-256, P-384, Ed25519, secp256k1',
      },
      { name: '@noble/ciphers', version: '2.4.0', license: 'MIT', purpose: 'AES-GCM, ChaCha20-Poly1305' },
      { name: 'pkijs', version: '4.0.0', license: 'BSD-3-Clause', purpose: 'decoding certificates' },
    ],
  },
  operator: { name: 'Example', contact: 'mailto:pinata@example.org' },
  archive: sampleArchive,
  categories: everyCategory,
  reading: sampleReading,
  incidents: () => sampleIncidents,
  breachDelayHours: 720,
};
