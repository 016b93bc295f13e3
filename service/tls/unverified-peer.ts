import { isValidatedPath } from '../x509/index.ts';
import { type CertificateVerified, isCertificateVerified } from './certificate-verify.ts';
import { type FinishedVerified, isFinishedVerified } from './finished.ts';
import { type PeerFacts, type VerifiedPeer, verifiedPeer } from './verified-peer.ts';

/**
 * A peer that holds the key of the certificates it showed, and of whom nobody knows more: a verifier made for tests let
 * them pass. It shares neither class nor shape with VerifiedPeer, and the bait does not know it (design §3).
 */
export type UnverifiedPeer = InstanceType<typeof UnverifiedPeerProof>;

class UnverifiedPeerProof {
  readonly #shown: readonly Uint8Array[];
  readonly applicationProtocol: string | undefined;

  constructor(shown: readonly Uint8Array[], applicationProtocol: string | undefined) {
    this.#shown = shown;
    this.applicationProtocol = applicationProtocol;
    Object.freeze(this);
  }

  /** Its certificates in DER, as it sent them. */
  get shown(): readonly Uint8Array[] {
    return this.#shown;
  }

  static made(value: unknown): boolean {
    return typeof value === 'object' && value !== null && #shown in value;
  }
}

/** Holds a key (RFC 9846 §4.4.3), and belongs to nobody's path (RFC 5280 §6.1). */
export const isUnverifiedPeer = (value: unknown): value is UnverifiedPeer => UnverifiedPeerProof.made(value);

/** Which of the two a peer is follows from what its certificates went through: only a ValidatedPath (RFC 5280 §6.1) makes a VerifiedPeer. */
export function provenPeer(
  certificate: CertificateVerified,
  finished: FinishedVerified,
  facts: PeerFacts,
): VerifiedPeer | UnverifiedPeer {
  if (isCertificateVerified(certificate) !== true || isFinishedVerified(finished) !== true) {
    throw new TypeError('a peer is made from a verified CertificateVerify and a verified Finished');
  }
  const { path } = certificate;
  return isValidatedPath(path) === true
    ? verifiedPeer(certificate, finished, facts)
    : new UnverifiedPeerProof(path.shown, facts.applicationProtocol);
}
