import { createCipheriv, createDecipheriv } from 'node:crypto';
import { concatBytes } from '@noble/hashes/utils.js';
import type { CipherSuite } from '../../tls/cipher-suite.ts';
import { nextTrafficSecret, trafficKey } from '../../tls/key-schedule.ts';
import { recordHeader } from '../../tls/record.ts';

/*
 * Record protection that can be made to do what it must not: seal any bytes as an inner plaintext, use any sequence
 * number. Its AEADs are OpenSSL's, by node:crypto, so that a fault of ours is not shared by both sides of a test.
 */

const TAG_LENGTH = 16;

const ciphers = {
  TLS_AES_128_GCM_SHA256: 'aes-128-gcm',
  TLS_AES_256_GCM_SHA384: 'aes-256-gcm',
  TLS_CHACHA20_POLY1305_SHA256: 'chacha20-poly1305',
} as const;

export class Protection {
  readonly suite: CipherSuite;
  readonly secret: Uint8Array;
  readonly #key: Uint8Array;
  readonly #iv: Uint8Array;
  sequence = 0;

  constructor(suite: CipherSuite, secret: Uint8Array) {
    this.suite = suite;
    this.secret = secret.slice();
    const { key, iv } = trafficKey(suite, this.secret);
    this.#key = key;
    this.#iv = iv;
  }

  /** A record around this TLSInnerPlaintext: content, type and padding are the caller's (RFC 9846 §5.2). */
  seal(inner: Uint8Array): Uint8Array {
    const header = recordHeader(23, inner.length + TAG_LENGTH);
    const cipher = createCipheriv(this.#name, this.#key, this.#nonce(), { authTagLength: TAG_LENGTH });
    cipher.setAAD(header, { plaintextLength: inner.length });
    return concatBytes(header, cipher.update(inner), cipher.final(), cipher.getAuthTag());
  }

  /** The content and its type. Throws if the record does not authenticate. */
  open(header: Uint8Array, fragment: Uint8Array): { readonly type: number; readonly content: Uint8Array } {
    const decipher = createDecipheriv(this.#name, this.#key, this.#nonce(), { authTagLength: TAG_LENGTH });
    const end = fragment.length - TAG_LENGTH;
    decipher.setAAD(header, { plaintextLength: end });
    decipher.setAuthTag(fragment.subarray(end));
    const inner = concatBytes(decipher.update(fragment.subarray(0, end)), decipher.final());
    const last = inner.findLastIndex((byte) => byte !== 0);
    return { type: inner[last] ?? 0, content: inner.slice(0, Math.max(last, 0)) };
  }

  /** After a KeyUpdate (§7.2). */
  next(): Protection {
    return new Protection(this.suite, nextTrafficSecret(this.suite, this.secret));
  }

  get #name() {
    const name = Object.entries(ciphers).find(([suite]) => suite === this.suite.name)?.[1];
    if (name === undefined) throw new RangeError(`no cipher for ${this.suite.name}`);
    // The types know each AEAD by an overload of its own; their options are the same.
    return name as 'chacha20-poly1305';
  }

  #nonce(): Uint8Array {
    const nonce = this.#iv.slice();
    const view = new DataView(nonce.buffer);
    view.setBigUint64(4, view.getBigUint64(4) ^ BigInt(this.sequence));
    this.sequence++;
    return nonce;
  }
}
