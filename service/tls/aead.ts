import { gcm } from '@noble/ciphers/aes.js';
import { chacha20poly1305 } from '@noble/ciphers/chacha.js';

/** Authenticated encryption with additional data (RFC 5116) under one key. A nonce must never be given to `seal` twice. */
export interface Aead {
  /** The ciphertext with its tag of 16 bytes. Throws once destroyed: under the zeroed key everybody could read. */
  seal(nonce: Uint8Array, additionalData: Uint8Array, plaintext: Uint8Array): Uint8Array;
  /** Undefined if the tag is wrong; nothing that was not authenticated leaves. A destroyed key opens nothing. */
  open(nonce: Uint8Array, additionalData: Uint8Array, ciphertext: Uint8Array): Uint8Array | undefined;
  destroy(): void;
}

/** Takes the key over: `destroy` zeroes it. */
export type AeadFactory = (key: Uint8Array) => Aead;

const NONCE_LENGTH = 12;
const TAG_LENGTH = 16;

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
    return this.#cipher(this.#key, checked(nonce), additionalData).encrypt(plaintext);
  }

  open(nonce: Uint8Array, additionalData: Uint8Array, ciphertext: Uint8Array): Uint8Array | undefined {
    if (this.#key === undefined || ciphertext.length < TAG_LENGTH) return undefined;
    const opening = this.#cipher(this.#key, checked(nonce), additionalData);
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

/** noble's GCM takes nonces of other lengths, for which TLS has no use. */
function checked(nonce: Uint8Array): Uint8Array {
  if (nonce.length === NONCE_LENGTH) return nonce;
  throw new RangeError(`an AEAD nonce of TLS has ${NONCE_LENGTH} bytes, not ${nonce.length}`);
}

function factory(cipher: NobleCipher, keyLength: number): AeadFactory {
  return (key) => {
    if (key.length !== keyLength)
      throw new RangeError(`the AEAD key has ${key.length} bytes and must have ${keyLength}`);
    return new NobleAead(cipher, key);
  };
}

/** AEAD_AES_128_GCM, RFC 5116 §5.1. */
export const aes128Gcm: AeadFactory = factory(gcm, 16);

/** AEAD_AES_256_GCM, RFC 5116 §5.2. */
export const aes256Gcm: AeadFactory = factory(gcm, 32);

/** AEAD_CHACHA20_POLY1305, RFC 8439 §2.8. */
export const chaCha20Poly1305: AeadFactory = factory(chacha20poly1305, 32);
