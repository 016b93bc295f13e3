import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { against, isMet, limiting, ratioAgainst } from '../../bench/figure.ts';
import { interleave } from '../../bench/interleave.ts';
import { median, pairedRatio, quantile } from '../../bench/measure.ts';

describe('statistics of a benchmark', () => {
  test('median and quantiles', () => {
    expect(median([3, 1, 2])).toBe(2);
    expect(median([4, 1, 2, 3])).toBe(2.5);
    expect(quantile([10, 20, 30, 40, 50], 0.25)).toBe(20);
    expect(quantile([7], 0.9)).toBe(7);
    expect(() => median([])).toThrow('no values');
  });

  test('a quantile lies within the values, whatever their order', () => {
    fc.assert(
      fc.property(fc.array(fc.double({ noNaN: true, min: 0, max: 1e6 }), { minLength: 1 }), (values) => {
        expect(quantile(values, 0)).toBe(Math.min(...values));
        expect(quantile(values, 1)).toBe(Math.max(...values));
        expect(median(values)).toBe(median(values.toReversed()));
      }),
    );
  });

  test('a ratio is taken round by round: a round in which everything was slow changes nothing', () => {
    expect(pairedRatio([10, 20, 1000], [5, 10, 500]).median).toBe(2);
    expect(pairedRatio([10, 20, 30], [10, 10, 10]).quartiles).toEqual([1.5, 2.5]);
    expect(() => pairedRatio([1, 2], [1])).toThrow('round 1');
    expect(() => pairedRatio([1], [0])).toThrow('round 0');
  });

  test('goals are bounds that belong to what meets them', () => {
    expect(isMet(0.14, { atLeast: 0.14 })).toBe(true);
    expect(isMet(0.1399, { atLeast: 0.14 })).toBe(false);
    expect(isMet(0.2, { atMost: 0.2 })).toBe(true);
    expect(isMet(0.21, { atMost: 0.2 })).toBe(false);
  });

  test('the comparison that is furthest from its goal speaks for all', () => {
    const easy = against('easy', 12, 'x', { atLeast: 10 });
    const hard = against('hard', 2, 'x', { atLeast: 4 });
    const memory = ratioAgainst('memory', [1, 1], [2, 2], { atMost: 1 });
    expect(limiting([easy, hard, memory])).toBe(hard);
    expect(limiting([easy, memory])).toBe(easy);
    expect(limiting([])).toBeUndefined();
  });

  test('sides take turns, and a spent budget ends a run with the fewest rounds', async () => {
    const order: string[] = [];
    const side = (name: string) => () => order.push(name);
    expect(await interleave({ a: side('a'), b: side('b') }, { rounds: 3, budgetMs: 60_000 })).toEqual({
      a: [1, 3, 5],
      b: [2, 4, 6],
    });
    expect(order.join('')).toBe('ababab');
    expect((await interleave({ a: () => 1 }, { rounds: 100, budgetMs: -1 })).a).toHaveLength(2);
  });
});
