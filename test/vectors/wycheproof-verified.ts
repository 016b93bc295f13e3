import type { PublicKey } from '../../service/x509/public-key.ts';
import { type SignatureAlgorithm, verifySignature } from '../../service/x509/signature.ts';
import { hex, type Verdict } from './wycheproof.ts';

/* Wycheproof's signatures, by the glue of x509. */

export interface SignatureTest {
  readonly msg: string;
  readonly sig: string;
}

export const verified = (
  key: PublicKey | undefined,
  algorithm: SignatureAlgorithm,
  { msg, sig }: SignatureTest,
): Verdict => {
  if (key === undefined) throw new Error('the key of a group was refused');
  return verifySignature(key, algorithm, hex(msg), hex(sig)) === true ? 'accepted' : 'refused';
};
