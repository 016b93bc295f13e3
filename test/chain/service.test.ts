import { describe, expect, test } from 'vitest';
import { startLitecoind, until } from '../nodes/litecoind.ts';
import { LivePinata } from '../support/live-pinata.ts';
import { required } from '../support/required.ts';
import { explorerOf } from './on-litecoind.ts';

const litecoind = required.tool('litecoind');

describe('a piñata that asks explorers', () => {
  test.skipIf(litecoind.missing)('shows what hangs in it, who gave, and who says so', async () => {
    await using node = await startLitecoind();
    const [one, other] = [await explorerOf(node), await explorerOf(node)];
    const pinata = await LivePinata.start(['--chain', one, '--chain', other]);
    try {
      const { address } = pinata.ready;
      const bait = await node.send(address, 2_500_000);
      await node.mine();
      await node.send(address, 40_000);
      await node.mine();
      // The first look was before, or after; the next is a minute later.
      await until('it has seen both', async () => (await pinata.status()).chain?.donations?.count === 1, 240_000);
      const { chain } = await pinata.status();
      expect(chain).toMatchObject({
        verdict: 'live',
        support: 'quorum',
        balance: { confirmed: 2_540_000, incoming: 0, outgoing: 0 },
        bait: { satoshis: 2_500_000, announced: false, first: { outpoint: expect.stringMatching(bait), height: 102 } },
        donations: { satoshis: 40_000 },
        sources: [
          { source: one, standing: 'agrees', height: 103 },
          { source: other, standing: 'agrees', height: 103 },
        ],
      });
      const page = await pinata.text('/');
      for (const words of [
        'On the chain: live',
        '0.0254 BTC',
        '0.025 BTC',
        '0.0004 BTC in 1',
        'no proof of anything',
        one,
      ]) {
        expect(page).toContain(words);
      }
    } finally {
      await pinata.stop();
    }
  });

  test('whose explorers are down serves its page all the same, and says so; one without any says nothing', async () => {
    const pinata = await LivePinata.start(['--chain', 'http://127.0.0.1:1/api', '--chain', 'ws://127.0.0.1:1/ws']);
    try {
      await until('it has tried', async () => (await pinata.status()).chain?.sources[0]?.failure !== null);
      expect((await pinata.status()).chain).toMatchObject({
        verdict: 'stale',
        balance: null,
        sources: [{ standing: 'unread', failure: { reason: 'unreachable' } }],
      });
      expect(await pinata.text('/')).toContain('On the chain: stale');
    } finally {
      await pinata.stop();
    }
    const plain = await LivePinata.start();
    try {
      expect((await plain.status()).chain).toBeNull();
      expect(await plain.text('/')).not.toContain('On the chain');
    } finally {
      await plain.stop();
    }
  });
});
