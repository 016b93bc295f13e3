import type { NetworkName } from '../../service/bitcoin/network.ts';
import type { Transaction } from './bitcoinjs.ts';
import { type Destination, destinationOf } from './destination.ts';
import { Explorer } from './explorer.ts';
import { affordableFee, affordableRate, generousRate, leastToReplace } from './fee.ts';
import { type Holdings, holdingsOf } from './holdings.ts';
import type { Lock } from './lock.ts';
import { Refusal } from './refusal.ts';
import { type Coin, planSweep, type Sweep, signSweep, sweepSize, totalOf, worthSpending } from './sweep.ts';
import type { SweepOptions } from './sweep-options.ts';

/** A transaction that is ready to go, and what there is to know of it. */
export interface Prepared {
  readonly lock: Lock;
  readonly destination: Destination;
  readonly holdings: Holdings;
  readonly sweep: Sweep;
  readonly transaction: Transaction;
}

/** Looks up what there is to move, decides on a fee, builds and signs. Throws a Refusal. */
export async function prepare(lock: Lock, options: SweepOptions): Promise<Prepared> {
  const destination = destinationOf(options.to, lock.network);
  if (destination.address === lock.address) throw new Refusal('--to is the address that the coins are to leave');
  const explorer = options.utxos.length > 0 ? namedExplorer(options) : explorerOf(lock.network, options);
  const holdings = await look(lock, options, explorer);
  const coins = options.unconfirmed ? [...holdings.confirmed, ...holdings.unconfirmed] : holdings.confirmed;
  if (coins.length === 0 && holdings.unconfirmed.length > 0)
    throw new Refusal(
      `${lock.address} holds nothing that is in a block; ${totalOf(holdings.unconfirmed)} sat are on their way. Wait for a block, or say --unconfirmed`,
    );
  const sweep =
    options.feeRate === undefined
      ? await generousSweep(coins, lock, destination, holdings, explorer)
      : // Whoever names a rate means it: the report says where it is too little to replace a rival.
        planSweep(coins, lock, destination, { feeRate: options.feeRate });
  return { lock, destination, holdings, sweep, transaction: signSweep(sweep, lock, destination) };
}

async function look(lock: Lock, { utxos }: SweepOptions, explorer: Explorer | undefined): Promise<Holdings> {
  if (utxos.length > 0 || explorer === undefined)
    return { confirmed: utxos, unconfirmed: [], rivals: [], incomplete: false };
  return holdingsOf(lock, explorer);
}

/** At a rate that should win a race, without burning what it is about. */
async function generousSweep(
  coins: readonly Coin[],
  lock: Lock,
  destination: Destination,
  { rivals }: Holdings,
  explorer: Explorer | undefined,
): Promise<Sweep> {
  if (explorer === undefined)
    throw new Refusal('no server is asked, so nobody knows what a block costs: give --fee-rate');
  const contested = rivals.length > 0;
  const wanted = generousRate(await explorer.nextBlockRate(), rivals);
  // Dust would make it larger, and the rate that it bears lower: what stays behind does not count.
  const { worth } = worthSpending(coins, lock, wanted);
  const moved = worth.length > 0 ? worth : coins;
  const vsize = sweepSize(moved.length, lock, destination);
  const feeRate = affordableRate(wanted, contested, totalOf(moved), vsize);
  const sweep = planSweep(coins, lock, destination, { feeRate });
  const leastFee = leastToReplace(rivals, sweep.vsize);
  if (leastFee <= sweep.fee) return sweep;
  if (leastFee > affordableFee(contested, totalOf(sweep.inputs)))
    throw new Refusal(
      `to replace what waits in the mempool takes ${leastFee} sat, more than half of what is there. If that is worth it to you, say --fee-rate ${Math.ceil(leastFee / sweep.vsize)}`,
    );
  return planSweep(coins, lock, destination, { feeRate, leastFee });
}

const publicExplorers: Readonly<Record<NetworkName, string | undefined>> = {
  mainnet: 'https://mempool.space/api',
  testnet4: 'https://mempool.space/testnet4/api',
  signet: 'https://mempool.space/signet/api',
  regtest: undefined,
};

export function explorerOf(network: NetworkName, { chain }: Pick<SweepOptions, 'chain'>): Explorer {
  const url = chain ?? publicExplorers[network];
  if (url !== undefined) return new Explorer(url);
  throw new Refusal('nobody but you knows a regtest chain: give the Esplora REST API of your node as --chain URL');
}

export const namedExplorer = ({ chain }: Pick<SweepOptions, 'chain'>): Explorer | undefined =>
  chain === undefined ? undefined : new Explorer(chain);
