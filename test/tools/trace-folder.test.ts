import { readdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { verifyFolder } from '../../service/tools/trace-folder.ts';
import { parseTraceLine } from '../../service/trace/index.ts';
import { attempt, compressed, dataFolder, diskStore, long, StoreClock, textOf, tracesIn } from '../host/trace-store.ts';
import { trace } from './trace-run.ts';

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

it('is listed, shown, counted and exported as a file of traces is', async () => {
  const data = await threeDays();
  const heads = (await trace(['list', data, '--json'])).out.trim().split('\n');
  expect(heads.map((line) => JSON.parse(line).number)).toEqual(Array.from({ length: 60 }, (_, index) => index + 1));
  const newest = await trace(['list', tracesIn(data), '--json', '--limit', '2']);
  expect(newest.out.trim().split('\n')).toEqual(heads.slice(-2));

  const { out, err } = await trace(['export', data, '--numbers', '21-40']);
  expect(err).toMatch(/^20 attempts/);
  const lines = out.trim().split('\n').map(parseTraceLine);
  expect(lines.filter((line) => line.ok && line.line.type === 'attempt' && line.line.body !== null)).toHaveLength(20);
  const file = await trace(['list', '-', '--json'], out);
  expect(file.out.trim().split('\n')).toEqual(heads.slice(20, 40));

  expect((await trace(['show', data, '7'])).status).toBe(0);
  expect(await trace(['show', data])).toMatchObject({
    status: 1,
    err: expect.stringContaining('more than one attempt'),
  });
  expect(await trace(['show', data, '61'])).toMatchObject({ status: 1, err: expect.stringContaining('no attempt 61') });
  expect(JSON.parse((await trace(['stats', data, '--json'])).out).connections).toBe(60);
});

it('without the bodies of a day still has the heads of it', async () => {
  const data = await threeDays();
  const [first = ''] = readdirSync(tracesIn(data))
    .filter((name) => name.includes('.bodies.'))
    .toSorted();
  rmSync(join(tracesIn(data), first));
  const lines = (await trace(['export', data])).out.trim().split('\n').map(parseTraceLine);
  const bodies = lines.flatMap((line) => (line.ok && line.line.type === 'attempt' ? [line.line.body !== null] : []));
  expect(bodies).toEqual([...Array(20).fill(false), ...Array(40).fill(true)]);
});
