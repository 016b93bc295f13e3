import type { Fault, FaultReason } from '../tls/index.ts';
import type { FailureKey } from './failure-table.ts';

/**
 * The category of each fault there is: a reason that is not here does not compile. Several share a category where the
 * article of 2015 counted them together (failures.md §3.1); the reason itself stays the sub-key.
 */
const keysByKind: {
  readonly [Kind in Fault['kind']]: Readonly<Record<Extract<Fault, { kind: Kind }>['reason'], FailureKey>>;
} = {
  misbehaved: {
    record_not_tls: 'record.not_tls',
    unknown_record_version: 'record.unknown_version',
    unknown_content_type: 'record.unknown_type',
    heartbeat: 'heartbeat',
    unexpected_message: 'handshake.unexpected',
    unexpected_change_cipher_spec: 'handshake.unexpected',
    unexpected_application_data: 'application_data.early',
    record_overflow: 'record.overflow',
    bad_record_mac: 'bad_record_mac',
    empty_record: 'record.empty',
    inner_plaintext_without_type: 'record.empty',
    too_many_empty_records: 'limit.flood',
    too_many_warning_alerts: 'limit.flood',
    too_many_key_updates: 'limit.flood',
    too_many_tickets: 'limit.flood',
    sequence_exhausted: 'limit.flood',
    handshake_fragments_at_key_change: 'handshake.fragments',
    handshake_message_too_long: 'limit.message',
    bad_finished: 'bad_finished',
    duplicate_extension: 'extension.invalid',
    unsolicited_extension: 'extension.invalid',
    forbidden_extension: 'extension.invalid',
    missing_extension: 'extension.missing',
    illegal_parameter: 'parameter.illegal',
    invalid_key_share: 'key_share.invalid',
    key_share_not_offered: 'key_share.invalid',
    reflected_key_share: 'reflection',
    hello_retry_request_pointless: 'hello_retry',
    second_hello_retry_request: 'hello_retry',
    second_client_hello_changed: 'hello_retry',
    downgrade_sentinel: 'downgrade',
    signature_scheme_not_offered: 'sig.invalid',
    alpn_not_offered: 'alpn.mismatch',
  },
  incompatible: {
    version_ssl3: 'version.ssl3',
    version_legacy: 'version.legacy',
    version_unsupported: 'version.unsupported',
    inappropriate_fallback: 'downgrade',
    renegotiation_info_missing: 'reneg.missing',
    extended_main_secret_missing: 'ems.missing',
    no_cipher_suite: 'cipher.none',
    no_group: 'group.none',
    no_signature_scheme: 'sig.none',
    alpn_mismatch: 'alpn.mismatch',
    alpn_missing: 'alpn.missing',
    client_auth_not_requested: 'client_auth_not_requested',
  },
  undecodable: {
    malformed: 'parse.error',
    invalid_value: 'parse.error',
  },
  untrusted: {
    certificate_missing: 'cert.none',
    too_many_certificates: 'cert.too_many',
    certificates_too_long: 'cert.too_big',
    reflected_certificate: 'reflection',
    signature_invalid: 'sig.invalid',
  },
  refused: {
    der_malformed: 'asn1.rejected',
    certificate_malformed: 'asn1.rejected',
    extension_malformed: 'asn1.rejected',
    certificate_extension_duplicate: 'x509.profile',
    name_malformed: 'x509.profile',
    serial_number: 'x509.profile',
    algorithm_mismatch: 'x509.algorithm',
    algorithm_forbidden: 'x509.algorithm',
    key_unsupported: 'x509.algorithm',
    key_too_weak: 'x509.algorithm',
    path_too_long: 'cert.too_many',
    version: 'x509.version',
    expired: 'x509.expired',
    not_yet_valid: 'x509.expired',
    self_signed: 'x509.self_signed',
    leaf_is_ca: 'x509.leaf_is_ca',
    no_trust_anchor: 'x509.no_anchor',
    issuer_subject_mismatch: 'x509.chain_broken',
    key_identifier_mismatch: 'x509.chain_broken',
    issuer_not_ca: 'x509.chain_broken',
    issuer_key_usage: 'x509.chain_broken',
    path_length_exceeded: 'x509.chain_broken',
    unknown_critical_extension: 'x509.critical_extension',
    name_constraints: 'x509.name_constraints',
    leaf_key_usage: 'cert.wrong_role',
    extended_key_usage: 'cert.wrong_role',
    role_key_purpose: 'cert.wrong_role',
    name_mismatch: 'sni.mismatch',
    bad_signature: 'x509.bad_signature',
  },
  internal: {
    internal_error: 'internal.exception',
  },
};

const keyByReason: Readonly<Record<FaultReason, FailureKey>> = {
  ...keysByKind.incompatible,
  ...keysByKind.misbehaved,
  ...keysByKind.undecodable,
  ...keysByKind.untrusted,
  ...keysByKind.refused,
  ...keysByKind.internal,
};

export const failureKey = (reason: FaultReason): FailureKey => keyByReason[reason];

const isReason = (reason: string): reason is FaultReason => Object.hasOwn(keyByReason, reason);
const reasons: readonly FaultReason[] = Object.keys(keyByReason).filter(isReason);

/** The faults that a category holds, its sub-keys; none where it is decided outside of the engine. */
export const reasonsOf = (key: FailureKey): readonly FaultReason[] =>
  reasons.filter((reason) => keyByReason[reason] === key);

const ofKind = <Reason extends FaultReason>(keys: Readonly<Record<Reason, FailureKey>>): readonly Reason[] => {
  const own = (reason: string): reason is Reason => Object.hasOwn(keys, reason);
  return Object.keys(keys).filter(own);
};

/** Every reason there is, by the kind of fault it belongs to. */
export const reasonsByKind: {
  readonly [Kind in Fault['kind']]: readonly Extract<Fault, { kind: Kind }>['reason'][];
} = {
  misbehaved: ofKind(keysByKind.misbehaved),
  incompatible: ofKind(keysByKind.incompatible),
  undecodable: ofKind(keysByKind.undecodable),
  untrusted: ofKind(keysByKind.untrusted),
  refused: ofKind(keysByKind.refused),
  internal: ofKind(keysByKind.internal),
};
