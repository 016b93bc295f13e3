import { isVerifiedPeer, peer, type Step, transcript } from '../tls/index.ts';
import { validatePath } from '../x509/index.ts';
import type { BountySession } from './bounty-session.ts';
import { finishedPoint } from './correlator.ts';
import { bountyProtocol } from './endpoints.ts';
import { trustIn } from './generation.ts';

/** Only this module holds it, so that the constructor is of no use to anybody who gets at it through an instance. */
const mint = Symbol('mint');

/**
 * Proof that the other end of one session showed everything that design §4.1 asks for. There is one way to get one,
 * `bountyPeer`; it is good for one session and one release, and everything else is told apart by its brand at run time.
 */
class BountyPeer {
  readonly #session: BountySession;
  #spent = false;

  constructor(key: typeof mint, session: BountySession) {
    if (key !== mint) throw new TypeError('a BountyPeer is minted by bountyPeer() alone');
    this.#session = session;
  }

  /** Sealed to this peer, over the session it authenticated in: there is no other place a release can go to. */
  static seal(peer: BountyPeer, makeSecret: () => Uint8Array): Step {
    if (typeof peer !== 'object' || peer === null || !(#session in peer)) throw new TypeError('not a BountyPeer');
    if (peer.#spent) throw new TypeError('this BountyPeer was released to before');
    peer.#spent = true;
    const secret = makeSecret();
    try {
      return peer.#session.send(secret);
    } finally {
      secret.fill(0);
    }
  }
}

export type { BountyPeer };

/** For bait.ts alone. Throws unless `peer` is a BountyPeer that was not released to yet; no secret is made then. */
export const sealTo = (peer: BountyPeer, makeSecret: () => Uint8Array): Step => BountyPeer.seal(peer, makeSecret);

/** Why there is no BountyPeer, in the order in which it is asked. */
export type Withheld =
  | 'not_verified'
  | 'finished_not_verified'
  | 'same_role'
  | 'not_mutual'
  | 'application_protocol'
  | 'authority'
  | 'path';

/**
 * Every check of design §4.1, in one place, whatever the engine and its configuration made sure of before: the path is
 * validated once more by what is asked for here. A result is a BountyPeer or the first check that did not hold.
 */
export function bountyPeer(session: BountySession): BountyPeer | Withheld {
  // Defined only once CertificateVerify and Finished were verified (design §3).
  const verified = peer(session.state);
  if (verified === undefined || isVerifiedPeer(verified) !== true) return 'not_verified';
  if (transcript(session.state, finishedPoint[session.peerRole]) === undefined) return 'finished_not_verified';
  if (verified.role !== session.peerRole) return 'same_role';
  // As client: a CertificateRequest came, and our own Certificate and Finished are written.
  if (verified.mutual !== true) return 'not_mutual';
  if (!protocolAllows(session, verified.applicationProtocol)) return 'application_protocol';
  const trust = trustIn(session.peerRole, session.lease.generation);
  if (!sameBytes(verified.path.anchor.der, trust.anchor.der)) return 'authority';
  const path = validatePath(verified.path.certificates, { ...trust, now: session.now });
  if (path.ok !== true) return 'path';
  return new BountyPeer(mint, session);
}

/** As client we insist on it; as server absent is tolerated, and a probe gets nothing. */
const protocolAllows = (session: BountySession, negotiated: string | undefined): boolean =>
  negotiated === bountyProtocol || (session.role === 'server' && negotiated === undefined);

const sameBytes = (a: Uint8Array, b: Uint8Array): boolean =>
  a.length === b.length && a.every((byte, i) => byte === b[i]);
