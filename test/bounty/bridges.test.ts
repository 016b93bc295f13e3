import { describe, expect, test } from 'vitest';
import { roleKeyPurposes, roleNames, type TlsRole } from '../../service/bounty/endpoints.ts';
import { attackAsClient, attackAsServer } from './attackers.ts';
import { forgedGeneration, type LeafChanges } from './forged.ts';
import { byByte, byRecord, Guest, layTable, makeCredentials, now, random, relay, secretText, whole } from './table.ts';

describe('a bridge between our own two ports', () => {
  test.each([
    ['whole', whole],
    ['by record', byRecord],
    ['byte by byte', byByte],
  ])('succeeds at both ends as a short-circuit, fed %s', (_name, cut) => {
    const table = layTable();
    const serverEnd = new Guest('server', table);
    const clientEnd = new Guest('client', table);
    const pieces = relay(serverEnd, clientEnd, cut);
    for (const guest of [serverEnd, clientEnd]) {
      expect(guest.outcomes).toEqual([{ type: 'released', release: 'short_circuit' }]);
      expect(guest.kinds.slice(-3)).not.toContain('destroy');
      expect(guest.phase).toBe('draining');
    }
    expect(pieces.map((piece) => String.fromCharCode(...piece)).join('')).not.toContain(secretText.slice(7, 20));
  });

  test.each(['server', 'client'] as const)(
    'whose end as %s is read late, as after the process was stopped, is a timeout and no false breach',
    (late) => {
      let clock = 0;
      const table = layTable({ clock: () => clock });
      const serverEnd = new Guest('server', table);
      const clientEnd = new Guest('client', table);
      serverEnd.feed(clientEnd.sent());
      const flight = serverEnd.sent();
      if (late === 'server') clientEnd.feed(flight);
      const last = clientEnd.sent();
      clock = 61_000; // what the correlator knew is forgotten, and no timer has run yet
      if (late === 'server') serverEnd.feed(last);
      else clientEnd.feed(flight);
      expect((late === 'server' ? serverEnd : clientEnd).outcomes).toEqual([{ type: 'timeout' }]);
    },
  );

  test('the transcript is on record before the flight that ends with it is sent', () => {
    const sizes: number[] = [];
    const table = layTable();
    const { enter } = table.correlator;
    table.correlator.enter = (...record) => {
      sizes.push(clientEnd.effects.length);
      return enter.apply(table.correlator, record);
    };
    const serverEnd = new Guest('server', table);
    const clientEnd = new Guest('client', table);
    relay(serverEnd, clientEnd);
    expect(sizes).toHaveLength(2);
    // When the client's Finished was entered, no effect of that step had been given out.
    expect(clientEnd.effects[sizes[1] ?? 0]?.type).toBe('events');
  });

  test('cut after any record, at either end, it never raises a breach', () => {
    const total = (() => {
      const table = layTable();
      return relay(new Guest('server', table), new Guest('client', table), byRecord).length;
    })();
    expect(total).toBeGreaterThan(8);
    for (let kept = 0; kept < total; kept += 1) {
      const table = layTable();
      const serverEnd = new Guest('server', table);
      const clientEnd = new Guest('client', table);
      relay(serverEnd, clientEnd, byRecord, (piece) => piece < kept);
      for (const guest of [serverEnd, clientEnd]) {
        guest.take({ type: 'reset' });
        expect(guest.outcomes).toHaveLength(1);
        const [outcome] = guest.outcomes;
        if (outcome?.type === 'released') expect(outcome.release).toBe('short_circuit');
        else expect(['reset', 'empty']).toContain(outcome?.type);
      }
    }
  });

  test('one end alive, the other long gone: its release is still a short-circuit', () => {
    const table = layTable();
    const serverEnd = new Guest('server', table);
    const clientEnd = new Guest('client', table);
    serverEnd.feed(clientEnd.sent());
    const flight = serverEnd.sent();
    serverEnd.take({ type: 'reset' });
    clientEnd.feed(flight);
    expect(clientEnd.outcomes).toEqual([{ type: 'released', release: 'short_circuit' }]);
  });
});

describe('bridges that must not succeed', () => {
  const failed = (guest: Guest) => {
    expect(guest.outcomes).toHaveLength(1);
    expect(guest.outcomes[0]?.type).not.toBe('released');
  };

  test('client port to client port', () => {
    const table = layTable();
    const ends = [new Guest('client', table), new Guest('client', table)] as const;
    relay(...ends, byRecord);
    for (const end of ends) {
      end.take({ type: 'eof' });
      failed(end);
    }
  });

  test('server port to server port says nothing at all', () => {
    const table = layTable();
    const ends = [new Guest('server', table), new Guest('server', table)] as const;
    expect(relay(...ends)).toEqual([]);
    for (const end of ends) end.take({ type: 'timeout' });
    expect(ends.map((end) => end.outcomes)).toEqual([[{ type: 'timeout' }], [{ type: 'timeout' }]]);
  });

  test('either client port to the website: no ALPN of ours, no CertificateRequest, another authority', () => {
    const table = layTable();
    const website = table.credentials.lease('website').certifiedKey;
    const { guest, text } = attackAsServer(table, website, 'none');
    failed(guest);
    expect(text).toBe('');
  });

  test('a server with the genuine key that asks for no certificate gets nothing', () => {
    const table = layTable();
    const { guest, text } = attackAsServer(table, table.credentials.lease('server').certifiedKey, 'none');
    expect(guest.outcomes).toMatchObject([{ type: 'fault', fault: { reason: 'client_auth_not_requested' } }]);
    expect(text).toBe('');
  });

  const notAClient: readonly [string, TlsRole, LeafChanges][] = [
    ["a server's leaf", 'server', {}],
    ["a client's name and purpose, without the role", 'client', { noRole: true }],
    ["a client's name and role, with the server's purpose", 'client', { purpose: 'serverAuth' }],
    ["the server's role in a client's leaf", 'client', { roleKeyPurpose: roleKeyPurposes.server }],
    ["the server's name in a client's leaf", 'client', { dnsNames: [roleNames.server] }],
    ['a leaf of yesterday', 'client', { notAfter: now - 1 }],
    ['a leaf of tomorrow', 'client', { notBefore: now + 1 }],
  ];
  test.each(notAClient)('%s, from the right authority, shown by a client', (_name, role, changes) => {
    const credentials = makeCredentials();
    const forged = forgedGeneration(credentials);
    const table = layTable({ lease: forged.lease() }, credentials);
    expect(attackAsClient(table, forged.leaf('client')).guest.outcomes).toEqual([
      { type: 'released', release: 'breach' },
    ]);
    const { guest, text } = attackAsClient(table, forged.leaf(role, changes));
    expect(guest.outcomes).toMatchObject([{ type: 'fault', fault: { kind: 'refused' } }]);
    expect(text).toBe('');
  });

  const notAServer: readonly [string, TlsRole, LeafChanges][] = [
    ["a client's leaf", 'client', {}],
    ["a server's name and purpose, without the role", 'server', { noRole: true }],
    ["a server's name and role, with the client's purpose", 'server', { purpose: 'clientAuth' }],
    ["the client's role in a server's leaf", 'server', { roleKeyPurpose: roleKeyPurposes.client }],
    ["the client's name in a server's leaf", 'server', { dnsNames: [roleNames.client] }],
  ];
  test.each(notAServer)('%s, from the right authority, shown by a server', (_name, role, changes) => {
    const credentials = makeCredentials();
    const forged = forgedGeneration(credentials);
    const table = layTable({ lease: forged.lease() }, credentials);
    expect(attackAsServer(table, forged.leaf('server')).guest.outcomes).toEqual([
      { type: 'released', release: 'breach' },
    ]);
    const { guest, text } = attackAsServer(table, forged.leaf(role, changes));
    expect(guest.outcomes).toMatchObject([{ type: 'fault', fault: { kind: 'refused' } }]);
    expect(text).toBe('');
  });

  test('our own leaf shown to its owner, by whoever stole its key', () => {
    const table = layTable();
    const { guest, text } = attackAsServer(table, table.credentials.lease('client').certifiedKey);
    expect(guest.outcomes).toMatchObject([{ type: 'fault', fault: { reason: 'reflected_certificate' } }]);
    expect(text).toBe('');
  });

  test.each(['client', 'server'] as const)("the website's leaf, shown by a %s", (role) => {
    const table = layTable();
    const website = table.credentials.lease('website').certifiedKey;
    const { guest, text } = role === 'client' ? attackAsClient(table, website) : attackAsServer(table, website);
    expect(guest.outcomes).toMatchObject([{ type: 'fault', fault: { reason: 'no_trust_anchor' } }]);
    expect(text).toBe('');
  });

  test('a genuine certificate of another piñata', () => {
    const table = layTable();
    const { guest, text } = attackAsClient(table, makeCredentials().lease('client').certifiedKey);
    failed(guest);
    expect(text).toBe('');
  });

  test('a genuine certificate of the generation before', () => {
    const table = layTable();
    const { certifiedKey } = table.credentials.lease('client');
    table.credentials.rotate(random(384), now);
    const { guest, text } = attackAsClient(table, certifiedKey);
    failed(guest);
    expect(text).toBe('');
  });
});
