import { describe, expect, test } from 'vitest';
import { verdictWords } from '../../status-page/chain/index.ts';
import { required } from '../support/required.ts';
import { TwoNodes, Watcher } from './wallet-chain.ts';
import { Scene, verb, verbJson } from './wallet-scene.ts';

/* A classic wallet's life on two real nodes: funded, given to, broken into, claimed, taken back by a reorganisation, settled. */

const litecoind = required.tool('litecoind');

/** BIP-173's examples. */
const winner = 'bcrt1qw508d6qejxtdg4y5r3zarvary0c5xw7kygt080';
const other = 'bcrt1qrp33g0q5c5txsp9arysrx4k6zdkfs4nce4xj0gdcccefvpysxf3qzf4jry';

describe.skipIf(litecoind.missing)('a classic wallet', () => {
  test('is swept with what was given to it, replaced in the mempool, undone by a longer chain, and settled', async () => {
    await using nodes = await TwoNodes.start();
    const { a, b, urls } = nodes;
    await using scene = await Scene.start();
    const watcher = new Watcher(urls, scene.address, { kind: 'classic' });

    await a.send(scene.address, 50_000_000);
    await a.mine();
    await a.send(scene.address, 30_000);
    await a.send(scene.address, 300);
    await a.mine();
    const live = await watcher.until(
      'live',
      ({ verdict, funds }) => verdict.type === 'live' && funds?.received === 50_030_300,
    );
    expect(live.funds?.donations).toMatchObject({ count: 1, satoshis: 30_000, dust: { count: 1, satoshis: 300 } });

    // A gift that is in no block can be taken back by whoever made it: it is left alone.
    await a.send(scene.address, 70_000);
    const payload = await scene.breakIn();
    const claim = (to: string, ...more: string[]) =>
      verbJson('claim', payload, '--to', to, '--chain', urls[0], '--broadcast', ...more);
    const first = await claim(winner, '--fee-rate', '5');
    expect(first).toMatchObject({ inputs: [{ sats: 50_000_000 }, { sats: 30_000 }], uneconomic: [{ sats: 300 }] });
    expect(first).toMatchObject({ unconfirmed: [{ sats: 70_000 }], amount: 50_030_000 - 5 * 178, sent: true });
    await watcher.until('the claim', ({ spends }) => spends[0]?.txid === first['txid']);

    // Somebody else has the key as well. What they offer is told to them, and what is too little is refused by the node.
    const cheap = await verb('claim', payload, '--to', other, '--chain', urls[0], '--fee-rate', '5', '--broadcast');
    expect(cheap.status).toBe(1);
    expect(cheap.output).toContain('Contested: the mempool holds another spend of these coins');
    expect(cheap.output).toContain('This one does not: it takes');
    expect(cheap.output).toMatch(/answered \/tx with: status 400: .*insufficient fee/);
    const second = await claim(other);
    expect(second).toMatchObject({ rivals: [{ txid: first['txid'], fee: 5 * 178 }], sent: true });
    // The other node holds the first until it hears of the second.
    const raced = await watcher.until('a race that one has won', ({ spends: [spend, ...more] }) => {
      return spend?.txid === second['txid'] && more.length === 0;
    });
    expect(raced.verdict).toMatchObject({ type: 'spend_seen', contested: 2 });
    expect(await a.mempool()).not.toContain(first['txid']);

    // In a block of one side of the network, and back in the mempool once the longer side is heard of.
    await b.partition();
    await a.mine(2);
    for (let blocks = 0; blocks < 4; blocks += 1) await b.mineOnly([]);
    await b.reconnect(a);
    expect(await a.mempool()).toContain(second['txid']);
    await watcher.until('undone', ({ verdict, common }) => verdict.type === 'spend_seen' && common?.height === 107);

    await a.mine(6);
    const settled = await watcher.verdict('spent');
    expect(settled.verdict).toMatchObject({ settled: { txid: second['txid'] } });
    expect(verdictWords(settled).title).toBe('spent by a winner or by the operator, the chain cannot tell');
  });
});
