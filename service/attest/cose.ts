import { p384 } from '@noble/curves/nist.js';
import { sha384 } from '@noble/hashes/sha2.js';
import { failure, type PublicKey, type Result, success } from '../x509/index.ts';
import { CborMap, decodeCbor, encodeCbor } from './cbor.ts';

/* COSE_Sign1 (RFC 9052 §4.2) with ES384, which is all that Nitro signs with. */

export interface CoseSign1 {
  /** As it was sent: it is signed in this form. */
  readonly protectedHeader: Uint8Array;
  readonly payload: Uint8Array;
  /** r and s, 48 octets each (RFC 9053 §2.1). */
  readonly signature: Uint8Array;
}

/** Header parameter alg (RFC 9052 §3.1), and ES384 (RFC 9053 §2.1). */
const alg = 1n;
const es384 = -35n;

/** Four parts; the protected header says ES384 and nothing else, the unprotected one nothing. */
export function decodeSign1(bytes: Uint8Array): Result<CoseSign1, string> {
  const value = decodeCbor(bytes);
  if (!value.ok) return value;
  if (!Array.isArray(value.value) || value.value.length !== 4) return failure('it is no COSE_Sign1: not four parts');
  const [protectedHeader, unprotected, payload, signature] = value.value;
  if (!(protectedHeader instanceof Uint8Array && payload instanceof Uint8Array && signature instanceof Uint8Array))
    return failure('it is no COSE_Sign1: header, payload and signature are byte strings');
  if (!(unprotected instanceof CborMap) || unprotected.entries.length > 0)
    return failure('it has an unprotected header, which nobody signed');
  const header = decodeCbor(protectedHeader);
  if (!header.ok) return failure(`protected header: ${header.fault}`);
  if (!(header.value instanceof CborMap) || header.value.entries.length !== 1 || header.value.get(alg) !== es384)
    return failure('the protected header is not {alg: ES384}');
  if (signature.length !== 96) return failure(`a signature of ${signature.length} bytes; ES384 has 96`);
  return success({ protectedHeader, payload, signature });
}

/** What is signed: Sig_structure, §4.4. */
export const toBeSigned = (protectedHeader: Uint8Array, payload: Uint8Array): Uint8Array =>
  encodeCbor(['Signature1', protectedHeader, new Uint8Array(), payload]);

/** ECDSA P-384 with SHA-384; false, never an exception, for a key of another kind or numbers out of range. */
export function verifySign1({ protectedHeader, payload, signature }: CoseSign1, key: PublicKey): boolean {
  if (key.algorithm !== 'ecdsa' || key.curve !== 'P-384') return false;
  try {
    const digest = sha384(toBeSigned(protectedHeader, payload));
    return p384.verify(signature, digest, key.point, { prehash: false, lowS: false, format: 'compact' });
  } catch {
    return false;
  }
}

/** The whole, from its parts. */
export const encodeSign1 = ({ protectedHeader, payload, signature }: CoseSign1): Uint8Array =>
  encodeCbor([protectedHeader, new CborMap([]), payload, signature]);

export const es384Header: Uint8Array = encodeCbor(new CborMap([[alg, es384]]));
