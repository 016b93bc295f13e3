/**
 * Why a certificate or a path of certificates is refused: one constructor for each reason, never "invalid chain".
 * The order is the distance that was gone: first the bytes of one certificate, then the leaf by itself, then the path.
 * Of several paths the reason of the one that got furthest, the last in this list, is reported.
 */
export const refusalReasons = [
  // the bytes of one certificate
  'der_malformed', // not strict DER: indefinite or non-minimal length, trailing bytes, depth, size or node cap (X.690 §10)
  'certificate_malformed', // DER, but not the Certificate of RFC 5280 §4.1
  'extension_malformed', // an extension whose value is not what its OID says
  'certificate_extension_duplicate', // RFC 5280 §4.2: at most one instance of each
  'name_malformed', // empty subject without critical SAN, control characters, a name form outside the profile
  'serial_number', // RFC 5280 §4.1.2.2: positive, at most 20 octets
  'algorithm_mismatch', // RFC 5280 §4.1.1.2: signatureAlgorithm and tbsCertificate.signature differ
  'algorithm_forbidden', // SHA-1, MD5, DSA, PSS parameters outside the profile, ...
  'key_unsupported', // curve, explicit parameters, off-curve point, ...
  'key_too_weak', // RSA outside 2048..8192 bits, exponent outside 3..2^32
  // the leaf by itself, in the order of 2015's stack; `version`, `expired` and `not_yet_valid` are its issuers' as well
  'path_too_long', // more than the leaf and four others
  'version', // not v3, or extensions in another version
  'expired',
  'not_yet_valid',
  'self_signed',
  'leaf_is_ca',
  // the search for the anchor
  'no_trust_anchor',
  'issuer_subject_mismatch',
  // a path that ends in the anchor's name, before any signature
  'key_identifier_mismatch',
  'issuer_not_ca',
  'issuer_key_usage', // an issuer without keyCertSign
  'path_length_exceeded',
  'unknown_critical_extension',
  'name_constraints',
  'leaf_key_usage', // without digitalSignature, or with keyCertSign
  'extended_key_usage', // the standard purpose (serverAuth, clientAuth) is missing
  'role_key_purpose', // the purpose of the bounty's role is missing
  'name_mismatch',
  // and its signatures, which cost the most
  'bad_signature',
] as const;

export type RefusalReason = (typeof refusalReasons)[number];

/**
 * `certificate` is the index in the chain as the peer sent it (0 is the leaf; its length stands for the anchor).
 * `detail` is for people: it holds no secret, and nothing a peer wrote but numbers, OIDs and names of LDH characters.
 */
export interface Refusal {
  readonly reason: RefusalReason;
  readonly certificate: number;
  readonly detail: string;
}

/** A decoder's way out. Thrown within the decoding of one certificate, and caught in `decodeCertificate` alone. */
export class Unacceptable extends Error {
  readonly reason: RefusalReason;

  constructor(reason: RefusalReason, detail: string) {
    super(detail);
    this.reason = reason;
  }
}
