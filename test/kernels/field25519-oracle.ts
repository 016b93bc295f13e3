import { bytesToNumberLE } from '@noble/curves/utils.js';
import {
  add,
  fieldElement,
  multiply,
  multiplyAdd121665,
  square,
  subtract,
} from '../../service/tls/kernels/field25519.ts';
import { decode, encode } from '../../service/tls/kernels/field25519-bytes.ts';
import { multiplyAdd, reduceHash } from '../../service/tls/kernels/scalar25519.ts';
import { Draw, L, p, thirtyTwo } from './inputs25519.ts';

/* The field and the scalars against BigInt. */

/** The element as `encode` has it, having seen that this is what its limbs add up to. */
export function numberFrom(element: Float64Array): bigint {
  const bytes = new Uint8Array(32);
  encode(bytes, element);
  const sum = modulo(
    element.reduce((total, limb) => total + BigInt(limb), 0n),
    p,
  );
  const encoded = bytesToNumberLE(bytes);
  if (encoded !== sum) throw new Error(`limbs ${element.join(' ')} are ${sum}, and are encoded as ${encoded}`);
  return encoded;
}

export const elementOf = (bytes: Uint8Array): Float64Array => {
  const element = fieldElement();
  decode(element, bytes);
  return element;
};

const modulo = (value: bigint, modulus: bigint): bigint => ((value % modulus) + modulus) % modulus;

/** Throws for the first of so many inputs whose result is wrong. */
export function compareField(inputs: number, seed: number): void {
  const draw = new Draw(seed);
  const [sum, difference, out] = [fieldElement(), fieldElement(), fieldElement()];
  for (let i = 0; i < inputs; i++) {
    const [x, y, r] = [thirtyTwo(draw), thirtyTwo(draw), thirtyTwo(draw)];
    const [a, b] = [elementOf(x), elementOf(y)];
    const [u, v] = [bytesToNumberLE(x) % 2n ** 255n, bytesToNumberLE(y) % 2n ** 255n];
    const expect = (what: string, element: Float64Array, value: bigint) => {
      const found = numberFrom(element);
      if (found !== modulo(value, p)) throw new Error(`${what} of ${u} and ${v} is ${found}`);
    };
    expect('decode', a, u);
    multiply(out, a, b);
    expect('multiply', out, u * v);
    square(out, out);
    expect('square of a product', out, u ** 2n * v ** 2n);
    add(sum, a, b);
    subtract(difference, a, b);
    multiply(out, sum, difference);
    expect('(a + b) (a - b)', out, u ** 2n - v ** 2n);
    multiplyAdd121665(out, a, difference);
    multiply(out, out, sum);
    expect('(a + 121665 (a - b)) (a + b)', out, (u + 121665n * (u - v)) * (u + v));
    const [k, scalar, nonce] = [x, y, r].map(bytesToNumberLE);
    if (k === undefined || scalar === undefined || nonce === undefined) throw new RangeError('three numbers');
    if (bytesToNumberLE(multiplyAdd(x, y, r)) !== (k * scalar + nonce) % L)
      throw new Error(`k a + r of ${k} ${scalar} ${nonce}`);
    const wide = new Uint8Array(64);
    wide.set(x);
    wide.set(y, 32);
    if (bytesToNumberLE(reduceHash(wide)) !== bytesToNumberLE(wide) % L)
      throw new Error(`the hash ${wide.join(' ')} mod L`);
  }
}
