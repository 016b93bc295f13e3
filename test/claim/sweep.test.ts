import { schnorr, secp256k1 } from '@noble/curves/secp256k1.js';
import { bytesToHex, hexToBytes } from '@noble/hashes/utils.js';
import * as scure from '@scure/btc-signer';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { Transaction } from '../../infra/claim/bitcoinjs.ts';
import { type Lock, refundLock, vaultLock } from '../../infra/claim/lock.ts';
import { type Coin, planSweep, signSweep, sweepSize, totalOf } from '../../infra/claim/sweep.ts';
import { refundScript } from '../../service/bitcoin/vault.ts';
import { bountySecret, coin, locks, operatorKey, refund, released, signingKey, winner } from './wallets.ts';

const kinds = ['classic', 'vault', 'refund'] as const;

const sequenceOf = ({ ins }: Transaction): number => ins[0]?.sequence ?? 0;

/** The same sweep as another library has it, unsigned. */
function theirs(lock: Lock, coins: readonly Coin[], amount: number, sequence: number): scure.Transaction {
  const transaction = new scure.Transaction({ version: 2, lockTime: lock.lockTime });
  for (const { txid, vout, sats } of coins) {
    transaction.addInput({
      txid,
      index: vout,
      sequence,
      witnessUtxo: { script: lock.scriptPubKey, amount: BigInt(sats) },
    });
  }
  transaction.addOutput({ script: winner.scriptPubKey, amount: BigInt(amount) });
  return transaction;
}

/** Whether the witness of input `index` opens the lock, by the signature hash of that other library. */
function opens(kind: (typeof kinds)[number], lock: Lock, coins: readonly Coin[], ours: Transaction, index: number) {
  const transaction = theirs(lock, coins, Number(ours.outs[0]?.value), sequenceOf(ours));
  const [signature = new Uint8Array(0), second, third] = ours.ins[index]?.witness ?? [];
  const scripts = coins.map(() => lock.scriptPubKey);
  const amounts = coins.map(({ sats }) => BigInt(sats));
  switch (kind) {
    case 'classic': {
      const { publicKey } = signingKey(bountySecret);
      const scriptCode = scure.p2pkh(publicKey).script;
      const digest = transaction.preimageWitnessV0(index, scriptCode, 1, amounts[index] ?? 0n);
      const options = { prehash: false, lowS: true, format: 'der' } as const;
      return (
        third === undefined &&
        bytesToHex(second ?? new Uint8Array(0)) === bytesToHex(publicKey) &&
        signature.at(-1) === 1 &&
        secp256k1.verify(signature.slice(0, -1), digest, publicKey, options)
      );
    }
    case 'vault': {
      const digest = transaction.preimageWitnessV1(index, scripts, 0, amounts);
      return second === undefined && schnorr.verify(signature, digest, lock.scriptPubKey.slice(2));
    }
    case 'refund': {
      const leaf = second ?? new Uint8Array(0);
      const digest = transaction.preimageWitnessV1(index, scripts, 0, amounts, undefined, leaf, 0xc0);
      return third?.length === 33 && schnorr.verify(signature, digest, hexToBytes(operatorKey));
    }
    default:
      return kind satisfies never;
  }
}

describe.each(kinds)('a sweep of %s', (kind) => {
  const lock = locks[kind]();

  test('of one input to a P2WPKH address has the size that is known of it', () => {
    const sweep = planSweep([coin(1, 100_000)], lock, winner, { feeRate: 20 });
    const transaction = signSweep(sweep, lock, winner);
    expect(sweep.vsize).toBe({ classic: 110, vault: 99, refund: 118 }[kind]);
    expect(sweep.fee).toBe(20 * sweep.vsize);
    expect(sweep.amount).toBe(100_000 - sweep.fee);
    expect(sweep.vsize - transaction.virtualSize()).toBeOneOf([0, 1]);
    expect(transaction.outs).toHaveLength(1);
    expect(transaction.locktime).toBe(kind === 'refund' ? refund.height : 0);
    // BIP-125, not final, so that nLockTime counts, and no relative lock (BIP-68).
    expect(sequenceOf(transaction)).toBeGreaterThanOrEqual(0x80000000);
    expect(sequenceOf(transaction)).toBeLessThanOrEqual(0xfffffffd);
  });

  test('is to another library the same transaction, with signatures that hold', () => {
    // Enough for any of these fees: a sweep of less than what it costs is refused.
    const some = fc.array(fc.integer({ min: 10_000, max: 2 ** 40 }), { minLength: 1, maxLength: 4 });
    fc.assert(
      fc.property(some, fc.integer({ min: 1, max: 50 }), (amounts, feeRate) => {
        const coins = amounts.map((sats, index) => coin(index + 1, sats));
        const sweep = planSweep(coins, lock, winner, { feeRate });
        const ours = signSweep(sweep, lock, winner);
        const other = theirs(lock, sweep.inputs, sweep.amount, sequenceOf(ours));
        expect(ours.getId()).toBe(other.id);
        for (const index of sweep.inputs.keys()) expect(opens(kind, lock, sweep.inputs, ours, index)).toBe(true);
        const [first, ...rest] = sweep.inputs;
        if (first === undefined) throw new Error('a sweep without an input');
        // BIP-143 and BIP-341: who lied about an amount gets a signature that holds for no other.
        expect(opens(kind, lock, [{ ...first, sats: first.sats + 1 }, ...rest], ours, 0)).toBe(false);
        expect(Transaction.fromHex(ours.toHex()).getId()).toBe(ours.getId());
      }),
      { numRuns: 15 },
    );
  });
});

test('two sweeps, signed for a server that lied about one coin each time, have no valid spend between them', () => {
  const lock = locks.classic();
  const signed = (...amounts: readonly [number, number]) => {
    const sweep = planSweep([coin(1, amounts[0]), coin(2, amounts[1])], lock, winner, { feeRate: 3 });
    return signSweep(sweep, lock, winner);
  };
  // There are 1 000 000 and 600 000. Both pay the same, and each has one signature over a true amount.
  const [first, second] = [signed(1_000_000, 200_001), signed(600_001, 600_000)];
  expect(first.outs).toEqual(second.outs);
  const witness = second.ins[1]?.witness ?? [];
  for (const whole of [first, second]) {
    const burning = whole.clone();
    burning.setWitness(0, first.ins[0]?.witness ?? []);
    burning.setWitness(1, witness);
    const held = [0, 1].map((index) => opens('classic', lock, [coin(1, 1_000_000), coin(2, 600_000)], burning, index));
    expect(held).toContain(false);
    expect(held).toContain(true);
  }
});

test('more than there will ever be is refused in words', () => {
  const coins = [coin(1, 21e14), coin(2, 21e14)];
  expect(() => planSweep(coins, locks.vault(), winner, { feeRate: 3 })).toThrow('more than there will ever be');
});

test('another library, with the same key, signs the same classic sweep', () => {
  const lock = locks.classic();
  const sweep = planSweep([coin(1, 90_000), coin(2, 80_000)], lock, winner, { feeRate: 3 });
  const ours = signSweep(sweep, lock, winner);
  const other = theirs(lock, sweep.inputs, sweep.amount, sequenceOf(ours));
  other.sign(bountySecret, [1]);
  other.finalize();
  // Theirs looks for a short R, so that it may differ in the signatures; what is signed does not.
  expect(ours.getId()).toBe(other.id);
  expect(sweep.vsize - other.vsize).toBeOneOf([0, 1, 2]);
});

test('another library makes the same vault: address, leaf, control block', () => {
  const internal = signingKey(bountySecret).xOnly;
  const leaf = refundScript(refund);
  const { address, script, tapLeafScript } = scure.p2tr(
    internal,
    { script: leaf },
    { ...scure.TEST_NETWORK, bech32: 'bcrt' },
    true,
  );
  const [theirControl] = tapLeafScript?.[0] ?? [];
  if (theirControl === undefined) throw new Error('the other library makes no control block');
  const lock = locks.refund();
  expect([lock.address, lock.address]).toEqual([address, released('vault').wallet.address]);
  expect(bytesToHex(lock.scriptPubKey)).toBe(bytesToHex(script));
  const sweep = planSweep([coin(1, 90_000)], lock, winner, { feeRate: 3 });
  const [, shown, control] = signSweep(sweep, lock, winner).ins[0]?.witness ?? [];
  expect(bytesToHex(shown ?? new Uint8Array(0))).toBe(bytesToHex(leaf));
  expect(leaf).toHaveLength(39);
  expect(bytesToHex(control ?? new Uint8Array(0))).toBe(bytesToHex(scure.TaprootControlBlock.encode(theirControl)));
});

test.each([1, 16, 17, 127, 128, 255, 256, 32_767, 32_768, 65_536, 8_388_608, 499_999_999])(
  'the leaf of height %i is the one that the service makes',
  (height) => {
    const { wallet } = released('vault', undefined, { height, publicKey: operatorKey });
    expect(vaultLock(signingKey(bountySecret), { height, publicKey: operatorKey }, 'regtest').address).toBe(
      wallet.address,
    );
  },
);

describe('what is moved', () => {
  const plan = (amounts: readonly number[], feeRate: number, leastFee = 0) =>
    planSweep(
      amounts.map((sats, index) => coin(index + 1, sats)),
      locks.classic(),
      winner,
      { feeRate, leastFee },
    );

  test('is all but what costs more to spend than it holds', () => {
    const { inputs, uneconomic, amount, fee } = plan([100_000, 294, 680, 681, 0], 10);
    expect(inputs.map(({ sats }) => sats)).toEqual([100_000, 681]);
    expect(uneconomic.map(({ sats }) => sats)).toEqual([680, 294, 0]);
    expect(amount + fee).toBe(100_681);
  });

  test('sums up, whatever there is', () => {
    const amounts = fc.array(fc.integer({ min: 0, max: 2 ** 42 }), { minLength: 1, maxLength: 50 });
    fc.assert(
      fc.property(amounts, fc.integer({ min: 1, max: 300 }), (sats, feeRate) => {
        const total = sats.reduce((sum, value) => sum + value, 0);
        fc.pre(total > 2_000_000);
        const { inputs, uneconomic, beyond, amount, fee, vsize } = plan(sats, feeRate);
        expect(inputs.length + uneconomic.length + beyond.length).toBe(sats.length);
        expect(totalOf([...inputs, ...uneconomic, ...beyond])).toBe(total);
        expect(amount + fee).toBe(totalOf(inputs));
        expect(fee).toBeGreaterThanOrEqual(feeRate * vsize);
        // Each input pays more than its own cost, so none of them makes the winner poorer.
        expect(inputs.every((input) => input.sats > feeRate * 68)).toBe(true);
      }),
    );
  });

  test('pays what a replacement takes', () => {
    expect(plan([100_000], 1, 5000).fee).toBe(5000);
    expect(plan([100_000], 60, 5000).fee).toBe(6600);
  });

  test('is nothing where nothing would be left', () => {
    expect(() => plan([], 1)).toThrow('holds nothing that could be moved');
    expect(() => plan([2493], 20)).toThrow(
      /holds 0\.00002493 BTC, and the fee at 20 sat\/vB is 2200 sat: what is left would be less than the 294 sat/,
    );
    expect(plan([2494], 20).amount).toBe(294);
    expect(() => plan([600, 600], 20)).toThrow('A lower --fee-rate may help');
  });

  test('fits one transaction that nodes pass on: the rest takes another, the least of it', () => {
    const lock = locks.vault();
    const coins = Array.from({ length: 1800 }, (_, index) => coin(index + 1, 10_000 + index));
    const { inputs, beyond, vsize } = planSweep(coins, lock, winner, { feeRate: 1 });
    expect(vsize).toBeLessThanOrEqual(100_000);
    expect(sweepSize(inputs.length + 1, lock, winner)).toBeGreaterThan(99_990);
    expect(inputs.length + beyond.length).toBe(1800);
    expect(Math.min(...inputs.map(({ sats }) => sats))).toBeGreaterThan(Math.max(...beyond.map(({ sats }) => sats)));
  });
});

test('502 inputs are no matter of seconds', () => {
  const lock = locks.classic();
  const coins = Array.from({ length: 502 }, (_, index) => coin(index + 1, 10_000));
  const sweep = planSweep(coins, lock, winner, { feeRate: 10 });
  const transaction = signSweep(sweep, lock, winner);
  expect(transaction.ins).toHaveLength(502);
  expect(sweep.vsize - transaction.virtualSize()).toBeLessThan(252);
  expect(transaction.virtualSize()).toBeLessThanOrEqual(sweep.vsize);
});

test('nobody but the operator signs a refund', () => {
  const bounty = signingKey(bountySecret);
  expect(() => refundLock(bounty, bounty.xOnly, refund, 'regtest')).toThrow(
    `this key is not the operator's: its public key is ${bytesToHex(bounty.xOnly)}, and the vault pays back to ${operatorKey}`,
  );
});
