import * as v from 'valibot';
import { describe, expect, test } from 'vitest';
import { found, missing } from '../../status-page/poller/finding.ts';
import type { Findings } from '../../status-page/poller/findings.ts';
import { hostDaysSchema, hostStatusSchema } from '../../status-page/poller/host-documents.ts';
import { MemoryStore } from '../../status-page/poller/memory-store.ts';
import { load, remember } from '../../status-page/poller/run.ts';
import type { Settings } from '../../status-page/poller/settings.ts';
import { longestObject } from '../../status-page/poller/store.ts';
import { renderSite } from '../../status-page/site/index.ts';
import { fieldsOf } from '../attest/sample-statement.ts';
import { assets, settingsWith } from './polled.ts';

/* A host that says what it likes: what it cannot make of the page, and of what the poller remembers. */

const at = 1_796_000_000;
const nothing = missing('it was not looked at');
const doorCounts = { http: 0, https: 0, server: 0, dialback: 0, reverse: 0 };
const caSha256 = 'ab'.repeat(32);
const siteCaSha256 = 'cd'.repeat(32);
const door = (authority: string) => found({ state: 'up', sentence: 'A handshake.', authority } as const);

/** A whole proof, of a host that signs whatever has the form of a statement. */
function proven(seconds: number, parts: Partial<ReturnType<typeof fieldsOf>> = {}): Findings {
  const random = 'ab'.repeat(32);
  return {
    at: seconds,
    chain: nothing,
    doors: { server: door(caSha256), https: door(siteCaSha256) },
    page: nothing,
    proof: found({
      ...{ fields: { ...fieldsOf(), ...parts }, text: '{}', statementSha256: random, random, blockHash: random },
      ...{ askedAt: seconds, answeredAt: seconds, failed: [], evidence: undefined },
    }),
    archive: undefined,
    retirement: found(undefined),
  };
}

async function pollAll(store: MemoryStore, settings: Settings, ...runs: readonly Findings[]) {
  for (const findings of runs) await remember(store, await load(store), findings, settings);
  const { state } = await load(store);
  if (state === undefined) throw new Error('what was written cannot be read again');
  return state;
}

describe('the address that is watched', () => {
  test('stays that of the first proof, however long a line the host signs', async () => {
    const longest = { recovery: `age1${'q'.repeat(4000)}` } as const;
    const other = fieldsOf('vault').address;
    const { document } = await pollAll(
      new MemoryStore(),
      settingsWith({}),
      proven(at, longest),
      proven(at + 60, { address: other }),
    );
    expect(document.watched.address).toBe(fieldsOf().address);
    expect(document.proof).toMatchObject({ state: 'unknown', reason: expect.stringContaining(other) });
  });

  test('is not forgotten where the words of a host make what could not be read again', async () => {
    const unforeseen = { ...fieldsOf().wallet, descriptor: 'x'.repeat(3000) };
    const { document } = await pollAll(
      new MemoryStore(),
      settingsWith({}),
      proven(at),
      proven(at + 60, { wallet: unforeseen }),
    );
    expect(document.watched.address).toBe(fieldsOf().address);
    expect(document.proof).toMatchObject({ state: 'unknown', reason: 'what the host says cannot be kept' });
  });

  test('is not shown beside the proof of another that was watched in the same store', async () => {
    const store = new MemoryStore();
    await pollAll(store, settingsWith({}), proven(at));
    const address = fieldsOf('vault').address;
    const { document, history } = await pollAll(store, settingsWith({ address }), {
      ...proven(at + 60),
      chain: missing('nobody answers'),
    });
    expect(document).toMatchObject({ watched: { address }, proof: { state: 'unknown', last: null } });
    expect(document.evidence).toMatchObject({ state: 'unknown', last: null });
    const page = renderSite(document, history, assets).get('index.html');
    expect(new TextDecoder().decode(page?.bytes)).not.toContain('bitcoin:');
  });
});

describe('what a host says of its days', () => {
  const categories = (length: number) =>
    Object.fromEntries(Array.from({ length }, (_, index) => [`c${index}`.padEnd(32, 'x'), 1]));
  const daysOf = (year: number) =>
    Array.from({ length: 200 }, (_, index) => ({
      day: `${String(year).padStart(4, '0')}-${String(1 + (index % 12)).padStart(2, '0')}-${String(1 + (index % 28)).padStart(2, '0')}`,
      byPort: doorCounts,
      byCategory: categories(200),
      chain: null,
    }));

  test('fills no store: days to come are not kept, and of all that ever were the newest that fit', async () => {
    const status = {
      ...{ version: '1', test: false, startedAt: at, generation: 1, visitors: 1 },
      connections: { total: 1, open: 0, byPort: doorCounts, byCategory: {} },
      successes: { paired: 0, unpaired: 0, test: 0 },
    };
    const runs = Array.from({ length: 6 }, (_, index): Findings => {
      const page = { status, authorities: { bounty: '', site: '' }, days: daysOf(index === 0 ? 9999 : 1900 + index) };
      return { ...proven(at + 60 * index), page: found(page) };
    });
    const { history } = await pollAll(new MemoryStore(), settingsWith({}), ...runs);
    expect(JSON.stringify(history.traffic).length).toBeLessThan(2 * 1024 * 1024 + 2);
    expect(history.traffic.at(-1)?.day).toMatch(/^1905-/);
  });

  test('is refused where a day of polls would be longer than any object may be', () => {
    const byCategory = Object.fromEntries(
      Array.from({ length: 200 }, (_, index) => [`c${index}`.padEnd(64, 'x'), Number.MAX_SAFE_INTEGER]),
    );
    expect(JSON.stringify(byCategory).length * 1440).toBeGreaterThan(longestObject);
    const day = { day: '2026-11-21', byPort: doorCounts, byCategory, chain: null };
    expect(v.safeParse(hostDaysSchema, { days: [day] }).success).toBe(false);
    expect(v.safeParse(hostDaysSchema, { days: [{ ...day, byCategory: categories(200) }] }).success).toBe(true);
    const connections = { total: 1, open: 0, byPort: doorCounts, byCategory };
    expect(v.safeParse(hostStatusSchema.entries.connections, connections).success).toBe(false);
  });
});
