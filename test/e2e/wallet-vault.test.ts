import { describe, expect, test } from 'vitest';
import { verdictWords } from '../../status-page/chain/index.ts';
import { until } from '../nodes/litecoind.ts';
import { required } from '../support/required.ts';
import { TwoNodes, Watcher } from './wallet-chain.ts';
import { Scene, verb, verbJson } from './wallet-scene.ts';

/* A vault's life on two real nodes: funded, broken into, claimed twice in a race that a reorganisation decides. */

const litecoind = required.tool('litecoind');

/** BIP-173's examples. */
const winner = 'bcrt1qw508d6qejxtdg4y5r3zarvary0c5xw7kygt080';
const other = 'bcrt1qrp33g0q5c5txsp9arysrx4k6zdkfs4nce4xj0gdcccefvpysxf3qzf4jry';

describe.skipIf(litecoind.missing)('a vault', () => {
  test('is claimed by the one of two winners whose spend the longer chain has', async () => {
    await using nodes = await TwoNodes.start();
    const { a, b, urls } = nodes;
    const [atA, atB] = urls;
    await using scene = await Scene.startVault(5000);
    const watcher = new Watcher(urls, scene.address, { kind: 'vault', refundHeight: 5000 });
    await watcher.verdict('unfunded');

    await a.send(scene.address, 50_000_000);
    await a.mine();
    const live = await watcher.verdict('live');
    expect(live.funds?.balance.confirmed).toBe(50_000_000);

    const payload = await scene.breakIn();
    const claim = (to: string, chain: string, ...more: string[]) =>
      verbJson('claim', payload, '--to', to, '--chain', chain, '--broadcast', ...more);
    const first = await claim(winner, atA, '--fee-rate', '2');
    expect(first).toMatchObject({ kind: 'vault', from: scene.address, fee: 198, amount: 50_000_000 - 198, sent: true });
    const seen = await watcher.verdict('spend_seen');
    expect(seen.spends.map(({ txid }) => txid)).toEqual([first['txid']]);

    await until('b has heard of it', async () => (await b.mempool()).includes(String(first['txid'])));

    // From here on the nodes hear nothing of each other, and each has the spend of one winner in a block.
    await b.partition();
    const second = await claim(other, atB);
    expect(second).toMatchObject({ rivals: [{ txid: first['txid'], fee: 198, vsize: 99 }], sent: true });
    expect(Number(second['fee'])).toBeGreaterThan(198 + 99);
    await a.mine();
    await b.mine(3);
    // One branch is a block long: that is news to the other source, not a contradiction. At the fork two spends are seen.
    const raced = await watcher.until(
      'contested',
      ({ verdict }) => verdict.type === 'spend_seen' && verdict.contested > 1,
    );
    expect(verdictWords(raced).title).toBe('spend seen, contested: 2');
    await a.mine(3);
    const parted = await watcher.verdict('disagreement');
    expect(parted.sources.map(({ standing }) => standing)).not.toContain('agrees');
    expect(parted.before?.verdict.type).toBe('spend_seen');

    await b.mine(2);
    await b.reconnect(a);
    const undone = await watcher.until(
      'the longer chain',
      ({ verdict }) => verdict.type === 'spend_confirmed' && verdict.confirmations === 5,
    );
    expect(undone.verdict).toMatchObject({ spend: { txid: second['txid'], path: 'key' } });
    expect(verdictWords(undone).title).toBe('spend confirmed (5)');

    await b.mine();
    const settled = await watcher.verdict('claimed');
    expect(settled.verdict).toMatchObject({ settled: { txid: second['txid'] } });
    // The first winner looks again: there is nothing left.
    const late = await verb('claim', payload, '--to', winner, '--chain', atA);
    expect(late).toEqual({
      status: 1,
      output: `btc-pinata claim: ${scene.address} holds nothing that could be moved.\n`,
    });
  });
});
