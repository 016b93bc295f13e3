import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, onTestFinished, test } from 'vitest';
import { FolderStore } from '../../status-page/poller/folder-store.ts';
import { MemoryStore } from '../../status-page/poller/memory-store.ts';
import { S3Store } from '../../status-page/poller/s3-store.ts';
import { checkedKey, type Store, StoreFailure } from '../../status-page/poller/store.ts';
import { startBucket } from './bucket.ts';
import { put, storeCases, text } from './store-cases.ts';

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

describe.each<[string, () => Store | Promise<Store>]>([
  ['memory', () => new MemoryStore()],
  ['a folder', folder],
  ['a bucket', bucket],
])('%s as a store', (_, open) => storeCases(open));

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
    // Somebody else writes it at this moment (PutObject: ConditionalRequestConflict): nothing was written.
    failing.fault = { meets: (method) => method === 'PUT', does: '409' };
    expect(await store.put('a', text('x'), put('absent'))).toBe('conflict');
    await expect(store.put('a', text('x'), put('any'))).rejects.toThrow(StoreFailure);
    const { length } = failing.requests;
    failing.fault = { meets: () => failing.requests.length === length + 1, does: 'written, and no answer' };
    expect(await store.put('a', text('x'), put('absent'))).toBe('conflict');
    expect((await store.get('a'))?.bytes).toEqual(text('x'));
  });
});
