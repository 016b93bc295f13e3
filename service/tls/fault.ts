import type { Refusal, RefusalReason } from '../x509/index.ts';
import type { AlertName } from './alert.ts';

/*
 * A fault is data: what went wrong, as one union over four kinds, and one total function from it to the alert that the
 * RFC calls for (RFC 9846 §6.2). trace/ maps the same reasons to the keys of the statistics, total by its type.
 */

/** The peer broke the protocol. */
const misbehaved = {
  record_not_tls: 'protocol_version',
  unknown_record_version: 'protocol_version',
  unknown_content_type: 'unexpected_message',
  heartbeat: 'unexpected_message',
  unexpected_message: 'unexpected_message',
  unexpected_change_cipher_spec: 'unexpected_message',
  unexpected_application_data: 'unexpected_message',
  record_overflow: 'record_overflow',
  bad_record_mac: 'bad_record_mac',
  empty_record: 'unexpected_message',
  too_many_empty_records: 'unexpected_message',
  too_many_warning_alerts: 'unexpected_message',
  inner_plaintext_without_type: 'unexpected_message',
  handshake_fragments_at_key_change: 'unexpected_message',
  handshake_message_too_long: 'illegal_parameter',
  too_many_key_updates: 'unexpected_message',
  too_many_tickets: 'unexpected_message',
  sequence_exhausted: 'unexpected_message',
  bad_finished: 'decrypt_error',
  duplicate_extension: 'illegal_parameter',
  unsolicited_extension: 'unsupported_extension',
  forbidden_extension: 'illegal_parameter',
  missing_extension: 'missing_extension',
  illegal_parameter: 'illegal_parameter',
  invalid_key_share: 'illegal_parameter',
  key_share_not_offered: 'illegal_parameter',
  reflected_key_share: 'illegal_parameter',
  hello_retry_request_pointless: 'illegal_parameter',
  second_hello_retry_request: 'unexpected_message',
  second_client_hello_changed: 'illegal_parameter',
  downgrade_sentinel: 'illegal_parameter',
  signature_scheme_not_offered: 'illegal_parameter',
  alpn_not_offered: 'illegal_parameter',
} as const satisfies Record<string, AlertName>;

/** Nothing in common. */
const incompatible = {
  version_ssl3: 'protocol_version',
  version_legacy: 'protocol_version',
  version_unsupported: 'protocol_version',
  inappropriate_fallback: 'inappropriate_fallback',
  renegotiation_info_missing: 'handshake_failure',
  extended_main_secret_missing: 'handshake_failure',
  no_cipher_suite: 'handshake_failure',
  no_group: 'handshake_failure',
  no_signature_scheme: 'handshake_failure',
  alpn_mismatch: 'no_application_protocol',
  alpn_missing: 'no_application_protocol',
  client_auth_not_requested: 'handshake_failure',
} as const satisfies Record<string, AlertName>;

/** Bytes that are not what they say they are. */
const undecodable = {
  malformed: 'decode_error', // a length that does not fit, trailing or missing bytes
  invalid_value: 'illegal_parameter', // a field outside its range
} as const satisfies Record<string, AlertName>;

/** The peer did not show who it is. The alerts of RFC 5280's refusals stand in `refused`. */
const untrusted = {
  certificate_missing: 'certificate_required',
  too_many_certificates: 'bad_certificate',
  certificates_too_long: 'bad_certificate',
  reflected_certificate: 'bad_certificate', // a certificate of ours, in our own role
  signature_invalid: 'decrypt_error',
} as const satisfies Record<string, AlertName>;

const refused: Record<RefusalReason, AlertName> = {
  der_malformed: 'bad_certificate',
  certificate_malformed: 'bad_certificate',
  extension_malformed: 'bad_certificate',
  certificate_extension_duplicate: 'bad_certificate',
  serial_number: 'bad_certificate',
  version: 'unsupported_certificate',
  algorithm_mismatch: 'bad_certificate',
  algorithm_forbidden: 'unsupported_certificate',
  key_unsupported: 'unsupported_certificate',
  key_too_weak: 'unsupported_certificate',
  no_trust_anchor: 'unknown_ca',
  self_signed: 'unknown_ca',
  issuer_subject_mismatch: 'bad_certificate',
  key_identifier_mismatch: 'bad_certificate',
  bad_signature: 'bad_certificate',
  expired: 'certificate_expired',
  not_yet_valid: 'certificate_expired',
  unknown_critical_extension: 'unsupported_certificate',
  issuer_not_ca: 'bad_certificate',
  issuer_key_usage: 'bad_certificate',
  path_length_exceeded: 'bad_certificate',
  name_constraints: 'bad_certificate',
  path_too_long: 'bad_certificate',
  leaf_is_ca: 'unsupported_certificate',
  leaf_key_usage: 'unsupported_certificate',
  extended_key_usage: 'unsupported_certificate',
  role_key_purpose: 'unsupported_certificate',
  name_mismatch: 'bad_certificate',
  name_malformed: 'bad_certificate',
};

export type MisbehavedReason = keyof typeof misbehaved;
export type IncompatibleReason = keyof typeof incompatible;
export type UndecodableReason = keyof typeof undecodable;
export type UntrustedReason = keyof typeof untrusted;

/** `detail` is for people: it names the value that was met and what was allowed, and never holds a secret. */
export type Fault =
  | { readonly kind: 'misbehaved'; readonly reason: MisbehavedReason; readonly detail: string }
  | { readonly kind: 'incompatible'; readonly reason: IncompatibleReason; readonly detail: string }
  | { readonly kind: 'undecodable'; readonly reason: UndecodableReason; readonly detail: string }
  | { readonly kind: 'untrusted'; readonly reason: UntrustedReason; readonly detail: string }
  | { readonly kind: 'refused'; readonly reason: RefusalReason; readonly detail: string; readonly certificate: number }
  | { readonly kind: 'internal'; readonly reason: 'internal_error'; readonly detail: string };

export type FaultReason = Fault['reason'];

/** The alert a fault is answered with (RFC 9846 §6.2, RFC 5246 §7.2.2; for certificates see failures.md). */
export function alertFor(fault: Fault, version: '1.3' | '1.2' = '1.3'): AlertName {
  // certificate_required is an alert of TLS 1.3 alone.
  if (version === '1.2' && fault.reason === 'certificate_missing') return 'handshake_failure';
  switch (fault.kind) {
    case 'misbehaved':
      return misbehaved[fault.reason];
    case 'incompatible':
      return incompatible[fault.reason];
    case 'undecodable':
      return undecodable[fault.reason];
    case 'untrusted':
      return untrusted[fault.reason];
    case 'refused':
      return refused[fault.reason];
    case 'internal':
      return 'internal_error';
  }
}

/** Every reason there is, for the tables and the tests that must be total over them. */
export const faultReasons: readonly FaultReason[] = [
  ...(Object.keys(misbehaved) as MisbehavedReason[]),
  ...(Object.keys(incompatible) as IncompatibleReason[]),
  ...(Object.keys(undecodable) as UndecodableReason[]),
  ...(Object.keys(untrusted) as UntrustedReason[]),
  ...(Object.keys(refused) as RefusalReason[]),
  'internal_error',
];

/** The peer broke the protocol (RFC 9846 §6.2). */
export const misbehaviour = (reason: MisbehavedReason, detail: string): Fault => ({
  kind: 'misbehaved',
  reason,
  detail,
});
/** Nothing in common (RFC 9846 §4.1.1). */
export const incompatibility = (reason: IncompatibleReason, detail: string): Fault => ({
  kind: 'incompatible',
  reason,
  detail,
});
/** The peer did not show who it is (RFC 9846 §4.4). */
export const distrust = (reason: UntrustedReason, detail: string): Fault => ({ kind: 'untrusted', reason, detail });
/** A certificate or its path is refused (RFC 5280 §6.1). */
export const refusal = (refused: Refusal): Fault => ({ kind: 'refused', ...refused });
