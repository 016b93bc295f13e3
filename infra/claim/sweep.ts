import { hexToBytes, utf8ToBytes } from '@noble/hashes/utils.js';
import { btc } from './amount.ts';
import { Transaction } from './bitcoinjs.ts';
import type { Destination } from './destination.ts';
import type { Lock } from './lock.ts';
import { Refusal } from './refusal.ts';

/** An output that is not spent, as far as the chain knows. */
export interface Coin {
  readonly txid: string;
  readonly vout: number;
  readonly sats: number;
}

export interface Sweep {
  readonly inputs: readonly Coin[];
  /** To spend one of them costs more than it holds. */
  readonly uneconomic: readonly Coin[];
  /** More than one transaction can hold: they take another. */
  readonly beyond: readonly Coin[];
  /** Virtual bytes (BIP-141); a signature is sometimes a byte shorter. */
  readonly vsize: number;
  /** Satoshis. */
  readonly fee: number;
  readonly amount: number;
}

/** Nodes pass on no transaction that weighs more (MAX_STANDARD_TX_WEIGHT). */
const heaviest = 400_000;
/** All the coins that there will ever be, in satoshis. */
const everything = 21e14;

/**
 * Another for each set of amounts: replaceable (BIP-125), not final, so that nLockTime counts, and with the bit that makes it
 * no relative lock (BIP-68). By BIP-143 a signature covers the amount of its own input alone: a server that lies about one coin
 * the first time, and about another the second, would otherwise have two halves of one transaction, whose fee is what it hid
 * of both. Signatures over different sequences fit into no transaction together. Without the key nobody can tell which amounts
 * share one.
 */
function sequenceOf(inputs: readonly Coin[], lock: Lock): number {
  const said = inputs.map(({ txid, vout, sats }) => `${txid}:${vout}:${sats}\n`).join('');
  const [a = 0, b = 0, c = 0, d = 0] = lock.pseudorandom(utf8ToBytes(said));
  return Math.min(0xfffffffd, (((a | 0x80) << 24) | (b << 16) | (c << 8) | d) >>> 0);
}

/**
 * All that is worth its fee, to one destination: no change. `feeRate` is in satoshis a virtual byte, and the fee is `leastFee`
 * at least. Throws a Refusal where nothing would be left.
 */
export function planSweep(
  coins: readonly Coin[],
  lock: Lock,
  destination: Destination,
  { feeRate, leastFee = 0 }: { readonly feeRate: number; readonly leastFee?: number },
): Sweep {
  const { worth, uneconomic } = worthSpending(coins, lock, feeRate);
  const most = Math.floor((heaviest - weight(0, lock, destination) - 8) / inputWeight(lock));
  const inputs = worth.slice(0, most);
  const vsize = sweepSize(inputs.length, lock, destination);
  const fee = Math.max(Math.ceil(feeRate * vsize), leastFee);
  const total = totalOf(inputs);
  const amount = total - fee;
  if (total > everything)
    throw new Refusal(`${btc(total)} are said to be there, which are more than there will ever be`);
  if (coins.length === 0) throw new Refusal(`${lock.address} holds nothing that could be moved`);
  if (amount < destination.dust)
    throw new Refusal(
      `${lock.address} holds ${btc(totalOf(coins))}, and the fee at ${feeRate} sat/vB is ${fee} sat: what is left would be less than the ${destination.dust} sat that nodes pass on to this address. A lower --fee-rate may help`,
    );
  return { inputs, uneconomic, beyond: worth.slice(most), vsize, fee, amount };
}

/** The most valuable first. */
export function worthSpending(coins: readonly Coin[], lock: Lock, feeRate: number) {
  const inputCost = feeRate * (inputWeight(lock) / 4);
  const ordered = coins.toSorted((a, b) => b.sats - a.sats || order(a, b));
  const worth = ordered.filter(({ sats }) => sats > inputCost);
  return { worth, uneconomic: ordered.slice(worth.length) };
}

/** Of outpoints: any will do, if it is always the same. */
const order = (a: Coin, b: Coin): number => (a.txid === b.txid ? a.vout - b.vout : a.txid < b.txid ? -1 : 1);

/** The transaction, signed. */
export function signSweep({ inputs, amount }: Sweep, lock: Lock, { scriptPubKey }: Destination): Transaction {
  const transaction = new Transaction();
  transaction.version = 2;
  transaction.locktime = lock.lockTime;
  const sequence = sequenceOf(inputs, lock);
  // Hashes are serialized in the opposite order from that in which people read them.
  for (const { txid, vout } of inputs) transaction.addInput(hexToBytes(txid).reverse(), vout, sequence);
  transaction.addOutput(scriptPubKey, BigInt(amount));
  const amounts = inputs.map(({ sats }) => BigInt(sats));
  for (const index of inputs.keys()) transaction.setWitness(index, lock.witness(transaction, index, amounts));
  return transaction;
}

export const totalOf = (coins: readonly Coin[]): number => coins.reduce((total, { sats }) => total + sats, 0);

/** Of a sweep of so many inputs, in virtual bytes. */
export const sweepSize = (inputs: number, lock: Lock, destination: Destination): number =>
  Math.ceil(weight(inputs, lock, destination) / 4);

/** Outpoint, length of an empty script, sequence: four times; the witness once (BIP-141). */
const inputWeight = ({ witnessLength }: Lock): number => 4 * (36 + 1 + 4) + witnessLength;

/** Version, marker and flag, inputs, one output, nLockTime. */
const weight = (inputs: number, lock: Lock, { scriptPubKey }: Destination): number =>
  4 * (4 + compactSize(inputs) + 1 + 8 + compactSize(scriptPubKey.length) + scriptPubKey.length + 4) +
  2 +
  inputs * inputWeight(lock);

const compactSize = (value: number): number => (value < 0xfd ? 1 : 3);
