import { readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { verifyFolder } from '../../service/tools/trace-folder.ts';
import { attempt, compressed, dataFolder, diskStore, long, StoreClock, textOf, tracesIn } from '../host/trace-store.ts';

/* A folder with days that are over: their segments are compressed, frame after frame. */

async function threeDays(): Promise<string> {
  const [data, clock] = [dataFolder(), new StoreClock()];
  const { store } = await diskStore(data, clock);
  for (let i = 0; i < 60; i += 1) {
    if (i % 20 === 0) clock.now += 86_400;
    attempt(store, clock, {}, long(1));
    if (i % 10 === 9) await store.flush();
  }
  await store.close();
  return data;
}

it('is verified, compressed or not', async () => {
  const verdict = verifyFolder(await threeDays(), undefined);
  expect(verdict).toMatchObject({ ok: true });
  expect(verdict.lines.slice(0, 4)).toEqual([
    expect.stringMatching(/^2027-01-16: attempts 1 to 20, [0-9a-f]{64}$/),
    expect.stringMatching(/^2027-01-17: attempts 21 to 40, [0-9a-f]{64}$/),
    expect.stringMatching(/^2027-01-18: attempts 41 to 60, [0-9a-f]{64}$/),
    '60 bodies are what their heads say; 0 were dropped',
  ]);
});

it('tells what was changed in a compressed file', async () => {
  const data = await threeDays();
  const file =
    readdirSync(tracesIn(data))
      .toSorted()
      .find((name) => name.endsWith('.bodies.jsonl.zst')) ?? '';
  const path = join(tracesIn(data), file);
  writeFileSync(path, compressed(textOf(path).replace('"omitted":0', '"omitted":1')));
  const verdict = verifyFolder(data, undefined);
  expect(verdict.ok).toBe(false);
  expect(verdict.lines.join('\n')).toContain('the body of attempt 1 has the digest');
});
