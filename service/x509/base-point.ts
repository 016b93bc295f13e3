import { p256 } from '@noble/curves/nist.js';

/*
 * noble multiplies the base point of P-256 (SP 800-186 §3.2.1.3) by a table of its multiples. The larger the table, the longer
 * it takes to make, and the shorter is each product: 776 points are right for the dozen products of a start, 2080 for who signs
 * for visitors all day. What comes out is the same.
 */

const windows = { start: 4, service: 6 } as const;

/** From the next product on, which makes the table: in ten milliseconds or in thirty. */
export function chooseBaseTable(of: keyof typeof windows): void {
  p256.Point.BASE.precompute(windows[of]);
}
