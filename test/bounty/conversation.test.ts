import { concatBytes, utf8ToBytes } from '@noble/hashes/utils.js';
import { describe, expect, test } from 'vitest';
import { bountyProtocol, probeAlert, probeProtocol, roleNames, type TlsRole } from '../../service/bounty/endpoints.ts';
import { trustIn } from '../../service/bounty/generation.ts';
import type { Outcome } from '../../service/bounty/outcome.ts';
import { client, close, receive } from '../../service/tls/index.ts';
import { attackAsClient, attackAsServer, environment } from './attackers.ts';
import { forgedGeneration } from './forged.ts';
import { byByte, byRecord, Guest, layTable, makeCredentials, random, secretText, type Table, whole } from './table.ts';

describe('who holds a genuine key', () => {
  test('as client is sent the secret in full and properly closed, and it is a breach', () => {
    const table = layTable();
    const { guest, text, last } = attackAsClient(table, table.credentials.lease('client').certifiedKey);
    expect(text).toBe(secretText);
    expect(last.events).toContainEqual({ type: 'closed', direction: 'received' });
    expect(guest.outcomes).toEqual([{ type: 'released', release: 'breach' }]);
    expect(guest.kinds.slice(-4)).toEqual(['outcome', 'send', 'end', 'linger']);
  });

  test('as server is sent the secret in full and properly closed, and it is a breach', () => {
    const table = layTable();
    const { guest, text, last } = attackAsServer(table, table.credentials.lease('server').certifiedKey);
    expect(text).toBe(secretText);
    expect(last.events).toContainEqual({ type: 'closed', direction: 'received' });
    expect(guest.outcomes).toEqual([{ type: 'released', release: 'breach' }]);
  });

  test('and speaks another protocol is refused', () => {
    const table = layTable();
    const { guest } = attackAsClient(table, table.credentials.lease('client').certifiedKey, ['h2', 'http/1.1']);
    expect(guest.outcomes).toMatchObject([{ type: 'fault', fault: { reason: 'alpn_mismatch' } }]);
  });

  test('as a probe gets nothing, and is no probe: a way in must not be tried out unseen', () => {
    const table = layTable();
    const { guest, text } = attackAsClient(table, table.credentials.lease('client').certifiedKey, [probeProtocol]);
    expect(text).toBe('');
    expect(guest.outcomes).toEqual([{ type: 'withheld', reason: 'application_protocol' }]);
  });

  test('an attack under the name of a probe is counted as the attack', () => {
    const table = layTable();
    const { guest } = attackAsClient(table, table.credentials.lease('website').certifiedKey, [probeProtocol]);
    expect(guest.outcomes).toMatchObject([{ type: 'fault', fault: { reason: 'no_trust_anchor' } }]);
  });

  test.each(['1.3', '1.2'] as const)(
    'a genuine certificate under that name is tried out by no probe, TLS %s',
    (version) => {
      const table = layTable({ versions: () => [version] });
      const { certifiedKey, generation } = table.credentials.lease('client');
      const trust = trustIn('server', generation);
      const leftAfter = (records: number): { readonly shown: boolean; readonly outcomes: readonly Outcome[] } => {
        const guest = new Guest('server', table);
        const config = { serverName: roleNames.server, alpn: [probeProtocol], trust, certifiedKey };
        const hello = client(config, environment());
        guest.feed(hello.out);
        const flight = byRecord(receive(hello.session, guest.sent()).out);
        for (const record of flight.slice(0, records)) guest.feed(record);
        guest.take({ type: 'eof' });
        const events = guest.effects.flatMap((effect) => (effect.type === 'events' ? effect.events : []));
        const shown = events.some(
          (event) => event.type === 'handshake' && event.direction === 'received' && event.message === 'certificate',
        );
        return { shown, outcomes: guest.outcomes };
      };
      const left = Array.from({ length: 3 }, (_, records) => leftAfter(records));
      expect(new Set(left.map(({ shown }) => shown))).toEqual(new Set([false, true]));
      for (const { shown, outcomes } of left) {
        expect(outcomes).toHaveLength(1);
        expect(outcomes.some(({ type }) => type === 'probe')).toBe(!shown);
      }
    },
  );

  test('a probe without a certificate is a probe too', () => {
    const table = layTable();
    const { guest } = attackAsClient(table, undefined, [probeProtocol]);
    expect(guest.outcomes).toEqual([{ type: 'probe' }]);
  });

  describe('our client, answered by what is called a probe', () => {
    const answered = (bytes: Uint8Array, cut = whole): readonly Outcome[] => {
      const guest = new Guest('client', layTable());
      for (const piece of cut(bytes)) guest.feed(piece);
      guest.take({ type: 'eof' });
      return guest.outcomes;
    };
    const warning = Uint8Array.of(21, 3, 3, 0, 2, 1, 90);

    test.each([
      ['at once', whole],
      ['byte by byte', byByte],
    ])('no_application_protocol and nothing else, %s', (_, cut) => {
      expect(answered(probeAlert, cut)).toEqual([{ type: 'probe' }]);
      expect(answered(concatBytes(probeAlert, random(20)), cut)).toEqual([{ type: 'probe' }]);
    });

    test('any other alert, or that one behind something else, is counted as anybody', () => {
      const other = Uint8Array.of(21, 3, 3, 0, 2, 2, 40);
      expect(answered(other)).toEqual([{ type: 'alert_received', description: 40 }]);
      expect(answered(concatBytes(warning, probeAlert))).toEqual([{ type: 'alert_received', description: 120 }]);
    });

    test('said to our server it is an alert before any ClientHello', () => {
      const guest = new Guest('server', layTable());
      guest.feed(probeAlert);
      expect(guest.outcomes).toMatchObject([{ type: expect.stringMatching(/^(?:fault|alert_received)$/) }]);
    });
  });

  test.each(['client', 'server'] as const)(
    'that was handed out for trying is counted as that, shown by a %s',
    (role) => {
      const credentials = makeCredentials();
      const forged = forgedGeneration(credentials);
      const handedOut = forged.leaf(role);
      const table = layTable({ lease: forged.lease(handedOut) }, credentials);
      const { guest, text } = role === 'client' ? attackAsClient(table, handedOut) : attackAsServer(table, handedOut);
      expect(text).toBe(secretText);
      expect(guest.outcomes).toEqual([{ type: 'released', release: 'test_credentials' }]);
    },
  );

  test('and breaks off within its own close still had it: a release is final', () => {
    const table = layTable();
    const { guest } = attackAsClient(table, table.credentials.lease('client').certifiedKey);
    guest.feed(random(100));
    guest.take({ type: 'reset' });
    expect(guest.outcomes).toEqual([{ type: 'released', release: 'breach' }]);
  });
});

describe('what follows the last record of the handshake', () => {
  /** The client's last flight, with something behind it. */
  const lastFlight = (table: Table) => {
    const serverEnd = new Guest('server', table);
    const hello = client(
      {
        serverName: roleNames.server,
        alpn: [bountyProtocol],
        trust: trustIn('server', table.credentials.current),
        certifiedKey: table.credentials.lease('client').certifiedKey,
      },
      environment(),
    );
    serverEnd.feed(hello.out);
    return { serverEnd, flight: receive(hello.session, serverEnd.sent()) };
  };

  test.each([
    ['whole', whole],
    ['byte by byte', byByte],
  ])('changes nothing, however it arrives: garbage in the same bytes, fed %s', (_name, cut) => {
    const { serverEnd, flight } = lastFlight(layTable());
    const bytes = new Uint8Array([...flight.out, ...utf8ToBytes('GET / HTTP/1.1\r\n\r\n')]);
    for (const piece of cut(bytes)) serverEnd.feed(piece);
    expect(serverEnd.outcomes).toEqual([{ type: 'released', release: 'breach' }]);
    const discarded = serverEnd.effects.flatMap((effect) => (effect.type === 'discarded' ? [effect.bytes] : []));
    expect(discarded.reduce((sum, bytes) => sum + bytes, 0)).toBe(18);
  });

  test('a close_notify in the same bytes does not forfeit the secret', () => {
    const { serverEnd, flight } = lastFlight(layTable());
    const goodbye = close(flight.session);
    serverEnd.feed(new Uint8Array([...flight.out, ...goodbye.out]));
    expect(serverEnd.outcomes).toEqual([{ type: 'released', release: 'breach' }]);
  });
});

describe('everything else that happens to a connection', () => {
  test('garbage: its alert, our FIN, and a bounded wait', () => {
    const guest = new Guest('server', layTable());
    guest.feed(utf8ToBytes('please give key\r\n'));
    expect(guest.outcomes).toMatchObject([{ type: 'fault', fault: { kind: 'misbehaved' } }]);
    expect(guest.sent()[0]).toBe(21);
    expect(guest.kinds.filter((kind) => kind !== 'events' && kind !== 'discarded')).toEqual([
      'outcome',
      'send',
      'end',
      'linger',
    ]);
    guest.take({ type: 'eof' });
    expect(guest.effects.at(-1)).toEqual({ type: 'destroy', when: 'written' });
  });

  test('what comes after the end is drained, zeroed, and not without limit', () => {
    const guest = new Guest('server', layTable());
    guest.feed(utf8ToBytes('GET '));
    const late = new Uint8Array(40_000).fill(7);
    guest.take({ type: 'bytes', bytes: late });
    expect(late.every((byte) => byte === 0)).toBe(true);
    expect(guest.phase).toBe('draining');
    guest.feed(new Uint8Array(40_000));
    expect(guest.effects.slice(-2)).toEqual([
      { type: 'discarded', bytes: 40_000 },
      { type: 'destroy', when: 'now' },
    ]);
    expect(guest.outcomes).toHaveLength(1);
  });

  test.each(['eof', 'reset'] as const)('%s before a byte is empty', (type) => {
    const guest = new Guest('server', layTable());
    guest.take({ type });
    expect(guest.outcomes).toEqual([{ type: 'empty' }]);
  });

  test.each(['eof', 'reset', 'timeout', 'shutdown'] as const)('%s within the handshake is called that', (type) => {
    const guest = new Guest('server', layTable());
    guest.feed(Uint8Array.of(22, 3, 1));
    guest.take({ type });
    expect(guest.outcomes).toEqual([{ type }]);
  });

  test.each([
    ['before a byte', new Uint8Array(0)],
    ['within the handshake', Uint8Array.of(22, 3, 1)],
  ])('who is displaced %s is turned away at once, and their session is over', (_, bytes) => {
    let leased = 0;
    const { terms } = layTable();
    const lease = (role: TlsRole) => {
      const { release, ...rest } = terms.lease(role);
      leased += 1;
      return {
        ...rest,
        release: () => {
          leased -= 1;
          release();
        },
      };
    };
    const guest = new Guest('server', layTable({ lease }));
    guest.feed(bytes);
    expect(leased).toBe(bytes.length === 0 ? 0 : 1);
    guest.take({ type: 'displaced' });
    expect(guest.outcomes).toEqual([{ type: 'rate_limited' }]);
    expect(guest.effects.at(-1)).toEqual({ type: 'destroy', when: 'now' });
    expect(guest.sent()).toEqual(new Uint8Array(0));
    expect(leased).toBe(0);
  });

  test('who is displaced while they could still read has the outcome that they had', () => {
    const guest = new Guest('server', layTable());
    guest.feed(new TextEncoder().encode('GET / HTTP/1.1'));
    const { outcomes } = guest;
    expect(outcomes).toMatchObject([{ type: 'fault' }]);
    guest.take({ type: 'displaced' });
    expect(guest.outcomes).toEqual(outcomes);
    expect(guest.effects.at(-1)).toEqual({ type: 'destroy', when: 'now' });
  });

  test('a deadline is answered with close_notify', () => {
    const guest = new Guest('server', layTable());
    guest.feed(Uint8Array.of(22, 3, 1));
    guest.take({ type: 'timeout' });
    expect([...guest.sent()]).toEqual([21, 3, 3, 0, 2, 1, 0]);
    guest.take({ type: 'timeout' });
    expect(guest.effects.at(-1)).toEqual({ type: 'destroy', when: 'now' });
  });

  test('more bytes than the budget end it', () => {
    const guest = new Guest('client', layTable({ byteBudget: 1000 }));
    // Of type handshake, with a plausible length, so that the engine has to wait for more.
    const record = new Uint8Array(2000);
    record.set([22, 3, 3, 0x20, 0]);
    for (let at = 0; at < record.length; at += 100) guest.feed(record.subarray(at, at + 100));
    expect(guest.outcomes).toEqual([{ type: 'byte_budget' }]);
  });

  test('a correlator that is full stops the flight: nothing of it is sent', () => {
    const table = layTable();
    table.correlator.enter = () => false;
    const guest = new Guest('server', table);
    guest.feed(new Guest('client', table).sent());
    expect(guest.outcomes).toEqual([{ type: 'overloaded' }]);
    expect(guest.sent()).toEqual(new Uint8Array(0));
  });

  test('an exception of ours ends this connection alone, as itself', () => {
    const table = layTable({
      environment: () => {
        throw new TypeError('no entropy');
      },
    });
    const guest = new Guest('server', table);
    guest.feed(Uint8Array.of(22));
    expect(guest.outcomes).toMatchObject([{ type: 'exception' }]);
    expect(guest.effects.at(-1)).toEqual({ type: 'destroy', when: 'now' });
  });
});
