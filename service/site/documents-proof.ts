import { bytesToHex } from '@noble/hashes/utils.js';
import type { Answer, Attestation, Proof } from '../attest/index.ts';
import type { SiteView } from './view.ts';

/* docs/proofs.md: what is given to whoever challenged, and the last statement for whoever did not. */

export const proofDocument = ({ challenge, path, statement, signature }: Answer): Proof => ({
  format: 'btc-pinata/proof/v1',
  challenge: bytesToHex(challenge),
  path: path.map(({ side, hash }) => ({ side, hash: bytesToHex(hash) })),
  statement,
  signature,
});

/** `/attestation.json` */
export const attestationDocument = ({ proof: { statement, signature } }: SiteView): Attestation => ({
  format: 'btc-pinata/proof/v1',
  statement,
  signature,
});
