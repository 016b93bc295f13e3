import { BitString, GeneralizedTime, Integer, ObjectIdentifier, UTCTime, Utf8String } from 'asn1js';
import {
  AlgorithmIdentifier,
  AttributeTypeAndValue,
  Certificate,
  type Extension,
  PublicKeyInfo,
  RelativeDistinguishedNames,
  Time,
} from 'pkijs';
import { id } from './object-identifier.ts';
import type { PrivateKey } from './private-key.ts';
import type { PublicKey } from './public-key.ts';
import { startOf2050, timeText } from './time.ts';

/*
 * The encoding of a certificate by pkijs (RFC 5280 §4.1). Its own signing is asynchronous, by WebCrypto; here it encodes
 * the TBSCertificate, our key signs that, and our gate reads the result.
 */

export interface CertificateRequest {
  readonly serial: Uint8Array;
  readonly issuer: RelativeDistinguishedNames;
  readonly subject: RelativeDistinguishedNames;
  readonly notBefore: number;
  readonly notAfter: number;
  readonly publicKey: PublicKey;
  readonly extensions: readonly Extension[];
  readonly signingKey: PrivateKey;
}

/** RFC 5280 §4.1, signed and in DER. */
export function encodeCertificate(request: CertificateRequest): Uint8Array {
  const algorithm = signatureAlgorithm(request.signingKey.publicKey);
  const certificate = new Certificate({
    version: 2, // v3
    serialNumber: new Integer({ valueHex: serialNumber(request.serial) }),
    signature: algorithm,
    issuer: request.issuer,
    subject: request.subject,
    notBefore: new Moment(request.notBefore),
    notAfter: new Moment(request.notAfter),
    subjectPublicKeyInfo: subjectPublicKeyInfo(request.publicKey),
    extensions: [...request.extensions],
    signatureAlgorithm: algorithm,
  });
  certificate.tbsView = new Uint8Array(certificate.encodeTBS().toBER());
  certificate.signatureValue = new BitString({ valueHex: request.signingKey.sign(certificate.tbsView) });
  return new Uint8Array(certificate.toSchema(true).toBER());
}

/** RFC 5280 §4.1.2.4, with ub-common-name of §A.1. */
export function distinguishedName(commonName: string): RelativeDistinguishedNames {
  if (commonName.length < 1 || commonName.length > 64)
    throw new Error(`a common name has 1 to 64 characters, not ${commonName.length}`);
  return new RelativeDistinguishedNames({
    typesAndValues: [new AttributeTypeAndValue({ type: id.commonName, value: new Utf8String({ value: commonName }) })],
  });
}

export const readDistinguishedName = (der: Uint8Array): RelativeDistinguishedNames =>
  RelativeDistinguishedNames.fromBER(new Uint8Array(der));

/** pkijs's own takes a Date; this one the seconds that RFC 5280 §4.1.2.5 writes as UTCTime through 2049. */
class Moment extends Time {
  readonly #seconds: number;

  constructor(seconds: number) {
    super();
    this.#seconds = seconds;
  }

  override toSchema(): UTCTime | GeneralizedTime {
    const value = timeText(this.#seconds);
    return this.#seconds < startOf2050 ? new UTCTime({ value }) : new GeneralizedTime({ value });
  }
}

/** The 16 bytes as a positive INTEGER (RFC 5280 §4.1.2.2), minimal: an octet 00 goes before a high bit, none before a low one. */
function serialNumber(random: Uint8Array): Uint8Array {
  const start = random.findIndex((octet) => octet !== 0);
  if (random.length !== 16 || start === -1) throw new Error('a serial is made of 16 bytes that are not all zero');
  const magnitude = random.subarray(start);
  return (magnitude[0] ?? 0) < 0x80 ? magnitude : Uint8Array.of(0, ...magnitude);
}

const curveOf = { 'P-256': id.secp256r1, 'P-384': id.secp384r1, 'P-521': id.secp521r1 } as const;

/** RFC 5480 §2, RFC 8410 §4 */
function subjectPublicKeyInfo(key: PublicKey): PublicKeyInfo {
  switch (key.algorithm) {
    case 'ecdsa': {
      const algorithmParams = new ObjectIdentifier({ value: curveOf[key.curve] });
      return publicKeyInfo(new AlgorithmIdentifier({ algorithmId: id.ecPublicKey, algorithmParams }), key.point);
    }
    case 'ed25519':
      return publicKeyInfo(new AlgorithmIdentifier({ algorithmId: id.Ed25519 }), key.key);
    case 'rsa':
    case 'rsa_pss':
      throw new Error('no certificates are issued for RSA keys here');
  }
}

function publicKeyInfo(algorithm: AlgorithmIdentifier, key: Uint8Array): PublicKeyInfo {
  const info = new PublicKeyInfo();
  info.algorithm = algorithm;
  info.subjectPublicKey = new BitString({ valueHex: key });
  return info;
}

/** What `PrivateKey.sign` signs with: ECDSA with the hash of the curve (RFC 5758 §3.2), or Ed25519 (RFC 8410 §3). */
function signatureAlgorithm(key: PublicKey): AlgorithmIdentifier {
  if (key.algorithm === 'ed25519') return new AlgorithmIdentifier({ algorithmId: id.Ed25519 });
  if (key.algorithm === 'ecdsa' && key.curve === 'P-256')
    return new AlgorithmIdentifier({ algorithmId: id.ecdsaWithSHA256 });
  if (key.algorithm === 'ecdsa' && key.curve === 'P-384')
    return new AlgorithmIdentifier({ algorithmId: id.ecdsaWithSHA384 });
  throw new Error(`no certificates are signed with ${key.algorithm} here`);
}
