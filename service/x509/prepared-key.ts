import { type PreparedVerify, provider } from '../tls/kernels/index.ts';
import type { PublicKey } from './public-key.ts';

/*
 * A key that verifies for every connection, the trust anchor's, gets a table of its multiples: a verification under it
 * takes less than half of the time. Nothing is remembered of any signature; the table is a function of the public key alone.
 */

const prepared = new WeakMap<PublicKey, PreparedVerify>();

/** The table for SEC 1 §4.1.4 of a P-256 key, for as long as this very object lives. Other keys verify as they did. */
export function prepareKey(key: PublicKey): void {
  if (key.algorithm !== 'ecdsa' || key.curve !== 'P-256' || prepared.has(key)) return;
  prepared.set(key, provider().p256.prepare(key.point));
}

/** SEC 1 §4.1.4 with the table, if this very object was prepared. */
export const preparedVerify = (key: PublicKey): PreparedVerify | undefined => prepared.get(key);
