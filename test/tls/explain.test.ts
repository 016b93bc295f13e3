import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { HandshakeType } from '../../service/tls/handshake-type.ts';
import {
  type Annotation,
  ConnectionExplainer,
  explainAlert,
  explainChangeCipherSpec,
  explainHandshake,
  explainRecord,
  send,
  type ToldRecord,
  type TraceEvent,
} from '../../service/tls/index.ts';
import { pair, run } from './pair.ts';
import { clientConfig, serverConfig, world } from './pki.ts';

/* Every byte is explained once, whatever the bytes are; and what is known has a name, words and a section. */

const leaves = (annotation: Annotation): readonly Annotation[] =>
  annotation.fields.length === 0 ? [annotation] : annotation.fields.flatMap(leaves);
const all = (annotation: Annotation): readonly Annotation[] => [annotation, ...annotation.fields.flatMap(all)];
const problems = (annotation: Annotation) => all(annotation).flatMap(({ problem }) => problem ?? []);

/** The leaves follow each other from `start` to `end`, and what holds them holds exactly them. */
function covers(fields: readonly Annotation[], start: number, end: number): void {
  let at = start;
  for (const { start: first, end: last } of fields.flatMap(leaves).filter((one) => one.end > one.start)) {
    expect(first).toBe(at);
    at = last;
  }
  expect(at).toBe(end);
  for (const field of fields.flatMap(all)) {
    if (field.fields.length > 0) {
      expect([field.fields[0]?.start, field.fields.at(-1)?.end]).toEqual([field.start, field.end]);
    }
  }
}

const told = (event: Extract<TraceEvent, { type: 'record' }>): ToldRecord => ({
  ...event,
  content: event.encrypted ? event.inner : { type: 'clear', fragment: event.fragment },
});

function eventsOf(version: '1.3' | '1.2'): readonly TraceEvent[] {
  const of = world();
  const choices = { versions: [version] };
  const ends = pair(serverConfig(of, { choices }), clientConfig(of, { choices }));
  run(ends);
  ends.server.act((session) => send(session, new Uint8Array(100)));
  run(ends);
  return ends.server.events;
}
const events = { '1.3': eventsOf('1.3'), '1.2': eventsOf('1.2') };
const messages = (['1.3', '1.2'] as const).flatMap((version) =>
  events[version].flatMap((event) => (event.type === 'handshake' ? [{ version, ...event }] : [])),
);

describe.each(['1.3', '1.2'] as const)('a handshake of TLS %s', (version) => {
  it('is explained to the last byte, record by record, and nothing of it is unread', () => {
    const explainer = new ConnectionExplainer();
    const names: string[] = [];
    for (const event of events[version]) {
      if (event.type !== 'record') continue;
      const { wire, inner, joined } = explainer.record(told(event));
      expect(joined).toEqual([]);
      for (const { bytes, annotation } of [wire, ...(inner === undefined ? [] : [inner])]) {
        covers([annotation], 0, bytes.length);
        expect(problems(annotation)).toEqual([]);
        expect(all(annotation).filter(({ name }) => name === 'unread')).toEqual([]);
        names.push(...annotation.fields.map(({ name }) => name));
      }
    }
    const said = events[version].flatMap((event) => (event.type === 'handshake' ? [event.message] : []));
    expect(said.length).toBeGreaterThan(8);
    expect(names).toEqual(expect.arrayContaining(said));
  });
});

describe('a message', () => {
  it.each(messages)('$message of TLS $version has a form, a title and a section', ({ version, message, bytes }) => {
    const annotation = explainHandshake(bytes, { version });
    covers([annotation], 0, bytes.length);
    expect(annotation).toMatchObject({ name: message, section: expect.stringMatching(/^RFC \d{4} §/) });
    expect(problems(annotation)).toEqual([]);
  });

  it('says what its numbers mean, and where that is written', () => {
    const hello = messages.find(({ message, version }) => message === 'client_hello' && version === '1.3');
    const fields = all(explainHandshake(hello?.bytes ?? new Uint8Array(0), { version: '1.3' }));
    const said = fields.map(({ name, value, section }) => [name, value, section].join(' | '));
    expect(said).toEqual(
      expect.arrayContaining([
        'client_hello | ClientHello | RFC 9846 §4.1.2',
        'msg_type | client_hello | RFC 9846 §4',
        'legacy_version | TLS 1.2 | ',
        'CipherSuite | TLS_CHACHA20_POLY1305_SHA256 | RFC 9846 §B.4',
        'Extension | key_share | RFC 9846 §4.2.8',
        'NamedGroup | X25519MLKEM768 | ',
        'ProtocolVersion | TLS 1.3 | ',
        'SignatureScheme | ed25519 | ',
        'HostName | "server.btc-pinata.invalid" | ',
        'ProtocolName | "pinata/1" | ',
      ]),
    );
    // Words are about a content, not about the length before it.
    expect(fields.filter(({ value }) => value?.includes('\\x') === true)).toEqual([]);
    const certificate = messages.find(({ message, version }) => message === 'certificate' && version === '1.2');
    const parts = all(explainHandshake(certificate?.bytes ?? new Uint8Array(0), { version: '1.2' }));
    expect(parts.map(({ name, value }) => `${name}: ${value}`)).toEqual(
      expect.arrayContaining([
        expect.stringMatching(
          /^Certificate: CN=\S+, issued by CN=test authority, valid from 2026-\S+ \S+ UTC until 2026/,
        ),
        expect.stringMatching(/^notBefore: 2026-/),
        'algorithm: ecPublicKey (1.2.840.10045.2.1)',
        expect.stringMatching(/^Extension: subjectAltName \(2\.5\.29\.17\)$/),
        expect.stringMatching(/^GeneralName: "(server|client)\.btc-pinata\.invalid"$/),
        expect.stringMatching(/^KeyPurposeId: kp(Server|Client)Auth \(1\.3\.6\./),
        'KeyUsage: digitalSignature',
      ]),
    );
  });

  it('cut over several records is explained where it ends', () => {
    const hello = messages[0]?.bytes ?? new Uint8Array(0);
    for (const size of [1, 3, 100, hello.length - 1]) {
      const explainer = new ConnectionExplainer();
      const joined: Uint8Array[] = [];
      for (let at = 0; at < hello.length; at += size) {
        const fragment = hello.subarray(at, at + size);
        const record = explainer.record({
          direction: 'received',
          contentType: 22,
          version: 0x0301,
          length: fragment.length,
          content: { type: 'clear', fragment },
        });
        covers([record.wire.annotation], 0, 5 + fragment.length);
        expect(record.wire.annotation.fields.at(-1)?.value).toMatch(/^bytes \d+ to \d+ (of \d+|whose length is yet)/);
        for (const message of record.joined) {
          covers([message.annotation], 0, message.bytes.length);
          expect(message.annotation.name).toBe('client_hello');
          joined.push(message.bytes);
        }
      }
      expect(joined).toEqual([hello]);
      expect(explainer.unfinished()).toEqual([]);
    }
  });

  it('that does not end is explained as far as it came', () => {
    const hello = messages[0]?.bytes ?? new Uint8Array(0);
    const fragment = hello.subarray(0, 60);
    const explainer = new ConnectionExplainer();
    explainer.record({
      direction: 'received',
      contentType: 22,
      version: 0x0301,
      length: fragment.length,
      content: { type: 'clear', fragment },
    });
    const [unfinished] = explainer.unfinished();
    expect(unfinished?.bytes).toEqual(fragment);
    const fields = all(unfinished?.annotation ?? explainHandshake(fragment, { version: '1.3' }));
    expect(fields.map(({ name }) => name)).toEqual(
      expect.arrayContaining(['random', 'legacy_session_id.length', 'unread']),
    );
    expect(fields[0]?.problem).toBe(`the message says it is ${hello.length - 4} bytes long, and 56 are here`);
  });

  it('two in one record are explained both, and the beginning of a third', () => {
    const fragment = Uint8Array.of(24, 0, 0, 1, 0, 24, 0, 0, 1, 1, 20, 0);
    const record = Uint8Array.of(22, 3, 3, 0, fragment.length, ...fragment);
    const { fields } = explainRecord(record, { version: '1.3' });
    covers(fields, 0, record.length);
    expect(fields.slice(3).map(({ name, value }) => `${name}: ${value}`)).toEqual([
      'key_update: KeyUpdate',
      'key_update: KeyUpdate',
      'finished: bytes 1 to 2 whose length is yet to come',
    ]);
  });
});

describe('bytes that do not fit', () => {
  const hello = messages[0]?.bytes ?? new Uint8Array(0);
  const problemsAt = (annotation: Annotation) =>
    all(annotation).flatMap(({ name, start, problem }) =>
      problem === undefined ? [] : [`${name} at ${start}: ${problem}`],
    );

  it('say so at the first byte that was not read', () => {
    const long = hello.slice();
    long[38] = 33; // legacy_session_id
    expect(problemsAt(explainHandshake(long, { version: '1.3' }))).toEqual([
      'unread at 39: legacy_session_id is 33 bytes long, allowed are 0 to 32',
    ]);
  });

  it('in an extension leave the others as they are', () => {
    // supported_groups of an odd length, then an empty extended_main_secret
    const extensions = [0, 10, 0, 5, 0, 3, 0, 29, 7, 0, 23, 0, 0];
    const body = [3, 3, ...new Array<number>(32).fill(1), 0, 0, 2, 0x13, 1, 1, 0, 0, extensions.length, ...extensions];
    const bytes = Uint8Array.of(1, 0, 0, body.length, ...body);
    const annotation = explainHandshake(bytes, { version: '1.3' });
    covers([annotation], 0, bytes.length);
    const at = bytes.length - 5;
    expect(problemsAt(annotation)).toEqual([`unread at ${at}: NamedGroup wants 2 bytes where 1 are left`]);
    expect(all(annotation).flatMap(({ name, value }) => (name === 'Extension' ? [value] : []))).toEqual([
      'supported_groups',
      'extended_main_secret',
    ]);
  });

  it('after the end of a message are named as what they are', () => {
    const bytes = Uint8Array.of(20, 0, 0, 32, ...new Uint8Array(33));
    expect(problemsAt(explainHandshake(bytes, { version: '1.3' }))).toEqual([
      'unread at 36: the message ended before these bytes',
    ]);
    expect(problemsAt(explainHandshake(bytes.subarray(0, 30), { version: '1.3' }))[0]).toMatch(
      /^finished at 0: the message says it is 32 bytes long, and 26 are here$/,
    );
  });

  it('of a certificate that is no DER are one field, which says why', () => {
    const certificate = Uint8Array.of(11, 0, 0, 9, 0, 0, 6, 0, 0, 3, 0x30, 0x80, 0);
    expect(problemsAt(explainHandshake(certificate, { version: '1.2' }))).toEqual([
      'Certificate at 10: an indefinite length at 1',
    ]);
  });
});

describe('total: each byte is in one leaf, whatever the bytes are', () => {
  const version = fc.constantFrom('1.3', '1.2');
  const types = fc.constantFrom(...Object.values(HandshakeType), 99);
  const bytes = fc.uint8Array({ maxLength: 300 });

  it('of a record', () => {
    fc.assert(
      fc.property(
        fc.oneof(
          bytes,
          bytes.map((rest) => Uint8Array.of(22, 3, 3, 0, ...rest)),
        ),
        version,
        fc.boolean(),
        (record, of, sealed) => {
          covers([explainRecord(record, { version: of }, sealed)], 0, record.length);
        },
      ),
    );
  });

  it('of a message', () => {
    fc.assert(
      fc.property(types, bytes, version, fc.nat(3), (type, body, of, more) => {
        const message = Uint8Array.of(type, 0, 0, Math.min(255, body.length + more), ...body);
        covers([explainHandshake(message, { version: of })], 0, message.length);
      }),
      { numRuns: 1000 },
    );
  });

  it('of a message that was right, but for some bytes', () => {
    fc.assert(
      fc.property(
        fc.constantFrom(...messages),
        fc.array(fc.tuple(fc.nat(), fc.nat(255)), { maxLength: 4 }),
        fc.nat(),
        (message, changes, cut) => {
          const changed = message.bytes.slice(0, cut % 5 === 0 ? cut % message.bytes.length : message.bytes.length);
          for (const [at, value] of changes) if (changed.length > 0) changed[at % changed.length] = value;
          covers([explainHandshake(changed, message)], 0, changed.length);
        },
      ),
      { numRuns: 1000 },
    );
  });

  it('of an alert and of a ChangeCipherSpec', () => {
    fc.assert(
      fc.property(bytes, (content) => {
        covers(explainAlert(content), 0, content.length);
        covers(explainChangeCipherSpec(content), 0, content.length);
      }),
    );
    expect(explainAlert(Uint8Array.of(2, 40)).map(({ value }) => value)).toEqual(['fatal', 'handshake_failure']);
    expect(explainAlert(Uint8Array.of(2))[0]?.problem).toBe('an alert has 2 bytes, this one 1');
    expect(explainAlert(Uint8Array.of(9, 255)).map(({ value }) => value)).toEqual(['9', 'alert_255']);
  });
});
