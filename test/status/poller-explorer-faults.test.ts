import { describe, expect, test } from 'vitest';
import type { StatusDocument } from '../../status-page/document/index.ts';
import { mined, sent, transaction } from '../chain/model.ts';
import { spendOf } from '../chain/watching.ts';
import { type FaultOfAnswer, faults } from './misbehaving.ts';
import { type Scene, satoshis, startScene } from './polled-stand-ins.ts';

/* Explorers that fail, lie and stand still: one of two is never taken for both, and without any nothing is said to be so. */

const kinds = ['/blocks/tip/hash', '/blocks', '/address/', '/txs'] as const;
const isOf =
  (kind: (typeof kinds)[number]) =>
  (request: string): boolean => {
    const list = /\/txs(?:\/chain\/\w+)?$/.test(request);
    if (kind === '/address/') return request.includes(kind) && !list;
    return kind === '/txs' ? list : request.endsWith(`/api${kind}`);
  };

const patienceOf = (fault: FaultOfAnswer) =>
  fault === 'says nothing' || fault === 'stops halfway' ? { chain: 2500 } : {};

/** A block more on both, so that each has something to say. */
function blockMore({ chains }: Scene): void {
  chains[0] = mined(chains[0]);
  chains[1] = chains[0];
}

const chainOf = ({ chain }: StatusDocument) =>
  chain.state === 'known'
    ? { verdict: chain.value.verdict, support: chain.value.support, sources: chain.value.sources }
    : { verdict: 'unknown', support: 'none', sources: [] };

describe.each(kinds)('%s of an explorer', (kind) => {
  test.each(faults)(
    'that %s: one of two does not speak for both, and no more than what was seen is said',
    async (fault) => {
      const scene = await startScene();
      const [broken] = scene.explorers;
      expect(chainOf(await scene.poll())).toMatchObject({ verdict: 'live', support: 'quorum' });
      blockMore(scene);
      broken.fault = { does: fault, meets: isOf(kind) };
      // Longer than what it said before is believed.
      const status = await scene.poll(1000, patienceOf(fault));
      const { verdict, support } = chainOf(status);
      expect(['live', 'stale', 'unknown']).toContain(verdict);
      if (verdict === 'live') expect(support).not.toBe('none');
      // Of the list alone the sums remain, which are those of both.
      if (kind !== '/txs') expect(support).not.toBe('quorum');
      if (status.chain.state === 'known' && support !== 'none') {
        expect(status.chain.value.balance?.confirmed).toBe(satoshis);
      }
    },
  );

  test.each(faults)('and of both, that %s: nobody says that it is so', async (fault) => {
    const scene = await startScene();
    await scene.poll();
    blockMore(scene);
    for (const each of scene.explorers) each.fault = { does: fault, meets: isOf(kind) };
    const { verdict, support } = chainOf(await scene.poll(1000, patienceOf(fault)));
    if (kind === '/txs') return expect(['live', 'stale', 'unknown']).toContain(verdict);
    expect([
      ['stale', 'none'],
      ['unknown', 'none'],
    ]).toContainEqual([verdict, support]);
  });
});

test('from the first run on: explorers that never answered are no verdict', async () => {
  for (const fault of ['500', 'hangs up', '429 with a page for people'] as const) {
    const scene = await startScene();
    for (const each of scene.explorers) each.fault = { does: fault, meets: () => true };
    const { verdict } = chainOf(await scene.poll());
    expect(['stale', 'unknown']).toContain(verdict);
  }
});

test('an explorer that makes up coins, or hides a spend, does not make it so', async () => {
  const scene = await startScene();
  await scene.poll();
  const honest = mined(scene.chains[0]);
  const made = mined(sent(scene.chains[0], transaction({ pays: [5_000_000_000] })));
  for (const order of [
    [honest, made],
    [made, honest],
  ] as const) {
    [scene.chains[0], scene.chains[1]] = order;
    const status = await scene.poll(1000);
    // The coins of before are there by both; those that one alone tells of are in no balance.
    expect(['live', 'disagreement']).toContain(chainOf(status).verdict);
    expect([satoshis, undefined]).toContain(
      status.chain.state === 'known' ? status.chain.value.balance?.confirmed : undefined,
    );
  }
  const [bait] = honest.blocks.flatMap(({ transactions }) => transactions);
  if (bait === undefined) throw new Error('the wallet was not funded');
  const taken = mined(sent(honest, spendOf(bait)), 8);
  scene.chains[0] = taken;
  scene.chains[1] = mined(honest, 8);
  expect(chainOf(await scene.poll(1000)).verdict).not.toBe('live');
});

test('an explorer that is a day behind is not believed, and two that are say nothing of today', async () => {
  const scene = await startScene();
  await scene.poll();
  const behind = scene.chains[0];
  scene.now += 86_400;
  scene.host.now += 86_400;
  scene.chains[0] = mined(behind, 144);
  const one = chainOf(await scene.poll());
  expect(one).toMatchObject({ verdict: 'live', support: 'single' });
  expect(one.sources.map(({ standing }) => standing)).toEqual(['alone', 'stale']);
  scene.chains[0] = behind;
  const fresh = await startScene();
  fresh.now += 86_400;
  fresh.host.now += 86_400;
  expect(chainOf(await fresh.poll())).toMatchObject({ verdict: 'stale', support: 'none' });
});
