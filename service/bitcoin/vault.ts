import { bytesToHex, concatBytes, hexToBytes } from '@noble/hashes/utils.js';
import { controlBlock, isXOnlyKey, type TaprootOutput, tapLeafHash, taprootOutput } from './taproot.ts';

/*
 * The vault (bitcoin.md, decision 5): a P2TR output whose key path is the key of the bounty, and whose one leaf gives the
 * coins back to the operator from a block height on. As miniscript the leaf is `and_v(v:pk(OPERATOR),after(HEIGHT))`.
 */

export interface Refund {
  /** The first block that can hold the refund has a greater height: nLockTime is this. */
  readonly height: number;
  /** Of the operator, x-only, as hex in lower case. */
  readonly publicKey: string;
}

/** From 500000000 on nLockTime is a time (BIP-65), and a vault knows heights alone. */
export const refundHeights = { least: 1, most: 499_999_999 } as const;

export const isRefundHeight = (height: number): boolean =>
  Number.isInteger(height) && height >= refundHeights.least && height <= refundHeights.most;

export type RefundKeyFault = 'not_hex' | 'uncompressed' | 'not_a_point';

/** A public key, compressed or x-only, in hex: as x-only in lower case, or what is wrong with it. */
export function readRefundKey(text: string): { readonly publicKey: string } | RefundKeyFault {
  if (/^04[0-9a-f]{128}$/i.test(text)) return 'uncompressed';
  const [, x] = /^(?:0[23])?([0-9a-f]{64})$/i.exec(text) ?? [];
  if (x === undefined) return 'not_hex';
  const publicKey = x.toLowerCase();
  return isXOnlyKey(hexToBytes(publicKey)) ? { publicKey } : 'not_a_point';
}

/** The leaf: `<OPERATOR> OP_CHECKSIGVERIFY <HEIGHT> OP_CHECKLOCKTIMEVERIFY`. */
export const refundScript = ({ height, publicKey }: Refund): Uint8Array =>
  concatBytes(
    Uint8Array.of(32),
    hexToBytes(publicKey),
    Uint8Array.of(0xad), // OP_CHECKSIGVERIFY
    pushNumber(height),
    Uint8Array.of(0xb1), // OP_CHECKLOCKTIMEVERIFY
  );

/** As short as it can be (BIP-62, rule 4, which tapscript insists on): OP_1 to OP_16, else a push of little-endian bytes. */
function pushNumber(value: number): Uint8Array {
  if (value <= 16) return Uint8Array.of(0x50 + value);
  const bytes: number[] = [];
  for (let rest = value; rest > 0; rest = Math.floor(rest / 256)) bytes.push(rest % 256);
  // The highest bit is the sign.
  if ((bytes.at(-1) ?? 0) >= 0x80) bytes.push(0);
  return Uint8Array.of(bytes.length, ...bytes);
}

export interface Vault {
  readonly output: TaprootOutput;
  readonly leaf: Uint8Array;
  readonly controlBlock: Uint8Array;
}

/** `internalKey`, x-only, is the key of the bounty. Throws where it is the operator's as well: that would be no bounty. */
export function vaultOf(internalKey: Uint8Array, refund: Refund): Vault {
  if (!isRefundHeight(refund.height)) throw new RangeError(`${refund.height} is no height of a block to refund from`);
  if (bytesToHex(internalKey) === refund.publicKey) {
    throw new RangeError(
      'the refund key is the key of the bounty itself: give a public key that a wallet of your own made',
    );
  }
  const leaf = refundScript(refund);
  const output = taprootOutput(internalKey, tapLeafHash(leaf));
  return { output, leaf, controlBlock: controlBlock(internalKey, output) };
}
