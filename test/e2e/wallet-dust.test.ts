import { rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, onTestFinished, test } from 'vitest';
import { Transaction } from '../../infra/claim/bitcoinjs.ts';
import { locks, released, winner } from '../claim/wallets.ts';
import { startLitecoind } from '../nodes/litecoind.ts';
import { required } from '../support/required.ts';
import { NodeExplorer } from './wallet-chain.ts';
import { newFolder, verbJson } from './wallet-scene.ts';

/* More outputs than a server lists, most of them dust, on a real node: what is worth its fee is swept, in one transaction. */

const litecoind = required.tool('litecoind');

describe.skipIf(litecoind.missing)('an address that was flooded', () => {
  test('is swept by its history', async () => {
    await using node = await startLitecoind();
    using explorer = await NodeExplorer.start(node);
    const lock = locks.classic();
    const txid = await node.send(lock.address, 1_000_000);
    const vout = Transaction.fromHex(await node.rpcText('getrawtransaction', txid)).outs.findIndex(
      ({ value }) => value === 1_000_000n,
    );
    await node.mine();
    // One transaction of whoever has the coin, with 450 outputs that are worth something and 200 that are not.
    const flood = new Transaction();
    flood.version = 2;
    flood.addInput(Buffer.from(txid, 'hex').reverse(), vout);
    for (let output = 0; output < 650; output += 1) flood.addOutput(lock.scriptPubKey, output < 450 ? 2000n : 294n);
    flood.setWitness(0, lock.witness(flood, 0, [1_000_000n]));
    await node.broadcast(flood.toHex());
    await node.mine();

    const refused = await fetch(`${explorer.url}/address/${lock.address}/utxo`);
    expect(refused.status).toBe(400);
    const folder = newFolder();
    onTestFinished(() => rmSync(folder, { recursive: true }));
    const payload = join(folder, 'payload');
    writeFileSync(payload, released('classic').payload, { mode: 0o600 });
    const claim = await verbJson(
      ...['claim', payload, '--to', winner.address, '--chain', explorer.url, '--fee-rate', '5', '--broadcast'],
    );
    expect(claim).toMatchObject({ sent: true, beyond: [] });
    expect(claim['inputs']).toHaveLength(450);
    expect(claim['uneconomic']).toHaveLength(200);
    expect(Number(claim['amount']) + Number(claim['fee'])).toBe(900_000);
    await node.mine();
    expect(await node.mempool()).toEqual([]);
  });
});
