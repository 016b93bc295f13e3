import { createCipheriv, createDecipheriv } from 'node:crypto';
import { concatBytes } from '@noble/hashes/utils.js';
import type { CipherSuite12 } from '../../tls/cipher-suite-12.ts';
import { keyBlock, type Randoms } from '../../tls/prf.ts';
import { recordHeader } from '../../tls/record.ts';

/* Records of TLS 1.2 (RFC 5246 §6.2.3.3, RFC 5288 §3, RFC 7905 §2), by OpenSSL's AEADs through node:crypto. */

const TAG_LENGTH = 16;
const EXPLICIT_NONCE_LENGTH = 8;

const ciphers: readonly (readonly [RegExp, string])[] = [
  [/AES_128_GCM/, 'aes-128-gcm'],
  [/AES_256_GCM/, 'aes-256-gcm'],
  [/CHACHA20_POLY1305/, 'chacha20-poly1305'],
];

export class Protection12 {
  readonly #name: string;
  readonly #key: Uint8Array;
  readonly #fixedIv: Uint8Array;
  /** May be set: what an honest peer never does. */
  sequence = 0;

  constructor(suite: CipherSuite12, key: Uint8Array, fixedIv: Uint8Array) {
    const name = ciphers.find(([pattern]) => pattern.test(suite.name))?.[1];
    if (name === undefined) throw new RangeError(`no cipher for ${suite.name}`);
    this.#name = name;
    this.#key = key;
    this.#fixedIv = fixedIv;
  }

  seal(type: number, content: Uint8Array): Uint8Array {
    const sequence = this.#next();
    const explicit = this.#explicit ? sequence : new Uint8Array(0);
    const cipher = createCipheriv(this.#aead, this.#key, this.#nonce(sequence), { authTagLength: TAG_LENGTH });
    cipher.setAAD(additionalData(sequence, type, content.length), { plaintextLength: content.length });
    const sealed = concatBytes(cipher.update(content), cipher.final(), cipher.getAuthTag());
    // The codec's type knows only the types there are; a rogue's do not end there.
    const header = recordHeader(type as Parameters<typeof recordHeader>[0], explicit.length + sealed.length);
    return concatBytes(header, explicit, sealed);
  }

  /** Throws if the record does not authenticate. */
  open(type: number, fragment: Uint8Array): Uint8Array {
    const sequence = this.#next();
    const start = this.#explicit ? EXPLICIT_NONCE_LENGTH : 0;
    const end = fragment.length - TAG_LENGTH;
    const nonce = this.#explicit ? concatBytes(this.#fixedIv, fragment.subarray(0, start)) : this.#nonce(sequence);
    const decipher = createDecipheriv(this.#aead, this.#key, nonce, { authTagLength: TAG_LENGTH });
    decipher.setAAD(additionalData(sequence, type, end - start), { plaintextLength: end - start });
    decipher.setAuthTag(fragment.subarray(end));
    return concatBytes(decipher.update(fragment.subarray(start, end)), decipher.final());
  }

  get #explicit(): boolean {
    return this.#fixedIv.length === 4;
  }

  /** The types know each AEAD by an overload of its own; their options are the same. */
  get #aead(): 'chacha20-poly1305' {
    return this.#name as 'chacha20-poly1305';
  }

  #next(): Uint8Array {
    const bytes = new Uint8Array(8);
    new DataView(bytes.buffer).setBigUint64(0, BigInt(this.sequence));
    this.sequence++;
    return bytes;
  }

  #nonce(sequence: Uint8Array): Uint8Array {
    if (this.#explicit) return concatBytes(this.#fixedIv, sequence);
    return this.#fixedIv.map((byte, at) => byte ^ (at < 4 ? 0 : (sequence[at - 4] ?? 0)));
  }
}

/** RFC 5246 §6.3: what each side seals with. */
export function sessionKeys(suite: CipherSuite12, mainSecret: Uint8Array, randoms: Randoms) {
  const { hash, keyLength, fixedIvLength } = suite;
  const block = keyBlock(hash, mainSecret, randoms, 2 * (keyLength + fixedIvLength));
  const ivs = block.subarray(2 * keyLength);
  const one = (index: 0 | 1) =>
    new Protection12(
      suite,
      block.slice(index * keyLength, (index + 1) * keyLength),
      ivs.slice(index * fixedIvLength, (index + 1) * fixedIvLength),
    );
  return { client: one(0), server: one(1) };
}

const additionalData = (sequence: Uint8Array, type: number, length: number): Uint8Array =>
  concatBytes(sequence, Uint8Array.of(type, 3, 3, length >> 8, length & 0xff));
