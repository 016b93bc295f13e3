import { describe, expect, test } from 'vitest';
import { LocalCorrelator, type TranscriptRecord } from '../../service/bounty/correlator.ts';

const record: TranscriptRecord = {
  role: 'server',
  generation: 'g1',
  point: 'server_finished',
  hash: Uint8Array.from({ length: 32 }, (_, i) => i),
};

describe('the correlator', () => {
  test('knows what was entered, and nothing that differs from it in any part', () => {
    const correlator = new LocalCorrelator({ lifetime: 100, capacity: 10 });
    expect(correlator.has(record, 0)).toBe(false);
    expect(correlator.enter(record, 0)).toBe(true);
    expect(correlator.has(record, 0)).toBe(true);
    expect(correlator.has({ ...record, hash: record.hash.slice() }, 0)).toBe(true);
    const others: TranscriptRecord[] = [
      { ...record, role: 'client' },
      { ...record, generation: 'g2' },
      { ...record, point: 'client_finished' },
      { ...record, hash: record.hash.map((byte, i) => (i === 31 ? byte ^ 1 : byte)) },
      { ...record, hash: record.hash.slice(0, 31) },
    ];
    expect(others.map((other) => correlator.has(other, 0))).toEqual(others.map(() => false));
  });

  test('forgets after its lifetime and not before', () => {
    const correlator = new LocalCorrelator({ lifetime: 100, capacity: 10 });
    correlator.enter(record, 5);
    expect(correlator.has(record, 104)).toBe(true);
    expect(correlator.has(record, 105)).toBe(false);
    expect(correlator.size).toBe(0);
  });

  test('says so when it can remember no more, and never drops a record for another', () => {
    const correlator = new LocalCorrelator({ lifetime: 100, capacity: 2 });
    const numbered = (n: number): TranscriptRecord => ({ ...record, hash: Uint8Array.of(n) });
    expect([1, 2, 3].map((n) => correlator.enter(numbered(n), n))).toEqual([true, true, false]);
    expect([1, 2, 3].map((n) => correlator.has(numbered(n), 50))).toEqual([true, true, false]);
    expect(correlator.enter(numbered(3), 101)).toBe(true);
    expect([1, 2, 3].map((n) => correlator.has(numbered(n), 101))).toEqual([false, true, true]);
  });
});
