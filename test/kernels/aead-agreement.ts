import { poly1305 } from '@noble/ciphers/_poly1305.js';
import { gcm } from '@noble/ciphers/aes.js';
import { chacha20poly1305 } from '@noble/ciphers/chacha.js';
import { bytesToHex } from '@noble/hashes/utils.js';
import type { Aead } from '../../service/tls/kernels/aead.ts';
import { AesGcm } from '../../service/tls/kernels/aes-gcm.ts';
import { ChaCha20Poly1305 } from '../../service/tls/kernels/chacha20-poly1305.ts';
import { absorb, begin, finish } from '../../service/tls/kernels/poly1305.ts';
import { Draw } from './inputs25519.ts';

/*
 * One record after the other for our ciphers and noble's. An input is a function of its number alone, so that a disagreement can
 * be looked at again.
 */

export interface Compared {
  readonly kind: string;
  readonly ours: string;
  readonly noble: string;
}

export const ciphers = ['ChaCha20-Poly1305', 'AES-128-GCM', 'AES-256-GCM', 'Poly1305'] as const;
export type CipherName = (typeof ciphers)[number];

export function compared(cipher: CipherName, input: number): Compared {
  const draw = new Draw(4 * input + ciphers.indexOf(cipher));
  switch (cipher) {
    case 'ChaCha20-Poly1305':
      return sealed(draw, edged(draw, 32), (key) => new ChaCha20Poly1305(key), chacha20poly1305);
    case 'AES-128-GCM':
      return sealed(draw, edged(draw, 16), (key) => new AesGcm(key), gcm);
    case 'AES-256-GCM':
      return sealed(draw, edged(draw, 32), (key) => new AesGcm(key), gcm);
    case 'Poly1305':
      return summed(draw);
    default:
      return cipher satisfies never;
  }
}

/** What noble seals; and it opens, and does not where a bit of it, or of the additional data, is another. */
function sealed(
  draw: Draw,
  key: Uint8Array,
  ours: (key: Uint8Array) => Aead,
  noble: typeof gcm | typeof chacha20poly1305,
): Compared {
  const length = draw.number(10) === 0 ? draw.number(1500) : draw.number(130);
  const [nonce, data, plaintext] = [edged(draw, 12), edged(draw, draw.of([0, 5, 13, 13, 13, 40])), edged(draw, length)];
  const theirs = noble(key, nonce, data).encrypt(plaintext);
  const aead = ours(key.slice());
  // Anywhere in a larger buffer, as a record is.
  const [offset, at] = [draw.number(8), draw.number(8)];
  const record = new Uint8Array(offset + at + theirs.length).subarray(offset);
  record.set(plaintext, at);
  aead.sealInPlace(nonce, data, record, at);
  const opened = aead.open(nonce, data, theirs);
  const changed = theirs.slice();
  const bit = draw.number(8 * changed.length);
  changed[bit >> 3] = (changed[bit >> 3] ?? 0) ^ (1 << (bit & 7));
  const forged = aead.open(nonce, data, changed);
  const outcome = (bytes: Uint8Array, back: string, forgery: string) => `${bytesToHex(bytes)} ${back} ${forgery}`;
  return {
    kind: `${length} bytes at ${offset + at}, ${data.length} of additional data, bit ${bit} changed`,
    ours: outcome(
      record.subarray(at),
      opened === undefined ? 'refused' : bytesToHex(opened),
      forged === undefined ? 'refused' : bytesToHex(forged),
    ),
    noble: outcome(theirs, bytesToHex(plaintext), 'refused'),
  };
}

/** Under keys that an AEAD does not draw in a lifetime: r at its ends, sums around the modulus. */
function summed(draw: Draw): Compared {
  const key = edged(draw, 32);
  const blocks = draw.number(20);
  const message = edged(draw, 16 * blocks);
  begin(new Int32Array(key.slice().buffer));
  absorb(new Int32Array(message.slice().buffer), 0, blocks);
  const tag = new Uint8Array(16);
  finish(tag, 0);
  return {
    kind: `${blocks} blocks under ${bytesToHex(key)}`,
    ours: bytesToHex(tag),
    noble: bytesToHex(poly1305(message, key)),
  };
}

/** Half of them uniform; in the others runs of four bytes that have all bits, or none, or one, or all but one. */
function edged(draw: Draw, length: number): Uint8Array {
  const bytes = draw.bytes(length);
  if (draw.number(2) === 0) return bytes;
  for (let at = 0; at < length; at += 4) {
    const run = bytes.subarray(at, at + 4);
    const last = run.length - 1;
    const [kind = 0, which = 0] = draw.bytes(2);
    const set = kind % 5;
    if (set === 0) continue;
    run.fill(set % 2 === 1 ? 255 : 0);
    if (set > 2) run[which & last] = (run[which & last] ?? 0) ^ (1 << (which >> 5));
  }
  return bytes;
}
