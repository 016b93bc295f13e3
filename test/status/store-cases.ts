import { expect, test } from 'vitest';
import type { Put, Store } from '../../status-page/poller/store.ts';

/* What every store has to do: memory, a folder, and buckets by whoever answers for S3. */

export const text = (value: string): Uint8Array => new TextEncoder().encode(value);
export const put = (ifVersion: Put['ifVersion']): Put => ({
  contentType: 'text/plain',
  cacheControl: 'no-store',
  ifVersion,
});

/** `open` gives an empty one, for the duration of the test. */
export function storeCases(open: () => Store | Promise<Store>): void {
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
}
