import { expect, it } from 'vitest';
import { ProgressLine } from '../../service/tools/progress-bar.ts';

const drawn = (isTTY: boolean): string => {
  const written: string[] = [];
  const line = new ProgressLine({
    isTTY,
    columns: 60,
    write: (text: string | Uint8Array) => {
      written.push(String(text));
      return true;
    },
  });
  line.show(0.5, '10 attempts');
  line.show(0.5, '11 attempts'); // too soon to be drawn again
  line.end();
  return written.join('');
};

it('is drawn on a terminal, and gone when it is done', () => {
  expect(drawn(true)).toContain(' 50 %  10 attempts, 0:00');
  expect(drawn(true)).not.toContain('11 attempts');
  expect(drawn(true).endsWith('\r\u001b[K')).toBe(true);
});

it('is nothing where nobody looks', () => {
  expect(drawn(false)).toBe('');
});
