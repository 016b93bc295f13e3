/*
 * Intervals for float64 arithmetic that never rounds unless it says so. A value stands for every double in [lo, hi] that
 * is a multiple of 2^unit. A double holds such a multiple exactly as long as its magnitude is below 2^53 * 2^unit, so an
 * operation whose result may reach that is a violation, with one exception: adding 3 * 2^(51+e), which rounds to a
 * multiple of 2^e on purpose (the carry of a limb). All bounds are exact: integers, in steps of 2^-1200.
 *
 * Each value also carries what it is made of, as a sum of atoms: x - ((x + C) - C) is the error of that rounding and no more,
 * and a - (a - b) is b. Intervals alone would not see either.
 */

const POINT = 1200;
const ONE = 1n << BigInt(POINT);

/** A quantity that the analysis does not look into; one object for each. */
interface Atom {
  readonly lo: bigint;
  readonly hi: bigint;
}

/** offset + the sum of coefficient * atom: exactly the value, of real numbers. */
interface Form {
  readonly offset: bigint;
  readonly terms: ReadonlyMap<Atom, bigint>;
}

export interface Interval {
  readonly lo: bigint;
  readonly hi: bigint;
  /** The values are multiples of 2^unit. */
  readonly unit: number;
  readonly form: Form;
}

/** What the analysis refuses: a result that could round, or an operation outside of what it knows. */
export class Violation extends Error {}

/** The largest |value| / 2^(53+unit) seen since it was last set to 0: what is left of the 53 bits. */
export const peak = { value: 0 };

/** Sums of more atoms are one atom. */
const MOST_TERMS = 8;

const power = (exponent: number): bigint => 1n << BigInt(exponent + POINT);
const magnitude = (value: bigint): bigint => (value < 0n ? -value : value);
const least = (a: bigint, b: bigint): bigint => (a < b ? a : b);
const greatest = (a: bigint, b: bigint): bigint => (a > b ? a : b);

/** The exponent of the lowest bit set; 0 is a multiple of everything. */
function unitOf(value: bigint): number {
  if (value === 0n) return POINT;
  let unit = 0;
  while ((value & ((1n << 64n) - 1n)) === 0n) {
    value >>= 64n;
    unit += 64;
  }
  while ((value & 1n) === 0n) {
    value >>= 1n;
    unit++;
  }
  return unit - POINT;
}

function fixed(value: number): bigint {
  if (!Number.isFinite(value)) throw new Violation(`${value} is not a finite number`);
  let exponent = 0;
  while (!Number.isInteger(value)) {
    value *= 2;
    exponent--;
  }
  return (BigInt(value) << BigInt(POINT)) >> BigInt(-exponent);
}

/** For messages and for conditions; rounded where it is long. */
export function real(value: bigint): number {
  const bits = magnitude(value).toString(2).length;
  const shift = BigInt(Math.max(0, bits - 60));
  return Number(value >> shift) * 2 ** (Number(shift) - POINT);
}

export const show = ({ lo, hi, unit }: Interval): string => `[${real(lo)}, ${real(hi)}] in steps of 2^${unit}`;

export function constant(value: number): Interval {
  const exact = fixed(value);
  return { lo: exact, hi: exact, unit: unitOf(exact), form: { offset: exact, terms: new Map() } };
}

/** Any multiple of 2^unit from lo to hi. */
export function range(lo: number, hi: number, unit = 0): Interval {
  return opaque(fixed(lo), fixed(hi), unit);
}

/** The number, if there is only one. */
export const numberOf = ({ lo, hi }: Interval): number | undefined => (lo === hi ? real(lo) : undefined);

export const within = (value: Interval, bounds: Interval): boolean =>
  value.lo >= bounds.lo && value.hi <= bounds.hi && value.unit >= bounds.unit;

function opaque(lo: bigint, hi: bigint, unit: number): Interval {
  if (lo > hi) throw new Violation(`an interval from ${real(lo)} to ${real(hi)} is empty`);
  if (lo === hi) return { lo, hi, unit: unitOf(lo), form: { offset: lo, terms: new Map() } };
  return { lo, hi, unit, form: { offset: 0n, terms: new Map([[{ lo, hi }, ONE]]) } };
}

/** A result that must be exact. The form may know tighter bounds than the interval does. */
function exact(lo: bigint, hi: bigint, unit: number, form: Form | undefined): Interval {
  const [formLo, formHi] = form === undefined ? [lo, hi] : boundsOf(form);
  const step = power(unit);
  const low = snapped(greatest(lo, formLo) + step - 1n, step);
  const high = snapped(least(hi, formHi), step);
  const largest = greatest(magnitude(low), magnitude(high));
  if (largest >= step << 53n) {
    throw new Violation(`a result in [${real(low)}, ${real(high)}], in steps of 2^${unit}, passes 2^53 steps`);
  }
  if (unit < -1000 || largest > power(1000)) throw new Violation('a result is out of the range of exponents');
  peak.value = Math.max(peak.value, real((largest << BigInt(POINT)) / (step << 53n)));
  if (low === high || form === undefined) return opaque(low, high, unit);
  return { lo: low, hi: high, unit, form };
}

/** Downwards to a multiple of `step`, which is a power of two. */
const snapped = (value: bigint, step: bigint): bigint => value & -step;

function boundsOf({ offset, terms }: Form): readonly [bigint, bigint] {
  let [lo, hi] = [offset, offset];
  for (const [atom, coefficient] of terms) {
    const ends = [coefficient * atom.lo, coefficient * atom.hi] as const;
    lo += least(...ends) >> BigInt(POINT);
    hi -= -greatest(...ends) >> BigInt(POINT); // upwards
  }
  return [lo, hi];
}

function sumOf(a: Form, b: Form): Form {
  const terms = new Map(a.terms);
  for (const [atom, coefficient] of b.terms) {
    const sum = (terms.get(atom) ?? 0n) + coefficient;
    if (sum === 0n) terms.delete(atom);
    else terms.set(atom, sum);
  }
  return { offset: a.offset + b.offset, terms };
}

/** undefined where a coefficient would fall below the resolution. */
function scaled({ offset, terms }: Form, factor: bigint): Form | undefined {
  const products = [...terms].map(([atom, coefficient]) => [atom, coefficient * factor] as const);
  const all = [offset * factor, ...products.map(([, product]) => product)];
  if (all.some((product) => product % ONE !== 0n)) return undefined;
  return { offset: (offset * factor) / ONE, terms: new Map(products.map(([atom, product]) => [atom, product / ONE])) };
}

export function add(a: Interval, b: Interval): Interval {
  const [lo, hi] = [a.lo + b.lo, a.hi + b.hi];
  const form = sumOf(a.form, b.form);
  const step = carryStep(a) ?? carryStep(b);
  if (step !== undefined && step > Math.min(a.unit, b.unit)) return rounded(lo, hi, step, form);
  // A constant adds no atom: without this a carry of MOST_TERMS atoms would lose them as its constant is taken off again.
  const grown = a.form.terms.size > 0 && b.form.terms.size > 0;
  return exact(lo, hi, Math.min(a.unit, b.unit), grown && form.terms.size > MOST_TERMS ? undefined : form);
}

/** e, for the constant 3 * 2^(51+e): what is added to it stays within a factor of two, and so is rounded to steps of 2^e. */
function carryStep({ lo, hi }: Interval): number | undefined {
  if (lo !== hi || lo <= 0n) return undefined;
  const step = unitOf(lo) - 51;
  return step > -POINT && lo === 3n * power(step + 51) ? step : undefined;
}

function rounded(lo: bigint, hi: bigint, step: number, form: Form): Interval {
  if (lo < power(52 + step) || hi > power(53 + step)) {
    throw new Violation(`what is rounded to steps of 2^${step} by adding 3 * 2^${51 + step} is too large for it`);
  }
  const half = power(step - 1);
  const error = { lo: -half, hi: half };
  const withError = sumOf(form, { offset: 0n, terms: new Map([[error, ONE]]) });
  return {
    lo: snapped(lo + half - 1n, power(step)),
    hi: snapped(hi + half, power(step)),
    unit: step,
    form: withError,
  };
}

export function negate(a: Interval): Interval {
  return exact(-a.hi, -a.lo, a.unit, scaled(a.form, -ONE));
}

export const subtract = (a: Interval, b: Interval): Interval => add(a, negate(b));

export function multiply(a: Interval, b: Interval): Interval {
  const products = [a.lo * b.lo, a.lo * b.hi, a.hi * b.lo, a.hi * b.hi];
  const lo = a === b && a.lo < 0n && a.hi > 0n ? 0n : products.reduce(least);
  const hi = products.reduce(greatest);
  const unit = Math.min(a.unit + b.unit, POINT);
  if (unit < -1000 || (lo | hi) % ONE !== 0n) throw new Violation('a product is out of the range of exponents');
  const form = a.lo === a.hi ? scaled(b.form, a.lo) : b.lo === b.hi ? scaled(a.form, b.lo) : undefined;
  return exact(lo / ONE, hi / ONE, unit, form);
}

/** By a power of two alone: every other quotient rounds. */
export function divide(a: Interval, b: Interval): Interval {
  const divisor = numberOf(b);
  if (divisor === undefined || b.lo !== power(b.unit)) throw new Violation(`a division by ${show(b)} may round`);
  return multiply(a, constant(1 / divisor));
}

/** Math.floor; `half` adds 1/2 before, as Math.round does. */
export function floor(a: Interval, half = false): Interval {
  if (a.unit >= 0) return a;
  const shift = half ? ONE >> 1n : 0n;
  const error = { lo: shift - ONE + power(a.unit), hi: shift };
  const form = sumOf(a.form, { offset: 0n, terms: new Map([[error, ONE]]) });
  return exact(snapped(a.lo + shift, ONE), snapped(a.hi + shift, ONE), 0, form);
}

/** An integer of 32 bits for a bitwise operator, which would otherwise wrap. */
function word(a: Interval, unsigned = false): Interval {
  const [lo, hi] = unsigned ? [0n, ONE << 32n] : [-ONE << 31n, ONE << 31n];
  if (a.unit < 0 || a.lo < lo || a.hi >= hi) throw new Violation(`a bitwise operator wraps or truncates ${show(a)}`);
  return a;
}

function count(a: Interval): number {
  const bits = numberOf(a);
  if (bits === undefined || bits < 0 || bits > 31) throw new Violation(`a shift by ${show(a)}`);
  return bits;
}

/** Of two numbers that are known it is what the language says. */
function known(a: Interval, b: Interval, operator: (x: number, y: number) => number): Interval | undefined {
  const [x, y] = [numberOf(a), numberOf(b)];
  return x === undefined || y === undefined ? undefined : constant(operator(x, y));
}

export const shiftRight = (a: Interval, bits: Interval, unsigned = false): Interval =>
  known(a, bits, (x, y) => (unsigned ? x >>> y : x >> y)) ??
  floor(multiply(word(a, unsigned), constant(2 ** -count(bits))));

export const shiftLeft = (a: Interval, bits: Interval): Interval => word(multiply(word(a), constant(2 ** count(bits))));

/**
 * With a mask 2^k - 1 it is what the shift by k leaves over; where a value is not negative at most that, and at most the smaller;
 * of two that may be negative any word as long as theirs.
 */
export function and(a: Interval, b: Interval): Interval {
  const result = known(a, b, (x, y) => x & y);
  if (result !== undefined) return result;
  const mask = numberOf(b) ?? numberOf(a);
  const other = numberOf(b) === undefined ? b : a;
  if (mask !== undefined && mask >= 0 && Number.isInteger(Math.log2(mask + 1))) {
    const modulus = constant(mask + 1);
    const high = multiply(floor(divide(word(other, other.hi >= ONE << 31n), modulus)), modulus);
    const low = subtract(other, high);
    return low.lo < 0n || low.hi >= modulus.lo ? opaque(0n, modulus.lo - ONE, 0) : low;
  }
  const [negativeA, negativeB] = [word(a).lo < 0n, word(b).lo < 0n];
  if (negativeA && negativeB) return opaque(-powerAbove(a, b), greatest(a.hi, b.hi), 0);
  if (negativeA || negativeB) return opaque(0n, greatest(0n, negativeA ? b.hi : a.hi), 0);
  return opaque(0n, least(a.hi, b.hi), 0);
}

/** The least power of two of which neither value's magnitude is more: with a sign, both are words of so many bits. */
function powerAbove(...values: readonly Interval[]): bigint {
  const largest = values.map(({ lo, hi }) => greatest(-lo, hi + ONE)).reduce(greatest);
  let bound = ONE;
  while (bound < largest) bound <<= 1n;
  return bound;
}

/** | and ^: of values of which neither is negative at most the sum, and at most all ones; of others any word as long as theirs. */
export function or(a: Interval, b: Interval, exclusive = false): Interval {
  const result = known(a, b, (x, y) => (exclusive ? x ^ y : x | y));
  if (result !== undefined) return result;
  if (numberOf(word(b)) === 0) return word(a);
  if (word(a).lo < 0n || b.lo < 0n) return opaque(-powerAbove(a, b), powerAbove(a, b) - ONE, 0);
  const ones = (1n << BigInt(((greatest(a.hi, b.hi) / ONE) | 1n).toString(2).length)) - 1n;
  return opaque(0n, least(a.hi + b.hi, ones * ONE), 0);
}

const orders = ['<', '<=', '>', '>=', '===', '!=='] as const;
export type Order = (typeof orders)[number];
export const isOrder = (operator: string): operator is Order => orders.some((order) => order === operator);

/** Only what holds for all values or for none: a branch on anything else is a branch on data. */
export function compare(a: Interval, b: Interval, order: Order): boolean {
  switch (order) {
    case '<':
      return decided(a.hi < b.lo, a.lo >= b.hi, a, b);
    case '<=':
      return decided(a.hi <= b.lo, a.lo > b.hi, a, b);
    case '>':
      return compare(b, a, '<');
    case '>=':
      return compare(b, a, '<=');
    case '===':
      return decided(a.lo === a.hi && b.lo === b.hi && a.lo === b.lo, a.hi < b.lo || b.hi < a.lo, a, b);
    case '!==':
      return !compare(a, b, '===');
    default:
      throw new Violation(`an order that is not known: ${order satisfies never}`);
  }
}

function decided(always: boolean, never: boolean, a: Interval, b: Interval): boolean {
  if (always === never) throw new Violation(`a comparison of ${show(a)} with ${show(b)} depends on the data`);
  return always;
}
