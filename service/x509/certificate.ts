import { decodeSignatureAlgorithm } from './algorithm-identifier.ts';
import { Components, equalBytes } from './components.ts';
import { constructed, type DerElement, derLimits, readDer, Tag } from './der.ts';
import { checkDistinguishedName } from './distinguished-name.ts';
import { decodeExtensions, type Extensions } from './extensions.ts';
import type { PublicKey } from './public-key.ts';
import { type Refusal, Unacceptable } from './refusal.ts';
import { failure, type Result, success } from './result.ts';
import type { SignatureAlgorithm } from './signature.ts';
import { decodeSubjectPublicKeyInfo } from './subject-public-key-info.ts';
import { generalizedTime, startOf2050, utcTime } from './time.ts';

/** A decoded certificate (RFC 5280 §4.1). Times are whole seconds since 1970. Byte fields are views of a private copy of the input. */
export interface Certificate {
  readonly der: Uint8Array;
  readonly tbsCertificate: Uint8Array;
  readonly version: 1 | 2 | 3;
  /** Content octets of the INTEGER: positive, at most 20 and one for the sign. */
  readonly serialNumber: Uint8Array;
  /** DER Names, as are all that they are compared with. */
  readonly issuer: Uint8Array;
  readonly subject: Uint8Array;
  readonly notBefore: number;
  readonly notAfter: number;
  readonly subjectPublicKeyInfo: Uint8Array;
  readonly publicKey: PublicKey;
  readonly extensions: Extensions;
  readonly signatureAlgorithm: SignatureAlgorithm;
  readonly signature: Uint8Array;
}

/**
 * Decodes one certificate, and holds it to the profile of RFC 5280 §4 as far as it can be judged alone. Total and linear:
 * no input throws, and none costs more than its length (`derLimits`). Its signature is a matter of the path.
 */
export function decodeCertificate(der: Uint8Array): Result<Certificate, Omit<Refusal, 'certificate'>> {
  if (der.length > derLimits.bytes)
    return failure({ reason: 'der_malformed', detail: `${der.length} bytes, at most ${derLimits.bytes} are read` });
  const copy = new Uint8Array(der);
  const element = readDer(copy);
  if (!element.ok) return failure({ reason: 'der_malformed', detail: element.fault });
  try {
    return success(certificate(element.value, copy));
  } catch (error) {
    if (error instanceof Unacceptable) return failure({ reason: error.reason, detail: error.message });
    throw error;
  }
}

function certificate(element: DerElement, der: Uint8Array): Certificate {
  const outer = new Components(element, Tag.SEQUENCE, 'Certificate', 'certificate_malformed');
  const tbsCertificate = outer.next(Tag.SEQUENCE, 'tbsCertificate');
  const signatureAlgorithm = outer.next(Tag.SEQUENCE, 'signatureAlgorithm');
  const signature = outer.next(Tag.BIT_STRING, 'signatureValue').content;
  outer.finish();
  if (signature[0] !== 0) outer.refuse('a signatureValue that is no whole number of octets');

  const tbs = new Components(tbsCertificate, Tag.SEQUENCE, 'TBSCertificate', 'certificate_malformed');
  const versionElement = tbs.optional(constructed(0));
  const serialNumber = tbs.next(Tag.INTEGER, 'serialNumber').content;
  const innerAlgorithm = tbs.next(Tag.SEQUENCE, 'signature');
  const issuer = tbs.next(Tag.SEQUENCE, 'issuer');
  const validity = tbs.next(Tag.SEQUENCE, 'validity');
  const subject = tbs.next(Tag.SEQUENCE, 'subject');
  const subjectPublicKeyInfo = tbs.next(Tag.SEQUENCE, 'subjectPublicKeyInfo');
  // §4.1.2.8: "CAs conforming to this profile MUST NOT generate certificates with unique identifiers": refused by finish()
  const extensionsElement = tbs.optional(constructed(3));
  tbs.finish();

  const version = decodeVersion(versionElement);
  if (extensionsElement !== undefined && version !== 3)
    throw new Unacceptable('version', `extensions in a certificate of version ${version} (RFC 5280 §4.1.2.9)`);
  checkSerialNumber(serialNumber);
  if (!equalBytes(innerAlgorithm.der, signatureAlgorithm.der))
    throw new Unacceptable('algorithm_mismatch', 'signatureAlgorithm is not what tbsCertificate.signature says');
  const { notBefore, notAfter } = decodeValidity(validity);
  checkDistinguishedName(issuer, 'issuer');
  checkDistinguishedName(subject, 'subject');
  const extensions = decodeExtensions(extensionsElement);
  checkNamesPresent(issuer, subject, extensions);
  return {
    der,
    tbsCertificate: tbsCertificate.der,
    version,
    serialNumber,
    issuer: issuer.der,
    subject: subject.der,
    notBefore,
    notAfter,
    subjectPublicKeyInfo: subjectPublicKeyInfo.der,
    publicKey: decodeSubjectPublicKeyInfo(subjectPublicKeyInfo),
    extensions,
    signatureAlgorithm: decodeSignatureAlgorithm(signatureAlgorithm),
    signature: signature.subarray(1),
  };
}

/** §4.1.2.1. Version 1 is the default, which DER leaves out (X.690 §11.5). */
function decodeVersion(element: DerElement | undefined): 1 | 2 | 3 {
  if (element === undefined) return 1;
  const wrapper = new Components(element, constructed(0), '[0] version', 'certificate_malformed');
  const content = wrapper.next(Tag.INTEGER, 'Version').content;
  wrapper.finish();
  const value = content.length === 1 ? content[0] : undefined;
  if (value === 0) wrapper.refuse('version 1 is the default, which DER leaves out');
  if (value === 1) return 2;
  if (value === 2) return 3;
  throw new Unacceptable('version', 'a version other than 1, 2 and 3');
}

/**
 * §4.1.2.2: "MUST be a positive integer", "MUST NOT use serialNumber values longer than 20 octets". A value of 20 octets
 * whose highest bit is set has one more for its sign; authorities that draw 20 random octets issue such (those of AWS Nitro do).
 */
function checkSerialNumber(content: Uint8Array): void {
  const [first = 0] = content;
  const positive = first < 0x80 && (first > 0 || content.length > 1);
  const octets = content.length - (first === 0 ? 1 : 0);
  if (!positive || octets > 20)
    throw new Unacceptable('serial_number', `${positive ? '' : 'not positive, '}${octets} octets, at most 20`);
}

/** §4.1.2.5: UTCTime through 2049, GeneralizedTime from 2050 */
function decodeValidity(element: DerElement): { readonly notBefore: number; readonly notAfter: number } {
  const fields = new Components(element, Tag.SEQUENCE, 'Validity', 'certificate_malformed');
  const time = (name: string): number => {
    const { tag, content } = fields.any(name);
    const seconds =
      tag === Tag.UTCTime ? utcTime(content) : tag === Tag.GeneralizedTime ? generalizedTime(content) : undefined;
    if (seconds === undefined) return fields.refuse(`${name} is no Time`);
    if (tag === Tag.GeneralizedTime && seconds < startOf2050)
      fields.refuse(`${name} lies before 2050 and is no UTCTime`);
    return seconds;
  };
  const notBefore = time('notBefore');
  const notAfter = time('notAfter');
  fields.finish();
  return { notBefore, notAfter };
}

/** §4.1.2.4, §4.1.2.6, §4.2.1.6: an issuer has a name, so has a CA; an empty subject stands beside a critical subjectAltName. */
function checkNamesPresent(issuer: DerElement, subject: DerElement, extensions: Extensions): void {
  if (issuer.children.length === 0) throw new Unacceptable('name_malformed', 'the issuer is empty');
  if (subject.children.length > 0) return;
  if (extensions.basicConstraints?.cA === true)
    throw new Unacceptable('name_malformed', 'the subject of a CA is empty');
  if (extensions.subjectAltName?.critical !== true)
    throw new Unacceptable('name_malformed', 'the subject is empty and no subjectAltName is critical');
}
