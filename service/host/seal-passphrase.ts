import { xchacha20poly1305 } from '@noble/ciphers/chacha.js';
import { scrypt } from '@noble/hashes/scrypt.js';
import { base64 } from '@scure/base';
import type { PassphraseSeal } from './sealed-wallet-format.ts';

/*
 * The key sealed under a passphrase: scrypt (RFC 7914) gives 32 bytes that XChaCha20-Poly1305 seals with, and 16 that tell
 * whether a passphrase is the right one. The head of the file is the additional data.
 */

/** 64 MiB, and about half a second. */
const usualCost = 16;

const keyLength = 32;
const checkLength = 16;

export interface PreparedSeal<Parameters> {
  readonly parameters: Parameters;
  /** Takes `secret` over: it is zeroed. Good for one call. */
  readonly seal: (head: Uint8Array, secret: Uint8Array) => Uint8Array;
}

/** Takes `passphrase` over: it is zeroed. */
export function preparePassphraseSeal(
  passphrase: Uint8Array,
  entropy: (length: number) => Uint8Array,
  log2N: number = usualCost,
): PreparedSeal<PassphraseSeal> {
  const cost = { log2N, r: 8, p: 1 } as const;
  const [salt, nonce] = [entropy(32), entropy(24)];
  const { key, check } = derive(passphrase, salt, cost);
  return {
    parameters: {
      method: 'passphrase',
      kdf: 'scrypt',
      ...cost,
      salt: base64.encode(salt),
      check: base64.encode(check),
      aead: 'xchacha20-poly1305',
      nonce: base64.encode(nonce),
    },
    seal: (head, secret) => {
      const sealed = xchacha20poly1305(key, nonce, head).encrypt(secret);
      secret.fill(0);
      key.fill(0);
      return sealed;
    },
  };
}

export type PassphraseFault = 'wrong_passphrase' | 'changed';

/** Takes `passphrase` over: it is zeroed. The secret is the caller's to zero. */
export function openPassphraseSeal(
  parameters: PassphraseSeal,
  passphrase: Uint8Array,
  head: Uint8Array,
  sealed: Uint8Array,
): Uint8Array | PassphraseFault {
  const { key, check } = derive(passphrase, base64.decode(parameters.salt), parameters);
  try {
    if (base64.encode(check) !== parameters.check) return 'wrong_passphrase';
    return xchacha20poly1305(key, base64.decode(parameters.nonce), head).decrypt(sealed);
  } catch {
    return 'changed';
  } finally {
    key.fill(0);
  }
}

function derive(passphrase: Uint8Array, salt: Uint8Array, { log2N, r, p }: Pick<PassphraseSeal, 'log2N' | 'r' | 'p'>) {
  const derived = scrypt(passphrase, salt, { N: 2 ** log2N, r, p, dkLen: keyLength + checkLength });
  passphrase.fill(0);
  const key = derived.slice(0, keyLength);
  const check = derived.slice(keyLength);
  derived.fill(0);
  return { key, check };
}
