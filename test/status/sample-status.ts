import { bytesToHex } from '@noble/hashes/utils.js';
import { statementName } from '../../service/attest/evidence.ts';
import { challengeLeaf, committedChallenge, encodeProof } from '../../service/attest/index.ts';
import { dayText } from '../../service/site/http-date.ts';
import type { DaySum, HistoryDocument, StatusDocument, VerdictName } from '../../status-page/document/index.ts';
import { fieldsOf, proofOf } from '../attest/sample-statement.ts';

/* Documents as a poller leaves them of a piñata with a life behind it, in every state that a page can be in. */

export const sampleAsOf = 1_796_000_040;
const now = sampleAsOf;
const day = 86_400;
const hex = (digit: string, length = 64): string => digit.repeat(length);

const random = new Uint8Array(32).fill(0x5a);
const blockHash = new Uint8Array(32).fill(0x1b);
const challenge = committedChallenge(random, blockHash);
export const sampleFields = {
  ...fieldsOf('vault', 'mainnet'),
  startedAt: now - 46 * day,
  challengeRoot: bytesToHex(challengeLeaf(challenge)),
  time: now - 6,
};
const signed = proofOf(sampleFields, bytesToHex(challenge));
/** The archived document that the sample names, by its path without a slash. */
export const sampleProof = { path: 'proofs/2026-11-29/000040.json', text: encodeProof(signed) } as const;

const mempool = 'https://mempool.space/api';
const blockstream = 'https://blockstream.info/api';

const source = (name: string, height: number, ago: number): Chain['sources'][number] => ({
  source: name,
  standing: 'agrees',
  height,
  tip: hex('0', 60) + String(height % 10_000).padStart(4, '0'),
  balance: 1_002_500_700,
  heardAt: now - ago,
  failure: null,
});

type Chain = Extract<StatusDocument['chain'], { state: 'known' }>['value'];

const coin = (digit: string, satoshis: number, days: number): NonNullable<Chain['bait']>['first'] => ({
  outpoint: `${hex(digit)}:0`,
  satoshis,
  height: 925_000 - days * 144,
  time: now - days * day,
});

const liveChain: Chain = {
  asOf: now,
  network: 'mainnet',
  address: sampleFields.address,
  verdict: 'live',
  title: 'live',
  sentence: 'The coins are there, and nobody is seen taking any.',
  support: 'quorum',
  contested: null,
  confirmations: null,
  settled: null,
  last: null,
  retirement: null,
  common: { height: 925_140, hash: hex('0', 60) + '5140' },
  balance: { confirmed: 1_002_500_700, incoming: 0, outgoing: 0 },
  received: 1_002_500_700,
  bait: { first: coin('1', 1_000_000_000, 187), satoshis: 1_000_000_000, announced: true },
  donations: {
    count: 3,
    satoshis: 2_500_000,
    newest: [coin('4', 300_000, 12), coin('3', 1_200_000, 71), coin('2', 1_000_000, 140)],
    dust: { count: 1, satoshis: 700 },
    complete: true,
  },
  spends: [],
  sources: [source(mempool, 925_141, 12), source(blockstream, 925_140, 31)],
};

const settled = { txid: hex('a'), height: 925_120, hash: hex('0', 60) + '5120', time: now - 4 * 3600 };
const taken = { balance: { confirmed: 0, incoming: 0, outgoing: 0 }, settled } as const;

const chains: Readonly<Record<VerdictName, Partial<Chain>>> = {
  unfunded: {
    title: 'unfunded',
    sentence: 'Nothing has come in.',
    balance: { confirmed: 0, incoming: 0, outgoing: 0 },
    received: 0,
    bait: null,
    donations: null,
  },
  live: {},
  live_refundable: {
    title: 'live, refundable since 925000',
    sentence: "The coins are there. Since block 925000 the operator may take them back by the vault's leaf.",
  },
  spend_seen: {
    title: 'spend seen, contested: 2',
    sentence: '2 transactions were seen that take the same coin. None is confirmed, and only one can be.',
    contested: 2,
    balance: { confirmed: 1_002_500_700, incoming: 0, outgoing: 1_000_000_000 },
    spends: ['a', 'b'].map((digit) => ({
      txid: hex(digit),
      satoshis: 1_000_000_000,
      path: 'key' as const,
      confirmations: 0,
      height: null,
    })),
  },
  spend_confirmed: {
    title: 'spend confirmed (3)',
    sentence:
      'A transaction that takes coins is under 3 blocks. Below 6, agreed by two sources, a reorganisation may still undo it.',
    confirmations: 3,
    balance: { confirmed: 0, incoming: 0, outgoing: 0 },
    spends: [{ txid: hex('a'), satoshis: 1_002_500_700, path: 'key', confirmations: 3, height: 925_138 }],
  },
  claimed: {
    ...taken,
    title: 'claimed',
    sentence:
      "Block 925120 has a transaction that takes coins with the bounty's own key, which this vault's operator is not supposed to have.",
    spends: [{ txid: hex('a'), satoshis: 1_002_500_700, path: 'key', confirmations: 21, height: 925_120 }],
  },
  spent: {
    ...taken,
    title: 'spent by a winner or by the operator, the chain cannot tell',
    sentence:
      'Block 925120 has a transaction that takes coins. Whoever made it had the key: so has a winner, and so has the operator.',
  },
  refunded: {
    ...taken,
    title: 'refunded by the operator',
    sentence: "Block 925120 has a transaction that takes coins by the vault's leaf, which only the operator can use.",
    spends: [{ txid: hex('a'), satoshis: 1_002_500_700, path: 'script', confirmations: 21, height: 925_120 }],
  },
  disagreement: {
    title: 'disagreement',
    sentence: 'The sources contradict each other, so none is believed. The last that was known: live.',
    support: 'none',
    last: { verdict: 'live', at: now - 1800 },
    common: null,
    balance: null,
    received: null,
    bait: null,
    donations: null,
    sources: [
      { ...source(mempool, 925_141, 12), standing: 'disagrees' },
      { ...source(blockstream, 925_140, 31), standing: 'disagrees', balance: 0 },
    ],
  },
  stale: {
    title: 'stale',
    sentence: 'None of the sources could be read of late, or all have stopped. The last that was known: live.',
    support: 'none',
    last: { verdict: 'live', at: now - 3000 },
    common: null,
    balance: null,
    received: null,
    bait: null,
    donations: null,
    sources: [mempool, blockstream].map((name) => ({
      ...source(name, 925_135, 3000),
      standing: 'stale' as const,
      failure: { reason: 'rate_limited' as const, message: 'answers 429', at: now - 40 },
    })),
  },
};

const chainOf = (verdict: VerdictName): Chain => ({ ...liveChain, verdict, ...chains[verdict] });

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

/** Numbers that look like chance and are the same each time. */
const wave = (index: number, most: number): number =>
  Math.floor(most * (0.55 + 0.3 * Math.sin(index * 1.7) + 0.15 * Math.sin(index * 5.3 + 1)));

function daySum(index: number): DaySum {
  const down = index === 37 ? 42 : index === 61 ? 1440 : 0;
  const looks = (lost: number) => ({ up: 1440 - lost, down: lost, unknown: 0 });
  return {
    day: dayText(Math.floor(now / day) - 89 + index),
    polls: 1440,
    verdict: index < 3 ? 'unfunded' : 'live',
    balance: 1_002_500_700,
    uptime: {
      http: looks(down),
      https: looks(down),
      server: looks(down),
      dialback: { up: 24, down: 0, unknown: 0 },
      reverse: { up: 24 - (down > 0 ? 1 : 0), down: down > 0 ? 1 : 0, unknown: 0 },
    },
    attempts: {
      'website.page': wave(index, 300),
      'record.not_tls': wave(index + 3, 60),
      'cert.none': wave(index + 9, 70),
    },
    longestGap: 63,
    proofs: 1438,
  };
}

export const liveHistory: HistoryDocument = {
  format: 'btc-pinata/history/v1',
  asOf: now,
  days: Array.from({ length: 90 }, (_, index) => daySum(index)).filter((_, index) => index !== 14 && index !== 15),
  traffic: Array.from({ length: 187 }, (_, index) => {
    const first = Math.exp(-index / 9) * 5200 + 40;
    const back = index > 138 ? Math.exp(-(index - 139) / 6) * 2400 : 0;
    const website = Math.round(wave(index, 120) + first + back);
    const bounty = Math.round(wave(index + 4, 55) + first * 0.4 + back * 0.8);
    return {
      day: dayText(Math.floor(now / day) - 187 + index),
      byDoor: {
        http: website,
        https: Math.round(website / 4),
        server: bounty,
        dialback: Math.round(bounty / 7),
        reverse: Math.round(bounty / 4),
      },
      byCategory: {},
    };
  }),
  balances: [
    { at: now - 187 * day, satoshis: 1_000_000_000 },
    { at: now - 140 * day, satoshis: 1_001_000_000 },
    { at: now - 71 * day, satoshis: 1_002_200_000 },
    { at: now - 12 * day, satoshis: 1_002_500_700 },
  ],
};

const withChain = (verdict: VerdictName): StatusDocument => ({
  ...liveStatus,
  chain: { state: 'known', at: now, value: chainOf(verdict) },
});

const down = (sentence: string): StatusDocument['host']['http'] => ({
  state: 'down',
  since: now - 2400,
  lastUp: now - 2460,
  checkedAt: now - 8,
  sentence,
});

const lost = <T>(value: T, ago: number, reason: string) =>
  ({ state: 'unknown', since: now - ago, reason, last: { at: now - ago, value } }) as const;

/** By name: every verdict, and what else changes the page. */
export const scenes: Readonly<Record<string, StatusDocument>> = {
  unfunded: withChain('unfunded'),
  live: liveStatus,
  live_refundable: withChain('live_refundable'),
  spend_seen: withChain('spend_seen'),
  spend_confirmed: withChain('spend_confirmed'),
  claimed: withChain('claimed'),
  spent: { ...withChain('spent'), watched: { ...liveStatus.watched, wallet: { kind: 'classic' }, descriptor: null } },
  refunded: withChain('refunded'),
  disagreement: withChain('disagreement'),
  stale: withChain('stale'),
  unknown: { ...liveStatus, chain: lost(liveChain, 3000, 'the poll ended before the sources were read') },
  retiring: {
    ...liveStatus,
    retirement: {
      announcedAt: now - 3 * day,
      effectiveAt: now + 27 * day,
      text: 'The machine moves on; whoever wants to try has four weeks.',
      url: '/retirement.json',
    },
  },
  silent: {
    ...liveStatus,
    host: {
      http: down('no answer within 10 s'),
      https: down('no answer within 10 s'),
      server: down('no answer within 10 s'),
      dialback: down('no answer within 10 s'),
      reverse: {
        state: 'unknown',
        since: now - 1900,
        lastUp: now - 5500,
        checkedAt: now - 1900,
        sentence: 'the look was cut off',
      },
    },
    build: {
      ...liveStatus.build,
      reported: lost({ version: '0.1.0', sha256: hex('ef', 32) }, 5000, 'the page does not answer'),
      verdict: 'unknown',
    },
    proof:
      liveStatus.proof.state === 'known'
        ? lost(
            { ...liveStatus.proof.value, signedAt: now - 5002, askedAt: now - 5003, answeredAt: now - 5000 },
            5000,
            'the page does not answer',
          )
        : liveStatus.proof,
    counters:
      liveStatus.counters.state === 'known'
        ? lost(liveStatus.counters.value, 5000, 'the page does not answer')
        : liveStatus.counters,
    incidents: [
      {
        id: '20261129-0010-server',
        title: 'The machine does not answer',
        impact: 'major',
        status: 'investigating',
        parts: ['http', 'https', 'server', 'dialback'],
        createdAt: now - 2400,
        updatedAt: now - 2400,
        resolvedAt: null,
        updates: [
          {
            id: '20261129-0010',
            at: now - 2400,
            status: 'investigating',
            text: 'Three looks in a row found nobody there.',
          },
        ],
      },
      ...liveStatus.incidents,
    ],
  },
  mismatch: {
    ...liveStatus,
    build: { ...liveStatus.build, expected: { version: '0.1.0', sha256: hex('aa', 32) }, verdict: 'mismatch' },
    evidence: {
      state: 'known',
      at: now - 5,
      value: {
        level: 'L1',
        claim:
          'Whoever answers there holds the key of the wallet. What runs there was not shown, or is not what a release says.',
        unproven: ['which program runs there', 'that the key is given to a winner'],
        refused: true,
        url: null,
      },
    },
  },
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

export const newbornHistory: HistoryDocument = {
  format: 'btc-pinata/history/v1',
  asOf: now,
  days: [],
  traffic: [],
  balances: [],
};
