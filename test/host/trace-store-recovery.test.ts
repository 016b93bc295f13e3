import {
  appendFileSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmdirSync,
  statSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { describe, expect, it } from 'vitest';
import type { TraceStore } from '../../service/host/trace-store.ts';
import { compareChain } from '../../service/trace/index.ts';
import {
  attempt,
  compressed,
  dataFolder,
  diskStore,
  everythingIn,
  generation,
  long,
  noise,
  StoreClock,
  said,
  textOf,
  tracesIn,
  verifyFolder,
} from './trace-store.ts';

/* What a store on disk is after it was closed, cut off, tampered with, or left by another process. */

const day = 86_400;
const filesOf = (data: string, end: string): readonly string[] =>
  readdirSync(tracesIn(data))
    .filter((file) => file.endsWith(end))
    .toSorted()
    .map((file) => join(tracesIn(data), file));
const only = (paths: readonly string[]): string => {
  expect(paths).toHaveLength(1);
  return paths[0] ?? '';
};
const journalOf = (data: string): string => only(filesOf(data, '.journal.jsonl'));
const bodiesOf = (data: string): string => only(filesOf(data, '.bodies.jsonl'));

/** Three days, some greetings, and a segment that is full. */
async function fill(store: TraceStore, clock: StoreClock): Promise<void> {
  store.generation(generation);
  for (let i = 0; i < 120; i += 1) {
    if (i % 40 === 39) clock.now += day;
    attempt(store, clock, { visitor: `4:10.0.${i}` }, i < 45 ? long(6) : undefined);
    attempt(store, clock, { category: 'record.not_tls' }, said(`number ${i}`));
    if (i % 10 === 9) await store.flush();
  }
  await store.flush();
}

async function filled(): Promise<{ readonly data: string; readonly clock: StoreClock; readonly all: unknown }> {
  const [data, clock] = [dataFolder(), new StoreClock()];
  const { store } = await diskStore(data, clock);
  await fill(store, clock);
  const all = everythingIn(store);
  await store.close();
  return { data, clock, all };
}

describe('a store that is opened again', () => {
  it('answers as before, goes on with the next number, and says nothing of it', async () => {
    const { data, clock, all } = await filled();
    const { store, logged } = await diskStore(data, clock);
    expect(everythingIn(store)).toEqual(all);
    attempt(store, clock);
    await store.flush();
    expect(store.newest({ limit: 2 }).map(({ number }) => number)).toEqual([241, 240]);
    expect(verifyFolder(data)).toMatchObject({ ok: true });
    expect(logged).toEqual([]);
    await store.close();
  });

  it.each([
    ['is gone', (path: string) => renameSync(path, `${path}.gone`)],
    ['is no database', (path: string) => writeFileSync(path, 'not at all '.repeat(1000))],
    ['is of another version', (path: string) => alter(path, 'PRAGMA user_version = 999')],
    [
      'was open when the machine went down',
      (path: string) => alter(path, "UPDATE meta SET value = 'x' WHERE key = 'open'"),
    ],
    ['lags behind', (path: string) => alter(path, 'DELETE FROM meta; DELETE FROM attempts')],
    ['tells of more than there is', (path: string) => alter(path, "UPDATE meta SET value = 99 WHERE key = 'segment'")],
  ])('makes its index anew where it %s', async (_, spoil) => {
    const { data, clock, all } = await filled();
    spoil(join(tracesIn(data), 'index.sqlite'));
    const { store, logged } = await diskStore(data, clock);
    expect(everythingIn(store)).toEqual(all);
    expect(logged).toEqual(['traces_indexed']);
    await store.close();
  });

  it('is not opened by two processes at once', async () => {
    const data = dataFolder();
    const { store } = await diskStore(data);
    await expect(diskStore(data)).rejects.toThrow('in use by another process');
    await store.close();
    await (await diskStore(data)).store.close();
  });

  it('has files for its owner alone', async () => {
    const { data } = await filled();
    expect(statSync(tracesIn(data)).mode & 0o777).toBe(0o700);
    for (const file of readdirSync(tracesIn(data))) {
      expect(`${file} ${(statSync(join(tracesIn(data), file)).mode & 0o777).toString(8)}`).toBe(`${file} 600`);
    }
  });
});

function alter(path: string, sql: string): void {
  const database = new DatabaseSync(path);
  database.exec(sql);
  database.close();
}

it('is no reason for a start to end without a word: what is wrong with the folder is said', async () => {
  const data = dataFolder();
  mkdirSync(join(tracesIn(data), 'visitors.key'), { recursive: true });
  await expect(diskStore(data, new StoreClock())).rejects.toThrow(
    /^--data: the traces in ".*traces" cannot be opened \(EISDIR\); make room on that disk, or see/,
  );
});

describe('what was half written', () => {
  /** Ten attempts in an open segment. */
  async function open(): Promise<{ readonly data: string; readonly clock: StoreClock }> {
    const [data, clock] = [dataFolder(), new StoreClock()];
    const { store } = await diskStore(data, clock);
    for (let i = 0; i < 10; i += 1) attempt(store, clock);
    await store.flush();
    await store.close();
    return { data, clock };
  }

  const cut = (path: string, bytes: number): void => truncateSync(path, statSync(path).size - bytes);

  it.each<[string, (data: string) => void, number]>([
    ['a head without its end', (data) => cut(journalOf(data), 20), 9],
    ['a head without its newline', (data) => cut(journalOf(data), 1), 9],
    ['the beginning of a head', (data) => appendFileSync(journalOf(data), '{"number":11,"at"'), 10],
    ['a body without a head', (data) => appendFileSync(bodiesOf(data), '{"format":"pinata-trace/1"}\n'), 10],
    ['a body without its end', (data) => cut(bodiesOf(data), 5), 9],
    ['zeroes, where a disk wrote nothing', (data) => appendFileSync(journalOf(data), new Uint8Array(4096)), 10],
    ['a body of zeroes', (data) => writeFileSync(bodiesOf(data), new Uint8Array(statSync(bodiesOf(data)).size)), 0],
  ])('is cut off: %s', async (_, spoil, left) => {
    const { data, clock } = await open();
    spoil(data);
    const { store, logged } = await diskStore(data, clock);
    expect(store.summary().attempts).toBe(left);
    expect(store.summary().connections).toBe(10);
    expect(logged[0]).toBe('traces_repaired');
    attempt(store, clock);
    await store.flush();
    expect(store.attempt(left + 1)?.body).toMatchObject({ number: left + 1 });
    const report = verifyFolder(data);
    expect(report).toMatchObject({ ok: true, days: [{ first: 1, last: left + 1 }] });
    expect(compareChain(store.days(), report.days)).toBeUndefined();
    await store.close();
  });

  it('is finished: a segment that was being compressed', async () => {
    const { data, clock } = await open();
    const [journal, bodies] = [readFileSync(journalOf(data)), readFileSync(bodiesOf(data))];
    writeFileSync(`${journalOf(data)}.zst.new`, 'half');
    writeFileSync(`${bodiesOf(data)}.zst`, compressed(bodies.toString()));
    const { store, logged } = await diskStore(data, clock);
    expect(logged).toEqual([]);
    expect(store.attempt(10)?.body).toMatchObject({ number: 10 });
    attempt(store, clock);
    await store.flush();
    expect(textOf(only(filesOf(data, '1.journal.jsonl.zst')))).toBe(journal.toString());
    expect(filesOf(data, '.new')).toEqual([]);
    expect(filesOf(data, '2.journal.jsonl')).toHaveLength(1);
    expect(store.attempt(11)?.body).toMatchObject({ number: 11 });
    await store.close();
  });
});

it.each<[string, (path: string) => void]>([
  ['is gone', (path) => renameSync(path, `${path}.gone`)],
  ['is cut', (path) => truncateSync(path, 100)],
  ['was written over', (path) => writeFileSync(path, new Uint8Array(5000).fill(7))],
  ['holds another text', (path) => writeFileSync(path, compressed('{"format":"pinata-trace/1"}\n'.repeat(20_000)))],
])('a file of bodies that %s stops nobody: they are as good as dropped', async (_, spoil) => {
  const { data, clock } = await filled();
  const { store } = await diskStore(data, clock);
  spoil(filesOf(data, '1.bodies.jsonl.zst')[0] ?? '');
  expect(store.attempt(1)).toMatchObject({ head: { number: 1 }, body: 'dropped' });
  expect(store.attempt(240)?.body).toMatchObject({ number: 240 });
  await store.close();
});

describe('the chain', () => {
  it('is what a stranger computes from the folder', async () => {
    const { data, clock } = await filled();
    const { store } = await diskStore(data, clock);
    const report = verifyFolder(data);
    expect(report).toMatchObject({ ok: true, days: [{}, {}, {}, {}] });
    expect(compareChain(store.days(), report.days)).toBeUndefined();
    await store.close();
  });

  it.each<[string, (text: string) => string, string]>([
    ['a head was changed', (text) => text.replace('"milliseconds":12', '"milliseconds":13'), 'was published'],
    ['a head was taken away', (text) => text.replace(/\{"number":7,.*\n/, ''), 'attempt 8 stands where 7 should be'],
    ['a head was added', (text) => text.replace(/(\{"number":7,.*\n)/, '$1$1'), 'attempt 7 stands where 8 should be'],
    ['two heads were exchanged', (text) => text.replace(/(\{"number":7,.*\n)(.*\n)/, '$2$1'), 'where 7 should be'],
    ['a field was added', (text) => text.replace('"milliseconds":12', '"milliseconds":12,"x":1'), 'attempt 1'],
  ])('tells that %s', async (_, tamper, problem) => {
    const { data, clock } = await filled();
    const { store } = await diskStore(data, clock);
    const published = store.days();
    await store.close();
    const [first = ''] = filesOf(data, '.journal.jsonl.zst');
    writeFileSync(first, compressed(tamper(textOf(first))));
    const report = verifyFolder(data);
    expect((report.ok === false ? report.problem : compareChain(published, report.days)) ?? 'nothing').toContain(
      problem,
    );
  });
});

it('beyond the budget the oldest bodies go; their heads and all counts stay, and it is said how many', async () => {
  const [data, clock] = [dataFolder(), new StoreClock()];
  const small = { traceMebibytes: 2, segmentBytes: 256 * 1024 };
  const { store } = await diskStore(data, clock, small);
  attempt(store, clock, { category: 'breach' }, noise(1));
  for (let i = 0; i < 200; i += 1) {
    attempt(store, clock, {}, noise(1));
    if (i % 5 === 4) await store.flush();
  }
  const { attempts, droppedBodies, bytes } = store.summary();
  expect(attempts).toBe(201);
  expect(droppedBodies).toBeGreaterThan(50);
  expect(droppedBodies).toBeLessThan(180);
  expect(bytes).toBeLessThan(2 * 1024 * 1024);
  // The first segment has a breach in it, and goes never.
  clock.now += 73 * 3600;
  expect(store.attempt(1)?.body).toMatchObject({ number: 1 });
  const dropped = Array.from({ length: attempts }, (_, i) => i + 1).filter(
    (number) => store.attempt(number)?.body === 'dropped',
  );
  expect(dropped).toHaveLength(droppedBodies);
  expect(dropped.at(-1)).toBe((dropped[0] ?? 0) + droppedBodies - 1);
  expect(verifyFolder(data)).toMatchObject({ ok: true, days: [{ first: 1, last: 201 }] });
  const all = everythingIn(store);
  await store.close();
  renameSync(join(tracesIn(data), 'index.sqlite'), join(data, 'gone'));
  const anew = await diskStore(data, clock, small);
  expect(everythingIn(anew.store)).toEqual(all);
  await anew.store.close();
  expect(existsSync(join(data, 'gone'))).toBe(true);
});

it('stops to record where heads alone fill it, and goes on counting; with more room it goes on', async () => {
  const [data, clock] = [dataFolder(), new StoreClock()];
  const small = { traceMebibytes: 2, segmentBytes: 64 * 1024 };
  const { store } = await diskStore(data, clock, small);
  for (let i = 0; i < 20_000; i += 1) {
    attempt(store, clock);
    if (i % 500 === 499) await store.flush();
  }
  const { attempts, connections, sampledAway, bytes } = store.summary();
  expect(bytes).toBeLessThan(2.5 * 1024 * 1024);
  expect(connections).toBe(20_000);
  expect(sampledAway).toBeGreaterThan(1000);
  expect(attempts + sampledAway).toBe(20_000);
  attempt(store, clock, { category: 'breach' });
  await store.flush();
  expect(store.newest({ limit: 1 })).toMatchObject([{ number: attempts + 1, category: 'breach' }]);
  await store.close();

  const larger = await diskStore(data, clock, { ...small, traceMebibytes: 4 });
  attempt(larger.store, clock);
  await larger.store.flush();
  expect(larger.store.summary().attempts).toBe(attempts + 2);
  await larger.store.close();
});

it('loses no body where a segment cannot be closed: what comes next goes into another', async () => {
  const [data, clock] = [dataFolder(), new StoreClock()];
  const small = { segmentBytes: 256 * 1024 };
  const { store, logged } = await diskStore(data, clock, small);
  attempt(store, clock, {}, noise(1));
  await store.flush();
  // Its bodies are compressed, and then its journal cannot be: a folder is in the way.
  const inTheWay = join(tracesIn(data), '2027-01-15-00000001.journal.jsonl.zst.new');
  mkdirSync(inTheWay);
  for (let i = 0; i < 20; i += 1) {
    attempt(store, clock, {}, noise(1));
    await store.flush().catch(() => undefined);
  }
  await store.flush();
  expect(logged).toEqual(['traces_unwritten', 'traces_written_again']);
  const bodies = (archive: TraceStore): readonly unknown[] =>
    Array.from({ length: 21 }, (_, i) => archive.attempt(i + 1)?.body).map((body) =>
      typeof body === 'object' ? body.number : body,
    );
  const numbers = Array.from({ length: 21 }, (_, i) => i + 1);
  expect(bodies(store)).toEqual(numbers);
  await store.close();
  rmdirSync(inTheWay);

  const again = await diskStore(data, clock, small);
  expect(bodies(again.store)).toEqual(numbers);
  expect(verifyFolder(data)).toMatchObject({ ok: true, days: [{ first: 1, last: 21 }] });
  await again.store.close();
});
