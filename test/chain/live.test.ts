import { describe, expect, test } from 'vitest';
import { askWith, ChainWatch, type Watched } from '../../status-page/chain/index.ts';
import { type Litecoind, startLitecoind, until } from '../nodes/litecoind.ts';
import { required } from '../support/required.ts';
import { classicWallet, coinOf, explorerOf, taprootWallet, type Wallet } from './on-litecoind.ts';

/* The chain view on real nodes: what a node does, and not what a model of one does. */

const litecoind = required.tool('litecoind');

/** Two explorers of these nodes, and a view that is an hour older at every look. */
async function watching(wallet: Wallet, kind: Watched['wallet'], nodes: readonly Litecoind[]) {
  const sources: string[] = [];
  for (const node of nodes) sources.push(await explorerOf(node));
  const ask = askWith({ fetch, timeout: (milliseconds) => AbortSignal.timeout(milliseconds) });
  let now = Math.floor(Date.now() / 1000);
  const watched: Watched = { network: 'regtest', address: wallet.address, wallet: kind, bait: [] };
  const watch = new ChainWatch({ watched, sources, ask, random: () => 0.5, now });
  const look = () => {
    now += 3600;
    return watch.look(now);
  };
  return { watch, look, told: async () => (await look()).verdict };
}

describe.skipIf(litecoind.missing)('a wallet on litecoind', () => {
  test('funded, given to, taken, replaced, confirmed, undone by another branch, and taken again', async () => {
    await using node = await startLitecoind();
    const wallet = classicWallet(7);
    const { look, told } = await watching(wallet, { kind: 'classic' }, [node, node]);
    expect(await told()).toEqual({ type: 'unfunded' });

    const bait = await node.send(wallet.address, 1_000_000);
    expect(await look()).toMatchObject({
      verdict: { type: 'unfunded' },
      funds: { balance: { confirmed: 0, incoming: 1_000_000 } },
    });
    await node.mine();
    await node.send(wallet.address, 20_000);
    await node.send(wallet.address, 700);
    await node.mine();
    expect(await look()).toMatchObject({
      support: 'quorum',
      verdict: { type: 'live' },
      funds: {
        balance: { confirmed: 1_020_700, incoming: 0, outgoing: 0 },
        bait: { first: { outpoint: expect.stringMatching(bait), block: { height: 102 } }, satoshis: 1_000_000 },
        donations: { count: 1, satoshis: 20_000, dust: { count: 1, satoshis: 700 } },
      },
    });

    const coin = await coinOf(node, bait, 1_000_000);
    const slow = await node.broadcast(wallet.sweep([coin], 1000));
    expect(await told()).toMatchObject({ type: 'spend_seen', contested: 1, spend: { txid: slow } });
    const fast = await node.broadcast(wallet.sweep([coin], 50_000));
    expect(await told()).toMatchObject({ type: 'spend_seen', contested: 2, spend: { txid: fast } });
    const [block = ''] = await node.mine();
    expect(await told()).toMatchObject({ type: 'spend_confirmed', confirmations: 1, spend: { txid: fast } });
    await node.mine(4);
    expect(await told()).toMatchObject({ type: 'spend_confirmed', confirmations: 5 });
    await node.mine();
    expect(await told()).toMatchObject({ type: 'spent', settled: { txid: fast, hash: block } });

    // Another branch, on which somebody else was faster.
    await node.rpc('invalidateblock', block);
    const other = wallet.sweep([coin], 70_000);
    await node.mineOnly([other]);
    await node.mine(6);
    const settled = await told();
    expect(settled).toMatchObject({ type: 'spent', settled: { height: 104 } });
    expect(settled).not.toMatchObject({ settled: { txid: fast } });

    // And one on which nobody was: what had been mined waits again.
    await node.rpc('invalidateblock', await node.rpcText('getblockhash', 104));
    expect((await told()).type).toBe('spend_seen');
  });

  test('the key path of a vault is a claim; a spend that the mempool drops leaves the coin where it was', async () => {
    await using node = await startLitecoind();
    const wallet = taprootWallet(9);
    const { told } = await watching(wallet, { kind: 'vault', refundHeight: 105 }, [node, node]);
    const bait = await node.send(wallet.address, 1_000_000);
    await node.mine();
    expect(await told()).toEqual({ type: 'live' });
    const coin = await coinOf(node, bait, 1_000_000);
    const fork = await node.bestHash();
    const sweep = wallet.sweep([coin], 1000);
    await node.broadcast(sweep);
    expect((await told()).type).toBe('spend_seen');

    // A branch without the funding: a node throws the spend out, as it has no coin to take.
    await node.rpc('invalidateblock', fork);
    await node.mineOnly([]);
    await node.mineOnly([]);
    expect((await node.mempool()).includes(bait)).toBe(true);
    expect((await told()).type).toBe('spend_seen'); // both wait, one on the other
    await node.mine(3);
    expect(await told()).toMatchObject({ type: 'spend_confirmed', confirmations: 3 });
    await node.mine(3);
    expect((await told()).type).toBe('claimed');
  });

  test('a spend that a block with another one threw out is seen no more; undone, that one waits again', async () => {
    await using node = await startLitecoind();
    await using other = await startLitecoind({ blocks: 0 });
    const wallet = taprootWallet(11);
    const bait = await node.send(wallet.address, 1_000_000);
    await node.mine();
    await node.connect(other);
    await other.partition();
    const { told } = await watching(wallet, { kind: 'vault', refundHeight: 1000 }, [node, other]);
    await node.broadcast(wallet.sweep([await coinOf(node, bait, 1_000_000)], 1000));
    expect(await told()).toMatchObject({ type: 'spend_seen' }); // by one of the two, which is enough to be seen
    // A longer branch of the other node, with a spend that pays elsewhere: the first leaves the mempool for good.
    const rival = wallet.sweep([await coinOf(node, bait, 1_000_000)], 9000);
    await other.mineOnly([rival]);
    await other.mine();
    await node.reconnect(other);
    await until('the first spend is gone', async () => (await node.mempool()).length === 0);
    expect(await told()).toMatchObject({ type: 'spend_confirmed', confirmations: 2, spend: { path: 'key' } });
    for (const each of [node, other]) await each.rpc('invalidateblock', await each.rpcText('getblockhash', 103));
    expect(await told()).toMatchObject({ type: 'spend_seen', contested: 2 }); // the winner of that block waits again
  });

  test('two nodes that were cut apart contradict each other, and agree again when they are joined', async () => {
    await using one = await startLitecoind();
    await using other = await startLitecoind({ blocks: 0 });
    const wallet = classicWallet(13);
    const bait = await one.send(wallet.address, 1_000_000);
    await one.mine();
    await one.connect(other);
    const { look, told } = await watching(wallet, { kind: 'classic' }, [one, other]);
    expect(await look()).toMatchObject({ support: 'quorum', verdict: { type: 'live' } });

    await one.partition();
    const spend = await one.broadcast(wallet.sweep([await coinOf(one, bait, 1_000_000)], 1000));
    await one.mine(6);
    await other.mine(7);
    const apart = await look();
    expect(apart.verdict.type).toBe('disagreement');
    expect(apart.before?.verdict.type).toBe('live');
    expect(apart.sources.map(({ standing }) => standing)).toEqual(['disagrees', 'disagrees']);

    await one.reconnect(other);
    expect(await told()).toMatchObject({ type: 'spend_seen', spend: { txid: spend, confirmations: 0 } });
    await until('the spend is known to both', async () => {
      await one.broadcast(await one.rpcText('getrawtransaction', spend)).catch(() => undefined);
      await other.broadcast(await one.rpcText('getrawtransaction', spend)).catch(() => undefined);
      return (await other.mempool()).includes(spend);
    });
    await other.mine(6);
    await until('both have the same tip', async () => (await one.bestHash()) === (await other.bestHash()));
    expect(await told()).toMatchObject({ type: 'spent', settled: { txid: spend } });
  });

  test('more than 500 outputs: /utxo refuses, and the view is whole', async () => {
    await using node = await startLitecoind();
    const wallet = classicWallet(17);
    const sources = await explorerOf(node);
    const bait = await node.send(wallet.address, 5_000_000);
    await node.mine();
    const dust = await dustTo(node, wallet.address, 501);
    await node.mine();
    const refused = await fetch(`${sources}/address/${wallet.address}/utxo`);
    expect([refused.status, await refused.text()]).toEqual([400, expect.stringMatching(/^Too many unspent/)]);
    const { look } = await watching(wallet, { kind: 'classic' }, [node, node]);
    expect(await look()).toMatchObject({
      verdict: { type: 'live' },
      funds: {
        balance: { confirmed: 5_000_000 + 501 * 294 },
        bait: { first: { outpoint: expect.stringMatching(bait) } },
        donations: { count: 0, dust: { count: 501, satoshis: 501 * 294 } },
      },
    });
    expect(dust).toMatch(/^[0-9a-f]{64}$/);
  });
});

/** One transaction with so many outputs of 294 satoshis to the same address: a node's own calls take an address once. */
async function dustTo(node: Litecoind, address: string, count: number): Promise<string> {
  const source = classicWallet(19);
  const paid = await node.send(source.address, 1_000_000);
  await node.mine();
  return node.broadcast(source.scatter(await coinOf(node, paid, 1_000_000), address, count, 294));
}
