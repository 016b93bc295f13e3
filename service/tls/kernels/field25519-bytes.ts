import { type FieldElement, fieldElement, LIMBS } from './field25519.ts';

/* Between 32 bytes, least significant first (RFC 7748 §5, RFC 8032 §5.1.2), and the limbs of field25519.ts. */

/** Bits of each limb: the differences of the weights. */
const WIDTHS = new Uint8Array([22, 21, 21, 21, 22, 21, 21, 21, 22, 21, 21, 21]);

/** What each limb is a multiple of; then 2^255. */
export const WEIGHTS = new Float64Array([
  ...[2 ** 0, 2 ** 22, 2 ** 43, 2 ** 64, 2 ** 85, 2 ** 107, 2 ** 128],
  ...[2 ** 149, 2 ** 170, 2 ** 192, 2 ** 213, 2 ** 234, 2 ** 255],
]);

/** The lower 255 bits, whatever the highest bit is, and whether or not they are p or more (RFC 7748 §5). Carried. */
export function decode(out: FieldElement, bytes: Uint8Array): void {
  let pending = 0;
  let bits = 0;
  let next = 0;
  for (let i = 0; i < LIMBS; i++) {
    const width = WIDTHS[i] ?? 0;
    while (bits < width) {
      pending += (bytes[next] ?? 0) << bits;
      bits += 8;
      next += 1;
    }
    out[i] = (pending & ((1 << width) - 1)) * (WEIGHTS[i] ?? 0);
    pending >>= width;
    bits -= width;
  }
  carry(out);
}

/** From limbs that are between 0 and the next weight: one pass, and what is above 2^255 comes back as 19 each. */
function carry(limbs: FieldElement): void {
  for (let i = 0; i < LIMBS; i++) carryLimb(limbs, i);
  carryLimb(limbs, 0);
}

/** Leaves at most half of the next weight, of either sign, in limb i. */
export function carryLimb(limbs: FieldElement, i: number): void {
  const round = 3 * 2 ** 51 * (WEIGHTS[i + 1] ?? 0);
  const limb = limbs[i] ?? 0;
  const carried = limb + round - round;
  limbs[i] = limb - carried;
  const next = i + 1 < LIMBS ? i + 1 : 0;
  limbs[next] = (limbs[next] ?? 0) + (next === 0 ? carried * 19 * 2 ** -255 : carried);
}

/**
 * The canonical 32 bytes, from limbs that are carried. Such an element x is between -p and p: it is x, or x + p where x is
 * negative. A first pass of carries tells, as its last carry is -1 then and 0 otherwise; a second one makes every limb
 * positive, with 19 less for the 2^255 that the carry it drops was worth.
 */
export function encode(bytes: Uint8Array, a: FieldElement): void {
  const integers = new Int32Array(LIMBS);
  let carried = 0;
  for (let i = 0; i < LIMBS; i++) {
    const limb = (a[i] ?? 0) / (WEIGHTS[i] ?? 1);
    integers[i] = limb;
    carried = (limb + carried) >> (WIDTHS[i] ?? 0);
  }
  carried *= 19;
  let pending = 0;
  let bits = 0;
  let next = 0;
  for (let i = 0; i < LIMBS; i++) {
    const width = WIDTHS[i] ?? 0;
    const limb = (integers[i] ?? 0) + carried;
    carried = limb >> width;
    pending += (limb & ((1 << width) - 1)) << bits;
    bits += width;
    while (bits >= 8) {
      bytes[next] = pending & 255;
      pending >>= 8;
      bits -= 8;
      next += 1;
    }
  }
  bytes[next] = pending;
  integers.fill(0);
}

/** Of 64 hexadecimal digits, the most significant first: the constants of the RFCs. */
export function constant(digits: string): FieldElement {
  const out = fieldElement();
  const bytes = Uint8Array.from({ length: 32 }, (_, i) => Number.parseInt(digits.slice(62 - 2 * i, 64 - 2 * i), 16));
  decode(out, bytes);
  return out;
}
