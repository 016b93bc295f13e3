import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, onTestFinished, test } from 'vitest';
import { FolderStore } from '../../status-page/poller/folder-store.ts';
import { MemoryStore } from '../../status-page/poller/memory-store.ts';
import { S3Store } from '../../status-page/poller/s3-store.ts';
import { checkedKey, type Put, type Store, StoreFailure } from '../../status-page/poller/store.ts';
import { startBucket } from './bucket.ts';

process.env['AWS_ACCESS_KEY_ID'] = 'S3RVER';
process.env['AWS_SECRET_ACCESS_KEY'] = 'S3RVER';

function folder(): Store {
  const path = mkdtempSync(join(tmpdir(), 'store-'));
  onTestFinished(() => rmSync(path, { recursive: true, force: true }));
  return new FolderStore(path);
}

async function bucket(): Promise<Store> {
  const { name, endpoint } = await startBucket();
  const store = new S3Store({ bucket: name, endpoint, region: 'us-east-1', patience: 60_000 });
  onTestFinished(() => store.destroy());
  return store;
}

const text = (value: string): Uint8Array => new TextEncoder().encode(value);
const put = (ifVersion: Put['ifVersion']): Put => ({ contentType: 'text/plain', cacheControl: 'no-store', ifVersion });

describe.each<[string, () => Store | Promise<Store>]>([
  ['memory', () => new MemoryStore()],
  ['a folder', folder],
  ['a bucket', bucket],
])('%s as a store', (_, open) => {
  test('gives what was put, and lists it', async () => {
    const store = await open();
    expect(await store.get('state/a.json')).toBeUndefined();
    const version = await store.put('state/a.json', text('one'), put('any'));
    await store.put('public/x/y.json', text(''), put('absent'));
    const stored = await store.get('state/a.json');
    expect(stored).toEqual({ bytes: text('one'), version });
    expect(await store.list('')).toEqual(['public/x/y.json', 'state/a.json']);
    expect(await store.list('public/x')).toEqual(['public/x/y.json']);
    expect((await store.get('public/x/y.json'))?.bytes).toEqual(text(''));
  });

  test('writes on a condition, or not at all', async () => {
    const store = await open();
    const first = await store.put('a', text('one'), put('absent'));
    expect(first).not.toBe('conflict');
    expect(await store.put('a', text('two'), put('absent'))).toBe('conflict');
    const second = await store.put('a', text('two'), put({ version: first }));
    expect(second).not.toBe('conflict');
    expect(await store.put('a', text('three'), put({ version: first }))).toBe('conflict');
    expect(await store.put('b', text('three'), put({ version: first }))).toBe('conflict');
    expect((await store.get('a'))?.bytes).toEqual(text('two'));
  });

  test('of ten who write at once on one condition, lets one', async () => {
    const store = await open();
    const version = await store.put('a', text('0'), put('absent'));
    const writes = Array.from({ length: 10 }, (_, number) => store.put('a', text(`n${number}`), put({ version })));
    const done = await Promise.all(writes);
    expect(done.filter((result) => result !== 'conflict')).toHaveLength(1);
  });
});

test.each(['', '/a', 'a/', '../a', 'a/../b', 'a//b', 'ä', 'a b', 'a'.repeat(600)])('%j is no key', (key) => {
  expect(() => checkedKey(key)).toThrow(RangeError);
});

describe('a bucket that fails', () => {
  test('is a failure with the key in it; a write that went through unanswered is a conflict that holds the content', async () => {
    const failing = await startBucket();
    const store = new S3Store({
      bucket: failing.name,
      endpoint: failing.endpoint,
      region: 'us-east-1',
      patience: 60_000,
    });
    onTestFinished(() => store.destroy());
    failing.fault = { meets: (method) => method === 'GET', does: '500' };
    await expect(store.get('a')).rejects.toThrow(StoreFailure);
    await expect(store.list('a')).rejects.toThrow(StoreFailure);
    failing.fault = { meets: () => true, does: 'hang up' };
    await expect(store.put('a', text('x'), put('absent'))).rejects.toThrow(/\/a/);
    const { length } = failing.requests;
    failing.fault = { meets: () => failing.requests.length === length + 1, does: 'written, and no answer' };
    expect(await store.put('a', text('x'), put('absent'))).toBe('conflict');
    expect((await store.get('a'))?.bytes).toEqual(text('x'));
  });
});
