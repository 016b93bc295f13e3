import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { peer, receive, transcript } from '../../service/tls/index.ts';
import { type Cut, deliver, type End, pair, records } from './pair.ts';
import { clientConfig, serverConfig, world } from './pki.ts';

/*
 * Flights as they pass over the wire, changed on the way: bits flipped, records dropped, doubled, swapped, cut short.
 * Whatever is done to them, no end throws, and who has a verified peer shares a transcript with an end that is real.
 */
const of = world('ed25519', 'ed25519');
const fast = { choices: { groups: ['x25519'], cipherSuites: ['TLS_CHACHA20_POLY1305_SHA256'] } };

type Change =
  | { readonly kind: 'flip'; readonly at: number; readonly bit: number }
  | { readonly kind: 'drop' | 'double' | 'swap'; readonly at: number }
  | { readonly kind: 'cut'; readonly at: number }
  | { readonly kind: 'insert'; readonly at: number; readonly bytes: Uint8Array };

const change: fc.Arbitrary<Change> = fc.oneof(
  fc.record({ kind: fc.constant('flip' as const), at: fc.nat(), bit: fc.integer({ min: 0, max: 7 }) }),
  fc.record({ kind: fc.constantFrom('drop' as const, 'double' as const, 'swap' as const), at: fc.nat() }),
  fc.record({ kind: fc.constant('cut' as const), at: fc.nat() }),
  fc.record({
    kind: fc.constant('insert' as const),
    at: fc.nat(),
    bytes: fc.uint8Array({ minLength: 1, maxLength: 20 }),
  }),
);

function changed(flight: Uint8Array, by: Change): Uint8Array {
  if (flight.length === 0) return flight;
  switch (by.kind) {
    case 'flip': {
      const copy = flight.slice();
      const at = by.at % copy.length;
      copy[at] = (copy[at] ?? 0) ^ (1 << by.bit);
      return copy;
    }
    case 'cut':
      return flight.slice(0, by.at % flight.length);
    case 'insert': {
      const at = by.at % flight.length;
      return new Uint8Array(Buffer.concat([flight.subarray(0, at), by.bytes, flight.subarray(at)]));
    }
    case 'drop':
    case 'double':
    case 'swap': {
      const list = records(flight);
      const at = by.at % list.length;
      const here = list[at] ?? new Uint8Array(0);
      const next = list[at + 1] ?? new Uint8Array(0);
      if (by.kind === 'drop') list.splice(at, 1);
      else if (by.kind === 'double') list.splice(at, 0, here);
      else list.splice(at, 2, next, here);
      return new Uint8Array(Buffer.concat(list));
    }
  }
}

const internal = (end: End) => end.events.some((event) => event.type === 'fault' && event.fault.kind === 'internal');

describe('flights changed on their way', () => {
  it('never throw, and verify nobody who is not there', () => {
    fc.assert(
      fc.property(fc.nat({ max: 2 }), change, fc.constantFrom<Cut>('whole', 'records'), (flight, by, cut) => {
        const { server, client } = pair(serverConfig(of, fast), clientConfig(of, fast));
        const ends = [client, server] as const;
        for (let i = 0; i < 4; i++) {
          const from = ends[i % 2] ?? client;
          const to = ends[(i + 1) % 2] ?? server;
          if (i === flight) from.pending = changed(from.pending, by);
          deliver(from, to, cut);
        }
        expect([internal(server), internal(client)]).toEqual([false, false]);
        expect(server.received.length + client.received.length).toBe(0);
        const [ours, theirs] = [server, client].map((end) => transcript(end.session, 'client_finished'));
        if (peer(server.session) !== undefined) expect(theirs).toEqual(ours);
        // A client is done before its Finished arrives: what it verified is the server's transcript.
        if (peer(client.session) !== undefined) {
          expect(client.transcriptOf('server_finished')).toBe(server.transcriptOf('server_finished'));
        }
      }),
      { numRuns: 250 },
    );
  });

  it('every record of the client flight is needed, and every bit of what is encrypted', () => {
    const { server, client } = pair(serverConfig(of, fast), clientConfig(of, fast));
    deliver(client, server);
    deliver(server, client);
    const flight = client.pending;
    const [dummy, ...encrypted] = records(flight);
    expect(dummy).toEqual(Uint8Array.of(20, 3, 3, 0, 1, 1));
    expect(encrypted.length).toBe(1);
    const only = encrypted[0] ?? new Uint8Array(0);
    for (let at = 5; at < only.length; at += 7) {
      const ends = pair(serverConfig(of, fast), clientConfig(of, fast));
      deliver(ends.client, ends.server);
      deliver(ends.server, ends.client);
      const mine = ends.client.pending.slice();
      mine[6 + at] = (mine[6 + at] ?? 0) ^ 1;
      ends.server.act((session) => receive(session, mine));
      expect(ends.server.fault()).toBe('bad_record_mac');
      expect(peer(ends.server.session)).toBeUndefined();
    }
  });
});
