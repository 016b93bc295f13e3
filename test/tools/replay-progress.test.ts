import { expect, it } from 'vitest';
import { ProgressBar } from '../../service/tools/replay-progress.ts';

const drawn = (isTTY: boolean): string => {
  const written: string[] = [];
  const bar = new ProgressBar({
    isTTY,
    write: (text: string | Uint8Array) => {
      written.push(String(text));
      return true;
    },
  });
  bar.show(0.5, 10);
  bar.show(0.5, 11); // too soon to be drawn again
  bar.clear();
  return written.join('');
};

it('is a bar on a terminal, and gone when it is done', () => {
  expect(drawn(true)).toMatch(/^\r█{15}░{15} 50 %, 10 attempts, \d+ a second \r\u001b\[K$/);
});

it('is nothing where nobody looks', () => {
  expect(drawn(false)).toBe('');
});
