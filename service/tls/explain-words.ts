import { bytesToHex } from '@noble/hashes/utils.js';
import { distinguishedNameText } from '../x509/index.ts';
import { extensionTypeName, groupName, signatureSchemeName, suiteName } from './code-points.ts';
import { versionName } from './protocol-version.ts';

/* What the fields of RFC 9846 §4, RFC 5246 §7.4 and their extensions say, in words, by the names they have there. */

/** Unsigned, big endian (RFC 9846 §3.3). */
export const number = (bytes: Uint8Array): number => bytes.reduce((value, byte) => value * 256 + byte, 0);

/** RFC 9846 §3.4: how long something is. */
export const byteCount = (count: number): string => (count === 1 ? '1 byte' : `${count} bytes`);

/** Text that a peer chose (RFC 7301 §3.1, RFC 6066 §3): what is no printable ASCII is shown as a number. */
export const quoted = (bytes: Uint8Array): string =>
  `"${Array.from(bytes, (byte) =>
    byte >= 0x20 && byte < 0x7f && byte !== 0x22 && byte !== 0x5c
      ? String.fromCharCode(byte)
      : `\\x${byte.toString(16).padStart(2, '0')}`,
  ).join('')}"`;

const named = (bytes: Uint8Array, names: readonly string[]): string => names[number(bytes)] ?? `${number(bytes)}`;

const certificateTypes: ReadonlyMap<number, string> = new Map([
  [1, 'rsa_sign'],
  [2, 'dss_sign'],
  [64, 'ecdsa_sign'],
]);

const version = (bytes: Uint8Array): string => versionName(number(bytes));
const scheme = (bytes: Uint8Array): string => signatureSchemeName(number(bytes));
const group = (bytes: Uint8Array): string => groupName(number(bytes));
const suite = (bytes: Uint8Array): string => suiteName(number(bytes));
const seconds = (bytes: Uint8Array): string => `${number(bytes)} seconds`;

const words: ReadonlyMap<string, (bytes: Uint8Array) => string> = new Map([
  ['legacy_version', version],
  ['ProtocolVersion', version],
  ['selected_version', version],
  ['CipherSuite', suite],
  ['cipher_suite', suite],
  ['NamedGroup', group],
  ['namedcurve', group],
  ['SignatureScheme', scheme],
  ['SignatureAndHashAlgorithm', scheme],
  ['extension_type', (bytes) => extensionTypeName(number(bytes))],
  ['legacy_compression_method', (bytes) => named(bytes, ['null', 'DEFLATE'])],
  ['HostName', quoted],
  ['ProtocolName', quoted],
  ['name_type', (bytes) => named(bytes, ['host_name'])],
  ['curve_type', (bytes) => named(bytes, ['0', 'explicit_prime', 'explicit_char2', 'named_curve'])],
  [
    'ECPointFormat',
    (bytes) => named(bytes, ['uncompressed', 'ansiX962_compressed_prime', 'ansiX962_compressed_char2']),
  ],
  ['PskKeyExchangeMode', (bytes) => named(bytes, ['psk_ke', 'psk_dhe_ke'])],
  ['request_update', (bytes) => named(bytes, ['update_not_requested', 'update_requested'])],
  ['ClientCertificateType', (bytes) => certificateTypes.get(number(bytes)) ?? `${number(bytes)}`],
  ['CertificateType', (bytes) => named(bytes, ['X509', 'OpenPGP', 'RawPublicKey'])],
  ['CertificateStatusType', (bytes) => named(bytes, ['0', 'ocsp', 'ocsp_multi'])],
  ['CertificateCompressionAlgorithm', (bytes) => named(bytes, ['0', 'zlib', 'brotli', 'zstd'])],
  ['HeartbeatMode', (bytes) => named(bytes, ['0', 'peer_allowed_to_send', 'peer_not_allowed_to_send'])],
  ['MaxFragmentLength', (bytes) => named(bytes, ['0', '512 bytes', '1024 bytes', '2048 bytes', '4096 bytes'])],
  ['record_size_limit', (bytes) => byteCount(number(bytes))],
  ['max_early_data_size', (bytes) => byteCount(number(bytes))],
  ['ticket_lifetime', seconds],
  ['ticket_lifetime_hint', seconds],
  ['DistinguishedName', (bytes) => distinguishedNameText(bytes)],
  ['gmt_unix_time', seconds],
]);

/** By the name of a field of RFC 9846 §4; undefined where its bytes are all there is to say. */
export function wordsOf(name: string, bytes: Uint8Array): string | undefined {
  if (name.endsWith('.length')) return byteCount(number(bytes));
  return words.get(name)?.(bytes);
}

/** RFC 9846 §4.1.3: a server that was led down to an older version says so at the end of its random. */
export function randomWords(random: Uint8Array): string | undefined {
  const hex = bytesToHex(random);
  if (hex === helloRetryRequest) return 'SHA-256 of "HelloRetryRequest": this is a HelloRetryRequest';
  if (hex.endsWith('444f574e47524401')) return 'ends in the sentinel of a downgrade to TLS 1.2';
  if (hex.endsWith('444f574e47524400')) return 'ends in the sentinel of a downgrade to TLS 1.1 or below';
  return undefined;
}

/** RFC 9846 §4.1.3 */
export const helloRetryRequest = 'cf21ad74e59a6111be1d8c021e65b891c2a211167abb8c5e079e09e2c8a8339c';
