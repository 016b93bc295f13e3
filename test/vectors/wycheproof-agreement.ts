import { numberToBytesBE } from '@noble/curves/utils.js';
import { equalBytes } from '../../service/tls/hkdf.ts';
import {
  answerKeyShare,
  type KeyShareSeeds,
  type NamedGroupName,
  namedGroups,
  offerKeyShare,
} from '../../service/tls/named-group.ts';
import type { Verdict } from './wycheproof.ts';

/* Wycheproof's cases of key agreement, as key shares of TLS. */

export const group = (name: NamedGroupName) => {
  const found = namedGroups.find((candidate) => candidate.name === name);
  if (found === undefined) throw new Error(`no group ${name}`);
  return found;
};

/** Seeds that lead to a secret we know: X25519 takes the seed as it is; a scalar d comes of d - 1 (FIPS 186-5 A.2.1). */
export const seeds = (secret: Partial<KeyShareSeeds>): KeyShareSeeds => ({
  x25519: new Uint8Array(32).fill(7),
  mlkem: new Uint8Array(64).fill(7),
  p256: new Uint8Array(48).fill(7),
  p384: new Uint8Array(72).fill(7),
  ...secret,
});

export const scalarSeed = (d: string, length: number): Uint8Array => numberToBytesBE(BigInt(`0x${d}`) - 1n, length);

/** As client and as server; the two must say the same. */
export function agreement(
  name: NamedGroupName,
  secret: Partial<KeyShareSeeds>,
  peer: Uint8Array,
  expected: Uint8Array,
): Verdict {
  const asClient = offerKeyShare(group(name), seeds(secret)).agree(peer);
  const asServer = answerKeyShare(group(name), seeds(secret), peer)?.sharedSecret;
  if (asClient === undefined || asServer === undefined) return asClient === asServer ? 'refused' : 'wrong';
  return equalBytes(asClient, expected) && equalBytes(asServer, expected) ? 'accepted' : 'wrong';
}

export interface EcdhTest {
  readonly public: string;
  readonly private: string;
  readonly shared: string;
}

export const compressed = 'RFC 9846 §4.2.8.2: points are uncompressed';
