import { randomBytes } from 'node:crypto';
import { p256, p384 } from '@noble/curves/nist.js';
import { ed25519 } from '../../service/tls/kernels/ed25519.ts';
import { publicKey, sharedX, sign } from '../../service/tls/kernels/p256.ts';
import * as wide from '../../service/tls/kernels/p384.ts';
import { x25519 } from '../../service/tls/kernels/x25519.ts';
import { median } from '../measure.ts';
import { leakage } from '../welch.ts';

/*
 * A process of its own for K1 (`constant-time.ts <samples>`): the time of one operation, under one secret that is always the
 * same and under secrets that are random, in random order. The fixed one is as particular as a scalar can be, of few bits.
 */

export interface Leakage {
  readonly name: string;
  /** The largest |t|: bench/welch.ts. */
  readonly t: number;
  readonly microseconds: number;
  readonly samples: number;
  /** Not ours: it shows what the method finds where there is something to find. */
  readonly control: boolean;
}

const samples = Number(process.argv[2]);
const random = (length = 32): Uint8Array => new Uint8Array(randomBytes(length));
const scalar = (): Uint8Array => p256.utils.randomSecretKey(random(48));
const wideScalar = (): Uint8Array => p384.utils.randomSecretKey(random(72));
const few = (length = 32): Uint8Array => new Uint8Array(length).fill(1, length - 1);

interface Subject {
  readonly name: string;
  /** What is the same in one class: the bytes that the operation is given, in the very buffer that random ones are copied to. */
  readonly fixed: Uint8Array;
  random(): Uint8Array;
  operation(input: Uint8Array): unknown;
  /** Before each of the operations, and not timed. */
  prepare?(): void;
  readonly control?: boolean;
}

function measured({ name, fixed, random: draw, operation, prepare, control = false }: Subject): Leakage {
  const classes: readonly [number[], number[]] = [[], []];
  const input = fixed.slice();
  const warm = Math.min(samples, 2000);
  for (let i = -warm; i < samples; i++) {
    const isRandom = randomBytes(1)[0] ?? 0;
    const drawn = draw(); // in either class, so that memory and caches are left alike
    input.set((isRandom & 1) === 1 ? drawn : fixed);
    prepare?.();
    const start = performance.now();
    operation(input);
    const elapsed = performance.now() - start;
    if (i >= 0) classes[(isRandom & 1) === 1 ? 1 : 0].push(elapsed * 1000);
  }
  return { name, t: leakage(...classes), microseconds: median(classes.flat()), samples, control };
}

const peer = publicKey(scalar());
const widePeer = wide.publicKey(wideScalar());
const peerX25519 = x25519.publicKey(random());
const signer = scalar();
const digest = random();
const subjects: readonly Subject[] = [
  {
    name: 'P-256 sign, by secret',
    fixed: few(),
    random: scalar,
    prepare: () => digest.set(random()),
    operation: (secret) => sign(digest, secret),
  },
  { name: 'P-256 sign, by nonce', fixed: few(), random, operation: (message) => sign(message, signer) },
  { name: 'P-256 key pair', fixed: few(), random: scalar, operation: (secret) => publicKey(secret) },
  { name: 'P-256 shared secret', fixed: few(), random: scalar, operation: (secret) => sharedX(secret, peer) },
  { name: 'P-384 key pair', fixed: few(48), random: wideScalar, operation: (secret) => wide.publicKey(secret) },
  {
    name: 'P-384 shared secret',
    fixed: few(48),
    random: wideScalar,
    operation: (secret) => wide.sharedX(secret, widePeer),
  },
  {
    name: 'X25519 shared secret',
    fixed: few(),
    random,
    operation: (secret) => x25519.sharedSecret(secret, peerX25519),
  },
  { name: 'Ed25519 sign, by secret', fixed: few(), random, operation: (secret) => ed25519.sign(digest, secret) },
  // Euclid's algorithm on BigInts.
  {
    name: "noble's inverse of a scalar",
    fixed: few(),
    random: scalar,
    operation: (secret) => p256.Point.Fn.inv(p256.Point.Fn.fromBytes(secret)),
    control: true,
  },
];

process.send?.(subjects.map(measured) satisfies readonly Leakage[]);
