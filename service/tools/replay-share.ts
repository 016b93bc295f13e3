import { equalBytes } from '../tls/hkdf.ts';
import { type KeyShareSeeds, type NamedGroup, type OfferedKeyShare, offerKeyShare } from '../tls/named-group.ts';

/** X25519 stands last in both shares of X25519MLKEM768 (draft-ietf-tls-ecdhe-mlkem §4). */
const X25519_LENGTH = 32;

/**
 * A share of ours as it went over the wire, whose secret is gone. The peer's value is judged by the engine with a throwaway
 * secret: whether it is a valid public value does not depend on ours (RFC 9846 §7.4), unless it is ours itself.
 */
export const recordedShare = (group: NamedGroup, publicValue: Uint8Array): OfferedKeyShare => ({
  publicValue,
  agree: (peer) => (isOurs(group, publicValue, peer) ? undefined : offerKeyShare(group, seeds).agree(peer)),
  destroy: () => undefined,
});

const seeds: KeyShareSeeds = {
  x25519: new Uint8Array(32).fill(7),
  mlkem: new Uint8Array(64).fill(7),
  p256: new Uint8Array(48).fill(7),
  p384: new Uint8Array(72).fill(7),
};

function isOurs({ name }: NamedGroup, ours: Uint8Array, peer: Uint8Array): boolean {
  if (name === 'X25519MLKEM768') return equalBytes(ours.slice(-X25519_LENGTH), peer.slice(-X25519_LENGTH)) === true;
  return equalBytes(ours, peer) === true;
}
