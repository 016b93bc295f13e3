import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { Deadlines } from '../../service/host/deadlines.ts';

/* One timer for many: each deadline is kept all the same, and none that was called off. */

beforeEach(() => void vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'performance'] }));
afterEach(() => void vi.useRealTimers());

it('each in its time, in order, whatever their lengths', () => {
  const deadlines = new Deadlines();
  const done: string[] = [];
  const set = (name: string, milliseconds: number): (() => void) => deadlines.set(milliseconds, () => done.push(name));
  set('a', 100);
  set('short', 30);
  vi.advanceTimersByTime(40);
  expect(done).toEqual(['short']);
  set('b', 100);
  vi.advanceTimersByTime(59);
  expect(done).toEqual(['short']);
  vi.advanceTimersByTime(1);
  expect(done).toEqual(['short', 'a']);
  vi.advanceTimersByTime(39);
  expect(done).toEqual(['short', 'a']);
  vi.advanceTimersByTime(2);
  expect(done).toEqual(['short', 'a', 'b']);
});

it('none that was called off, and those behind it not a moment later', () => {
  const deadlines = new Deadlines();
  const done: number[] = [];
  const callOff = Array.from({ length: 100 }, (_, i) => {
    const off = deadlines.set(50, () => done.push(i));
    vi.advanceTimersByTime(1);
    return off;
  });
  expect(done).toHaveLength(51);
  for (const [i, off] of callOff.entries()) if (i % 2 === 0) off();
  vi.advanceTimersByTime(60);
  expect(done.slice(51)).toEqual(Array.from({ length: 25 }, (_, i) => 51 + 2 * i));
  expect(vi.getTimerCount()).toBe(0);
});

it('one timer for a thousand that come and go, and one that is set after all is kept', () => {
  const deadlines = new Deadlines();
  for (let i = 0; i < 1000; i += 1) deadlines.set(50, () => expect.unreachable())();
  expect(vi.getTimerCount()).toBe(1);
  vi.advanceTimersByTime(49);
  const act = vi.fn();
  deadlines.set(50, act);
  vi.advanceTimersByTime(49);
  expect(act).not.toHaveBeenCalled();
  vi.advanceTimersByTime(2);
  expect(act).toHaveBeenCalledOnce();
});

it('one that is set by another is kept too', () => {
  const deadlines = new Deadlines();
  const act = vi.fn();
  deadlines.set(10, () => void deadlines.set(10, act));
  deadlines.set(10, () => expect(vi.getTimerCount()).toBe(0));
  vi.advanceTimersByTime(15);
  expect(vi.getTimerCount()).toBe(1);
  vi.advanceTimersByTime(10);
  expect(act).toHaveBeenCalledOnce();
});
