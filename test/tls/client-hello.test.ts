import { describe, expect, it } from 'vitest';
import { cipherSuites } from '../../service/tls/cipher-suite.ts';
import { ExtensionType as ext } from '../../service/tls/extension-type.ts';
import {
  clientSupportedVersions,
  type Extension,
  extensionOf,
  nothing,
  pskKeyExchangeModes,
  supportedGroups,
} from '../../service/tls/extensions.ts';
import { type ClientHello, clientHello, handshakeMessage } from '../../service/tls/handshake-messages.ts';
import { AlertDescription, client, receive, server } from '../../service/tls/index.ts';
import { decode, encode, fieldsOf } from '../../service/tls/presentation.ts';
import { recordHeader } from '../../service/tls/record.ts';
import { End, environment, joined } from './pair.ts';
import { clientConfig, serverConfig, world } from './pki.ts';

const of = world();

/** Our own ClientHello, as a value to be changed. */
function genuine(): ClientHello {
  const out = client(clientConfig(of), environment()).out;
  const decoded = decode(clientHello, out.slice(9));
  if (decoded.ok !== true) throw new Error(decoded.fault.detail);
  return decoded.value;
}

function answerTo(hello: ClientHello, config = serverConfig(of)): End {
  const end = new End(server(config, environment()));
  const message = handshakeMessage('client_hello', clientHello, hello);
  end.act((session) => receive(session, joined(recordHeader(22, message.length, 0x0301), message)));
  return end;
}

const without = (hello: ClientHello, type: number): ClientHello => ({
  ...hello,
  extensions: hello.extensions.filter((extension) => extension.type !== type),
});
const replaced = (hello: ClientHello, extension: Extension): ClientHello => ({
  ...hello,
  extensions: hello.extensions.map((old) => (old.type === extension.type ? extension : old)),
});
const added = (hello: ClientHello, ...more: Extension[]): ClientHello => ({
  ...hello,
  extensions: [...hello.extensions, ...more],
});
const shares = (...entries: (readonly [group: number, bytes: Uint8Array])[]): Extension => ({
  type: ext.key_share,
  data: (() => {
    const list = entries.flatMap(([group, bytes]) => [
      group >> 8,
      group & 255,
      bytes.length >> 8,
      bytes.length & 255,
      ...bytes,
    ]);
    return Uint8Array.from([list.length >> 8, list.length & 255, ...list]);
  })(),
});
const versions = (...list: number[]): Extension => extensionOf(ext.supported_versions, clientSupportedVersions, list);

const cases: readonly (readonly [
  string,
  (hello: ClientHello) => ClientHello,
  string,
  keyof typeof AlertDescription,
])[] = [
  [
    'SSL 3 alone',
    (h) => ({ ...without(h, ext.supported_versions), legacyVersion: 0x0300 }),
    'version_ssl3',
    'protocol_version',
  ],
  [
    'TLS 1.0 alone',
    (h) => ({ ...without(h, ext.supported_versions), legacyVersion: 0x0301 }),
    'version_legacy',
    'protocol_version',
  ],
  ['TLS 1.1 in supported_versions', (h) => replaced(h, versions(0x0302)), 'version_legacy', 'protocol_version'],
  [
    'versions of the future alone',
    (h) => replaced(h, versions(0x0a0a, 0x0305)),
    'version_unsupported',
    'protocol_version',
  ],
  ['no suite of ours', (h) => ({ ...h, cipherSuites: [0x13ff, 0x0004] }), 'no_cipher_suite', 'handshake_failure'],
  [
    'no group of ours',
    (h) => replaced(replaced(h, extensionOf(ext.supported_groups, supportedGroups, [0x0019])), shares()),
    'no_group',
    'handshake_failure',
  ],
  [
    'compression',
    (h) => ({ ...h, legacyCompressionMethods: Uint8Array.of(1, 0) }),
    'illegal_parameter',
    'illegal_parameter',
  ],
  ['no signature_algorithms', (h) => without(h, ext.signature_algorithms), 'missing_extension', 'missing_extension'],
  ['no supported_groups', (h) => without(h, ext.supported_groups), 'missing_extension', 'missing_extension'],
  ['no key_share', (h) => without(h, ext.key_share), 'missing_extension', 'missing_extension'],
  ['an extension twice', (h) => added(h, versions(0x0304)), 'duplicate_extension', 'illegal_parameter'],
  [
    'a share of a group not offered',
    (h) => replaced(h, shares([0x0019, new Uint8Array(133)])),
    'illegal_parameter',
    'illegal_parameter',
  ],
  [
    'a share twice',
    (h) => replaced(h, shares([0x001d, new Uint8Array(32).fill(9)], [0x001d, new Uint8Array(32).fill(9)])),
    'illegal_parameter',
    'illegal_parameter',
  ],
  [
    'x25519 of all zeros',
    (h) => replaced(h, shares([0x001d, new Uint8Array(32)])),
    'invalid_key_share',
    'illegal_parameter',
  ],
  [
    'x25519 of order 8',
    (h) => replaced(h, shares([0x001d, Uint8Array.of(1, ...new Uint8Array(31))])),
    'invalid_key_share',
    'illegal_parameter',
  ],
  [
    'x25519 too short',
    (h) => replaced(h, shares([0x001d, new Uint8Array(31).fill(9)])),
    'invalid_key_share',
    'illegal_parameter',
  ],
  [
    'P-256 off its curve',
    (h) => replaced(h, shares([0x0017, Uint8Array.of(4, ...new Uint8Array(64).fill(1))])),
    'invalid_key_share',
    'illegal_parameter',
  ],
  [
    'P-256 at infinity',
    (h) => replaced(h, shares([0x0017, Uint8Array.of(0)])),
    'invalid_key_share',
    'illegal_parameter',
  ],
  [
    'ML-KEM key out of range',
    (h) => replaced(h, shares([0x11ec, new Uint8Array(1216).fill(0xff)])),
    'invalid_key_share',
    'illegal_parameter',
  ],
  [
    'ALPN without pinata/1',
    (h) => replaced(h, { type: 16, data: Uint8Array.of(0, 3, 2, 104, 50) }),
    'alpn_mismatch',
    'no_application_protocol',
  ],
  ['an empty ALPN list', (h) => replaced(h, { type: 16, data: Uint8Array.of(0, 0) }), 'malformed', 'decode_error'],
  [
    'an empty protocol name',
    (h) => replaced(h, { type: 16, data: Uint8Array.of(0, 1, 0) }),
    'malformed',
    'decode_error',
  ],
  [
    'a NUL in the server name',
    (h) => replaced(h, { type: 0, data: Uint8Array.of(0, 5, 0, 0, 2, 97, 0) }),
    'malformed',
    'decode_error',
  ],
  [
    'no signature scheme of ours',
    (h) => replaced(h, { type: 13, data: Uint8Array.of(0, 2, 8, 4) }),
    'no_signature_scheme',
    'handshake_failure',
  ],
  [
    'signature_algorithms of odd length',
    (h) => replaced(h, { type: 13, data: Uint8Array.of(0, 3, 8, 4, 4) }),
    'malformed',
    'decode_error',
  ],
  [
    'pre_shared_key before the end',
    (h) => ({ ...h, extensions: [{ type: 41, data: new Uint8Array(4) }, ...h.extensions] }),
    'illegal_parameter',
    'illegal_parameter',
  ],
  [
    'pre_shared_key without modes',
    (h) => added(h, { type: 41, data: new Uint8Array(4) }),
    'missing_extension',
    'missing_extension',
  ],
  [
    'early_data without pre_shared_key',
    (h) => added(h, extensionOf(ext.early_data, nothing, true)),
    'illegal_parameter',
    'illegal_parameter',
  ],
];

describe('a ClientHello that cannot be answered', () => {
  for (const [name, change, reason, alert] of cases) {
    it(`${name}: ${reason}`, () => {
      const end = answerTo(change(genuine()));
      expect([end.fault(), end.detail()]).toEqual([reason, expect.any(String)]);
      expect([...end.pending]).toEqual([21, 3, 3, 0, 2, 2, AlertDescription[alert]]);
    });
  }
});

const tls12 = (hello: ClientHello): ClientHello => without(without(hello, ext.supported_versions), ext.key_share);

const cases12: typeof cases = [
  [
    'no renegotiation_info',
    (h) => without(h, ext.renegotiation_info),
    'renegotiation_info_missing',
    'handshake_failure',
  ],
  [
    'a renegotiation_info that is not empty',
    (h) => replaced(h, { type: ext.renegotiation_info, data: Uint8Array.of(1, 7) }),
    'renegotiation_info_missing',
    'handshake_failure',
  ],
  [
    'no extended main secret',
    (h) => without(h, ext.extended_main_secret),
    'extended_main_secret_missing',
    'handshake_failure',
  ],
  [
    'suites of CBC and static RSA',
    (h) => ({ ...h, cipherSuites: [0xc023, 0x009c, 0x002f] }),
    'no_cipher_suite',
    'handshake_failure',
  ],
  [
    'suites that need an RSA key of ours',
    (h) => ({ ...h, cipherSuites: [0xc02f] }),
    'no_cipher_suite',
    'handshake_failure',
  ],
  [
    'a fallback',
    (h) => ({ ...h, cipherSuites: [...h.cipherSuites, 0x5600] }),
    'inappropriate_fallback',
    'inappropriate_fallback',
  ],
  ['no supported_groups', (h) => without(h, ext.supported_groups), 'missing_extension', 'missing_extension'],
  [
    'compressed points alone',
    (h) => replaced(h, { type: 11, data: Uint8Array.of(1, 1) }),
    'illegal_parameter',
    'illegal_parameter',
  ],
  [
    'compression alone',
    (h) => ({ ...h, legacyCompressionMethods: Uint8Array.of(1) }),
    'illegal_parameter',
    'illegal_parameter',
  ],
];

describe('a ClientHello of TLS 1.2 that cannot be answered', () => {
  for (const [name, change, reason, alert] of cases12) {
    it(`${name}: ${reason}`, () => {
      const end = answerTo(change(tls12(genuine())));
      expect([end.fault(), end.detail()]).toEqual([reason, expect.any(String)]);
      expect([...end.pending]).toEqual([21, 3, 3, 0, 2, 2, AlertDescription[alert]]);
    });
  }

  it('is any of them where TLS 1.3 alone is spoken: version_unsupported', () => {
    const end = answerTo(tls12(genuine()), serverConfig(of, { choices: { versions: ['1.3'] } }));
    expect(end.fault()).toBe('version_unsupported');
  });

  it('the SCSV does for renegotiation_info, and compression beside none', () => {
    const hello = without(tls12(genuine()), ext.renegotiation_info);
    const end = answerTo({
      ...hello,
      cipherSuites: [...hello.cipherSuites, 0x00ff],
      legacyCompressionMethods: Uint8Array.of(1, 0),
    });
    expect(end.detail()).toBeUndefined();
    expect(end.events.find((event) => event.type === 'negotiated')).toMatchObject({ version: '1.2', group: 'x25519' });
  });
});

describe('a ClientHello that is odd, and is answered', () => {
  const odd: readonly (readonly [string, (hello: ClientHello) => ClientHello])[] = [
    [
      'heartbeat and other extensions nobody knows',
      (h) => added(h, { type: 15, data: Uint8Array.of(1) }, { type: 0x0a0a, data: new Uint8Array(9) }),
    ],
    ['GREASE among suites and groups', (h) => ({ ...h, cipherSuites: [0x0a0a, ...h.cipherSuites] })],
    ['no server name', (h) => without(h, ext.server_name)],
    ['no ALPN', (h) => without(h, ext.application_layer_protocol_negotiation)],
    ['no session id', (h) => ({ ...h, legacySessionId: new Uint8Array(0) })],
    ['older versions beside 1.3', (h) => replaced(h, versions(0x0304, 0x0303, 0x0302, 0x0301))],
    [
      'a PSK, which is ignored',
      (h) =>
        added(h, extensionOf(ext.psk_key_exchange_modes, pskKeyExchangeModes, [1]), {
          type: 41,
          data: new Uint8Array(4),
        }),
    ],
  ];
  for (const [name, change] of odd) {
    it(name, () => {
      const end = answerTo(change(genuine()));
      expect(end.detail()).toBeUndefined();
      const dummy = end.events.some((event) => event.type === 'change_cipher_spec');
      expect(dummy).toBe(name !== 'no session id');
      expect(end.events.find((event) => event.type === 'transcript')).toMatchObject({
        point: 'server_finished',
        direction: 'sent',
      });
    });
  }

  it('ALPN may be demanded', () => {
    const strict = { ...serverConfig(of), alpn: { protocols: ['pinata/1'], absent: 'refused' } as const };
    expect(answerTo(without(genuine(), ext.application_layer_protocol_negotiation), strict).fault()).toBe(
      'alpn_missing',
    );
  });
});

describe('the codec', () => {
  it('round trips, and names every byte', () => {
    const hello = genuine();
    const bytes = encode(clientHello, hello);
    expect(decode(clientHello, bytes)).toEqual({ ok: true, value: hello });
    const fields = fieldsOf(clientHello, bytes);
    expect(fields.map(({ name }) => name)).toEqual(
      expect.arrayContaining(['random', 'cipher_suites', 'extension_type']),
    );
    const covered = new Set(
      fields.flatMap(({ start, end }) => Array.from({ length: end - start }, (_, i) => start + i)),
    );
    expect(covered.size).toBe(bytes.length);
  });

  it('suites keep their numbers', () => {
    expect(cipherSuites.map(({ name, code }) => `${name} ${code.toString(16)}`).sort()).toEqual([
      'TLS_AES_128_GCM_SHA256 1301',
      'TLS_AES_256_GCM_SHA384 1302',
      'TLS_CHACHA20_POLY1305_SHA256 1303',
    ]);
  });
});
