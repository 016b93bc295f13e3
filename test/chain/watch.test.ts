import { describe, expect, test } from 'vitest';
import { type Ask, SourceFailure, SourceWatch } from '../../status-page/chain/index.ts';
import { explorer, genesisTime, mined, modelChain, sent, transaction, vaultAddress } from './model.ts';

import { during, noStats, random, sourceOf, spendOf, target, url } from './watching.ts';

describe('how often a source is asked', () => {
  test('a quiet hour with a block every ten minutes: 180 requests at most, the address only when something moved', async () => {
    const { world, source } = sourceOf(mined(sent(modelChain(), transaction({ pays: [1_000_000] }))));
    let block = 0;
    await during(source, 0, 3600, (now) => {
      if (now < block) return;
      world.state = mined(world.state);
      block = now + 600;
    });
    expect(source.failed).toBeUndefined();
    expect(world.asked.length).toBeLessThanOrEqual(180);
    expect(world.asked.length).toBeLessThan(130);
    const tips = world.asked.filter((path) => path === '/blocks/tip/hash').length;
    expect(tips).toBeGreaterThan(45);
    expect(world.asked.filter((path) => path.startsWith('/address')).length).toBeLessThan(tips);
  });

  test('an hour in which something waits in the mempool, and somebody says "look" every second: still 180', async () => {
    const { world, source } = sourceOf(sent(modelChain(), transaction({ pays: [1_000_000] })));
    for (let now = 0; now < 3600; now += 1) {
      source.hint(now);
      if (now % 60 === 0) world.state = mined(world.state);
      if (now >= source.next) await source.look(now);
    }
    expect(world.asked.length).toBeLessThanOrEqual(180);
  });

  test('an address of 4000 transactions is read a part at a time, within the same 180, and is whole after some hours', async () => {
    const many = Array.from({ length: 4000 }, () => transaction({ pays: [600] }));
    const { world, source } = sourceOf(mined(sent(modelChain(), transaction({ pays: [50_000_000] }), ...many)));
    await during(source, 0, 3600);
    expect(world.asked.length).toBeLessThanOrEqual(180);
    expect(source.report?.complete).toBe(false);
    expect(source.report?.confirmed.funded).toBe(50_000_000 + 4000 * 600);
    await during(source, 3600, 6 * 3600);
    expect(world.asked.length).toBeLessThanOrEqual(6 * 180);
    expect(source.report?.complete).toBe(true);
    expect(source.report?.transactions.length).toBe(4001);
  });

  test('a source that fails is asked less and less, at what it names if that is longer, and at once again when it is back', async () => {
    const { world, source } = sourceOf(modelChain());
    world.down = new SourceFailure('rate_limited', '429');
    const looks = await during(source, 0, 3 * 3600);
    expect(looks).toBeLessThan(20);
    expect(source.failed?.reason).toBe('rate_limited');
    world.down = new SourceFailure('rate_limited', '429', 3000);
    await source.look(20_000);
    expect(source.next).toBe(23_000);
    world.down = undefined;
    await source.look(23_000);
    expect(source.failed).toBeUndefined();
    expect(source.next).toBeLessThanOrEqual(23_000 + 72);
  });
});

describe('what a source may do to its list', () => {
  test('a spend that was replaced and one that was evicted are gone from the next look', async () => {
    const bait = transaction({ pays: [1_000_000] });
    const funded = mined(sent(modelChain(), bait));
    const [first, second] = [spendOf(bait), spendOf(bait)];
    const { world, source } = sourceOf(sent(funded, first));
    const spenders = async (now: number) => {
      await source.look(now);
      return source.report?.transactions.filter(({ spendings }) => spendings.length > 0).map(({ txid }) => txid);
    };
    expect(await spenders(0)).toEqual([first.txid]);
    world.state = sent(world.state, second);
    expect(await spenders(600)).toEqual([second.txid]);
    world.state = funded;
    expect(await spenders(1200)).toEqual([]);
  });

  test('dust that fills the list of the mempool hides no spend', async () => {
    const bait = transaction({ pays: [1_000_000] });
    const dust = Array.from({ length: 80 }, () => transaction({ pays: [330] }));
    const spend = spendOf(bait);
    const { world, source } = sourceOf(mined(sent(modelChain(), bait)));
    await source.look(0);
    world.state = sent(world.state, ...dust, spend); // the last of 81; 50 are listed
    await source.look(600);
    expect(source.report?.transactions.some(({ txid }) => txid === spend.txid)).toBe(true);
    expect(source.report?.mempool.funded).toBe(80 * 330);
  });

  test('500 outputs in one transaction are one transaction; nothing asks for /utxo', async () => {
    const dust = transaction({ pays: Array<number>(501).fill(294) });
    const { world, source } = sourceOf(mined(sent(modelChain(), transaction({ pays: [1_000_000] }), dust)));
    await source.look(0);
    expect(source.report?.confirmed.fundedCount).toBe(502);
    expect(world.asked.some((path) => path.includes('utxo'))).toBe(false);
  });

  test('a page that somebody made too large to be read costs the past, not the present', async () => {
    const many = Array.from({ length: 60 }, () => transaction({ pays: [5000] }));
    const state = mined(sent(modelChain(), ...many));
    const answer = explorer(() => state, vaultAddress);
    const ask: Ask = (path) =>
      path.includes('/txs/chain/') ? Promise.reject(new SourceFailure('too_large', 'huge')) : answer(path);
    const source = new SourceWatch({ url, target, ask, random }, 0);
    await source.look(0);
    expect(source.failed).toBeUndefined();
    expect(source.report?.confirmed.funded).toBe(300_000);
    expect(source.report?.complete).toBe(false);
  });

  test('transactions that a source makes up, with as many outputs as it likes, fill no memory', async () => {
    const hash = '11'.repeat(32);
    const tip = { id: hash, height: 9, timestamp: genesisTime, previousblockhash: null };
    const stats = { funded_txo_count: 1e9, funded_txo_sum: 1e9, spent_txo_count: 0, spent_txo_sum: 0, tx_count: 1e6 };
    const vout = Array<object>(30_000).fill({ scriptpubkey: target.script, value: 1 });
    const status = { confirmed: true, block_height: 9, block_hash: hash, block_time: genesisTime };
    let made = 0;
    const ask: Ask = (path) => {
      const answers = new Map<string, unknown>([
        ['/blocks/tip/hash', hash],
        ['/blocks', [tip]],
        [`/address/${vaultAddress}`, { address: vaultAddress, chain_stats: stats, mempool_stats: noStats }],
      ]);
      const known = answers.get(path.slice(url.length));
      made += 1;
      const body = known ?? [{ txid: made.toString(16).padStart(64, '0'), vin: [], vout, status }];
      return Promise.resolve({
        status: 200,
        body: typeof body === 'string' ? body : JSON.stringify(body),
        retryAfter: undefined,
      });
    };
    const source = new SourceWatch({ url, target, ask, random }, 0);
    for (const now of [0, 600, 1200]) await source.look(now);
    expect(source.failed).toBeUndefined();
    expect(source.report?.complete).toBe(false);
    const coins = source.report?.transactions.reduce((count, { fundings }) => count + fundings.length, 0);
    expect(coins).toBeGreaterThanOrEqual(30_000);
    expect(coins).toBeLessThanOrEqual(130_000);
  });

  test('answers that a block tore apart are no report, and asked for again within seconds', async () => {
    const bait = transaction({ pays: [1_000_000] });
    const before = sent(modelChain(), bait);
    let state = before;
    const answer = explorer(() => state, vaultAddress);
    const ask: Ask = async (path) => {
      const answered = await answer(path);
      if (path.endsWith('/blocks')) state = mined(before);
      return answered;
    };
    const source = new SourceWatch({ url, target, ask, random }, 0);
    await source.look(0);
    expect(source.failed?.reason).toBe('torn');
    expect(source.next).toBe(5);
  });
});
