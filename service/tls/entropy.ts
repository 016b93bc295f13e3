import type { KeyShareSeeds } from './named-group.ts';

/**
 * The randomness of one session, all of it, taken before its first byte (design §3). It never leaves the session, and no
 * signature nonce comes from it.
 */
export interface Entropy {
  readonly random: Uint8Array;
  readonly legacySessionId: Uint8Array;
  readonly keyShares: KeyShareSeeds;
}

const layout = { random: 32, legacySessionId: 32, x25519: 32, mlkem: 64, p256: 48, p384: 72 } as const;

/** Bytes of entropy that a session wants (design §3). */
export const entropyLength: number = Object.values(layout).reduce((sum, length) => sum + length, 0);

/** Takes the bytes over: they are copied apart and zeroed (design §3). */
export function partition(bytes: Uint8Array): Entropy {
  if (bytes.length !== entropyLength) {
    throw new RangeError(`a session wants ${entropyLength} bytes of entropy and was given ${bytes.length}`);
  }
  let at = 0;
  const next = (length: number): Uint8Array => {
    at += length;
    return new Uint8Array(bytes.subarray(at - length, at)); // slice() of a Node Buffer is no copy, and they are zeroed
  };
  const entropy: Entropy = {
    random: next(layout.random),
    legacySessionId: next(layout.legacySessionId),
    keyShares: {
      x25519: next(layout.x25519),
      mlkem: next(layout.mlkem),
      p256: next(layout.p256),
      p384: next(layout.p384),
    },
  };
  bytes.fill(0);
  return entropy;
}

/** Once the key exchange is done nothing needs the seeds any more (design §4.1). */
export function destroyEntropy({ keyShares }: Entropy): void {
  for (const seed of [keyShares.x25519, keyShares.mlkem, keyShares.p256, keyShares.p384]) seed.fill(0);
}
