import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { type Ask, type ChainView, ChainWatch, finality, judge, nothingKnown } from '../../status-page/chain/index.ts';
import {
  coins,
  explorer,
  genesisTime,
  type ModelState,
  mined,
  modelChain,
  reorganised,
  sent,
  transaction,
  vaultAddress,
} from './model.ts';

/* Random histories of one chain, as three explorers see it who are now and then left behind. */

type Step =
  | { readonly type: 'fund' | 'mine' | 'bury' | 'evict' | 'look' }
  | { readonly type: 'spend' | 'replace'; readonly path: 'key' | 'script'; readonly coin: number }
  | { readonly type: 'reorganise'; readonly depth: number; readonly conflict: boolean }
  | { readonly type: 'sync'; readonly source: number }; // 3: all of them;

const natural = fc.nat({ max: 7 });
const step: fc.Arbitrary<Step> = fc.oneof(
  { weight: 2, arbitrary: fc.constantFrom<Step>({ type: 'fund' }, { type: 'evict' }) },
  { weight: 5, arbitrary: fc.constantFrom<Step>({ type: 'mine' }, { type: 'bury' }, { type: 'look' }) },
  {
    weight: 3,
    arbitrary: fc.record({
      type: fc.constantFrom('spend' as const, 'replace' as const),
      path: fc.constantFrom('key' as const, 'script' as const),
      coin: natural,
    }),
  },
  {
    weight: 1,
    arbitrary: fc.record({
      type: fc.constant('reorganise' as const),
      depth: fc.nat({ max: 8 }),
      conflict: fc.boolean(),
    }),
  },
  { weight: 5, arbitrary: fc.record({ type: fc.constant('sync' as const), source: fc.nat({ max: 3 }) }) },
);

const history = fc.array(step, { minLength: 10, maxLength: 60, size: 'max' });

const watched = {
  network: 'regtest',
  address: vaultAddress,
  wallet: { kind: 'vault', refundHeight: 15 },
  bait: [],
} as const;

const urls = ['http://a/api', 'http://b/api', 'http://c/api'];

/** One step of the chain. */
function next(state: ModelState, step: Step): ModelState {
  const unspent = () => {
    const all = [...state.blocks.flatMap(({ transactions }) => transactions), ...state.mempool];
    const taken = new Set(all.flatMap(({ takes }) => takes.map(({ outpoint }) => outpoint)));
    return [...coins(state)].filter(([outpoint]) => !taken.has(outpoint));
  };
  switch (step.type) {
    case 'fund':
      return sent(state, transaction({ pays: [50_000] }));
    case 'mine':
      return mined(state);
    case 'bury':
      return mined(state, 4);
    case 'evict':
      return { ...state, mempool: state.mempool.slice(0, -1) };
    case 'spend': {
      const free = unspent();
      const coin = free[step.coin % Math.max(1, free.length)];
      if (coin === undefined) return state;
      return sent(state, transaction({ takes: [{ outpoint: coin[0], satoshis: coin[1] }], path: step.path }));
    }
    case 'replace': {
      const waiting = state.mempool.find(({ takes }) => takes.length > 0);
      return waiting === undefined ? state : sent(state, transaction({ takes: waiting.takes, path: step.path }));
    }
    case 'reorganise': {
      const undone = state.blocks.slice(-step.depth).flatMap(({ transactions }) => transactions);
      const spend = step.depth > 0 && step.conflict ? undone.find(({ takes }) => takes.length > 0) : undefined;
      const kept = new Set(coins({ blocks: state.blocks.slice(0, -step.depth), mempool: [] }).keys());
      const instead = spend?.takes.every(({ outpoint }) => kept.has(outpoint)) === true ? spend : undefined;
      return reorganised(state, step.depth, instead === undefined ? [] : [transaction({ takes: instead.takes })]);
    }
    case 'look':
    case 'sync':
      return state;
    default:
      return step satisfies never;
  }
}

/** What is true of a state, told another way than the program does. */
function truth({ blocks, mempool }: ModelState): string {
  const tip = blocks.length - 1;
  const confirmed = blocks.flatMap(({ height, transactions }) =>
    transactions.filter(({ takes }) => takes.length > 0).map(({ path }) => ({ path, depth: tip - height + 1 })),
  );
  const waiting = mempool.filter(({ takes }) => takes.length > 0).map(({ path }) => ({ path, depth: 0 }));
  const all = [...confirmed, ...waiting];
  const keyed = all.filter(({ path }) => path === 'key');
  const deepest = (list: typeof all) => Math.max(-1, ...list.map(({ depth }) => depth));
  const open = (depth: number) => (depth > 0 ? `spend_confirmed ${depth}` : 'spend_seen');
  if (deepest(keyed) >= finality) return 'claimed';
  if (keyed.length > 0) return open(deepest(keyed));
  if (deepest(all) >= finality) return 'refunded';
  if (all.length > 0) return open(deepest(all));
  if (blocks.every(({ transactions }) => transactions.length === 0)) return 'unfunded';
  return tip >= 15 ? 'live_refundable' : 'live';
}

const told = ({ verdict }: ChainView): string =>
  verdict.type === 'spend_confirmed' ? `${verdict.type} ${verdict.confirmations}` : verdict.type;

/** How many of the states have this transaction under six blocks or more, the same block in each. */
function witnesses(states: readonly ModelState[], txid: string, hash: string): number {
  return states.filter(({ blocks }) => {
    const at = blocks.findIndex(
      (block) => block.hash === hash && block.transactions.some((entry) => entry.txid === txid),
    );
    return at !== -1 && blocks.length - at >= finality;
  }).length;
}

describe('three explorers and one chain', () => {
  test('nothing is settled without six blocks and two who agree, and every reorganisation is followed', async () => {
    const reached = new Set<string>();
    await fc.assert(
      fc.asyncProperty(history, async (steps) => {
        let state = modelChain();
        const seen: ModelState[] = urls.map(() => state);
        const asks = urls.map((_, index) => explorer(() => seen[index] ?? state, vaultAddress));
        const ask: Ask = (url) => (asks[urls.findIndex((base) => url.startsWith(base))] ?? asks[0])?.(url) ?? never();
        let now = genesisTime;
        const watch = new ChainWatch({ watched, sources: urls, ask, random: () => 0.5, now });
        let settled = '';
        const look = async () => {
          now += 600; // more than any source waits: all are asked
          const view = await watch.look(now);
          if ('settled' in view.verdict) {
            const { txid, hash } = view.verdict.settled;
            const isNew = settled !== `${view.verdict.type} ${txid} ${hash}`;
            if (isNew || view.support === 'quorum') expect(witnesses(seen, txid, hash)).toBeGreaterThanOrEqual(2);
            expect(isNew && view.support === 'single').toBe(false);
            reached.add(view.verdict.type);
            settled = `${view.verdict.type} ${txid} ${hash}`;
          }
          return view;
        };
        for (const step of steps) {
          state = next(state, step);
          sync(seen, step, state);
          if (step.type === 'look') await look();
        }
        seen.fill(state);
        await look(); // one may have failed before, and waits
        now += 3600;
        expect(told(await look())).toBe(truth(state));
      }),
      { numRuns: 600 },
    );
    expect(reached).toEqual(new Set(['claimed', 'refunded'])); // or the histories would show nothing
  });

  test('the same looks give the same verdict, in whatever order the sources are named', async () => {
    await fc.assert(
      fc.asyncProperty(history, async (steps) => {
        let state = modelChain();
        const seen: ModelState[] = urls.map(() => state);
        for (const step of steps) {
          state = next(state, step);
          sync(seen, step, state);
        }
        const now = genesisTime + 1000;
        const looks = await Promise.all(
          seen.map(async (at, index) => {
            const watch = new ChainWatch({
              watched,
              sources: ['http://x/api'],
              ask: explorer(() => at, vaultAddress),
              random: () => 0.5,
              now,
            });
            await watch.look(now);
            return { source: `source ${index}`, report: watch.sources[0]?.report, reportedAt: now };
          }),
        );
        const once = judge(watched, looks, nothingKnown, now);
        expect(judge(watched, structuredClone(looks), nothingKnown, now)).toEqual(once);
        const turned = judge(watched, looks.toReversed(), nothingKnown, now);
        expect(told(turned.view)).toBe(told(once.view));
      }),
      { numRuns: 200 },
    );
  });
});

function sync(seen: ModelState[], step: Step, state: ModelState): void {
  if (step.type !== 'sync') return;
  if (step.source === urls.length) seen.fill(state);
  else seen[step.source] = state;
}

function never(): never {
  throw new Error('there is always a source');
}
