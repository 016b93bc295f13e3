import { p256 } from '@noble/curves/nist.js';
import type { PublicKey } from './public-key.ts';

/*
 * A key that verifies for every connection, the trust anchor's, gets a table of its multiples: a verification under it
 * takes a quarter of the time. Nothing is remembered of any signature; the table is a function of the public key alone.
 */

type Point = InstanceType<typeof p256.Point>;

/** 53 windows of 16 points: made in some ten milliseconds, once, by the first signature that is verified. */
const WINDOW = 5;

const tables = new WeakMap<PublicKey, Point>();

/** The table for SEC 1 §4.1.4 of a P-256 key, for as long as this very object lives. Other keys verify as they did. */
export function prepareKey(key: PublicKey): void {
  if (key.algorithm !== 'ecdsa' || key.curve !== 'P-256' || tables.has(key)) return;
  tables.set(key, p256.Point.fromBytes(key.point).precompute(WINDOW));
}

/** For `verifyPrepared` (SEC 1 §4.1.4), if this very object was prepared. */
export const preparedPoint = (key: PublicKey): Point | undefined => tables.get(key);

/**
 * SEC 1 §4.1.4, the equation that noble's `verify` computes too, with the public key in a table: u1 G + u2 Q has the
 * x-coordinate r. `r` and `s` come out of noble's strict DER parser, which keeps both within 1 to n - 1.
 */
export function verifyPrepared(point: Point, digest: Uint8Array, signature: Uint8Array): boolean {
  const { Fn, BASE } = p256.Point;
  const { r, s } = p256.Signature.fromBytes(signature, 'der');
  const inverse = Fn.inv(s);
  const u1 = Fn.mul(truncated(digest), inverse);
  const u2 = Fn.mul(r, inverse);
  const sum = BASE.multiplyUnsafe(u1).add(point.multiplyUnsafe(u2));
  return !sum.is0() && Fn.create(sum.toAffine().x) === r;
}

/** The leftmost 256 bits of a digest, as long as n is (step 5), modulo n. */
function truncated(digest: Uint8Array): bigint {
  const { Fn } = p256.Point;
  return Fn.create(Fn.fromBytes(digest.slice(0, Fn.BYTES), true));
}
