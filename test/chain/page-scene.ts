import * as v from 'valibot';
import type { ChainDocument } from '../../status-page/chain/index.ts';
import { type StatusDocument, statusSchema } from '../../status-page/document/index.ts';

/* What a status page has at /status.json, as a poller would have written it. */

export const clock = (): number => Math.floor(Date.now() / 1000);

const closed = (at: number) => ({ state: 'up', since: at, lastUp: at, checkedAt: at, sentence: 'answers' });
const never = (at: number, reason: string) => ({ state: 'unknown', since: at, reason, last: null });

const byDoor = <T>(value: T) => ({ http: value, https: value, server: value, dialback: value, reverse: value });

/** As of `asOf`, with the chain as it was seen then, or unknown. */
export function pageDocument(
  asOf: number,
  chain: ChainDocument | undefined,
  watched: Partial<StatusDocument['watched']> = {},
  more: Partial<StatusDocument> = {},
): StatusDocument {
  return v.parse(statusSchema, {
    format: 'btc-pinata/status/v1',
    asOf,
    page: { url: 'https://status.example', name: 'the one in the tree', interval: 60, contact: null, explorers: [] },
    watched: {
      network: 'regtest',
      address: chain?.address ?? null,
      descriptor: null,
      wallet: { kind: 'vault', refundHeight: 5000 },
      host: '192.0.2.7',
      ports: { http: 80, https: 443, server: 10_000, dialback: 10_001, reverse: 10_002 },
      test: false,
      ...watched,
    },
    chain: chain === undefined ? never(asOf - 600, 'no source answered') : { state: 'known', at: asOf, value: chain },
    host: byDoor(closed(asOf)),
    build: { reported: never(asOf, 'not asked'), expected: null, verdict: 'unknown' },
    authorities: { current: never(asOf, 'not asked'), history: [] },
    proof: never(asOf, 'not asked'),
    evidence: never(asOf, 'not asked'),
    counters: never(asOf, 'not asked'),
    archive: never(asOf, 'not asked'),
    incidents: [],
    retirement: null,
    ...more,
  });
}
