import { existsSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { required } from '../support/required.ts';
import { startLitecoind, until } from './litecoind.ts';

const litecoind = required.tool('litecoind');

describe.skipIf(litecoind.missing)('litecoind', () => {
  test('pays our addresses, and two of them are a network that can be cut and joined', async () => {
    await using one = await startLitecoind();
    await using other = await startLitecoind({ blocks: 0 });
    expect(existsSync(one.cookieFile)).toBe(true);
    await one.connect(other);
    expect(await other.height()).toBe(101);

    const keyHash = await one.send('bcrt1qw508d6qejxtdg4y5r3zarvary0c5xw7kygt080', 50_000);
    const taproot = await one.send('bcrt1p0xlxvlhemja6c4dqv22uapctqupfhlxm9h8z3k2e72q4k9hcz7vqc8gma6', 60_000);
    await until('both transactions are known to both', async () => (await other.mempool()).length === 2);
    expect(new Set(await other.mempool())).toEqual(new Set([keyHash, taproot]));
    await one.partition();
    await one.mine(1);
    await other.mine(3);
    expect(await one.height()).toBe(102);
    expect(await other.height()).toBe(104);
    await one.reconnect(other);
    expect(await one.height()).toBe(104);
  });
});
