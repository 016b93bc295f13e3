import { describe, expect, test } from 'vitest';
import { chained, chainStart } from '../../service/trace/chain.ts';
import { headLine } from '../../service/trace/head-line.ts';
import { type AttemptLine, parseTraceLine } from '../../service/trace/index.ts';
import { long } from '../host/trace-store.ts';
import { textOf } from './polled.ts';
import { type Scene, startScene } from './polled-stand-ins.ts';

/* What is kept of a host's traces: by the code that records them, the site that publishes them, and whole runs. */

const segmentsOf = ({ store }: Scene): Promise<readonly string[]> => store.list('public/traces/');

/** Every line of a life, in the order of its segments. */
async function linesOf(scene: Scene, life: number): Promise<readonly AttemptLine[]> {
  const keys = (await segmentsOf(scene)).filter((key) => key.startsWith(`public/traces/${life}/`));
  const texts = await Promise.all(keys.map((key) => textOf(scene.store, key)));
  return texts
    .join('')
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => {
      const parsed = parseTraceLine(line);
      if (!parsed.ok || parsed.line.type !== 'attempt') throw new Error(`no attempt: ${line}`);
      return parsed.line;
    });
}

/** As a stranger computes it who has the segments and nothing else. */
const digestOf = (lines: readonly AttemptLine[]): string =>
  Buffer.from(lines.reduce((digest, { head }) => chained(digest, headLine(head)), chainStart)).toString('hex');

const closedDays = ({ host }: Scene) =>
  host.archive.days().flatMap(({ chain }) => (chain?.closed === true ? [chain] : []));

describe('the archive of traces', () => {
  test('of days with more attempts than a page has: each once, and the chain that was published', async () => {
    const scene = await startScene();
    await scene.attempts(349);
    await scene.dayWithAttempt();
    const status = await scene.poll();
    const last = closedDays(scene).at(-1);
    const lines = await linesOf(scene, 1);
    expect(lines.map(({ head }) => head.number)).toEqual(Array.from({ length: last?.last ?? 0 }, (_, at) => at + 1));
    expect(lines.length).toBeGreaterThan(300);
    expect(lines.every(({ body }) => body !== null)).toBe(true);
    expect(digestOf(lines)).toBe(last?.digest);
    expect(status.archive).toMatchObject({
      state: 'known',
      value: { attempts: lines.length, segments: 1, head: { number: last?.last, digest: last?.digest } },
    });
    const asked = scene.host.page.asked.filter((path) => path.endsWith('/attempts.jsonl')).length;
    await scene.poll();
    expect(scene.host.page.asked.filter((path) => path.endsWith('/attempts.jsonl'))).toHaveLength(asked);
  });

  test('goes on where it stopped, a segment for each run that found something', async () => {
    const scene = await startScene();
    for (let day = 0; day < 3; day += 1) {
      await scene.poll();
      await scene.dayWithAttempt();
    }
    const status = await scene.poll();
    expect(await segmentsOf(scene)).toEqual([
      'public/traces/1/0000000001-0000000001.jsonl',
      'public/traces/1/0000000002-0000000003.jsonl',
      'public/traces/1/0000000004-0000000005.jsonl',
      'public/traces/1/0000000006-0000000007.jsonl',
    ]);
    expect(digestOf(await linesOf(scene, 1))).toBe(closedDays(scene).at(-1)?.digest);
    expect(status.archive).toMatchObject({ value: { segments: 4, attempts: 7, head: { number: 7 } } });
  });

  test('a body that is withheld is archived as null, in the same chain, and not pulled again', async () => {
    const scene = await startScene();
    await scene.poll();
    await scene.dayWithAttempt();
    scene.host.says = (path, text) =>
      path === '/attempts.jsonl' ? text.replace(/"body":\{.*\}(?=\}$)/gm, '"body":null') : text;
    const withheld = await scene.poll();
    scene.host.says = (_, text) => text;
    const after = await scene.poll();
    const lines = await linesOf(scene, 1);
    expect(lines.map(({ body }) => body === null)).toEqual([false, true, true]);
    expect(digestOf(lines)).toBe(closedDays(scene).at(-1)?.digest);
    for (const { archive } of [withheld, after]) {
      expect(archive).toMatchObject({ state: 'known', value: { segments: 2, attempts: 3, head: { number: 3 } } });
    }
  });

  test('of a flood takes 3 MiB a run, and goes on with the next until all of it is there', async () => {
    const scene = await startScene();
    await scene.attempts(149, long(1)); // 32 KiB of hexadecimal each
    await scene.dayWithAttempt();
    const last = closedDays(scene).at(-1);
    const sizes: number[] = [];
    for (let run = 0; run < 20 && (await linesOf(scene, 1)).length < (last?.last ?? 0); run += 1) {
      await scene.poll();
      const keys = await segmentsOf(scene);
      sizes.push((await textOf(scene.store, keys.at(-1) ?? '')).length);
    }
    const lines = await linesOf(scene, 1);
    expect(lines.map(({ head }) => head.number)).toEqual(Array.from({ length: last?.last ?? 0 }, (_, at) => at + 1));
    expect(digestOf(lines)).toBe(last?.digest);
    // What one request brought is not cut in two: the host stops at 256 KiB, or behind the attempt that goes beyond.
    expect(Math.max(...sizes)).toBeLessThan((3 * 1024 + 512) * 1024);
    expect(sizes.length).toBeGreaterThan(1);
  });

  test('refuses a head that was changed, one that is missing, a body of another, and another digest; what was kept stays', async () => {
    const scene = await startScene();
    await scene.poll();
    await scene.dayWithAttempt();
    const kept = await segmentsOf(scene);
    const lines = (text: string, change: (line: AttemptLine, at: number) => AttemptLine): string =>
      text
        .split('\n')
        .filter((line) => line !== '')
        .map((line, at) => `${JSON.stringify(change(JSON.parse(line), at))}\n`)
        .join('');
    const lies: readonly (readonly [RegExp, (text: string) => string])[] = [
      [/was published/, (text) => lines(text, (line) => ({ ...line, head: { ...line.head, bytesSent: 77 } }))],
      [/is not to be had/, (text) => text.split('\n').slice(-2).join('\n')],
      [
        /is not the one that its head speaks of/,
        (text) => lines(text, (line) => ({ ...line, body: line.body && { ...line.body, omitted: 3 } })),
      ],
    ];
    for (const [reason, lie] of lies) {
      // The last head that is archived is asked for first, and told as it was.
      let asked = 0;
      scene.host.says = (path, text) => {
        if (path !== '/attempts.jsonl') return text;
        asked += 1;
        return asked === 1 ? text : lie(text);
      };
      expect((await scene.poll()).archive).toMatchObject({ state: 'unknown', reason: expect.stringMatching(reason) });
      expect(await segmentsOf(scene)).toEqual(kept);
    }
    const digest = closedDays(scene).at(-1)?.digest ?? '?';
    scene.host.says = (path, text) => (path === '/days.json' ? text.replaceAll(digest, 'ab'.repeat(32)) : text);
    const status = await scene.poll();
    expect(status.archive).toMatchObject({ state: 'unknown', reason: expect.stringContaining('was published') });
    expect(status.incidents.map(({ parts }) => parts)).toContainEqual(['archive']);
    scene.host.says = (_, text) => text;
    const whole = await scene.poll();
    expect(whole.archive).toMatchObject({ state: 'known', value: { head: { number: 3 } } });
    expect(whole.incidents.find(({ parts }) => parts[0] === 'archive')?.status).toBe('resolved');
  });

  test('notices another digest of a day that is archived already', async () => {
    const scene = await startScene();
    await scene.poll();
    const digest = closedDays(scene).at(-1)?.digest ?? '?';
    scene.host.says = (path, text) => (path === '/days.json' ? text.replaceAll(digest, 'ab'.repeat(32)) : text);
    expect((await scene.poll()).archive).toMatchObject({
      state: 'unknown',
      reason: expect.stringContaining('was published'),
    });
  });

  test('of a host whose traces are gone begins another life; what was kept stays', async () => {
    const scene = await startScene();
    await scene.dayWithAttempt();
    await scene.poll();
    const kept = await linesOf(scene, 1);
    scene.forgetTraces();
    const first = await scene.poll();
    expect(first.incidents.map(({ title }) => title)).toContain('The traces of the host began anew');
    await scene.dayWithAttempt();
    const status = await scene.poll();
    expect(status.archive).toMatchObject({ state: 'known', value: { segments: 2, attempts: kept.length + 1 } });
    expect(await linesOf(scene, 1)).toEqual(kept);
    expect((await linesOf(scene, 2)).map(({ head }) => head.number)).toEqual([1]);
    expect(status.incidents.filter(({ title }) => title.endsWith('began anew'))).toHaveLength(1);
  });

  test('and of one that has more attempts again than were kept', async () => {
    const scene = await startScene();
    await scene.poll();
    scene.forgetTraces();
    await scene.attempts(20);
    await scene.dayWithAttempt();
    const status = await scene.poll();
    expect(status.incidents.map(({ title }) => title)).toContain('The traces of the host began anew');
    expect(digestOf(await linesOf(scene, 2))).toBe(closedDays(scene).at(-1)?.digest);
  });
});

describe('a measured image, whose traces are in memory alone', () => {
  async function measured(): Promise<Scene> {
    const scene = await startScene();
    scene.host.signs = (fields) => ({ ...fields, keyOrigin: 'measured-image', recovery: 'none' });
    const { proof } = await scene.poll();
    expect(proof).toMatchObject({ state: 'known', value: { keyOrigin: 'measured-image' } });
    return scene;
  }

  test('is asked for the day that is not over, every five minutes', async () => {
    const scene = await measured();
    await scene.poll();
    await scene.attempts(3);
    await scene.poll(120);
    expect(await segmentsOf(scene)).toEqual(['public/traces/1/0000000001-0000000001.jsonl']);
    const status = await scene.poll(300);
    expect(await segmentsOf(scene)).toEqual([
      'public/traces/1/0000000001-0000000001.jsonl',
      'public/traces/1/0000000002-0000000005.jsonl',
    ]);
    const [newest] = scene.host.archive.days().slice(-1);
    expect(digestOf(await linesOf(scene, 1))).toBe(newest?.chain?.digest);
    expect(status.archive).toMatchObject({ value: { head: { number: 5, day: newest?.day } } });
  });

  test('started again: another life, from its first attempt on', async () => {
    const scene = await measured();
    await scene.attempts(3);
    await scene.poll(300);
    scene.forgetTraces();
    await scene.attempts(2);
    const status = await scene.poll(300);
    expect(status.incidents.map(({ title }) => title)).toContain('The traces of the host began anew');
    expect((await linesOf(scene, 2)).map(({ head }) => head.number)).toEqual([1, 2]);
    expect((await linesOf(scene, 1)).length).toBe(5);
  });

  test('that proves nothing for once keeps what is archived', async () => {
    const scene = await measured();
    await scene.attempts(3);
    await scene.poll(300);
    const kept = await segmentsOf(scene);
    scene.host.page.fault = { does: '500', meets: (request) => request.includes('/challenge') };
    await scene.poll(300);
    const status = await scene.poll(300);
    expect(await segmentsOf(scene)).toEqual(kept);
    expect(status.incidents.map(({ title }) => title)).not.toContain('The traces of the host began anew');
    expect(status.archive.state).toBe('known');
  });
});
