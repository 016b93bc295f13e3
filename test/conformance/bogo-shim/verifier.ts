import { X509Certificate } from 'node:crypto';
import type { UnverifiedTrust } from '../../../service/tls/index.ts';
import { readDer } from '../../../service/x509/der.ts';
import {
  decodeCertificate,
  failure,
  type PublicKey,
  type Refusal,
  type Result,
  success,
} from '../../../service/x509/index.ts';
import { Unacceptable } from '../../../service/x509/refusal.ts';
import { decodeSubjectPublicKeyInfo } from '../../../service/x509/subject-public-key-info.ts';
import type { Flags } from './flags.ts';

/** Whoever holds the key of the certificate it shows is welcome, unless the runner wants to see a refusal. */
export const trustBy = (flags: Flags): UnverifiedTrust => ({
  judgeUnverified: ([leaf = new Uint8Array(0)]) =>
    flags['-verify-fail']
      ? refused('no_trust_anchor', 'the runner wants it refused (-verify-fail)')
      : publicKeyOf(leaf),
  authorityNames: namesIn(flags['-use-client-ca-list']),
});

const refused = (reason: Refusal['reason'], detail: string) => failure({ reason, detail, certificate: 0 });

/**
 * The certificates of the runner have an empty subject, and a subjectAltName that is not critical: RFC 5280 §4.1.2.6 forbids
 * it and our decoder refuses it. There, and there alone, node:crypto finds the key.
 */
export function publicKeyOf(der: Uint8Array): Result<PublicKey, Refusal> {
  const certificate = decodeCertificate(der);
  if (certificate.ok === true) return success(certificate.value.publicKey);
  if (certificate.fault.reason !== 'name_malformed') return failure({ ...certificate.fault, certificate: 0 });
  const spki = readDer(new Uint8Array(new X509Certificate(der).publicKey.export({ type: 'spki', format: 'der' })));
  if (spki.ok !== true) return refused('certificate_malformed', 'a key that node:crypto wrote is not DER');
  try {
    return success(decodeSubjectPublicKeyInfo(spki.value));
  } catch (error) {
    if (error instanceof Unacceptable) return refused(error.reason, error.message);
    throw error;
  }
}

/** Hexadecimal DER names between commas; two words for none. */
export const namesIn = (list: string | undefined): readonly Uint8Array[] =>
  list === undefined || list === '<NULL>' || list === '<EMPTY>'
    ? []
    : list.split(',').map((name) => new Uint8Array(Buffer.from(name, 'hex')));
