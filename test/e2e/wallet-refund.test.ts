import { describe, expect, test } from 'vitest';
import { verdictWords } from '../../status-page/chain/index.ts';
import { required } from '../support/required.ts';
import { TwoNodes, Watcher } from './wallet-chain.ts';
import { Scene, verb, verbJson } from './wallet-scene.ts';

/* The other end of a vault, on two real nodes: nobody wins, its height comes, and its operator takes the coins back. */

const litecoind = required.tool('litecoind');

/** BIP-173's example. */
const operator = 'bcrt1qw508d6qejxtdg4y5r3zarvary0c5xw7kygt080';

describe.skipIf(litecoind.missing)('a vault', () => {
  test('is given back to its operator from its height on, and not before', async () => {
    await using nodes = await TwoNodes.start();
    const { a, urls } = nodes;
    const height = (await a.height()) + 5;
    await using scene = await Scene.startVault(height);
    const watcher = new Watcher(urls, scene.address, { kind: 'vault', refundHeight: height });
    await a.send(scene.address, 50_000_000);
    await a.mine(2);
    await watcher.verdict('live');

    const statement = scene.file('attestation.json', await scene.page('/attestation.json'));
    const words = [
      'refund',
      scene.refundKey,
      '--wallet',
      statement,
      '--network',
      'regtest',
      '--to',
      operator,
      '--chain',
      urls[0],
    ];
    const early = await verb(...words, '--broadcast');
    expect(early.status).toBe(3);
    expect(early.output).toContain(`nodes take it once they have block ${height}, which is 3 blocks from now`);
    expect(await a.mempool()).toEqual([]);
    // Made before its time, it is refused by the node itself, whoever sends it.
    const [, raw = ''] = /\n([0-9a-f]{200,})\n/.exec(early.output) ?? [];
    await expect(a.broadcast(raw)).rejects.toThrow('non-final');

    await a.mine(3);
    await watcher.until('refundable', ({ verdict }) => verdict.type === 'live_refundable');
    const refund = await verbJson(...words, '--broadcast');
    expect(refund).toMatchObject({ verb: 'refund', refundHeight: height, missing: 0, sent: true });
    await watcher.verdict('spend_seen');
    await a.mine(6);
    const settled = await watcher.verdict('refunded');
    expect(settled.verdict).toMatchObject({ settled: { txid: refund['txid'] } });
    expect(verdictWords(settled).title).toBe('refunded by the operator');
  });
});
