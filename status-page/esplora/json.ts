import { hexToBytes } from '@noble/hashes/utils.js';
import { encodeSegwitAddress } from '../../service/bitcoin/address.ts';
import type { Network } from '../../service/bitcoin/index.ts';
import type { IndexedBlock } from './address-index.ts';
import type { CoreBlock, CoreTransaction } from './rpc-schema.ts';

/* Esplora's JSON out of Core's (Blockstream/esplora API.md). */

export interface Output {
  readonly script: string;
  readonly satoshis: number;
}

export const statusJson = (block: IndexedBlock | undefined) =>
  block === undefined
    ? { confirmed: false }
    : { confirmed: true, block_height: block.height, block_hash: block.hash, block_time: block.time };

/** `spent` has the outputs it takes, in the order of its inputs; undefined where the node does not know one. */
export function transactionJson(
  transaction: CoreTransaction,
  block: IndexedBlock | undefined,
  spent: readonly (Output | undefined)[],
  network: Network,
) {
  const { txid, version, locktime, size, weight, vin, vout } = transaction;
  const paid = vout.reduce((sum, { value }) => sum + value, 0);
  const isCoinbase = vin.some(({ coinbase }) => coinbase !== undefined);
  const taken = spent.reduce((sum, output) => sum + (output?.satoshis ?? 0), 0);
  return {
    txid,
    version,
    locktime,
    vin: vin.map((input, index) => ({
      txid: input.txid ?? '0'.repeat(64),
      vout: input.vout ?? 0xffff_ffff,
      prevout: outputJson(spent[index], network),
      scriptsig: input.scriptSig?.hex ?? input.coinbase ?? '',
      witness: input.txinwitness,
      is_coinbase: input.coinbase !== undefined,
      sequence: input.sequence,
    })),
    vout: vout.map(({ value, scriptPubKey }) => outputJson({ script: scriptPubKey.hex, satoshis: value }, network)),
    size,
    weight,
    fee: isCoinbase || spent.includes(undefined) ? 0 : Math.max(0, taken - paid),
    status: statusJson(block),
  };
}

function outputJson(output: Output | undefined, network: Network) {
  if (output === undefined) return null;
  const address = addressOf(output.script, network);
  return {
    scriptpubkey: output.script,
    ...(address === undefined ? {} : { scriptpubkey_address: address }),
    value: output.satoshis,
  };
}

/** Of a segwit output, by our own codec: the node may have another prefix. */
function addressOf(script: string, network: Network): string | undefined {
  const [, opcode = '', length = '', program = ''] = /^(00|5[1-9a-f]|60)([0-9a-f]{2})([0-9a-f]+)$/.exec(script) ?? [];
  if (program === '' || Number.parseInt(length, 16) * 2 !== program.length) return undefined;
  const version = opcode === '00' ? 0 : Number.parseInt(opcode, 16) - 0x50;
  try {
    return encodeSegwitAddress({ version, program: hexToBytes(program) }, network);
  } catch {
    return undefined; // of a length that is no witness program
  }
}

export const blockJson = (block: CoreBlock) => ({
  id: block.hash,
  height: block.height,
  version: block.version,
  timestamp: block.time,
  tx_count: block.tx.length,
  size: block.size,
  weight: block.weight,
  merkle_root: block.merkleroot,
  previousblockhash: block.previousblockhash ?? null,
  mediantime: block.mediantime,
  nonce: block.nonce,
  bits: Number.parseInt(block.bits, 16),
  difficulty: block.difficulty,
});
