import fc from 'fast-check';
import { expect, it } from 'vitest';
import { Row } from '../../service/bounty/row.ts';

it('is what a Set would be, whoever comes, leaves twice, or is sent away from the front', () => {
  const acts = fc.array(fc.oneof(fc.constant('enter' as const), fc.constant('shift' as const), fc.nat(40)));
  fc.assert(
    fc.property(acts, (list) => {
      const row = new Row<number>();
      const model = new Set<number>();
      const leave: (() => void)[] = [];
      for (const act of list) {
        if (act === 'enter') {
          model.add(leave.length);
          leave.push(row.enter(leave.length));
        } else if (act === 'shift') {
          for (const first of [...model].slice(0, 1)) model.delete(first);
          row.shift();
        } else {
          model.delete(act);
          leave[act]?.();
        }
        expect(row.all).toEqual([...model]);
        expect(row.size).toBe(model.size);
        expect(row.first).toBe([...model][0]);
      }
    }),
  );
});

it('shows them as they stood: who leaves meanwhile is among them, and nobody is passed over', () => {
  const row = new Row<() => void>();
  const called: string[] = [];
  for (const name of ['a', 'b', 'c']) {
    const leave = row.enter(() => {
      called.push(name);
      leave();
    });
  }
  for (const call of row.all) call();
  expect(called).toEqual(['a', 'b', 'c']);
  expect(row.size).toBe(0);
});
