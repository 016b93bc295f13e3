import { describe, expect, it } from 'vitest';
import { aes128Gcm } from '../../service/tls/aead.ts';
import { cipherSuites } from '../../service/tls/cipher-suite.ts';
import { readOffer } from '../../service/tls/client-offer.ts';
import { ExtensionType as ext } from '../../service/tls/extension-type.ts';
import { ExtensionBlock, extensionOf, nothing } from '../../service/tls/extensions.ts';
import { type ClientHello, clientHello } from '../../service/tls/handshake-messages.ts';
import { receive, type TraceEvent } from '../../service/tls/index.ts';
import { decode } from '../../service/tls/presentation.ts';
import { ContentType } from '../../service/tls/record.ts';
import { RecordProtection13 } from '../../service/tls/record-protection.ts';
import { RecordWriter } from '../../service/tls/record-writer.ts';
import { askedFor } from '../../service/tls/server-hello.ts';
import { deliver, type End, joined, pair, records, run } from './pair.ts';
import { clientConfig, freshKey, serverConfig, world } from './pki.ts';

/* What BoringSSL's runner found in the engine (test/conformance/bogo-shim), a test for each. */
const of = world('P-256', 'P-256');
const only12 = { versions: ['1.2'] } as const;
const only13 = { versions: ['1.3'] } as const;

const typesOf = (bytes: Uint8Array) => records(bytes).map(([type]) => type);

/** The first message of that name that an end sent. */
const sent = (end: End, name: string): Uint8Array => {
  const found = end.events.find((e) => e.type === 'handshake' && e.direction === 'sent' && e.message === name);
  if (found?.type !== 'handshake') throw new Error(`no ${name} was sent`);
  return found.bytes;
};

const helloOf = (end: End): ClientHello => {
  const hello = decode(clientHello, sent(end, 'client_hello').subarray(4));
  if (hello.ok !== true) throw new Error(hello.fault.detail);
  return hello.value;
};

const inRecord = (message: Uint8Array): Uint8Array =>
  joined(Uint8Array.of(22, 3, 3, message.length >> 8, message.length & 0xff), message);

/** Replaces the one place where `from` stands. */
const replaced = (bytes: Uint8Array, from: readonly number[], to: readonly number[]): Uint8Array => {
  const at = Buffer.from(bytes).indexOf(Buffer.from(from));
  if (at < 0) throw new Error('what is to be replaced is not there');
  const copy = bytes.slice();
  copy.set(to, at);
  return copy;
};

it('a client that cannot go on after ServerHello says ChangeCipherSpec before its encrypted alert (Appendix E.4)', () => {
  const ends = pair(serverConfig(of, { choices: only13 }), clientConfig(world(), { choices: only13 }));
  deliver(ends.client, ends.server);
  deliver(ends.server, ends.client);
  expect(ends.client.fault()).toBe('key_identifier_mismatch');
  expect(typesOf(ends.client.pending)).toEqual([ContentType.change_cipher_spec, ContentType.application_data]);
});

it('and says it once where all goes well, and where it was asked to retry', () => {
  for (const shareGroups of [['x25519'], ['secp384r1']]) {
    const ends = pair(
      serverConfig(of, { choices: { ...only13, groups: ['x25519'] } }),
      clientConfig(of, { choices: { ...only13, groups: ['x25519', 'secp384r1'], shareGroups } }),
    );
    run(ends);
    expect(ends.client.status).toBe('established');
    const said = ends.client.events.filter((e) => e.type === 'change_cipher_spec' && e.direction === 'sent');
    expect(said).toHaveLength(1);
  }
});

describe('the first byte of an answer in the record of what it answers', () => {
  it.each([
    ['a second ClientHello', only13, ['secp384r1'], 1],
    ['a ClientKeyExchange', only12, ['x25519'], 16],
  ] as const)('%s', (_, choices, shareGroups, type) => {
    const ends = pair(
      serverConfig(of, { choices: { ...choices, groups: ['x25519'] }, clientAuthentication: 'none' }),
      clientConfig(of, { choices: { ...choices, groups: ['x25519', 'secp256r1', 'secp384r1'], shareGroups } }),
    );
    const bytes = joined(sent(ends.client, 'client_hello'), Uint8Array.of(type));
    ends.server.act((session) => receive(session, inRecord(bytes)));
    expect(ends.server.fault()).toBe('handshake_fragments_at_key_change');
    expect(typesOf(ends.server.pending)).toEqual([ContentType.alert]);
  });
});

it('TLS 1.2: a client shows no certificate of a type that was not asked for (RFC 5246 §7.4.6)', () => {
  const ends = pair(serverConfig(of, { choices: only12 }), clientConfig(of, { choices: only12 }));
  deliver(ends.client, ends.server);
  // ecdsa_sign and rsa_sign become rsa_sign twice.
  ends.server.pending = replaced(ends.server.pending, [2, 64, 1], [2, 1, 1]);
  deliver(ends.server, ends.client);
  expect(ends.client.fault()).toBe('no_signature_scheme');
  expect(ends.client.detail()).toContain('type 1, 1');
});

it('TLS 1.2: a certificate on a curve that was not offered is refused (RFC 8422 §5.3)', () => {
  const groups = ['x25519', 'secp384r1'];
  const ends = pair(serverConfig(of, { choices: only12 }), clientConfig(of, { choices: { ...only12, groups } }));
  // On its way to the server secp384r1 becomes secp256r1.
  ends.client.pending = replaced(ends.client.pending, [0, 4, 0, 0x1d, 0, 0x18], [0, 4, 0, 0x1d, 0, 0x17]);
  deliver(ends.client, ends.server);
  deliver(ends.server, ends.client);
  expect(ends.client.fault()).toBe('illegal_parameter');
  expect(ends.client.detail()).toContain('curve');
});

it('a client of TLS 1.2 alone offers nothing of TLS 1.3: no session id, no share, no hybrid', () => {
  const { client } = pair(serverConfig(of), clientConfig(of, { choices: only12 }));
  const hello = helloOf(client);
  expect(hello.legacySessionId).toHaveLength(0);
  expect(hello.extensions.map(({ type }) => type)).not.toContain(ext.key_share);
  const groups = hello.extensions.find(({ type }) => type === ext.supported_groups)?.data ?? new Uint8Array(0);
  expect(Buffer.from(groups).toString('hex')).toBe('0006001d00170018');
});

describe('a warning before ServerHello (RFC 6066 §3)', () => {
  const UNRECOGNIZED_NAME = Uint8Array.of(21, 3, 3, 0, 2, 1, 112);

  it('is passed over while the server may choose TLS 1.2, a few times', () => {
    const ends = pair(serverConfig(of, { choices: only12 }), clientConfig(of));
    for (let i = 0; i < 4; i++) ends.client.act((session) => receive(session, UNRECOGNIZED_NAME));
    run(ends);
    expect(ends.client.status).toBe('established');
    const more = pair(serverConfig(of), clientConfig(of));
    for (let i = 0; i < 5; i++) more.client.act((session) => receive(session, UNRECOGNIZED_NAME));
    expect(more.client.fault()).toBe('too_many_warning_alerts');
  });

  it('is the end where only TLS 1.3 is offered', () => {
    const ends = pair(serverConfig(of), clientConfig(of, { choices: only13 }));
    ends.client.act((session) => receive(session, UNRECOGNIZED_NAME));
    expect(ends.client.status).toBe('failed');
  });
});

it('KeyUpdate is answered once, before our next application data, however often it was asked for (§4.6.3)', () => {
  const [suite] = cipherSuites.filter(({ aead }) => aead === aes128Gcm);
  if (suite === undefined) throw new Error('no AES-128-GCM');
  const secret = new Uint8Array(32).fill(7);
  const events: TraceEvent[] = [];
  const writer = new RecordWriter((event) => events.push(event), 1);
  const opening = new RecordProtection13(suite, secret.slice());
  writer.sealWith(new RecordProtection13(suite, secret.slice()));
  for (let i = 0; i < 3; i++) writer.oweKeyUpdate();
  expect(writer.harvest()).toHaveLength(0);
  writer.applicationData(Uint8Array.of(1));
  writer.applicationData(Uint8Array.of(2));
  const updates = events.filter((event) => event.type === 'handshake' && event.message === 'key_update');
  expect(updates).toHaveLength(1);
  const opened: (string | number)[] = [];
  let protection = opening;
  for (const record of records(writer.harvest())) {
    const inner = protection.open({ type: 23, header: record.subarray(0, 5), fragment: record.subarray(5) });
    if (inner.ok !== true) throw new Error(inner.fault.detail);
    opened.push(inner.value.type);
    if (inner.value.type === ContentType.handshake) protection = protection.next();
  }
  expect(opened).toEqual([ContentType.handshake, ContentType.application_data, ContentType.application_data]);
});

describe('TLS_FALLBACK_SCSV (RFC 7507 §3)', () => {
  const { client } = pair(serverConfig(of), clientConfig(of, { choices: only12 }));
  const hello = helloOf(client);
  const fallenTo = (version: number): ClientHello => ({
    ...hello,
    legacyVersion: version,
    cipherSuites: [...hello.cipherSuites, 0x5600],
    extensions: hello.extensions.filter(({ type }) => type !== ext.supported_versions),
  });
  const reason = (version: number, ours: readonly ('1.3' | '1.2')[]) => {
    const offer = readOffer(fallenTo(version), ours);
    return offer.ok === true ? offer.value.version : offer.fault.reason;
  };

  it('comes before any other complaint about the version', () => {
    expect(reason(0x0302, ['1.3', '1.2'])).toBe('inappropriate_fallback');
    expect(reason(0x0302, ['1.2'])).toBe('inappropriate_fallback');
    expect(reason(0x0303, ['1.3', '1.2'])).toBe('inappropriate_fallback');
  });

  it('says nothing where the best that we have is offered', () => {
    expect(reason(0x0303, ['1.2'])).toBe('1.2');
  });
});

it('what was asked for TLS 1.2 does not belong into EncryptedExtensions: illegal_parameter (§4.2)', () => {
  const block = ExtensionBlock.from([extensionOf(ext.extended_main_secret, nothing, true)], 'EncryptedExtensions');
  if (block.ok !== true) throw new Error(block.fault.detail);
  const allow = (versions: readonly ('1.3' | '1.2')[]) =>
    block.value.allow('EncryptedExtensions', [], askedFor({ alpn: ['pinata/1'], versions }))?.reason;
  expect(allow(['1.3', '1.2'])).toBe('forbidden_extension');
  expect(allow(['1.3'])).toBe('unsolicited_extension');
});

it('certificate_authorities of a ClientHello has to be well-formed', () => {
  const { client } = pair(serverConfig(of), clientConfig(of, { choices: only13 }));
  const hello = helloOf(client);
  const withAuthorities = (data: Uint8Array): ClientHello => ({
    ...hello,
    extensions: [...hello.extensions, { type: ext.certificate_authorities, data }],
  });
  expect(readOffer(withAuthorities(Uint8Array.of(0, 3, 0, 1, 9)), ['1.3']).ok).toBe(true);
  expect(readOffer(withAuthorities(Uint8Array.of(0, 0)), ['1.3'])).toMatchObject({ fault: { reason: 'malformed' } });
});

it('a key signs with its own algorithm, and refuses to be announced as another', () => {
  const message = Uint8Array.of(1);
  const key = freshKey('P-256');
  expect(key.sign(message, { type: 'ecdsa', hash: 'sha256' })).toEqual(key.sign(message));
  expect(() => key.sign(message, { type: 'ecdsa', hash: 'sha384' })).toThrow(TypeError);
  expect(() => key.sign(message, { type: 'ed25519' })).toThrow(TypeError);
  expect(() => freshKey('ed25519').sign(message, { type: 'rsa_pss', hash: 'sha256' })).toThrow(TypeError);
});
