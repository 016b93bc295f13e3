import { alertName, type Fault, type FaultReason } from '../../../service/tls/index.ts';

/*
 * What the runner looks for on stderr: BoringSSL's name of an error, for each reason of ours and each alert of the peer.
 * Where BoringSSL tells apart what is one reason to us (or the other way round) config.json says so, in its ErrorMap.
 */

const names: Readonly<Record<FaultReason, string>> = {
  record_not_tls: 'WRONG_VERSION_NUMBER',
  unknown_record_version: 'WRONG_VERSION_NUMBER',
  unknown_content_type: 'UNEXPECTED_RECORD',
  heartbeat: 'UNEXPECTED_RECORD',
  unexpected_message: 'UNEXPECTED_MESSAGE',
  unexpected_change_cipher_spec: 'UNEXPECTED_RECORD',
  unexpected_application_data: 'UNEXPECTED_RECORD',
  record_overflow: 'DATA_LENGTH_TOO_LONG',
  bad_record_mac: 'DECRYPTION_FAILED_OR_BAD_RECORD_MAC',
  empty_record: 'UNEXPECTED_RECORD',
  too_many_empty_records: 'TOO_MANY_EMPTY_FRAGMENTS',
  too_many_warning_alerts: 'TOO_MANY_WARNING_ALERTS',
  inner_plaintext_without_type: 'DECRYPTION_FAILED_OR_BAD_RECORD_MAC',
  handshake_fragments_at_key_change: 'EXCESS_HANDSHAKE_DATA',
  handshake_message_too_long: 'EXCESSIVE_MESSAGE_SIZE',
  too_many_key_updates: 'TOO_MANY_KEY_UPDATES',
  too_many_tickets: 'UNEXPECTED_MESSAGE',
  sequence_exhausted: 'UNEXPECTED_RECORD',
  bad_finished: 'DIGEST_CHECK_FAILED',
  duplicate_extension: 'DUPLICATE_EXTENSION',
  unsolicited_extension: 'UNEXPECTED_EXTENSION',
  forbidden_extension: 'UNEXPECTED_EXTENSION',
  missing_extension: 'MISSING_EXTENSION',
  illegal_parameter: 'ILLEGAL_PARAMETER',
  invalid_key_share: 'BAD_ECPOINT',
  key_share_not_offered: 'WRONG_CURVE',
  reflected_key_share: 'BAD_ECPOINT',
  hello_retry_request_pointless: 'EMPTY_HELLO_RETRY_REQUEST',
  second_hello_retry_request: 'UNEXPECTED_MESSAGE',
  second_client_hello_changed: 'CLIENT_HELLO_CHANGED',
  downgrade_sentinel: 'TLS13_DOWNGRADE',
  signature_scheme_not_offered: 'WRONG_SIGNATURE_TYPE',

  version_ssl3: 'UNSUPPORTED_PROTOCOL',
  version_legacy: 'UNSUPPORTED_PROTOCOL',
  version_unsupported: 'UNSUPPORTED_PROTOCOL',
  inappropriate_fallback: 'INAPPROPRIATE_FALLBACK',
  renegotiation_info_missing: 'RENEGOTIATION_MISMATCH',
  extended_main_secret_missing: 'EXTENDED_MASTER_SECRET_MISSING',
  no_cipher_suite: 'NO_SHARED_CIPHER',
  no_group: 'NO_SHARED_GROUP',
  no_signature_scheme: 'NO_COMMON_SIGNATURE_ALGORITHMS',
  alpn_mismatch: 'NO_APPLICATION_PROTOCOL',
  alpn_missing: 'NO_APPLICATION_PROTOCOL',
  alpn_not_offered: 'INVALID_ALPN_PROTOCOL',
  client_auth_not_requested: 'CLIENT_AUTH_NOT_REQUESTED',

  malformed: 'DECODE_ERROR',
  invalid_value: 'ILLEGAL_PARAMETER',

  certificate_missing: 'PEER_DID_NOT_RETURN_A_CERTIFICATE',
  too_many_certificates: 'EXCESSIVE_MESSAGE_SIZE',
  certificates_too_long: 'EXCESSIVE_MESSAGE_SIZE',
  reflected_certificate: 'CERTIFICATE_VERIFY_FAILED',
  signature_invalid: 'BAD_SIGNATURE',

  der_malformed: 'CANNOT_PARSE_LEAF_CERT',
  certificate_malformed: 'CANNOT_PARSE_LEAF_CERT',
  extension_malformed: 'CANNOT_PARSE_LEAF_CERT',
  certificate_extension_duplicate: 'CANNOT_PARSE_LEAF_CERT',
  serial_number: 'CANNOT_PARSE_LEAF_CERT',
  version: 'CANNOT_PARSE_LEAF_CERT',
  name_malformed: 'CANNOT_PARSE_LEAF_CERT',
  algorithm_mismatch: 'CERTIFICATE_VERIFY_FAILED',
  algorithm_forbidden: 'UNSUPPORTED_ALGORITHM',
  key_unsupported: 'BAD_ECC_CERT',
  key_too_weak: 'CERTIFICATE_VERIFY_FAILED',
  no_trust_anchor: 'CERTIFICATE_VERIFY_FAILED',
  self_signed: 'CERTIFICATE_VERIFY_FAILED',
  issuer_subject_mismatch: 'CERTIFICATE_VERIFY_FAILED',
  key_identifier_mismatch: 'CERTIFICATE_VERIFY_FAILED',
  bad_signature: 'CERTIFICATE_VERIFY_FAILED',
  expired: 'CERTIFICATE_VERIFY_FAILED',
  not_yet_valid: 'CERTIFICATE_VERIFY_FAILED',
  unknown_critical_extension: 'CERTIFICATE_VERIFY_FAILED',
  issuer_not_ca: 'CERTIFICATE_VERIFY_FAILED',
  issuer_key_usage: 'CERTIFICATE_VERIFY_FAILED',
  path_length_exceeded: 'CERTIFICATE_VERIFY_FAILED',
  name_constraints: 'CERTIFICATE_VERIFY_FAILED',
  path_too_long: 'CERTIFICATE_VERIFY_FAILED',
  leaf_is_ca: 'CERTIFICATE_VERIFY_FAILED',
  leaf_key_usage: 'KEY_USAGE_BIT_INCORRECT',
  extended_key_usage: 'CERTIFICATE_VERIFY_FAILED',
  role_key_purpose: 'CERTIFICATE_VERIFY_FAILED',
  name_mismatch: 'CERTIFICATE_VERIFY_FAILED',

  internal_error: 'INTERNAL_ERROR',
};

/** `:NAME:`, and after it what a person who reads the runner's report wants to know. */
export const faultText = (fault: Fault): string => `:${names[fault.reason]}: ${fault.reason}: ${fault.detail}`;

/** The alerts that SSL 3 had already; BoringSSL names the others after TLS 1. */
const ofSsl3: readonly string[] = [
  'close_notify',
  'unexpected_message',
  'bad_record_mac',
  'handshake_failure',
  'bad_certificate',
  'unsupported_certificate',
  'certificate_revoked',
  'certificate_expired',
  'certificate_unknown',
  'illegal_parameter',
];

const DECOMPRESSION_FAILURE = 30;

/** An alert that the peer sent. */
export function alertText(description: number): string {
  // Of SSL 3, and of no use to us. The runner likes it where any alert would do.
  if (description === DECOMPRESSION_FAILURE) return ':SSLV3_ALERT_DECOMPRESSION_FAILURE:';
  const name = alertName(description);
  return `:${ofSsl3.includes(name) ? 'SSLV3' : 'TLSV1'}_ALERT_${name.toUpperCase()}:`;
}
