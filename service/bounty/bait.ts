import type { Step } from '../tls/index.ts';
import { type BountyPeer, sealTo } from './bounty-peer.ts';

/** One record can carry it whole (TLSPlaintext.length <= 2^14, RFC 9846 §5.1), so that it arrives whole or not at all. */
const longestSecret = 1 << 14;

/**
 * Holds the way to the secret. It has one exit, and what comes out there is sealed to a BountyPeer already: no caller ever
 * sees the plaintext. The secret itself is made at the moment of a release, in a buffer that is zeroed once it is sealed.
 */
export class Bait {
  readonly #makeSecret: () => Uint8Array;

  /** `makeSecret` gives a new buffer each time, which is the bait's. It is tried once: a bait that cannot be released is none. */
  constructor(makeSecret: () => Uint8Array) {
    const { length } = makeSecret().fill(0);
    if (length === 0 || length > longestSecret) {
      throw new RangeError(`a secret of ${length} bytes, where 1 to ${longestSecret} are allowed`);
    }
    this.#makeSecret = makeSecret;
  }

  /** The step that carries the secret in full. Throws on anything that is not a BountyPeer. */
  releaseTo(peer: BountyPeer): Step {
    return sealTo(peer, this.#makeSecret);
  }
}
