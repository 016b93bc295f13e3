import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { Transaction } from '../../infra/claim/bitcoinjs.ts';
import { planSweep, signSweep } from '../../infra/claim/sweep.ts';
import { networks } from '../../service/bitcoin/index.ts';
import { run } from '../support/peer-process.ts';
import { required } from '../support/required.ts';
import { coin, locks, released, winner } from './wallets.ts';

/* What a winner who has Electrum sees. */

const electrum = required.tool('electrum');
const folder = mkdtempSync(join(tmpdir(), 'pinata-electrum-'));
afterAll(() => rmSync(folder, { recursive: true }));

const ask = (...words: readonly string[]): Promise<string> => run(electrum.path, ['--offline', '-D', folder, ...words]);

/** The addresses of a wallet made of what is pasted. */
async function restored(name: string, text: string): Promise<unknown> {
  const wallet = ['-w', join(folder, name)];
  await ask('restore', text, ...wallet);
  return JSON.parse(await ask('listaddresses', ...wallet));
}

describe.skipIf(electrum.missing)('Electrum', () => {
  const { wallet, payload } = released('classic', networks.mainnet);
  const line = (name: string): string =>
    new RegExp(`^${name}: (.*)$`, 'm').exec(String.fromCharCode(...payload))?.[1] ?? '';

  test('restores the line that is made for it as the wallet of the bounty', async () => {
    expect(await restored('right', line('electrum'))).toEqual([wallet.address]);
  });

  test('restores the key alone as another wallet, which is empty: so the line is there', async () => {
    const addresses = await restored('bare', line('wif'));
    expect(addresses).not.toEqual([wallet.address]);
    expect(addresses).toEqual([expect.stringMatching(/^1/)]);
  });

  test.each(['classic', 'vault', 'refund'] as const)('reads a sweep of %s as we meant it', async (kind) => {
    const lock = locks[kind]();
    const sweep = planSweep([coin(1, 50_000), coin(2, 60_000)], lock, winner, { feeRate: 3 });
    const raw = signSweep(sweep, lock, winner).toHex();
    const read: { locktime: number; inputs: { nsequence: number }[]; outputs: unknown[] } = JSON.parse(
      await ask('--regtest', 'deserialize', raw),
    );
    expect(read.outputs).toEqual([expect.objectContaining({ address: winner.address, value_sats: sweep.amount })]);
    expect(read.locktime).toBe(lock.lockTime);
    const sequence = Transaction.fromHex(raw).ins[0]?.sequence;
    expect(read.inputs.map(({ nsequence }) => nsequence)).toEqual([sequence, sequence]);
  });
});
