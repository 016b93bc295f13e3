import fc from 'fast-check';
import * as v from 'valibot';
import { expect, test } from 'vitest';
import { ChainWatch, chainMemorySchema, type Watched } from '../../status-page/chain/index.ts';
import { explorer, genesisTime, type ModelState, mined, modelChain, sent, transaction, vaultAddress } from './model.ts';
import { spendOf } from './watching.ts';

/* A watch that is made anew for each look, out of what the one before left as JSON, says what one says that lives on. */

test('what a look leaves for the next is all that it needs', async () => {
  const funding = transaction({ pays: [1_000_000] });
  const changes: Readonly<Record<string, (state: ModelState) => ModelState>> = {
    fund: (state) => sent(state, funding),
    mine: (state) => mined(state),
    spend: (state) => sent(state, spendOf(funding)),
    settle: (state) => mined(state, 6),
    rest: (state) => state,
  };
  const watched: Watched = {
    network: 'regtest',
    address: vaultAddress,
    wallet: { kind: 'vault', refundHeight: 1000 },
    bait: [],
  };
  await fc.assert(
    fc.asyncProperty(fc.array(fc.constantFrom(...Object.keys(changes)), { maxLength: 8 }), async (steps) => {
      let state = modelChain();
      const ask = explorer(() => state, vaultAddress, []);
      let now = genesisTime + 100_000;
      const options = { watched, sources: ['http://a/api', 'http://b/api'], ask, random: () => 0 };
      const living = new ChainWatch({ ...options, now });
      let left: string | undefined;
      for (const step of steps) {
        state = changes[step]?.(state) ?? state;
        now += 300;
        const memory = left === undefined ? undefined : v.parse(chainMemorySchema, JSON.parse(left));
        const anew = new ChainWatch({ ...options, now, known: memory?.known, memories: memory?.sources ?? [] });
        expect(await anew.look(now)).toEqual(await living.look(now));
        left = JSON.stringify({ known: anew.known, sources: anew.sources.map((source) => source.memory) });
      }
    }),
    { numRuns: 60 },
  );
});
