import { sha256 } from '@noble/hashes/sha2.js';
import { concatBytes } from '@noble/hashes/utils.js';
import { scriptPubKey, type WitnessProgram } from './address.ts';
import { taggedHash } from './tagged-hash.ts';

/*
 * The two transactions of BIP-322, which no chain can hold: `to_spend` commits to a message and an address, `to_sign`
 * spends it. What is signed is the signature hash of the second, so it can never be one of a transaction that moves coins.
 */

const zeros = new Uint8Array(32);
const u32 = (value: number): Uint8Array =>
  Uint8Array.of(value & 0xff, (value >>> 8) & 0xff, (value >>> 16) & 0xff, value >>> 24);
/** CompactSize; nothing here is longer than 252. */
const sized = (bytes: Uint8Array): Uint8Array => concatBytes(Uint8Array.of(bytes.length), bytes);
const hash256 = (bytes: Uint8Array): Uint8Array => sha256(sha256(bytes));
const noCoins = new Uint8Array(8);
const version0 = u32(0);
const lockTime0 = u32(0);
const sequence0 = u32(0);
/** One output of nothing, to OP_RETURN. */
const nowhere = concatBytes(noCoins, sized(Uint8Array.of(0x6a)));
const one = Uint8Array.of(1);

export const messageHash = (message: Uint8Array): Uint8Array => taggedHash('BIP0322-signed-message', message);

/** The txid of `to_spend`, in the order in which hashes are serialized (people read it backwards). */
export function toSpendHash(message: Uint8Array, program: WitnessProgram): Uint8Array {
  const commitment = concatBytes(Uint8Array.of(0x00, 0x20), messageHash(message)); // OP_0 PUSH32
  return hash256(
    concatBytes(
      version0,
      ...[one, zeros, u32(0xffffffff), sized(commitment), sequence0],
      ...[one, noCoins, sized(scriptPubKey(program))],
      lockTime0,
    ),
  );
}

/** The txid of `to_sign` in its simple form. */
export const toSignHash = (message: Uint8Array, program: WitnessProgram): Uint8Array =>
  hash256(
    concatBytes(
      version0,
      one,
      outpoint(message, program),
      sized(new Uint8Array(0)),
      sequence0,
      one,
      nowhere,
      lockTime0,
    ),
  );

const outpoint = (message: Uint8Array, program: WitnessProgram): Uint8Array =>
  concatBytes(toSpendHash(message, program), u32(0));

/** What a P2WPKH key signs: the signature hash of `to_sign` with SIGHASH_ALL (BIP-143). */
export function signatureHashV0(message: Uint8Array, program: WitnessProgram): Uint8Array {
  // OP_DUP OP_HASH160 PUSH20 <program> OP_EQUALVERIFY OP_CHECKSIG
  const scriptCode = concatBytes(Uint8Array.of(0x76, 0xa9, 0x14), program.program, Uint8Array.of(0x88, 0xac));
  const spent = outpoint(message, program);
  return hash256(
    concatBytes(
      version0,
      ...[hash256(spent), hash256(sequence0), spent, sized(scriptCode), noCoins, sequence0],
      ...[hash256(nowhere), lockTime0, u32(sighashAll)],
    ),
  );
}

/** What a P2TR output key signs by its key path, without an annex (BIP-341). */
export function signatureHashV1(message: Uint8Array, program: WitnessProgram, hashType: 0 | 1): Uint8Array {
  return taggedHash(
    'TapSighash',
    concatBytes(
      Uint8Array.of(0, hashType), // epoch, hash_type
      ...[version0, lockTime0, sha256(outpoint(message, program)), sha256(noCoins)],
      ...[sha256(sized(scriptPubKey(program))), sha256(sequence0), sha256(nowhere)],
      Uint8Array.of(0), // spend_type: key path, no annex
      u32(0), // input_index
    ),
  );
}

export const sighashAll = 0x01;
