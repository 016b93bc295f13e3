import type { Certificate } from './certificate.ts';
import { equalBytes } from './components.ts';
import { dnsNameMatches, parseDnsName } from './dns-name.ts';
import type { GeneralName } from './general-name.ts';
import { parseIpAddress } from './ip-address.ts';
import { type ComparisonBudget, nameConstraintsRefuse } from './name-constraints.ts';
import { id } from './object-identifier.ts';
import type { PathRequest } from './path.ts';
import type { PublicKey } from './public-key.ts';
import type { Refusal, RefusalReason } from './refusal.ts';
import type { SignatureAlgorithm } from './signature.ts';

/*
 * The rules of RFC 5280 §6.1 over one candidate path, each a function, cheapest first, none of which verifies a signature.
 * A path runs from the leaf up to the anchor, the anchor included: its certificate is held to the same rules as an
 * intermediate's (§6.1 would take its name and key for given; whoever pins a certificate means what stands in it).
 */

/** A certificate and its index in the chain as sent. */
export interface Link {
  readonly certificate: Certificate;
  readonly index: number;
}

export type Path = readonly [Link, ...Link[]];

type Rule = (path: Path, request: PathRequest, budget: ComparisonBudget) => Refusal | undefined;

const purposes = { serverAuth: id.kpServerAuth, clientAuth: id.kpClientAuth } as const;

/** §6.1: "self-issued": the same name in both places. (Self-signed is the case whose signature is its own key's.) */
export const isSelfIssued = ({ issuer, subject }: Certificate): boolean => equalBytes(issuer, subject);

/** The leaf by itself (§4.1.2.1, §4.1.2.5, §4.2.1.9), in the order of 2015's stack, so that its statistics and ours can be compared. */
export function leafRefusal(leaf: Certificate, now: number): Refusal | undefined {
  const link = { certificate: leaf, index: 0 };
  if (leaf.version !== 3) return refuse('version', link, `version ${leaf.version}, not 3`);
  const outside = validity(link, now);
  if (outside !== undefined) return outside;
  if (isSelfIssued(leaf)) return refuse('self_signed', link, 'the leaf names itself as its issuer');
  if (leaf.extensions.basicConstraints?.cA === true) return refuse('leaf_is_ca', link, 'basicConstraints cA in a leaf');
  return undefined;
}

/** In the order they are applied. Of several paths, the refusal by the latest rule is the one reported. */
export const pathRules: readonly Rule[] = [
  keyIdentifiersAgree,
  issuersAreOfVersion3,
  issuersAreValid,
  issuersAreAuthorities,
  issuersMaySign,
  pathLength,
  criticalExtensionsAreKnown,
  issuersMayServePurpose,
  namesAreWithinConstraints,
  leafMaySign,
  leafServesPurpose,
  leafServesRole,
  leafHasName,
  signaturesFitKeys,
];

/** §4.2.1.1: the key that signed a certificate is the one its authorityKeyIdentifier names. */
function keyIdentifiersAgree(path: Path): Refusal | undefined {
  return each(path, (link, issuer) => {
    const named = link.certificate.extensions.authorityKeyIdentifier?.keyIdentifier;
    const actual = issuer.certificate.extensions.subjectKeyIdentifier;
    if (named === undefined || actual === undefined || equalBytes(named, actual)) return undefined;
    return refuse('key_identifier_mismatch', link, 'authorityKeyIdentifier names another key than that of the issuer');
  });
}

function issuersAreOfVersion3(path: Path): Refusal | undefined {
  return each(path, (_, issuer) =>
    issuer.certificate.version === 3 ? undefined : refuse('version', issuer, 'an issuer that is not of version 3'),
  );
}

/** §6.1.3 (a)(2) */
function issuersAreValid(path: Path, { now }: PathRequest): Refusal | undefined {
  return each(path, (_, issuer) => validity(issuer, now));
}

/** §6.1.4 (k); §4.2.1.9: "MUST mark the extension as critical in such certificates" */
function issuersAreAuthorities(path: Path): Refusal | undefined {
  return each(path, (_, issuer) => {
    const { basicConstraints } = issuer.certificate.extensions;
    if (basicConstraints?.cA !== true) return refuse('issuer_not_ca', issuer, 'an issuer without basicConstraints cA');
    if (!basicConstraints.critical)
      return refuse('issuer_not_ca', issuer, 'basicConstraints of an issuer not critical');
    return undefined;
  });
}

/** §6.1.4 (n) */
function issuersMaySign(path: Path): Refusal | undefined {
  return each(path, (_, issuer) => {
    const { keyUsage } = issuer.certificate.extensions;
    if (keyUsage === undefined || keyUsage.includes('keyCertSign')) return undefined;
    return refuse('issuer_key_usage', issuer, 'keyUsage of an issuer without keyCertSign');
  });
}

/** §6.1.4 (l), (m): intermediates that are not self-issued count; the leaf does not. */
function pathLength(path: Path, { maxPathLength }: PathRequest): Refusal | undefined {
  let counted = 0;
  for (const [position, link] of path.entries()) {
    if (position === 0) continue;
    const allowed = link.certificate.extensions.basicConstraints?.pathLenConstraint;
    if (allowed !== undefined && counted > allowed)
      return refuse('path_length_exceeded', link, `${counted} intermediates below pathLenConstraint ${allowed}`);
    if (position < path.length - 1 && !isSelfIssued(link.certificate)) counted++;
  }
  if (maxPathLength === undefined || counted <= maxPathLength) return undefined;
  return refuse('path_length_exceeded', path[0], `${counted} intermediates, ${maxPathLength} were asked for at most`);
}

/** §6.1.4 (o), §6.1.5 (e) */
function criticalExtensionsAreKnown(path: Path): Refusal | undefined {
  for (const link of path) {
    const [unknown] = link.certificate.extensions.unknownCritical;
    if (unknown !== undefined)
      return refuse('unknown_critical_extension', link, `critical extension ${unknown} is not processed here`);
  }
  return undefined;
}

/** §4.2.1.12 leaves it open; everybody reads the extension of an issuer as the purposes of what it issues. */
function issuersMayServePurpose(path: Path, { purpose, roleKeyPurpose }: PathRequest): Refusal | undefined {
  const needed = roleKeyPurpose === undefined ? [purposes[purpose]] : [purposes[purpose], roleKeyPurpose];
  return each(path, (_, issuer) => {
    const allowed = issuer.certificate.extensions.extKeyUsage;
    if (allowed === undefined || allowed.includes(id.anyExtendedKeyUsage)) return undefined;
    if (needed.every((one) => allowed.includes(one))) return undefined;
    return refuse('extended_key_usage', issuer, `extKeyUsage of an issuer without ${needed.join(' and ')}`);
  });
}

/** §6.1.3 (b), (c), §6.1.4 (g): what an issuer says holds for all below it; self-issued intermediates are exempt. */
function namesAreWithinConstraints(path: Path, _: PathRequest, budget: ComparisonBudget): Refusal | undefined {
  for (const [position, link] of path.entries()) {
    if (position > 0 && isSelfIssued(link.certificate)) continue;
    for (const above of path.slice(position + 1)) {
      const constraints = above.certificate.extensions.nameConstraints;
      if (constraints === undefined) continue;
      const why = nameConstraintsRefuse(constraints, constrainedNames(link.certificate), budget);
      if (why !== undefined) return refuse('name_constraints', link, why);
    }
  }
  return undefined;
}

const encodedEmailAddress = Uint8Array.of(0x06, 0x09, 0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x09, 0x01);

/** §4.2.1.10: the subject, if it is not empty; each subjectAltName; and addresses in the subject, which count as rfc822Name. */
function constrainedNames({ subject, extensions }: Certificate): readonly GeneralName[] {
  const names: GeneralName[] = [...(extensions.subjectAltName?.names ?? [])];
  if (subject.length > 2) names.push({ form: 'directoryName', name: subject });
  if (includesBytes(subject, encodedEmailAddress)) names.push({ form: 'rfc822Name' });
  return names;
}

/** RFC 9846 §4.4.2.2: "the digitalSignature bit MUST be set" if there is a keyUsage. RFC 5280 §4.2.1.9: keyCertSign is a CA's. */
function leafMaySign([leaf]: Path): Refusal | undefined {
  const { keyUsage } = leaf.certificate.extensions;
  if (keyUsage === undefined) return undefined;
  if (keyUsage.includes('keyCertSign')) return refuse('leaf_key_usage', leaf, 'keyUsage keyCertSign without cA');
  if (!keyUsage.includes('digitalSignature'))
    return refuse('leaf_key_usage', leaf, 'keyUsage without digitalSignature');
  return undefined;
}

/** §4.2.1.12, stricter: it must be there, and anyExtendedKeyUsage does not stand for it. */
function leafServesPurpose([leaf]: Path, { purpose }: PathRequest): Refusal | undefined {
  if (leaf.certificate.extensions.extKeyUsage?.includes(purposes[purpose]) === true) return undefined;
  return refuse('extended_key_usage', leaf, `extKeyUsage without ${purpose}`);
}

function leafServesRole([leaf]: Path, { roleKeyPurpose }: PathRequest): Refusal | undefined {
  if (roleKeyPurpose === undefined) return undefined;
  if (leaf.certificate.extensions.extKeyUsage?.includes(roleKeyPurpose) === true) return undefined;
  return refuse('role_key_purpose', leaf, `extKeyUsage without ${roleKeyPurpose}`);
}

/** RFC 9525 §6: subjectAltName alone; a common name is no name of a service. */
function leafHasName([leaf]: Path, { dnsName, ipAddress }: PathRequest): Refusal | undefined {
  const names = leaf.certificate.extensions.subjectAltName?.names ?? [];
  if (dnsName !== undefined) {
    const reference = parseDnsName(dnsName, 'reference');
    const found =
      reference !== undefined && names.some((name) => name.form === 'dNSName' && dnsNameMatches(name.name, reference));
    if (!found) return refuse('name_mismatch', leaf, `no dNSName that matches ${dnsName}`);
  }
  if (ipAddress !== undefined) {
    const reference = parseIpAddress(ipAddress);
    const found =
      reference !== undefined && names.some((name) => name.form === 'iPAddress' && equalBytes(name.address, reference));
    if (!found) return refuse('name_mismatch', leaf, `no iPAddress equal to ${ipAddress}`);
  }
  return undefined;
}

const keyTypes: Readonly<Record<SignatureAlgorithm['type'], readonly PublicKey['algorithm'][]>> = {
  ecdsa: ['ecdsa'],
  ed25519: ['ed25519'],
  rsa_pkcs1: ['rsa'],
  rsa_pss: ['rsa', 'rsa_pss'],
};

/** What an issuer's key cannot have signed need not be verified. */
function signaturesFitKeys(path: Path): Refusal | undefined {
  return each(path, (link, issuer) => {
    const { type } = link.certificate.signatureAlgorithm;
    const { algorithm } = issuer.certificate.publicKey;
    if (keyTypes[type].includes(algorithm)) return undefined;
    return refuse('bad_signature', link, `a signature of ${type} under a key of ${algorithm}`);
  });
}

/**
 * Applied after the signatures, for what is missing says nothing about who signed: §4.2.1.2 has every CA carry its key
 * identifier, §4.2.1.1 has every certificate name its issuer's, but for a self-signed one.
 */
export function keyIdentifiersArePresent(path: Path): Refusal | undefined {
  const anchor = path[path.length - 1] ?? path[0];
  for (const link of path) {
    const { subjectKeyIdentifier, authorityKeyIdentifier } = link.certificate.extensions;
    if (link !== path[0] && subjectKeyIdentifier === undefined)
      return refuse('key_identifier_mismatch', link, 'an issuer without subjectKeyIdentifier');
    const needless = link === anchor && isSelfIssued(link.certificate) && authorityKeyIdentifier === undefined;
    if (!needless && authorityKeyIdentifier?.keyIdentifier === undefined)
      return refuse('key_identifier_mismatch', link, 'no keyIdentifier in authorityKeyIdentifier');
  }
  return undefined;
}

function validity(link: Link, now: number): Refusal | undefined {
  const { notBefore, notAfter } = link.certificate;
  const second = Math.floor(now); // both ends are inclusive, and whole seconds (§4.1.2.5)
  if (!(second >= notBefore)) return refuse('not_yet_valid', link, `valid from ${notBefore}, now is ${second}`);
  if (!(second <= notAfter)) return refuse('expired', link, `valid until ${notAfter}, now is ${second}`);
  return undefined;
}

/** The first refusal over each certificate with its issuer, from the leaf up. */
function each(path: Path, rule: (link: Link, issuer: Link) => Refusal | undefined): Refusal | undefined {
  for (let i = 0; i + 1 < path.length; i++) {
    const link = path[i];
    const issuer = path[i + 1];
    const refusal = link === undefined || issuer === undefined ? undefined : rule(link, issuer);
    if (refusal !== undefined) return refusal;
  }
  return undefined;
}

function includesBytes(bytes: Uint8Array, sought: Uint8Array): boolean {
  const last = bytes.length - sought.length;
  for (let at = 0; at <= last; at++) {
    let i = 0;
    while (i < sought.length && bytes[at + i] === sought[i]) i++;
    if (i === sought.length) return true;
  }
  return false;
}

/** §6.1.3: "returning a failure indication and an appropriate reason" */
export const refuse = (reason: RefusalReason, link: Link, detail: string): Refusal => ({
  reason,
  certificate: link.index,
  detail,
});
