import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, onTestFinished, test } from 'vitest';
import { Bcoin } from '../nodes/bcoin.ts';
import { required } from '../support/required.ts';
import { Scene, verb, verbJson } from './wallet-scene.ts';

/* A classic wallet on a node that shares no line of code with Bitcoin Core: funded, broken into, claimed, confirmed. */

const nodes = required.nodes();

/** BIP-173's example. */
const winner = 'bcrt1qw508d6qejxtdg4y5r3zarvary0c5xw7kygt080';

describe.skipIf(nodes.missing)('a classic wallet, with bcoin', () => {
  test('is funded, broken into, swept without asking any server, and confirmed', async () => {
    await using scene = await Scene.start();
    const node = await Bcoin.start(scene.address);
    onTestFinished(() => node.stop());
    const [coin] = await node.coins(scene.address);
    expect(coin?.sats).toBe(5_000_000_000);
    const utxo = `${coin?.txid}:${coin?.vout}:${coin?.sats}`;

    const payload = await scene.breakIn();
    const raw = join(scene.folder, 'raw');
    const words = ['claim', payload, '--to', winner, '--utxo', utxo, '--fee-rate', '20'];
    const claim = await verbJson(...words, '--out', raw);
    expect(claim).toMatchObject({
      from: scene.address,
      to: winner,
      amount: 5_000_000_000 - 2200,
      fee: 2200,
      sent: false,
    });

    expect(await node.accepts(readFileSync(raw, 'utf8').trim())).toBe(true);
    await node.mine(6);
    expect(await node.coins(scene.address)).toEqual([]);
    expect(await node.coins(winner)).toEqual([{ txid: claim['txid'], vout: 0, sats: 5_000_000_000 - 2200 }]);
    expect((await verb(...words)).output).not.toContain(/^wif: (\S+)/m.exec(readFileSync(payload, 'utf8'))?.[1]);
  });

  test('what it releases as WIF alone sweeps the same', async () => {
    await using scene = await Scene.start();
    const node = await Bcoin.start(scene.address);
    onTestFinished(() => node.stop());
    const [coin] = await node.coins(scene.address);
    const [, wif = ''] = /^wif: (\S+)/m.exec(readFileSync(await scene.breakIn(), 'utf8')) ?? [];
    const claimOf = (name: string, sats: number) =>
      verbJson(
        ...['claim', scene.file(name, wif), '--network', 'regtest', '--to', winner],
        ...['--utxo', `${coin?.txid}:${coin?.vout}:${sats}`, '--fee-rate', '5.5'],
      );
    // Who signs for another amount than that of the output signs nothing (BIP-143).
    const lie = await claimOf('lie', (coin?.sats ?? 0) - 1);
    expect(await node.accepts(String(lie['raw']))).toBe(false);
    const claim = await claimOf('truth', coin?.sats ?? 0);
    expect(claim).toMatchObject({ from: scene.address, fee: 605 });
    expect(await node.accepts(String(claim['raw']))).toBe(true);
  });
});
