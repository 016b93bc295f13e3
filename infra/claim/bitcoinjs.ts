import { schnorr, secp256k1 } from '@noble/curves/secp256k1.js';
import { initEccLib, networks as theirs } from 'bitcoinjs-lib';
import type { NetworkName } from '../../service/bitcoin/network.ts';

/* bitcoinjs-lib brings no elliptic curve: this lends it the one that everything else here uses. */

const { lift_x, pointToBytes } = schnorr.utils;
const numberOf = (bytes: Uint8Array): bigint => secp256k1.Point.Fp.fromBytes(bytes);

function lifted(x: Uint8Array) {
  try {
    return lift_x(numberOf(x));
  } catch {
    return undefined;
  }
}

initEccLib({
  isXOnlyPoint: (x) => lifted(x) !== undefined,
  xOnlyPointAddTweak(x, tweak) {
    const scalar = secp256k1.Point.Fn.fromBytes(tweak);
    const sum = lifted(x)?.add(secp256k1.Point.BASE.multiply(scalar));
    if (sum === undefined || sum.is0()) return null;
    return { parity: sum.toAffine().y % 2n === 0n ? 0 : 1, xOnlyPubkey: pointToBytes(sum) };
  },
});

/** Signet and testnet4 have the addresses of the old testnet. */
export const bitcoinjsNetworks: Readonly<Record<NetworkName, typeof theirs.bitcoin>> = {
  mainnet: theirs.bitcoin,
  testnet4: theirs.testnet,
  signet: theirs.testnet,
  regtest: theirs.regtest,
};

export { address, crypto, payments, script, Transaction } from 'bitcoinjs-lib';
