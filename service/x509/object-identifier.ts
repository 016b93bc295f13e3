/** The object identifiers of this profile, by the names that their documents give them. */
export const id = {
  // algorithms: RFC 5480 §2.1.1, RFC 5758 §3.2, RFC 8410 §3, RFC 8017 §A, RFC 4055
  ecPublicKey: '1.2.840.10045.2.1',
  secp256r1: '1.2.840.10045.3.1.7',
  secp384r1: '1.3.132.0.34',
  secp521r1: '1.3.132.0.35',
  ecdsaWithSHA256: '1.2.840.10045.4.3.2',
  ecdsaWithSHA384: '1.2.840.10045.4.3.3',
  ecdsaWithSHA512: '1.2.840.10045.4.3.4',
  Ed25519: '1.3.101.112',
  rsaEncryption: '1.2.840.113549.1.1.1',
  mgf1: '1.2.840.113549.1.1.8',
  RSASSA_PSS: '1.2.840.113549.1.1.10',
  sha256WithRSAEncryption: '1.2.840.113549.1.1.11',
  sha384WithRSAEncryption: '1.2.840.113549.1.1.12',
  sha512WithRSAEncryption: '1.2.840.113549.1.1.13',
  sha256: '2.16.840.1.101.3.4.2.1',
  sha384: '2.16.840.1.101.3.4.2.2',
  sha512: '2.16.840.1.101.3.4.2.3',
  // extensions: RFC 5280 §4.2
  subjectKeyIdentifier: '2.5.29.14',
  keyUsage: '2.5.29.15',
  subjectAltName: '2.5.29.17',
  basicConstraints: '2.5.29.19',
  nameConstraints: '2.5.29.30',
  policyConstraints: '2.5.29.36',
  authorityKeyIdentifier: '2.5.29.35',
  extKeyUsage: '2.5.29.37',
  freshestCRL: '2.5.29.46',
  inhibitAnyPolicy: '2.5.29.54',
  authorityInfoAccess: '1.3.6.1.5.5.7.1.1',
  subjectInfoAccess: '1.3.6.1.5.5.7.1.11',
  // key purposes: RFC 5280 §4.2.1.12
  anyExtendedKeyUsage: '2.5.29.37.0',
  kpServerAuth: '1.3.6.1.5.5.7.3.1',
  kpClientAuth: '1.3.6.1.5.5.7.3.2',
  // attribute types: RFC 5280 §A.1, RFC 4519
  commonName: '2.5.4.3',
  emailAddress: '1.2.840.113549.1.9.1',
} as const;

/**
 * Dotted form of the content octets of an OBJECT IDENTIFIER (X.690 §8.19) that passed the gate. Arcs may be of any size:
 * those under 2.25 (X.667) have 128 bits. The gate's cap on the length bounds the work.
 */
export function dotted(content: Uint8Array): string {
  let text = '';
  let arc = 0;
  let large: bigint | undefined; // once the arc outgrew what a number holds exactly
  for (const octet of content) {
    if (large !== undefined) large = (large << 7n) | BigInt(octet & 0x7f);
    else if (arc < 2 ** 45) arc = arc * 128 + (octet & 0x7f);
    else large = (BigInt(arc) << 7n) | BigInt(octet & 0x7f);
    if (octet >= 0x80) continue;
    if (text === '') text = firstArcs(large ?? arc);
    else text += `.${large ?? arc}`;
    arc = 0;
    large = undefined;
  }
  return text;
}

/** §8.19.4: the first two arcs share a subidentifier. */
function firstArcs(value: number | bigint): string {
  if (value < 40) return `0.${value}`;
  if (value < 80) return `1.${BigInt(value) - 40n}`;
  return typeof value === 'bigint' ? `2.${value - 80n}` : `2.${value - 80}`;
}
