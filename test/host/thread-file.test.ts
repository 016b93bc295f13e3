import { expect, test, vi } from 'vitest';

const sea = vi.hoisted(() => ({ is: false }));
vi.mock('node:sea', () => ({ isSea: () => sea.is }));
const { threadFile } = await import('../../service/host/thread-file.ts');
const { UnusableSetting } = await import('../../service/host/unstartable.ts');

/* Whether there is a file that a thread could run. */

const program = '/usr/lib/btc-pinata.cjs';

test('is the program itself, and none where no thread is asked for', () => {
  expect(threadFile({ threads: 2 }, program)).toBe(program);
  expect(threadFile({ threads: 0 }, program)).toBeUndefined();
});

test('in a single executable there is none: threads are refused, with what to do', () => {
  sea.is = true;
  expect(threadFile({ threads: 0 }, program)).toBeUndefined();
  const asked = (): unknown => threadFile({ threads: 2 }, program);
  expect(asked).toThrow(UnusableSetting);
  expect(asked).toThrow(/^--threads: 2, and a single executable has no file .*; allowed: 0, or btc-pinata\.cjs$/);
});
