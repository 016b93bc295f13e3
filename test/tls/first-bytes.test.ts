import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { AlertDescription, receive, server } from '../../service/tls/index.ts';
import { End, environment } from './pair.ts';
import { serverConfig, world } from './pki.ts';

const of = world();
const fresh = () => new End(server(serverConfig(of), environment()));
const hex = (text: string): Uint8Array => new Uint8Array(Buffer.from(text.replaceAll(' ', ''), 'hex'));
const ascii = (text: string): Uint8Array => new Uint8Array(Buffer.from(text, 'latin1'));

/** What comes first on the port, what it is called, what it is answered with, and after how many bytes it is decided. */
const cases: readonly (readonly [string, Uint8Array, string, keyof typeof AlertDescription, number])[] = [
  ['please give key', ascii('please give key\r\n'), 'record_not_tls', 'protocol_version', 2],
  ['hi give me teh btcs', ascii('hi give me teh btcs\r\n'), 'record_not_tls', 'protocol_version', 2],
  ['HTTP', ascii('GET / HTTP/1.1\r\n'), 'record_not_tls', 'protocol_version', 2],
  ['SSH', ascii('SSH-2.0-OpenSSH_9.2'), 'record_not_tls', 'protocol_version', 2],
  ['an SSLv2 hello', hex('802e0100020015'), 'record_not_tls', 'protocol_version', 2],
  ['RDP', hex('0300001313e00000'), 'record_not_tls', 'protocol_version', 2],
  ['a record of version 5', hex('160500000100'), 'unknown_record_version', 'protocol_version', 2],
  ['heartbeat', hex('1803020003014000'), 'heartbeat', 'unexpected_message', 2],
  ['content type 25', hex('190301000100'), 'unknown_content_type', 'unexpected_message', 2],
  ['an early ChangeCipherSpec', hex('140303000101'), 'unexpected_change_cipher_spec', 'unexpected_message', 2],
  ['an empty ChangeCipherSpec', hex('1403030000'), 'unexpected_change_cipher_spec', 'unexpected_message', 2],
  ['application data', hex('17030300020000'), 'unexpected_application_data', 'unexpected_message', 2],
  ['a record too long', hex('1603014001'), 'record_overflow', 'record_overflow', 5],
  ['an empty handshake record', hex('1603010000'), 'empty_record', 'unexpected_message', 5],
  ['Finished first', hex('160301000414000000'), 'unexpected_message', 'unexpected_message', 9],
  ['ServerHello to a server', hex('160301000102'), 'unexpected_message', 'unexpected_message', 6],
  ['HelloRequest', hex('160301000400000000'), 'unexpected_message', 'unexpected_message', 9],
  ['KeyUpdate first', hex('16030100051800000100'), 'unexpected_message', 'unexpected_message', 10],
  ['a ClientHello of 16 MiB', hex('160301000401ffffff'), 'handshake_message_too_long', 'illegal_parameter', 9],
  [
    'a ClientHello of 16 KiB and a byte',
    hex('160301000401004001'),
    'handshake_message_too_long',
    'illegal_parameter',
    9,
  ],
  ['an alert of one byte', hex('150301000101'), 'malformed', 'decode_error', 6],
  ['an alert of three bytes', hex('15030100030100ff'), 'malformed', 'decode_error', 8],
  ['an empty alert', hex('1503010000'), 'malformed', 'decode_error', 5],
];

describe('the first bytes of a connection', () => {
  for (const [name, bytes, reason, alert, decidedAfter] of cases) {
    it(`${name}: ${reason}, after ${decidedAfter} bytes, however they are cut`, () => {
      const end = fresh();
      for (const [index, byte] of bytes.entries()) {
        if (end.status === 'failed') break;
        end.act((session) => receive(session, Uint8Array.of(byte)));
        expect([index + 1, end.status]).toEqual([index + 1, index + 1 >= decidedAfter ? 'failed' : 'handshaking']);
      }
      expect(end.fault()).toBe(reason);
      expect(end.alert('sent')).toBe(AlertDescription[alert]);
      expect([...end.pending]).toEqual([21, 3, 3, 0, 2, 2, AlertDescription[alert]]);

      const whole = fresh();
      whole.act((session) => receive(session, bytes));
      expect(whole.fault()).toBe(reason);
    });
  }

  it('waits, and throws nothing, where the original split a handshake out of bounds', () => {
    // ocaml-tls 8011787: a message that announces 6 bytes in a record that holds 4 of them.
    const end = fresh();
    end.act((session) => receive(session, hex('160301000801000006 00000000')));
    expect(end.status).toBe('handshaking');
    expect(end.fault()).toBeUndefined();
  });

  it('a fatal alert of the peer ends the session without a word', () => {
    const end = fresh();
    end.act((session) => receive(session, hex('15030100020228')));
    expect(end.status).toBe('failed');
    expect(end.pending.length).toBe(0);
    expect(end.alert('received')).toBe(40);
  });

  it('bounds warnings that are none', () => {
    const end = fresh();
    for (let i = 0; i < 4; i++) end.act((session) => receive(session, hex('1503010002015a')));
    expect(end.status).toBe('handshaking');
    end.act((session) => receive(session, hex('1503010002015a')));
    expect(end.fault()).toBe('too_many_warning_alerts');
  });

  it('never throws, whatever it is fed', () => {
    fc.assert(
      fc.property(fc.array(fc.uint8Array({ maxLength: 64 }), { maxLength: 12 }), (chunks) => {
        const end = fresh();
        for (const chunk of chunks) end.act((session) => receive(session, chunk));
        expect(end.received.length).toBe(0);
        expect(end.events.some((event) => event.type === 'fault' && event.fault.kind === 'internal')).toBe(false);
      }),
      { numRuns: 200 },
    );
  });

  it('never throws on what looks like records', () => {
    const record = fc
      .tuple(fc.constantFrom(20, 21, 22, 23, 24), fc.constantFrom(0, 1, 2, 3, 4), fc.uint8Array({ maxLength: 80 }))
      .map(([type, minor, body]) => [type, 3, minor, 0, body.length, ...body]);
    fc.assert(
      fc.property(fc.array(record, { minLength: 1, maxLength: 6 }), (list) => {
        const whole = fresh();
        const apart = fresh();
        const bytes = Uint8Array.from(list.flat());
        whole.act((session) => receive(session, bytes));
        for (const byte of bytes) apart.act((session) => receive(session, Uint8Array.of(byte)));
        expect(apart.fault()).toBe(whole.fault());
        expect(apart.status).toBe(whole.status);
        expect(apart.pending).toEqual(whole.pending);
      }),
      { numRuns: 300 },
    );
  });
});
