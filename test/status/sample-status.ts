import { bytesToHex } from '@noble/hashes/utils.js';
import { statementName } from '../../service/attest/evidence.ts';
import { dayText } from '../../service/site/http-date.ts';
import type { StatusDocument } from '../../status-page/document/index.ts';
import { blockstream, liveChain, mempool } from './sample-chain.ts';
import { blockHash, day, hex, sampleAsOf as now, random, sampleFields, sampleProof, signed } from './sample-proof.ts';

/* The document that a poller leaves of a piñata with a life behind it, and the one that its first poll leaves. */

const up = (checked: number, sentence: string): StatusDocument['host']['http'] => ({
  state: 'up',
  since: now - 46 * day,
  lastUp: now - checked,
  checkedAt: now - checked,
  sentence,
});

export const liveStatus: StatusDocument = {
  format: 'btc-pinata/status/v1',
  asOf: now,
  page: {
    url: 'https://status.pinata.example.org',
    name: 'Bitcoin Piñata',
    interval: 60,
    contact: 'mailto:pinata@example.org',
    explorers: [mempool, blockstream],
  },
  watched: {
    network: 'mainnet',
    address: sampleFields.address,
    descriptor: sampleFields.wallet.descriptor,
    wallet: { kind: 'vault', refundHeight: 958_000 },
    host: 'pinata.example.org',
    ports: sampleFields.service.ports,
    test: false,
  },
  chain: { state: 'known', at: now, value: liveChain },
  host: {
    http: up(8, 'answered 200 in 41 ms'),
    https: up(8, 'TLS 1.3, a certificate of its own authority'),
    server: up(7, 'TLS 1.3, asked for a certificate'),
    dialback: up(1900, 'called back within 0.2 s'),
    reverse: up(1900, 'sent a ClientHello'),
  },
  build: {
    reported: { state: 'known', at: now - 8, value: { version: '0.1.0', sha256: hex('ef', 32) } },
    expected: { version: '0.1.0', sha256: hex('ef', 32) },
    verdict: 'match',
  },
  authorities: {
    current: {
      state: 'known',
      at: now - 8,
      value: { generation: 3, caSha256: sampleFields.caSha256, siteCaSha256: sampleFields.siteCaSha256 },
    },
    history: [
      {
        generation: 3,
        caSha256: sampleFields.caSha256,
        siteCaSha256: sampleFields.siteCaSha256,
        from: now - 46 * day,
        until: null,
      },
      {
        generation: 2,
        caSha256: hex('12', 32),
        siteCaSha256: hex('34', 32),
        from: now - 110 * day,
        until: now - 46 * day,
      },
      {
        generation: 1,
        caSha256: hex('56', 32),
        siteCaSha256: hex('78', 32),
        from: now - 187 * day,
        until: now - 110 * day,
      },
    ],
  },
  proof: {
    state: 'known',
    at: now - 5,
    value: {
      signedAt: now - 6,
      askedAt: now - 7,
      answeredAt: now - 5,
      statementSha256: bytesToHex(statementName(signed.statement)),
      url: `/${sampleProof.path}`,
      random: bytesToHex(random),
      blockHash: bytesToHex(blockHash),
      keyOrigin: 'measured-image',
      recovery: 'none',
    },
  },
  evidence: {
    state: 'known',
    at: now - 5,
    value: {
      level: 'L2',
      claim:
        'Whoever answers there holds the key of the wallet, and says that it runs this release. A machine that lies says so too.',
      unproven: [
        'that the machine runs what it says',
        'that nobody else holds the key',
        'that it is given to a winner',
      ],
      refused: false,
      url: null,
    },
  },
  counters: {
    state: 'known',
    at: now - 8,
    value: {
      since: now - 46 * day,
      of: 'archive',
      connections: 61_204,
      open: 3,
      attempts: 59_644,
      probes: 1560,
      visitors: 4127,
      byDoor: { http: 30_112, https: 9020, server: 15_402, dialback: 2418, reverse: 4252 },
      byCategory: {
        'website.page': 33_480,
        empty: 7012,
        'cert.none': 4204,
        'record.unknown_version': 3871,
        'record.not_tls': 3633,
        timeout: 2241,
        probe: 1560,
        heartbeat: 1433,
        'handshake.unexpected': 1365,
        'success.short_circuit': 912,
        'x509.no_anchor': 758,
        'sig.invalid': 322,
        'cipher.none': 210,
        'version.legacy': 121,
        'x509.bad_signature': 79,
      },
      successes: { paired: 912, unpaired: 0, test: 0 },
    },
  },
  archive: {
    state: 'known',
    at: now - 8,
    value: {
      segments: 187,
      attempts: 26_072,
      bytes: 190_112_003,
      head: { number: 26_071, digest: hex('9c', 32), day: dayText(Math.floor(now / day) - 1) },
    },
  },
  incidents: [
    {
      id: '20261008-0412-server',
      title: 'Port 10000 did not answer',
      impact: 'minor',
      status: 'resolved',
      parts: ['server'],
      createdAt: now - 52 * day,
      updatedAt: now - 52 * day + 2520,
      resolvedAt: now - 52 * day + 2520,
      updates: [
        {
          id: '20261008-0454',
          at: now - 52 * day + 2520,
          status: 'resolved',
          text: 'It answers again, after 42 minutes.',
        },
        {
          id: '20261008-0412',
          at: now - 52 * day,
          status: 'investigating',
          text: 'Three looks in a row found nobody there.',
        },
      ],
    },
  ],
  retirement: null,
};

/** Of a page at its very first poll. */
export const newborn: StatusDocument = {
  ...liveStatus,
  watched: { ...liveStatus.watched, network: 'regtest', address: null, descriptor: null, wallet: null, test: true },
  chain: { state: 'unknown', since: now, reason: 'no address is known yet', last: null },
  host: {
    http: { state: 'unknown', since: now, lastUp: null, checkedAt: null, sentence: 'not looked at yet' },
    https: { state: 'unknown', since: now, lastUp: null, checkedAt: null, sentence: 'not looked at yet' },
    server: { state: 'unknown', since: now, lastUp: null, checkedAt: null, sentence: 'not looked at yet' },
    dialback: { state: 'unknown', since: now, lastUp: null, checkedAt: null, sentence: 'not looked at yet' },
    reverse: { state: 'unknown', since: now, lastUp: null, checkedAt: null, sentence: 'not looked at yet' },
  },
  build: {
    reported: { state: 'unknown', since: now, reason: 'not asked yet', last: null },
    expected: null,
    verdict: 'unknown',
  },
  authorities: { current: { state: 'unknown', since: now, reason: 'not seen yet', last: null }, history: [] },
  proof: { state: 'unknown', since: now, reason: 'not asked yet', last: null },
  evidence: { state: 'unknown', since: now, reason: 'not asked yet', last: null },
  counters: { state: 'unknown', since: now, reason: 'not asked yet', last: null },
  archive: { state: 'unknown', since: now, reason: 'not asked yet', last: null },
  incidents: [],
};
