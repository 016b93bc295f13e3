import { expect, test } from 'vitest';
import { crash } from './crashes.ts';

/* Some rounds of `npm run load -- --crash 1000`. */

test('ended by kill -9 at random: the same wallet, and traces that verify', async () => {
  const { rounds, address } = await crash(8, 4000);
  expect([rounds, address]).toEqual([8, expect.stringMatching(/^bcrt1/)]);
});
