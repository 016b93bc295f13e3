import { createHash, randomBytes } from 'node:crypto';
import { concatBytes } from '@noble/hashes/utils.js';
import { HandshakeType } from '../../tls/handshake-type.ts';
import type { KeyShareSeeds } from '../../tls/named-group.ts';

export const seeds = (): KeyShareSeeds => ({
  x25519: new Uint8Array(randomBytes(32)),
  mlkem: new Uint8Array(randomBytes(64)),
  p256: new Uint8Array(randomBytes(48)),
  p384: new Uint8Array(randomBytes(72)),
});

/** RFC 9846 §4.4.1: what stands for the first ClientHello after a HelloRetryRequest. */
export function messageHash(hash: string, messages: readonly Uint8Array[]): Uint8Array {
  const digest = createHash(hash)
    .update(concatBytes(...messages))
    .digest();
  return concatBytes(Uint8Array.of(HandshakeType.message_hash, 0, 0, digest.length), digest);
}
