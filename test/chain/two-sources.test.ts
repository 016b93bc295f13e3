import { describe, expect, test } from 'vitest';
import { type Ask, ChainWatch, chainDocument, inBitcoin } from '../../status-page/chain/index.ts';
import {
  classicAddress,
  explorer,
  genesisTime,
  type ModelState,
  type ModelTransaction,
  mined,
  modelChain,
  reorganised,
  sent,
  transaction,
  unreachable,
  vaultAddress,
} from './model.ts';

import { mutely, random, spendOf, withoutSpends } from './watching.ts';

describe('two sources', () => {
  const bait = transaction({ pays: [10_000_000] });
  const funded = mined(sent(modelChain(), bait));
  const classic = { network: 'regtest', address: classicAddress, wallet: { kind: 'classic' }, bait: [] } as const;
  const vault = {
    network: 'regtest',
    address: vaultAddress,
    wallet: { kind: 'vault', refundHeight: 1000 },
    bait: [],
  } as const;

  function watching(watched: typeof classic | typeof vault, ...states: (ModelState | undefined)[]) {
    const asks = states.map((_, index) => explorer(() => states[index] ?? funded, watched.address));
    /** Those whose lists of transactions are one that is not the address's, and then too long to be read. */
    const mute = new Set<number>();
    const sources = states.map((_, index) => `http://s${index}/api`);
    const ask: Ask = (path) => {
      const index = Number(new URL(path).hostname.slice(1));
      if (mute.has(index) && path.includes('/txs')) return Promise.resolve(mutely(path, states[index] ?? funded));
      return states[index] === undefined ? unreachable(path) : (asks[index] ?? unreachable)(path);
    };
    let now = genesisTime;
    const watch = new ChainWatch({ watched, sources, ask, random, now });
    return {
      states,
      mute,
      watch,
      /** An hour later: longer than any source is left alone. */
      look: () => {
        now += 3600;
        return watch.look(now);
      },
    };
  }

  test('a classic wallet: the chain cannot tell who took it; six blocks with two sources, and back by a reorganisation', async () => {
    const spend = spendOf(bait);
    const { states, look } = watching(classic, funded, funded);
    expect((await look()).verdict.type).toBe('live');
    states.fill(sent(funded, spend));
    expect((await look()).verdict).toMatchObject({ type: 'spend_seen', contested: 1 });
    const five = mined(sent(funded, spend), 5);
    const taken = mined(five);
    states.fill(five);
    expect((await look()).verdict).toMatchObject({ type: 'spend_confirmed', confirmations: 5 });
    states[0] = taken;
    expect((await look()).verdict).toMatchObject({ type: 'spend_confirmed', confirmations: 5 });
    states[1] = taken;
    expect((await look()).verdict).toMatchObject({ type: 'spent', settled: { txid: spend.txid } });
    const other = spendOf(bait);
    states.fill(reorganised(taken, 6, [other]));
    expect((await look()).verdict).toMatchObject({ type: 'spent', settled: { txid: other.txid } });
    states.fill(reorganised(taken, 7));
    expect((await look()).verdict.type).toBe('spend_seen');
  });

  test('a vault: the key path is a winner, the leaf is the refund', async () => {
    const { states, look } = watching(vault, funded, funded);
    states.fill(mined(sent(funded, spendOf(bait)), 6));
    expect((await look()).verdict.type).toBe('claimed');
    states.fill(mined(sent(funded, spendOf(bait, { path: 'script' })), 6));
    expect((await look()).verdict.type).toBe('refunded');
  });

  test('one source alone says how many blocks, and never claimed; what two had said it may confirm and not take back', async () => {
    const taken = mined(sent(funded, spendOf(bait)), 8);
    const alone = watching(vault, taken, undefined);
    const view = await alone.look();
    expect(view).toMatchObject({ support: 'single', verdict: { type: 'spend_confirmed', confirmations: 8 } });
    expect(view.sources.map(({ standing }) => standing)).toEqual(['alone', 'unread']);

    const both = watching(vault, taken, taken);
    expect((await both.look()).verdict.type).toBe('claimed');
    both.states[1] = undefined;
    expect(await both.look()).toMatchObject({ support: 'single', verdict: { type: 'claimed' } });
    both.states[0] = funded;
    expect((await both.look()).verdict.type).toBe('disagreement');
  });

  test('a source on another chain, one far ahead on the same, and both silent', async () => {
    const branch = reorganised(mined(funded, 4), 5);
    const apart = watching(vault, mined(funded, 5), branch);
    const view = await apart.look();
    expect(view.verdict.type).toBe('disagreement');
    expect(view.funds).toBeUndefined();
    expect(view.sources.map(({ standing }) => standing)).toEqual(['disagrees', 'disagrees']);

    const behind = watching(vault, funded, mined(funded, 3));
    const lagging = await behind.look();
    expect(lagging).toMatchObject({ support: 'single', verdict: { type: 'live' } });
    expect(lagging.sources.map(({ standing }) => standing)).toEqual(['lagging', 'alone']);

    behind.states.fill(undefined);
    const stale = await behind.look();
    expect(stale).toMatchObject({ verdict: { type: 'stale' }, before: { verdict: { type: 'live' } } });
  });

  test('a source that makes up blocks is outvoted by two', async () => {
    const liar = mined(sent(funded, spendOf(bait)), 40);
    const { look } = watching(vault, liar, funded, mined(funded));
    const view = await look();
    expect(view).toMatchObject({ support: 'quorum', verdict: { type: 'live' } });
    expect(view.sources.map(({ standing }) => standing)).toEqual(['disagrees', 'agrees', 'agrees']);
  });

  test('one of two that lies about the witness makes no claim of a refund, and no refund of a claim', async () => {
    for (const [path, lie] of [
      ['script', 'key'],
      ['key', 'script'],
    ] as const) {
      const spend = spendOf(bait, { path });
      const honest = mined(sent(funded, spend), 6);
      const lying = (entry: ModelTransaction) => (entry.txid === spend.txid ? { ...entry, path: lie } : entry);
      const blocks = honest.blocks.map((block) => ({ ...block, transactions: block.transactions.map(lying) }));
      const liar = { ...honest, blocks };
      for (const states of [
        [liar, honest],
        [honest, liar],
      ])
        expect((await watching(vault, ...states).look()).verdict.type).toBe('disagreement');
      const outvoted = await watching(vault, liar, honest, honest).look();
      expect(outvoted.verdict.type).toBe(path === 'key' ? 'claimed' : 'refunded');
    }
  });

  test('one of two that puts blocks of its own on top does not speak for both, if it hides a spend below them', async () => {
    const seen = sent(funded, spendOf(bait));
    const taken = mined(seen, 4);
    const liars = [
      [taken, mined({ ...taken, blocks: withoutSpends(taken.blocks) }, 3)],
      [seen, mined(funded, 3)],
    ] as const;
    for (const [honest, liar] of liars) {
      for (const states of [
        [honest, liar],
        [liar, honest],
      ])
        expect((await watching(vault, ...states).look()).verdict.type).toBe('disagreement');
    }
    expect((await watching(vault, seen, mined(seen, 3)).look()).verdict.type).toBe('spend_confirmed');
  });

  test('one of two that lists no more than its sums takes back nothing that was settled', async () => {
    const taken = mined(sent(funded, spendOf(bait)), 8);
    const { states, look, mute } = watching(vault, taken, taken);
    expect((await look()).verdict.type).toBe('claimed');
    states.fill(mined(taken, 12));
    mute.add(1);
    expect((await look()).verdict.type).toBe('claimed');
    states[0] = reorganised(taken, 13);
    expect((await look()).verdict.type).not.toBe('claimed');
  });

  test('a vault at its height says so; an empty one does not', async () => {
    const below = mined(funded, 980);
    const { states, look } = watching(vault, below, below);
    expect((await look()).verdict.type).toBe('live');
    states.fill(mined(funded, 990));
    expect((await look()).verdict).toEqual({ type: 'live_refundable', since: 1000 });
    states.fill(modelChain(1001));
    expect((await look()).verdict.type).toBe('unfunded');
  });

  test('competing spends are counted until none is left', async () => {
    const { states, look } = watching(vault, sent(funded, spendOf(bait)), sent(funded, spendOf(bait)));
    expect((await look()).verdict).toMatchObject({ type: 'spend_seen', contested: 2 });
    states.fill(sent(funded, spendOf(bait)));
    expect((await look()).verdict).toMatchObject({ type: 'spend_seen', contested: 3 });
    states.fill(funded);
    expect((await look()).verdict.type).toBe('live');
    states.fill(sent(funded, spendOf(bait)));
    expect((await look()).verdict).toMatchObject({ type: 'spend_seen', contested: 1 });
  });

  test('the bait, donations and dust are told apart', async () => {
    const early = mined(sent(modelChain(), transaction({ pays: [600] }))); // somebody's dust, before the bait
    const gifts = [transaction({ pays: [20_000] }), transaction({ pays: [30_000, 400] })];
    const state = mined(gifts.reduce((one, gift) => mined(sent(one, gift)), mined(sent(early, bait))));
    const { look } = watching(classic, state, state);
    const { funds } = await look();
    expect(funds).toMatchObject({
      balance: { confirmed: 10_051_000, incoming: 0, outgoing: 0 },
      bait: { first: { outpoint: `${bait.txid}:0` }, satoshis: 10_000_000, announced: false },
      donations: { count: 2, satoshis: 50_000, dust: { count: 2, satoshis: 1000 }, complete: true },
    });
    expect(funds?.donations?.newest.map(({ satoshis }) => satoshis)).toEqual([30_000, 20_000]);
  });

  test('coins that were announced are the bait, whatever came before them', async () => {
    const state = mined(sent(mined(sent(modelChain(), transaction({ pays: [70_000] }))), bait));
    const answer = explorer(() => state, vaultAddress);
    const watch = new ChainWatch({
      watched: { ...vault, bait: [`${bait.txid}:0`] },
      sources: ['http://s0/api', 'http://s1/api'],
      ask: answer,
      random,
      now: genesisTime,
    });
    expect((await watch.look(genesisTime + 60)).funds).toMatchObject({
      bait: { satoshis: 10_000_000, announced: true },
      donations: { count: 1, satoshis: 70_000 },
    });
  });

  test('more donations than are listed are summed up', async () => {
    const gifts = Array.from({ length: 120 }, () => transaction({ pays: [2000] }));
    const state = mined(sent(funded, ...gifts));
    const { look } = watching(vault, state, state);
    const { donations } = (await look()).funds ?? {};
    expect(donations).toMatchObject({ count: 120, satoshis: 240_000 });
    expect(donations?.newest.length).toBe(50);
  });

  test('an announced retirement stands beside the verdict, and changes nothing of it', async () => {
    const retirement = {
      announcedAt: genesisTime - 86_400,
      effectiveAt: genesisTime + 86_400,
      url: 'https://example.org/',
    };
    const answer = explorer(() => funded, vaultAddress);
    const sources = ['http://s0/api', 'http://s1/api'];
    const watched = { ...vault, retirement };
    const watch = new ChainWatch({ watched, sources, ask: answer, random, now: genesisTime });
    const view = await watch.look(genesisTime + 60);
    expect(view.verdict).toEqual({ type: 'live' });
    expect(chainDocument(view).retirement).toEqual(retirement);
  });

  test('the document survives JSON and says what people read', async () => {
    const { watch, look } = watching(vault, sent(funded, spendOf(bait)), undefined);
    const document = chainDocument(await look(), watch.failures());
    expect(JSON.parse(JSON.stringify(document))).toEqual(document);
    expect(document).toMatchObject({
      verdict: 'spend_seen',
      title: 'spend seen',
      support: 'single',
      balance: { confirmed: 10_000_000, incoming: 0, outgoing: 10_000_000 },
    });
    expect(document.sentence).toMatch(/One source alone/);
    expect(document.sources[1]).toMatchObject({ standing: 'unread', failure: { reason: 'unreachable' } });
  });
});

test('satoshis in bitcoin', () => {
  expect([0, 1, 100_000_000, 2_100_000_000_000_000, -5].map(inBitcoin)).toEqual([
    '0.00000000 BTC',
    '0.00000001 BTC',
    '1.00000000 BTC',
    '21000000.00000000 BTC',
    '-0.00000005 BTC',
  ]);
});
