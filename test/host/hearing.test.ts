import { expect, test } from 'vitest';
import type { Told } from '../../service/host/door-messages.ts';
import { Hearing } from '../../service/host/hearing.ts';

const line = (bytes: number): Told => ({ type: 'discarded', bytes });
const idle = (milliseconds: number): void => {
  for (const until = performance.now() + milliseconds; performance.now() < until; );
};

test('all that is told is heard in its order, each message is done after its last line, and the loop turns in between', async () => {
  const heard: (number | string)[] = [];
  const hearing = new Hearing((told) => {
    if (told.type === 'discarded') heard.push(told.bytes);
    idle(0.2);
  });
  await new Promise<void>((done) => {
    hearing.take({ told: [1, 2, 3, 4, 5, 6, 7, 8].map(line), done: () => heard.push('first') });
    hearing.take({ told: [], done: () => heard.push('second') });
    hearing.take({ told: [9].map(line), done });
    // All of it takes 1.8 ms, and this is reached before.
    expect(heard.length).toBeLessThan(8);
  });
  expect(heard).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 'first', 'second', 9]);
});

test('what comes while nothing waits is heard at once', () => {
  const heard: number[] = [];
  const hearing = new Hearing((told) => heard.push(told.type === 'discarded' ? told.bytes : 0));
  hearing.take({ told: [line(1)], done: () => heard.push(-1) });
  expect(heard).toEqual([1, -1]);
});
