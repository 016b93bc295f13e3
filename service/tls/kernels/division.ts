/*
 * Division modulo a prime by division steps: D. Bernstein, B.-Y. Yang, "Fast constant-time gcd computation and modular
 * inversion", 2019, with delta from 1/2 on (P. Wuille, "Bounds on divsteps iterations in safegcd", 2021). Numbers are limbs of 24
 * bits in float64, as in p256-limbs.ts, as many as the modulus has. The same operations run whatever they are.
 *
 * Euclid's algorithm from the lowest bit upwards. f begins as the modulus and g as the denominator. A step takes from an odd g
 * what makes it even, and halves it; before, f and g change places if g is odd and delta, which tells how much longer f may be,
 * is positive. Only the lowest bits decide, so 24 steps are done on the lowest limbs alone, as a matrix of four whole numbers,
 * by which all limbs are multiplied then. The sums are multiples of 2^24, and dividing by it is moving each limb down by one.
 *
 * d and e go through the same matrices modulo the modulus, from 0 and the numerator: numerator * f = d * denominator throughout,
 * and likewise of g and e. In the end g is 0, f is 1 or -1, and d or -d is the quotient. Each matrix adds at most half of the modulus
 * to what d and e are at most; nobody takes it away before the end.
 *
 * test/kernels/division-bounds.test.ts has the proof that nothing passes 2^53.
 */

const STEPS = 24;
const CARRY = 3 * 2 ** 75;
const DOWN = 2 ** -24;

/** u, v, q and r: (f, g) becomes (u f + v g, q f + r g) / 2^24. */
type Matrix = Int32Array<ArrayBuffer>;

/**
 * 24 steps, for which the lowest 24 bits of f and g are enough. `eta` is -1/2 - delta; what it is after them is returned.
 *
 * |u| + |v| and |q| + |r| are at most 2^24: a step doubles the row that u and v are, or puts twice the other one there; and
 * leaves the other one, or adds or subtracts the first. So neither row is more than twice what the larger one was.
 */
export function divisionSteps(matrix: Matrix, eta: number, lowF: number, lowG: number): number {
  let f = lowF | 0;
  let g = lowG | 0;
  let u = 1;
  let v = 0;
  let q = 0;
  let r = 1;
  for (let i = 0; i < STEPS; i++) {
    const positive = eta >> 31; // that delta is: -1 or 0, as are the next two
    const odd = -(g & 1);
    g = (g + (((f ^ positive) - positive) & odd)) | 0;
    q = (q + (((u ^ positive) - positive) & odd)) | 0;
    r = (r + (((v ^ positive) - positive) & odd)) | 0;
    const exchange = positive & odd;
    eta = ((eta ^ exchange) - 1) | 0;
    f = (f + (g & exchange)) | 0; // with g - f in the place of g, this is what g was
    u = (u + (q & exchange)) << 1;
    v = (v + (r & exchange)) << 1;
    g >>= 1;
  }
  matrix[0] = u;
  matrix[1] = v;
  matrix[2] = q;
  matrix[3] = r;
  return eta;
}

/** (f, g) = (u f + v g, q f + r g) / 2^24. */
export function transform(f: Float64Array, g: Float64Array, matrix: Matrix): void {
  const u = matrix[0] ?? 0;
  const v = matrix[1] ?? 0;
  const q = matrix[2] ?? 0;
  const r = matrix[3] ?? 0;
  const length = f.length;
  let carryF = high(u * (f[0] ?? 0) + v * (g[0] ?? 0)) * DOWN;
  let carryG = high(q * (f[0] ?? 0) + r * (g[0] ?? 0)) * DOWN;
  for (let i = 1; i < length; i++) {
    const x = f[i] ?? 0;
    const y = g[i] ?? 0;
    const sumF = u * x + v * y + carryF;
    const sumG = q * x + r * y + carryG;
    const highF = sumF + CARRY - CARRY;
    const highG = sumG + CARRY - CARRY;
    f[i - 1] = sumF - highF;
    g[i - 1] = sumG - highG;
    carryF = highF * DOWN;
    carryG = highG * DOWN;
  }
  f[length - 1] = carryF;
  g[length - 1] = carryG;
}

/** The same modulo the modulus: with the multiples of it, at most 2^23 in magnitude, that make the lowest limbs vanish. */
export function transformModulo(
  d: Float64Array,
  e: Float64Array,
  matrix: Matrix,
  modulus: Float64Array,
  negatedInverse: number,
): void {
  const u = matrix[0] ?? 0;
  const v = matrix[1] ?? 0;
  const q = matrix[2] ?? 0;
  const r = matrix[3] ?? 0;
  const length = d.length;
  const firstD = u * (d[0] ?? 0) + v * (e[0] ?? 0);
  const firstE = q * (d[0] ?? 0) + r * (e[0] ?? 0);
  const m = low(low(firstD) * negatedInverse);
  const n = low(low(firstE) * negatedInverse);
  let carryD = high(firstD + m * (modulus[0] ?? 0)) * DOWN;
  let carryE = high(firstE + n * (modulus[0] ?? 0)) * DOWN;
  for (let i = 1; i < length; i++) {
    const x = d[i] ?? 0;
    const y = e[i] ?? 0;
    const z = modulus[i] ?? 0;
    const sumD = u * x + v * y + m * z + carryD;
    const sumE = q * x + r * y + n * z + carryE;
    const highD = sumD + CARRY - CARRY;
    const highE = sumE + CARRY - CARRY;
    d[i - 1] = sumD - highD;
    e[i - 1] = sumE - highE;
    carryD = highD * DOWN;
    carryE = highE * DOWN;
  }
  d[length - 1] = carryD;
  e[length - 1] = carryE;
}

/** The nearest multiple of 2^24, and what is left; of what is one already, for the proof's sake. */
const high = (x: number): number => x + CARRY - CARRY;
const low = (x: number): number => x - high(x);

/** 25 for 256 bits: n steps are enough if 9437 bits + 1 <= 4096 n (J. Harrison's machine-checked proof, in s2n-bignum). */
const roundsFor = (bits: number): number => Math.ceil((9437 * bits + 1) / 4096 / STEPS);

/** out = numerator / denominator: any form of the one, and the canonical one of the other. 0 if that is 0. `out` may be any of them. */
export type Division = (out: Float64Array, numerator: Float64Array, denominator: Float64Array) => void;

/**
 * Modulo a prime below 2^bits, of which `negatedInverse` is -1/modulus mod 2^24, at most 2^23 in magnitude. What comes out is
 * carried, to at most 2^23 in all limbs but the topmost; it is at most as large as the numerator or the modulus, and half of the
 * modulus more for each round.
 */
export function divisionModulo(modulus: Float64Array, bits: number, negatedInverse: number): Division {
  const rounds = roundsFor(bits);
  const f = new Float64Array(modulus.length);
  const g = new Float64Array(modulus.length);
  const d = new Float64Array(modulus.length);
  const e = new Float64Array(modulus.length);
  const matrix = new Int32Array(4);
  return (out, numerator, denominator) => {
    f.set(modulus);
    g.set(denominator);
    d.fill(0);
    e.set(numerator);
    let eta = -1;
    for (let round = 0; round < rounds; round++) {
      eta = divisionSteps(matrix, eta, f[0] ?? 0, g[0] ?? 0);
      transform(f, g, matrix);
      transformModulo(d, e, matrix, modulus, negatedInverse);
    }
    const sign = f[0] ?? 0;
    for (let i = 0; i < out.length; i++) out[i] = sign * (d[i] ?? 0);
    f.fill(0);
    g.fill(0);
    d.fill(0);
    e.fill(0);
    matrix.fill(0);
  };
}
