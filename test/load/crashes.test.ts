import { expect, test } from 'vitest';
import { crash } from './crashes.ts';

/* Some rounds of `npm run load -- --crash 1000`. */

test('ended by kill -9 at random: the same wallet, and traces that verify', async () => {
  const { rounds, wallets } = await crash(5);
  expect([rounds, wallets]).toEqual([5, 1]);
});
