import { bytesToHex } from '@noble/hashes/utils.js';
import { describe, expect, onTestFinished, test } from 'vitest';
import { Transaction } from '../../infra/claim/bitcoinjs.ts';
import { refundLock, vaultLock } from '../../infra/claim/lock.ts';
import { type Coin, planSweep, signSweep } from '../../infra/claim/sweep.ts';
import { type Litecoind, startLitecoind } from '../nodes/litecoind.ts';
import { required } from '../support/required.ts';
import { bountySecret, locks, operatorKey, operatorSecret, released, signingKey, winner } from './wallets.ts';

/* What the rules of the chain say of the sweeps: a node that shares its code with Bitcoin Core takes them, or does not. */

const litecoind = required.tool('litecoind');

async function node(): Promise<Litecoind> {
  const started = await startLitecoind();
  onTestFinished(() => started.stop());
  return started;
}

/** So much, confirmed, at an address. */
async function funded(chain: Litecoind, address: string, script: Uint8Array, ...amounts: number[]): Promise<Coin[]> {
  const coins: Coin[] = [];
  for (const sats of amounts) {
    const txid = await chain.send(address, sats);
    const raw = Transaction.fromHex(await chain.rpcText('getrawtransaction', txid));
    const vout = raw.outs.findIndex(({ script: of }) => bytesToHex(of) === bytesToHex(script));
    coins.push({ txid, vout, sats });
  }
  await chain.mine();
  return coins;
}

const confirmations = async (chain: Litecoind, txid: string): Promise<unknown> => {
  const transaction = await chain.rpc('getrawtransaction', txid, true);
  return typeof transaction === 'object' && transaction !== null && 'confirmations' in transaction
    ? transaction.confirmations
    : 0;
};

describe.skipIf(litecoind.missing)('a node', () => {
  test('takes a classic sweep of several outputs, and a replacement that pays more', async () => {
    const chain = await node();
    const lock = locks.classic();
    const coins = await funded(chain, lock.address, lock.scriptPubKey, 50_000, 60_000, 70_000);
    const first = signSweep(planSweep(coins, lock, winner, { feeRate: 2 }), lock, winner);
    const second = signSweep(planSweep(coins, lock, winner, { feeRate: 9 }), lock, winner);
    expect(await chain.broadcast(first.toHex())).toBe(first.getId());
    expect(await chain.broadcast(second.toHex())).toBe(second.getId());
    await expect(chain.broadcast(first.toHex())).rejects.toThrow(/insufficient fee/);
    expect(await chain.mempool()).toEqual([second.getId()]);
    await chain.mine();
    expect(await confirmations(chain, second.getId())).toBe(1);
  });

  test('takes the claim of a vault at any height, and the refund from its height on', async () => {
    const chain = await node();
    const refund = { height: (await chain.height()) + 4, publicKey: operatorKey };
    const internal = signingKey(bountySecret);
    const claim = vaultLock(internal, refund, 'regtest');
    const back = refundLock(signingKey(operatorSecret), internal.xOnly, refund, 'regtest');
    expect(back.address).toBe(released('vault', undefined, refund).wallet.address);
    const [one, other] = await funded(chain, back.address, back.scriptPubKey, 50_000, 60_000);
    if (one === undefined || other === undefined) throw new Error('it was not funded');

    const claimed = signSweep(planSweep([one], claim, winner, { feeRate: 2 }), claim, winner);
    expect(await chain.broadcast(claimed.toHex())).toBe(claimed.getId());
    const refunded = signSweep(planSweep([other], back, winner, { feeRate: 2 }), back, winner);
    while ((await chain.height()) < refund.height) {
      await expect(chain.broadcast(refunded.toHex())).rejects.toThrow(/non-final/);
      await chain.mine();
    }
    expect(await chain.broadcast(refunded.toHex())).toBe(refunded.getId());
    await chain.mine();
    expect(await confirmations(chain, refunded.getId())).toBe(1);

    // An earlier nLockTime would pass the rule of the transaction, and not that of the leaf (BIP-65).
    const hasty = { ...back, lockTime: refund.height - 1 };
    const [third] = await funded(chain, back.address, back.scriptPubKey, 70_000);
    if (third === undefined) throw new Error('it was not funded');
    const early = signSweep(planSweep([third], hasty, winner, { feeRate: 2 }), hasty, winner);
    await expect(chain.broadcast(early.toHex())).rejects.toThrow(/Locktime requirement not satisfied/);
  });
});
