import { type Ask, SourceFailure, SourceWatch, targetOf } from '../../status-page/chain/index.ts';
import { explorer, genesisTime, type ModelState, type ModelTransaction, transaction, vaultAddress } from './model.ts';

export const target = targetOf(vaultAddress) ?? { address: '', script: '' };
export const random = () => 0.5;
export const url = 'http://a/api';

/** A source of this chain, which may be changed, and the paths it was asked for. */
export function sourceOf(first: ModelState, allowance?: { burst: number; perHour: number }) {
  const world = { state: first, asked: [] as string[], down: undefined as SourceFailure | undefined };
  const answer = explorer(() => world.state, vaultAddress, world.asked);
  const ask: Ask = (path) => (world.down === undefined ? answer(path) : Promise.reject(world.down));
  const options = { url, target, ask, random, ...(allowance === undefined ? {} : { allowance }) };
  return { world, source: new SourceWatch(options, 0) };
}

export const spendOf = (funding: ModelTransaction, parts: Partial<ModelTransaction> = {}): ModelTransaction =>
  transaction({ takes: [{ outpoint: `${funding.txid}:0`, satoshis: funding.pays[0] ?? 0 }], ...parts });

export const noStats = { funded_txo_count: 0, funded_txo_sum: 0, spent_txo_count: 0, spent_txo_sum: 0, tx_count: 0 };

/** Looks whenever one is due, from `from` to `to`; the chain may be changed before each. */
export async function during(
  source: SourceWatch,
  from: number,
  to: number,
  before: (now: number) => void = () => undefined,
) {
  let looks = 0;
  for (let now = from; now < to; now += 1) {
    if (now < source.next) continue;
    before(now);
    looks += 1;
    await source.look(now);
  }
  return looks;
}

export const withoutSpends = (blocks: ModelState['blocks']): ModelState['blocks'] =>
  blocks.map((block) => ({ ...block, transactions: block.transactions.filter(({ takes }) => takes.length === 0) }));

export function mutely(path: string, { blocks }: ModelState) {
  if (path.includes('/txs/chain')) throw new SourceFailure('too_large', 'it has no end');
  const [tip] = blocks.slice(-1);
  const status = { confirmed: true, block_height: tip?.height, block_hash: tip?.hash, block_time: genesisTime };
  const body = JSON.stringify([{ txid: '00'.repeat(32), vin: [], vout: [], status }]);
  return { status: 200, body, retryAfter: undefined };
}
