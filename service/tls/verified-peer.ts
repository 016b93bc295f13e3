import { isValidatedPath, type ValidatedPath } from '../x509/index.ts';
import { type CertificateVerified, isCertificateVerified } from './certificate-verify.ts';
import { type FinishedVerified, isFinishedVerified } from './finished.ts';

/** Where we are the TLS client: a CertificateRequest came, and our Certificate, CertificateVerify and Finished went out. */
export interface PeerFacts {
  readonly role: 'client' | 'server';
  readonly mutual: boolean;
  readonly applicationProtocol: string | undefined;
}

/** A peer that showed who it is: made from a validated path and both proofs, here alone. The type is exported, the constructor is not. */
export type VerifiedPeer = InstanceType<typeof VerifiedPeerProof>;

class VerifiedPeerProof {
  readonly #path: ValidatedPath;
  readonly #facts: PeerFacts;

  constructor(path: ValidatedPath, facts: PeerFacts) {
    this.#path = path;
    this.#facts = Object.freeze({ ...facts });
    Object.freeze(this);
  }

  /** The peer's role, not ours. */
  get role(): 'client' | 'server' {
    return this.#facts.role;
  }

  get mutual(): boolean {
    return this.#facts.mutual;
  }

  get applicationProtocol(): string | undefined {
    return this.#facts.applicationProtocol;
  }

  get path(): ValidatedPath {
    return this.#path;
  }

  static made(value: unknown): boolean {
    return typeof value === 'object' && value !== null && #path in value;
  }
}

/** The brand of a VerifiedPeer, looked at at run time (design §3). */
export const isVerifiedPeer = (value: unknown): value is VerifiedPeer => VerifiedPeerProof.made(value);

/** Both proofs (RFC 9846 §4.4.3, §4.4.4) are looked at again at run time: a forged object with the right shape has no brand. */
export function verifiedPeer(
  certificate: CertificateVerified,
  finished: FinishedVerified,
  facts: PeerFacts,
): VerifiedPeer {
  if (isCertificateVerified(certificate) !== true || isFinishedVerified(finished) !== true) {
    throw new TypeError('a VerifiedPeer is made from a verified CertificateVerify and a verified Finished');
  }
  const { path } = certificate;
  if (isValidatedPath(path) !== true) throw new TypeError('a VerifiedPeer is made from a ValidatedPath');
  return new VerifiedPeerProof(path, facts);
}
