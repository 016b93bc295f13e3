import { alertName } from './alert.ts';
import { extensionName } from './extension-type.ts';
import { schemeName } from './signature-scheme.ts';

/*
 * Names of code points that a peer may say, from IANA's TLS registries (RFC 9846 §11): also of those that this stack does
 * not speak. A number without a name is shown as the number it is.
 */

const suites = new Map([
  [0x0000, 'TLS_NULL_WITH_NULL_NULL'],
  [0x0004, 'TLS_RSA_WITH_RC4_128_MD5'],
  [0x0005, 'TLS_RSA_WITH_RC4_128_SHA'],
  [0x000a, 'TLS_RSA_WITH_3DES_EDE_CBC_SHA'],
  [0x002f, 'TLS_RSA_WITH_AES_128_CBC_SHA'],
  [0x0033, 'TLS_DHE_RSA_WITH_AES_128_CBC_SHA'],
  [0x0035, 'TLS_RSA_WITH_AES_256_CBC_SHA'],
  [0x0039, 'TLS_DHE_RSA_WITH_AES_256_CBC_SHA'],
  [0x003c, 'TLS_RSA_WITH_AES_128_CBC_SHA256'],
  [0x003d, 'TLS_RSA_WITH_AES_256_CBC_SHA256'],
  [0x0067, 'TLS_DHE_RSA_WITH_AES_128_CBC_SHA256'],
  [0x006b, 'TLS_DHE_RSA_WITH_AES_256_CBC_SHA256'],
  [0x009c, 'TLS_RSA_WITH_AES_128_GCM_SHA256'],
  [0x009d, 'TLS_RSA_WITH_AES_256_GCM_SHA384'],
  [0x009e, 'TLS_DHE_RSA_WITH_AES_128_GCM_SHA256'],
  [0x009f, 'TLS_DHE_RSA_WITH_AES_256_GCM_SHA384'],
  [0x00ff, 'TLS_EMPTY_RENEGOTIATION_INFO_SCSV'],
  [0x1301, 'TLS_AES_128_GCM_SHA256'],
  [0x1302, 'TLS_AES_256_GCM_SHA384'],
  [0x1303, 'TLS_CHACHA20_POLY1305_SHA256'],
  [0x1304, 'TLS_AES_128_CCM_SHA256'],
  [0x1305, 'TLS_AES_128_CCM_8_SHA256'],
  [0x5600, 'TLS_FALLBACK_SCSV'],
  [0xc007, 'TLS_ECDHE_ECDSA_WITH_RC4_128_SHA'],
  [0xc009, 'TLS_ECDHE_ECDSA_WITH_AES_128_CBC_SHA'],
  [0xc00a, 'TLS_ECDHE_ECDSA_WITH_AES_256_CBC_SHA'],
  [0xc011, 'TLS_ECDHE_RSA_WITH_RC4_128_SHA'],
  [0xc012, 'TLS_ECDHE_RSA_WITH_3DES_EDE_CBC_SHA'],
  [0xc013, 'TLS_ECDHE_RSA_WITH_AES_128_CBC_SHA'],
  [0xc014, 'TLS_ECDHE_RSA_WITH_AES_256_CBC_SHA'],
  [0xc023, 'TLS_ECDHE_ECDSA_WITH_AES_128_CBC_SHA256'],
  [0xc024, 'TLS_ECDHE_ECDSA_WITH_AES_256_CBC_SHA384'],
  [0xc027, 'TLS_ECDHE_RSA_WITH_AES_128_CBC_SHA256'],
  [0xc028, 'TLS_ECDHE_RSA_WITH_AES_256_CBC_SHA384'],
  [0xc02b, 'TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256'],
  [0xc02c, 'TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384'],
  [0xc02f, 'TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256'],
  [0xc030, 'TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384'],
  [0xc0ac, 'TLS_ECDHE_ECDSA_WITH_AES_128_CCM'],
  [0xc0ad, 'TLS_ECDHE_ECDSA_WITH_AES_256_CCM'],
  [0xcca8, 'TLS_ECDHE_RSA_WITH_CHACHA20_POLY1305_SHA256'],
  [0xcca9, 'TLS_ECDHE_ECDSA_WITH_CHACHA20_POLY1305_SHA256'],
  [0xccaa, 'TLS_DHE_RSA_WITH_CHACHA20_POLY1305_SHA256'],
]);

const groups = new Map([
  [0x0016, 'secp256k1'],
  [0x0017, 'secp256r1'],
  [0x0018, 'secp384r1'],
  [0x0019, 'secp521r1'],
  [0x001a, 'brainpoolP256r1'],
  [0x001b, 'brainpoolP384r1'],
  [0x001c, 'brainpoolP512r1'],
  [0x001d, 'x25519'],
  [0x001e, 'x448'],
  [0x001f, 'brainpoolP256r1tls13'],
  [0x0020, 'brainpoolP384r1tls13'],
  [0x0021, 'brainpoolP512r1tls13'],
  [0x0029, 'curveSM2'],
  [0x0100, 'ffdhe2048'],
  [0x0101, 'ffdhe3072'],
  [0x0102, 'ffdhe4096'],
  [0x0103, 'ffdhe6144'],
  [0x0104, 'ffdhe8192'],
  [0x0200, 'MLKEM512'],
  [0x0201, 'MLKEM768'],
  [0x0202, 'MLKEM1024'],
  [0x11eb, 'SecP256r1MLKEM768'],
  [0x11ec, 'X25519MLKEM768'],
  [0x11ed, 'SecP384r1MLKEM1024'],
  [0x6399, 'X25519Kyber768Draft00'],
]);

/** Of those that this stack neither signs nor verifies with. */
const schemes = new Map([
  [0x0201, 'rsa_pkcs1_sha1'],
  [0x0202, 'dsa_sha1'],
  [0x0203, 'ecdsa_sha1'],
  [0x0301, 'rsa_pkcs1_sha224'],
  [0x0302, 'dsa_sha224'],
  [0x0303, 'ecdsa_sha224'],
  [0x0402, 'dsa_sha256'],
  [0x0502, 'dsa_sha384'],
  [0x0602, 'dsa_sha512'],
  [0x0603, 'ecdsa_secp521r1_sha512'],
  [0x0708, 'sm2sig_sm3'],
  [0x0808, 'ed448'],
  [0x081a, 'ecdsa_brainpoolP256r1tls13_sha256'],
  [0x081b, 'ecdsa_brainpoolP384r1tls13_sha384'],
  [0x081c, 'ecdsa_brainpoolP512r1tls13_sha512'],
  [0x0904, 'mldsa44'],
  [0x0905, 'mldsa65'],
  [0x0906, 'mldsa87'],
]);

const extensions = new Map([
  [2, 'client_certificate_url'],
  [3, 'trusted_ca_keys'],
  [4, 'truncated_hmac'],
  [17, 'status_request_v2'],
  [22, 'encrypt_then_mac'],
  [24, 'token_binding'],
  [27, 'compress_certificate'],
  [34, 'delegated_credential'],
  [35, 'session_ticket'],
  [57, 'quic_transport_parameters'],
  [13_172, 'next_protocol_negotiation'],
  [17_513, 'application_settings (draft)'],
  [17_613, 'application_settings'],
  [30_032, 'channel_id'],
  [0xfe0d, 'encrypted_client_hello'],
]);

const alerts = new Map([
  [21, 'decryption_failed'],
  [30, 'decompression_failure'],
  [41, 'no_certificate'],
  [60, 'export_restriction'],
  [111, 'certificate_unobtainable'],
  [114, 'bad_certificate_hash_value'],
  [121, 'ech_required'],
]);

const contentTypes = new Map([
  [20, 'change_cipher_spec'],
  [21, 'alert'],
  [22, 'handshake'],
  [23, 'application_data'],
  [24, 'heartbeat'],
  [25, 'tls12_cid'],
]);

/** RFC 8701 §2: values that mean nothing, sent to keep servers tolerant. */
export const isGrease = (code: number): boolean => (code & 0x0f0f) === 0x0a0a && code >> 8 === (code & 0xff);

const number = (code: number): string => (isGrease(code) ? 'GREASE' : `0x${code.toString(16).padStart(4, '0')}`);

/** CipherSuite, RFC 9846 §B.4 */
export const suiteName = (code: number): string => suites.get(code) ?? number(code);
/** Where a suite is specified: RFC 9846 §B.4 for TLS 1.3, and for TLS 1.2 a document for each family. */
export function suiteSection(code: number): string {
  if (isGrease(code)) return 'RFC 8701 §2';
  if (code >> 8 === 0x13) return 'RFC 9846 §B.4';
  if (code === 0x00ff) return 'RFC 5746 §3.3';
  if (code === 0x5600) return 'RFC 7507 §2';
  if (code >> 8 === 0xcc) return 'RFC 7905 §2';
  if (code >= 0xc023 && code <= 0xc032) return 'RFC 5289 §3';
  if (code >= 0xc001 && code <= 0xc019) return 'RFC 8422 §6';
  if (code >= 0x009c && code <= 0x00a7) return 'RFC 5288 §3';
  return 'RFC 5246 §A.5';
}
/** NamedGroup, RFC 9846 §4.2.7 */
export const groupName = (code: number): string => groups.get(code) ?? number(code);
/** SignatureScheme, RFC 9846 §4.2.3 */
export const signatureSchemeName = (code: number): string =>
  schemes.get(code) ?? (isGrease(code) ? 'GREASE' : schemeName(code));
/** ExtensionType, RFC 9846 §4.2 */
export const extensionTypeName = (code: number): string =>
  extensions.get(code) ?? (isGrease(code) ? 'GREASE' : extensionName(code));
/** AlertDescription, RFC 9846 §6, and those of RFC 5246 §7.2 that it dropped */
export const alertDescriptionName = (code: number): string => alerts.get(code) ?? alertName(code);
/** ContentType, RFC 9846 §5.1 */
export const contentTypeName = (code: number): string => contentTypes.get(code) ?? `content_type_${code}`;
