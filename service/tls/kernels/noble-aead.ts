import { gcm } from '@noble/ciphers/aes.js';
import { chacha20poly1305 } from '@noble/ciphers/chacha.js';
import { type Aead, type AeadFactory, checkedKey, checkedNonce, TAG_LENGTH } from './aead.ts';
import type { Aeads } from './provider.ts';

/* The AEADs of @noble/ciphers. It keeps no schedule: each record begins with the key. */

type NobleCipher = (
  key: Uint8Array,
  nonce: Uint8Array,
  additionalData: Uint8Array,
) => { encrypt(plaintext: Uint8Array): Uint8Array; decrypt(ciphertext: Uint8Array): Uint8Array };

class NobleAead implements Aead {
  readonly #cipher: NobleCipher;
  #key: Uint8Array | undefined;

  constructor(cipher: NobleCipher, key: Uint8Array) {
    this.#cipher = cipher;
    this.#key = key;
  }

  seal(nonce: Uint8Array, additionalData: Uint8Array, plaintext: Uint8Array): Uint8Array {
    if (this.#key === undefined) throw new Error('an AEAD key was used after it was destroyed');
    return this.#cipher(this.#key, checkedNonce(nonce), additionalData).encrypt(plaintext);
  }

  sealInPlace(nonce: Uint8Array, additionalData: Uint8Array, record: Uint8Array, at: number): void {
    record.set(this.seal(nonce, additionalData, record.subarray(at, record.length - TAG_LENGTH)), at);
  }

  open(nonce: Uint8Array, additionalData: Uint8Array, ciphertext: Uint8Array): Uint8Array | undefined {
    if (this.#key === undefined || ciphertext.length < TAG_LENGTH) return undefined;
    const opening = this.#cipher(this.#key, checkedNonce(nonce), additionalData);
    try {
      return opening.decrypt(ciphertext); // noble compares the tag before it decrypts, and throws
    } catch {
      return undefined;
    }
  }

  destroy(): void {
    this.#key?.fill(0);
    this.#key = undefined;
  }
}

const factory =
  (cipher: NobleCipher, keyLength: number): AeadFactory =>
  (key) =>
    new NobleAead(cipher, checkedKey(key, keyLength));

export const nobleAeads: Aeads = {
  aes128Gcm: factory(gcm, 16),
  aes256Gcm: factory(gcm, 32),
  chaCha20Poly1305: factory(chacha20poly1305, 32),
};
