import type { StatusDocument, VerdictName } from '../../status-page/document/index.ts';
import { chainOf, liveChain } from './sample-chain.ts';
import { day, hex, sampleAsOf as now } from './sample-proof.ts';
import { liveStatus } from './sample-status.ts';

/* The sample in every state that a page can be in. */

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
