import { concatBytes } from '@noble/hashes/utils.js';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import type { Version } from '../../service/tls/index.ts';
import type { FailureKey } from '../../service/trace/index.ts';
import { LivePinata, type Ready } from '../support/live-pinata.ts';
import { Wire } from '../support/rogue/wire.ts';

/*
 * threats.md X1 to X8, S13 and V4, at both versions: ports of the piñata joined in ways that must not succeed, and the one that does cut off at
 * every record. There are no test credentials here: whatever is released and has no other end of ours is a breach.
 */

let pinata: LivePinata;
afterEach(() => Wire.closeAll());

/** All of it with a piñata that is told to speak this version, or not told; and where the two ends of ours are in any of its threads. */
const versions: readonly (readonly [Version, readonly string[]])[] = [
  ['1.3', []],
  ['1.2', ['--tls', '1.2']],
  ['1.3', ['--threads', '2']],
  ['1.2', ['--tls', '1.2', '--threads', '2']],
];

type Port = keyof Ready['ports'];
type Way = 'forth' | 'back';

const connect = (port: Port): Promise<Wire> => Wire.connect(pinata.ready.ports[port]);

/** The next TLS record, or undefined once nothing more comes. */
async function nextRecord(from: Wire): Promise<Uint8Array | undefined> {
  const header = await from.read(5);
  if (typeof header === 'string') return undefined;
  const fragment = await from.read((header[3] ?? 0) * 256 + (header[4] ?? 0));
  return typeof fragment === 'string' ? undefined : concatBytes(header, fragment);
}

/** Carries records until there are none, or `limit` have gone; each may be changed on the way. */
async function carry(
  from: Wire,
  to: Wire,
  limit = Number.POSITIVE_INFINITY,
  change: (record: Uint8Array, index: number) => Uint8Array = (record) => record,
): Promise<'ended' | 'cut'> {
  for (let index = 0; index < limit; index++) {
    const record = await nextRecord(from);
    if (record === undefined) {
      to.end();
      return 'ended';
    }
    to.write(change(record, index));
  }
  return 'cut';
}

/** Counts per category from one moment to another; the website's own answers are left out. */
async function counting(act: () => Promise<void>, connections: number): Promise<Readonly<Record<string, number>>> {
  const before = (await pinata.status()).connections.byCategory;
  await act();
  const deadline = performance.now() + 60_000;
  for (;;) {
    const { byCategory } = (await pinata.status()).connections;
    const counted = Object.fromEntries(
      Object.entries(byCategory)
        .map(([key, count]) => [key, count - (before[key] ?? 0)] as const)
        .filter(([key, count]) => count > 0 && key !== 'website.page'),
    );
    const total = Object.values(counted).reduce((sum, count) => sum + count, 0);
    if (total >= connections || performance.now() > deadline) return counted;
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
}

async function join(one: Wire, other: Wire): Promise<void> {
  await Promise.all([carry(one, other), carry(other, one)]);
}

describe.each(versions)('TLS %s, by %j', (version, flags) => {
  beforeAll(async () => {
    pinata = await LivePinata.start(flags, false);
  });
  afterAll(() => pinata?.stop());
  /** At most so many records go one way, the bait and close_notify among them. */
  const recordsOneWay = 9;

  describe('joined in the wrong way', () => {
    const cases: readonly (readonly [string, Port, Port, Readonly<Partial<Record<FailureKey, number>>>])[] = [
      // The website speaks no pinata/1 and says so at once: that is what a probe says as well (docs/poller.md), and the relay is counted as one.
      ['X1: the client port and the website', 'reverse', 'https', { probe: 1, 'alpn.mismatch': 1 }],
      ['X8: the client port and itself', 'reverse', 'reverse', { 'handshake.unexpected': 2 }],
    ];
    it.each(cases)('%s', async (_, one, other, expected) => {
      const counted = await counting(async () => join(await connect(one), await connect(other)), 2);
      expect(counted).toEqual(expected);
    });

    it('X4: the client port and a mirror', async () => {
      const counted = await counting(async () => {
        const wire = await connect('reverse');
        await carry(wire, wire);
      }, 1);
      expect(counted).toEqual({ 'handshake.unexpected': 1 });
    });

    it('two servers, of which neither begins', async () => {
      const counted = await counting(async () => {
        const [one, other] = [await connect('server'), await connect('server')];
        await new Promise((resolve) => setTimeout(resolve, 100));
        one.end();
        other.end();
      }, 2);
      expect(counted).toEqual({ empty: 2 });
    });
  });

  describe('changed on the way', () => {
    /** The first record of the one who speaks first, or of the one who answers, with one bit changed. */
    const flipping = (way: Way, position: (record: Uint8Array) => number) => async (): Promise<void> => {
      const [client, server] = [await connect('reverse'), await connect('server')];
      const flip = (record: Uint8Array, index: number) =>
        index === 0 ? record.map((byte, at) => (at === position(record) ? byte ^ 1 : byte)) : record;
      await Promise.all([
        carry(client, server, undefined, way === 'forth' ? flip : undefined),
        carry(server, client, undefined, way === 'back' ? flip : undefined),
      ]);
    };
    it.each([
      ["the client's random", 'forth', () => 11],
      ["the server's random", 'back', () => 11],
      ...(version === '1.3'
        ? ([['the last byte of the key shares', 'forth', (record: Uint8Array) => record.length - 1]] as const)
        : []),
    ] as const)('%s', async (_, way, position) => {
      const counted = await counting(flipping(way, position), 2);
      // TLS 1.3: each has keys of its own, and neither can read even the other's alert. TLS 1.2: both randoms are signed, in clear.
      expect(counted).toEqual(version === '1.3' ? { bad_record_mac: 2 } : { 'sig.invalid': 1, 'alert.received': 1 });
    });
  });

  if (version === '1.3') {
    it('S13: TLS 1.3 taken out of supported_versions: the sentinel shows it', async () => {
      const offer = Buffer.from('002b0005040304', 'hex');
      const counted = await counting(async () => {
        const [client, server] = [await connect('reverse'), await connect('server')];
        const strip = (record: Uint8Array, index: number) => {
          const at = index === 0 ? Buffer.from(record).indexOf(offer) : -1;
          return at < 0 ? record : record.with(at + 5, 3).with(at + 6, 3);
        };
        await Promise.all([carry(client, server, undefined, strip), carry(server, client)]);
      }, 2);
      expect(counted).toEqual({ downgrade: 1, 'alert.received': 1 });
    });
  }

  describe('V4: the right bridge, cut off', () => {
    const cuts = (['forth', 'back'] as const).flatMap((way) =>
      Array.from({ length: recordsOneWay + 1 }, (_, records) => records).flatMap((records) =>
        (['fin', 'reset'] as const).map((manner) => [way, records, manner] as const),
      ),
    );
    it.each(cuts)('%s, after %i records, by %s', async (way, records, manner) => {
      const counted = await counting(async () => {
        const [client, server] = [await connect('reverse'), await connect('server')];
        const limit = (here: Way) => (here === way ? records : undefined);
        const limited = way === 'forth' ? carry(client, server, limit('forth')) : carry(server, client, limit('back'));
        const other = way === 'forth' ? carry(server, client) : carry(client, server);
        await limited;
        for (const wire of [client, server]) manner === 'fin' ? wire.end() : wire.reset();
        await other;
      }, 2);
      expect(counted['breach'] ?? 0).toBe(0);
      expect(Object.values(counted).reduce((sum, count) => sum + count, 0)).toBe(2);
      expect((await pinata.status()).successes.unpaired).toBe(0);
    });
  });

  describe('the right bridge, whole', () => {
    it('is a short-circuit at both ends', async () => {
      let most = 0;
      const counted = await counting(async () => {
        const [client, server] = [await connect('reverse'), await connect('server')];
        const count = (record: Uint8Array, index: number) => {
          most = Math.max(most, index + 1);
          return record;
        };
        await Promise.all([carry(client, server, undefined, count), carry(server, client, undefined, count)]);
      }, 2);
      expect(counted).toEqual({ 'success.short_circuit': 2 });
      // Else there is a place where it was not cut off above.
      expect(most).toBeLessThanOrEqual(recordsOneWay);
    });
  });
});
