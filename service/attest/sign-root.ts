import { bytesToHex } from '@noble/hashes/utils.js';
import { encodeStatement, type StatementFields, type StatementText } from '../bitcoin/index.ts';
import type { Signed } from './notary.ts';

/** Of a statement, what is not about one signature. */
export type Standing = Omit<StatementFields, 'challengeRoot' | 'time'>;

/** What holds the wallet's key signs with it; `hedge` is 32 random bytes. */
export type SignStatement = (statement: StatementText, hedge: Uint8Array) => string;

/** Throws a RangeError where `standing` is none that a statement can say. */
export function signRoot(
  standing: Standing,
  { root, time, hedge }: { readonly root: Uint8Array; readonly time: number; readonly hedge: Uint8Array },
  sign: SignStatement,
): Signed {
  const statement = encodeStatement({ ...standing, challengeRoot: bytesToHex(root), time });
  return { statement: statement.text, signature: sign(statement, hedge), time };
}
