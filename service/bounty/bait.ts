import type { Step } from '../tls/index.ts';
import { type BountyPeer, sealTo } from './bounty-peer.ts';

/** One record can carry it whole (TLSPlaintext.length <= 2^14, RFC 9846 §5.1), so that it arrives whole or not at all. */
const longestSecret = 1 << 14;

/**
 * Holds the secret: one buffer for the life of the process. It has one exit, and what comes out there is sealed to
 * a BountyPeer already: no caller ever sees the plaintext.
 */
export class Bait {
  readonly #secret: Uint8Array;

  /** Takes `secret` over: whoever made it keeps no copy. */
  constructor(secret: Uint8Array) {
    if (secret.length === 0 || secret.length > longestSecret) {
      throw new RangeError(`a secret of ${secret.length} bytes, where 1 to ${longestSecret} are allowed`);
    }
    this.#secret = secret;
  }

  /** The step that carries the secret in full. Throws on anything that is not a BountyPeer. */
  releaseTo(peer: BountyPeer): Step {
    return sealTo(peer, this.#secret);
  }
}
