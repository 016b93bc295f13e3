import type { Signer } from './certificate-verify.ts';
import { destroyEntropy, type Entropy } from './entropy.ts';
import {
  type AnsweredKeyShare,
  answerKeyShare,
  type NamedGroup,
  type OfferedKeyShare,
  offerKeyShare,
} from './named-group.ts';

/**
 * All that a session does with secrets of its own: key shares out of its entropy (RFC 9846 §4.2.8), and signatures of its keys
 * (§4.4.3). The handlers ask for nothing else that is secret, so that a replay of a trace, which has no secret, can do without.
 */
export interface OwnSecrets {
  offer(group: NamedGroup): OfferedKeyShare;
  /** undefined if the peer's share is not what the group's RFC allows. */
  answer(group: NamedGroup, peer: Uint8Array): AnsweredKeyShare | undefined;
  sign(by: Signer, content: Uint8Array): Uint8Array;
  /** Once the key exchange is done nothing needs the seeds any more (design §4.1). */
  destroySeeds(): void;
}

/** Those of every session there is (RFC 9846 §4.2.8, §4.4.3). */
export const ownSecrets = (entropy: Entropy): OwnSecrets => ({
  offer: (group) => offerKeyShare(group, entropy.keyShares),
  answer: (group, peer) => answerKeyShare(group, entropy.keyShares, peer),
  sign: ({ certifiedKey, scheme }, content) => certifiedKey.key.sign(content, scheme.algorithm),
  destroySeeds: () => destroyEntropy(entropy),
});
