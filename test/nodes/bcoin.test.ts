import { createRequire } from 'node:module';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { required } from '../support/required.ts';
import { Bcoin } from './bcoin.ts';

const nodes = required.nodes();

describe.skipIf(nodes.missing)('the packages of test/nodes', () => {
  it('start a node whose addresses are those of regtest, and which counts what they hold', async () => {
    const miner = 'bcrt1qw508d6qejxtdg4y5r3zarvary0c5xw7kygt080'; // BIP-173's example
    const bcoin = await Bcoin.start(miner);
    onTestFinished(() => bcoin.stop());
    expect(await bcoin.height()).toBe(433);
    expect(await bcoin.coins(miner)).toEqual([{ txid: expect.stringMatching(/^[0-9a-f]{64}$/), vout: 0, sats: 50e8 }]);
    await expect(bcoin.call('getblockhash', 500)).rejects.toThrow('bcoin answered getblockhash with:');
    expect(await bcoin.coins('bcrt1q6z64a43mjgkcq0ul2znwneq3spghrlau9slefp')).toEqual([]);
  });

  it('hold the other verifier of BIP-322', () => {
    const bip322: unknown = createRequire(join(nodes.path, 'file.cjs'))('bip322-js');
    expect(bip322).toHaveProperty('Verifier');
  });
});
