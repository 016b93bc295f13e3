import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { describe, expect, onTestFinished, test } from 'vitest';
import { OwnChain } from '../../status-page/local/own-chain.ts';
import { type RegtestNode, startBcoin, startNode } from '../../status-page/local/regtest-node.ts';
import { classicWallet } from '../chain/on-litecoind.ts';
import { required } from '../support/required.ts';

/* The chain that `npm run status` brings, by each of the nodes that it may be made of. */

const root = resolve(import.meta.dirname, '../..');
const nodes = required.nodes();
const litecoind = required.tool('litecoind');
const silent = (): void => undefined;
/** What npm ci of status-page/local/bcoin would bring is in test/nodes as well. */
const kinds = [
  ['bcoin', nodes.missing, () => startBcoin(silent, resolve(root, 'test/nodes'))],
  ['litecoind', litecoind.missing, () => startNode('litecoind', silent)],
] as const;

async function chainOf(starting: () => Promise<RegtestNode>): Promise<OwnChain> {
  const chain = await OwnChain.of(await starting(), 0);
  onTestFinished(() => chain.stop());
  return chain;
}

/** An explorer that still reads blocks says so by 503, and is asked again. */
async function json(url: string): Promise<unknown> {
  for (;;) {
    const answer = await fetch(url);
    if (answer.status !== 503) return answer.json();
    await answer.text();
  }
}

describe.each(kinds)('out of %s', (_, missing, starting) => {
  test.skipIf(missing)('an address is filled, and what is taken from it is seen by both explorers', async () => {
    const chain = await chainOf(starting);
    const wallet = classicWallet(7);
    await chain.fill(wallet.address);
    expect(new Set(chain.explorers).size).toBe(2);
    const [explorer = ''] = chain.explorers;
    const { txid: from, vout } = Object(await json(`${explorer}/address/${wallet.address}/utxo`))[0];
    const coin = { txid: String(from), vout: Number(vout) };
    const raw = wallet.sweep([{ ...coin, satoshis: 50e8 }], 1000);
    const post = (body: string) => fetch(`${explorer}/tx`, { method: 'POST', body });
    const sent = await post(raw);
    const txid = await sent.text();
    expect([sent.status, txid]).toEqual([200, expect.stringMatching(/^[0-9a-f]{64}$/)]);
    for (const url of chain.explorers) {
      expect(await json(`${url}/tx/${txid}`)).toMatchObject({ fee: 1000, status: { confirmed: false } });
      const { chain_stats, mempool_stats } = Object(await json(`${url}/address/${wallet.address}`));
      expect([chain_stats.funded_txo_sum, mempool_stats.spent_txo_sum]).toEqual([50e8, 50e8]);
    }
    const before = await chain.height();
    await chain.mine(1);
    expect(await chain.height()).toBe(before + 1);
    for (const url of chain.explorers) {
      expect(await json(`${url}/tx/${txid}`)).toMatchObject({ status: { confirmed: true, block_height: before + 1 } });
    }
    const spent = await post(wallet.sweep([{ ...coin, satoshis: 50e8 }], 2000));
    expect([spent.status, await spent.text()]).toEqual([400, expect.stringContaining('sendrawtransaction RPC error')]);
  });
});

test.skipIf(litecoind.missing)('the explorer takes another port where its own is taken', async () => {
  const one = await chainOf(() => startNode('litecoind', silent));
  const port = Number(new URL(one.explorers[0] ?? '').port);
  const other = await OwnChain.of(one.node, port);
  expect(other.explorers.map((url) => Number(new URL(url).port))).not.toContain(port);
  await other.stop();
});

test('a node that is not there is said by its name', async () => {
  const path = process.env['PATH'];
  process.env['PATH'] = '/nowhere';
  onTestFinished(() => {
    process.env['PATH'] = path;
  });
  await expect(startNode('bitcoind', silent)).rejects.toThrow('bitcoind');
});

test('the lock of the node that npm brings has the bcoin that the tests run', () => {
  const bcoinOf = (folder: string): unknown =>
    JSON.parse(readFileSync(resolve(root, folder, 'package-lock.json'), 'utf8')).packages['node_modules/bcoin'];
  expect(bcoinOf('status-page/local/bcoin')).toEqual(bcoinOf('test/nodes'));
  expect(bcoinOf('test/nodes')).toHaveProperty('integrity');
});
