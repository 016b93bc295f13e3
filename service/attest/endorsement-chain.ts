import { equalBytes } from '@noble/curves/utils.js';
import { bytesToHex } from '@noble/hashes/utils.js';
import {
  type Certificate,
  decodeCertificate,
  distinguishedNameText,
  failure,
  type Result,
  success,
  verifySignature,
} from '../x509/index.ts';

/*
 * A chain of certificates in the order in which it is given, from the leaf to an anchor that the verifier names (RFC 5280
 * §6.1). The path of x509/ is for peers of TLS, whose leaves sign and have purposes of TLS; those of an endorsement key
 * (TCG EK Credential Profile §3.2) and of Nitro do not. Nothing is searched, skipped or remembered: each signature is
 * verified each time, and a chain that has a certificate too many is refused.
 */

export interface ChainRequest {
  /** DER, the leaf first; without the anchor. */
  readonly chain: readonly Uint8Array[];
  /** DER. It is trusted because it was given: its own signature says nothing. */
  readonly anchor: Uint8Array;
  /** Seconds since 1970 at which all must be valid. */
  readonly at: number;
}

const longestChain = 6;

/** The leaf, or what is wrong with which certificate. Whether the leaf is fit for its purpose is the caller's to ask. */
export function verifyChain({ chain, anchor, at }: ChainRequest): Result<Certificate, string> {
  if (chain.length === 0) return failure('no certificate');
  if (chain.length > longestChain)
    return failure(`${chain.length} certificates, at most ${longestChain} are looked at`);
  const decoded: Certificate[] = [];
  for (const [index, der] of [...chain, anchor].entries()) {
    const certificate = decodeCertificate(der);
    if (!certificate.ok)
      return failure(`certificate ${index}: ${certificate.fault.reason}: ${certificate.fault.detail}`);
    const problem = alone(certificate.value, at);
    if (problem !== undefined) return failure(`certificate ${index} (${subject(certificate.value)}): ${problem}`);
    if (decoded.some((other) => equalBytes(other.der, certificate.value.der)))
      return failure(`certificate ${index} (${subject(certificate.value)}): it stands in the chain twice`);
    decoded.push(certificate.value);
  }
  for (const [index, issuer] of decoded.entries()) {
    const certificate = decoded[index - 1];
    if (certificate === undefined) continue;
    const problem = issuerProblem(issuer, index - 1) ?? linkProblem(certificate, issuer);
    if (problem !== undefined) return failure(`certificate ${index - 1} (${subject(certificate)}): ${problem}`);
  }
  const [leaf] = decoded;
  if (leaf === undefined) return failure('no certificate');
  if (leaf.extensions.basicConstraints?.cA === true) return failure('the leaf is an authority');
  return success(leaf);
}

/** §6.1.3 (a)(2), §4.2: version, time, and nothing critical that is not processed here. */
function alone({ version, notBefore, notAfter, extensions }: Certificate, at: number): string | undefined {
  if (version !== 3) return `version ${version}, not 3`;
  if (at < notBefore) return `not yet valid: from ${notBefore}, judged at ${at}`;
  if (at > notAfter) return `expired: until ${notAfter}, judged at ${at}`;
  const [unknown] = extensions.unknownCritical;
  if (unknown !== undefined) return `critical extension ${unknown} is not processed here`;
  return extensions.nameConstraints === undefined ? undefined : 'nameConstraints are not processed here';
}

/** §6.1.4 (k) to (n); `below` is how many certificates stand between it and the leaf, and the leaf does not count. */
function issuerProblem({ extensions }: Certificate, below: number): string | undefined {
  const { basicConstraints, keyUsage } = extensions;
  if (basicConstraints?.cA !== true || !basicConstraints.critical) return 'its issuer is no authority';
  if (keyUsage?.includes('keyCertSign') !== true) return 'its issuer may not sign certificates';
  const { pathLenConstraint } = basicConstraints;
  if (pathLenConstraint !== undefined && below > pathLenConstraint)
    return `${below} authorities below one that allows ${pathLenConstraint}`;
  return undefined;
}

/** §6.1.3 (a)(1), (a)(4); §4.2.1.1. */
function linkProblem(certificate: Certificate, issuer: Certificate): string | undefined {
  if (!equalBytes(certificate.issuer, issuer.subject))
    return `its issuer is ${distinguishedNameText(certificate.issuer)}, the next certificate is of ${subject(issuer)}`;
  const named = certificate.extensions.authorityKeyIdentifier?.keyIdentifier;
  const actual = issuer.extensions.subjectKeyIdentifier;
  if (named !== undefined && actual !== undefined && !equalBytes(named, actual))
    return `it names the key ${bytesToHex(named)} of its issuer, the next certificate has ${bytesToHex(actual)}`;
  const { signatureAlgorithm, tbsCertificate, signature } = certificate;
  const holds = verifySignature(issuer.publicKey, signatureAlgorithm, tbsCertificate, signature) === true;
  return holds ? undefined : 'its signature is not by the key of its issuer';
}

const subject = (certificate: Certificate): string => distinguishedNameText(certificate.subject) || 'no subject';

/** tcg-kp-EKCertificate, TCG EK Credential Profile §3.2.16. */
const endorsementKeyPurpose = '2.23.133.8.1';

/** What of a leaf makes it the certificate of an endorsement key that decrypts; undefined where nothing is missing. */
export function endorsementProblem({ extensions }: Certificate): string | undefined {
  if (extensions.extKeyUsage?.includes(endorsementKeyPurpose) !== true)
    return `extKeyUsage without tcg-kp-EKCertificate (${endorsementKeyPurpose})`;
  if (extensions.keyUsage?.includes('keyEncipherment') !== true) return 'keyUsage without keyEncipherment';
  return undefined;
}
