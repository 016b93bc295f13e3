import { bytesToHex, concatBytes, hexToBytes } from '@noble/hashes/utils.js';
import type { NetworkName } from '../../service/bitcoin/network.ts';
import type { Refund } from '../../service/bitcoin/vault.ts';
import { bitcoinjsNetworks, crypto, payments, script, Transaction } from './bitcoinjs.ts';
import { Refusal } from './refusal.ts';
import type { SigningKey } from './signing-key.ts';

/** What coins are locked with, and how one key opens it. */
export interface Lock {
  readonly network: NetworkName;
  readonly address: string;
  readonly scriptPubKey: Uint8Array;
  /** nLockTime: the height that the operator's leaf asks for; 0 otherwise. */
  readonly lockTime: number;
  /** Of the witness of one input, in bytes, at most (BIP-144). */
  readonly witnessLength: number;
  /** 32 bytes that depend on the key and on `what`, and that nobody else can make. */
  pseudorandom(what: Uint8Array): Uint8Array;
  /** The witness of input `index`. `amounts`: of every input, all of which this lock holds. */
  witness(transaction: Transaction, index: number, amounts: readonly bigint[]): Uint8Array[];
}

/** P2WPKH. */
export function classicLock(key: SigningKey, network: NetworkName): Lock {
  const { publicKey } = key;
  const { address, output, hash } = payments.p2wpkh({ pubkey: publicKey, network: bitcoinjsNetworks[network] });
  const { output: scriptCode } = payments.p2pkh(hash === undefined ? {} : { hash });
  return {
    network,
    ...made(address, output),
    lockTime: 0,
    witnessLength: sum(1, 1 + 72, 1 + 33),
    pseudorandom: (what) => key.pseudorandom(what),
    witness(transaction, index, amounts) {
      const amount = amounts[index];
      if (amount === undefined || scriptCode === undefined) throw new RangeError(`no amount of input ${index}`);
      const digest = transaction.hashForWitnessV0(index, scriptCode, amount, Transaction.SIGHASH_ALL);
      return [key.ecdsa(digest), publicKey];
    },
  };
}

/** The key path of the vault: the one of whoever holds the bounty's key. */
export function vaultLock(key: SigningKey, refund: Refund, network: NetworkName): Lock {
  const { address, output, root } = vault(key.xOnly, refund, network);
  const place = made(address, output);
  return {
    network,
    ...place,
    lockTime: 0,
    witnessLength: sum(1, 1 + 64),
    pseudorandom: (what) => key.pseudorandom(what),
    witness(transaction, index, amounts) {
      const scripts = amounts.map(() => place.scriptPubKey);
      const digest = transaction.hashForWitnessV1(index, scripts, [...amounts], Transaction.SIGHASH_DEFAULT);
      return [key.schnorrOfOutput(digest, root)];
    },
  };
}

/** The leaf of the vault: the one of the operator, open from `refund.height` on. */
export function refundLock(key: SigningKey, internalKey: Uint8Array, refund: Refund, network: NetworkName): Lock {
  if (bytesToHex(key.xOnly) !== refund.publicKey)
    throw new Refusal(
      `this key is not the operator's: its public key is ${bytesToHex(key.xOnly)}, and the vault pays back to ${refund.publicKey}`,
    );
  const { address, output, root, leaf, controlBlock } = vault(internalKey, refund, network);
  const place = made(address, output);
  return {
    network,
    ...place,
    lockTime: refund.height,
    witnessLength: sum(1, 1 + 64, 1 + leaf.length, 1 + controlBlock.length),
    pseudorandom: (what) => key.pseudorandom(what),
    witness(transaction, index, amounts) {
      const scripts = amounts.map(() => place.scriptPubKey);
      // The root of a tree of one leaf is the hash of the leaf.
      const digest = transaction.hashForWitnessV1(index, scripts, [...amounts], Transaction.SIGHASH_DEFAULT, root);
      return [key.schnorr(digest), leaf, controlBlock];
    },
  };
}

const leafVersion = 0xc0;

/** Made anew from the two keys and the height, by another library than the service's. */
function vault(internalKey: Uint8Array, { height, publicKey }: Refund, network: NetworkName) {
  const leaf = concatBytes(
    script.compile([hexToBytes(publicKey)]),
    Uint8Array.of(0xad), // OP_CHECKSIGVERIFY
    script.compile([script.number.encode(height)]),
    Uint8Array.of(0xb1), // OP_CHECKLOCKTIMEVERIFY
  );
  const { address, output, hash, witness } = payments.p2tr({
    internalPubkey: internalKey,
    scriptTree: { output: leaf },
    redeem: { output: leaf, redeemVersion: leafVersion },
    network: bitcoinjsNetworks[network],
  });
  const controlBlock = witness?.[1];
  const root = crypto.taggedHash('TapLeaf', concatBytes(Uint8Array.of(leafVersion, leaf.length), leaf));
  if (controlBlock === undefined || hash === undefined || bytesToHex(hash) !== bytesToHex(root))
    throw new TypeError('bitcoinjs-lib makes no taproot output of this vault');
  return { address, output, leaf, controlBlock, root };
}

function made(address: string | undefined, output: Uint8Array | undefined) {
  if (address === undefined || output === undefined) throw new TypeError('bitcoinjs-lib makes no address of this key');
  return { address, scriptPubKey: output };
}

const sum = (...lengths: readonly number[]): number => lengths.reduce((total, length) => total + length, 0);
