import { sha256 } from '@noble/hashes/sha2.js';
import { bytesToHex } from '@noble/hashes/utils.js';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { Notary, noChallengeRoot, notaryLimits, rootOf } from '../../service/attest/index.ts';

/** A statement that is its root, so that a test sees what was to be signed. */
const statement = (root: Uint8Array) => ({ statement: bytesToHex(root), signature: 'smp', time: 0 });
const challenge = (number: number): Uint8Array =>
  sha256(Uint8Array.of(number >> 24, number >> 16, number >> 8, number));

describe('when it signs', () => {
  test('at once at first, then every ten minutes for nobody', () => {
    const notary = new Notary();
    expect(notary.dueIn(5)).toBe(0);
    expect(notary.latest).toBeUndefined();
    notary.sign(5, statement);
    expect(notary.latest?.statement).toBe(bytesToHex(noChallengeRoot));
    expect(notary.dueIn(5)).toBe(notaryLimits.longest);
    expect(notary.dueIn(5 + notaryLimits.longest - 1)).toBe(1);
    expect(notary.dueIn(5 + notaryLimits.longest + 77)).toBe(0);
  });

  test('for who waits: a second after the last one, at once if that has passed', () => {
    const notary = new Notary();
    notary.sign(0, statement);
    notary.take(challenge(1));
    expect(notary.dueIn(300)).toBe(700);
    expect(notary.dueIn(1000)).toBe(0);
    notary.sign(1000, statement);
    notary.take(challenge(2));
    expect(notary.dueIn(90_000)).toBe(0);
  });

  test('whatever comes, when it is asked at the times it says itself: once a second at most', () => {
    fc.assert(
      fc.property(fc.array(fc.tuple(fc.nat(3000), fc.nat(5)), { maxLength: 60 }), (arrivals) => {
        const notary = new Notary();
        const signed: number[] = [];
        let now = 0;
        let number = 0;
        const signIfDue = () => {
          if (notary.dueIn(now) > 0) return;
          notary.sign(now, statement);
          signed.push(now);
        };
        for (const [pause, count] of arrivals) {
          const until = now + pause;
          for (signIfDue(); notary.dueIn(now) <= until - now; signIfDue()) now += Math.max(1, notary.dueIn(now));
          now = Math.max(now, until);
          for (let left = count; left > 0; left--) notary.take(challenge(number++));
        }
        const gaps = signed.slice(1).map((at, index) => at - (signed[index] ?? 0));
        expect(gaps.every((gap) => gap >= notaryLimits.shortest)).toBe(true);
      }),
      { numRuns: 50 },
    );
  });

  test('a signature that failed is tried again a second later, even for nobody', () => {
    const notary = new Notary();
    const broken = () => {
      throw new Error('no signature');
    };
    expect(() => notary.sign(0, broken)).toThrow('no signature');
    expect(notary.dueIn(0)).toBe(notaryLimits.shortest);
    notary.sign(1000, statement);
    expect(notary.dueIn(1000)).toBe(notaryLimits.longest);
  });

  test('and meanwhile those who wait go on waiting, and the last one stays', () => {
    const notary = new Notary();
    const before = notary.sign(0, statement);
    const ticket = notary.take(challenge(1)) ?? -1;
    const broken = () => {
      throw new Error('no signature');
    };
    expect(() => notary.sign(1000, broken)).toThrow('no signature');
    expect([notary.latest, notary.revision, notary.dueIn(1000)]).toEqual([before, 1, notaryLimits.shortest]);
    expect(notary.find(ticket)).toEqual({ state: 'waiting' });
    notary.sign(2000, statement);
    expect(notary.find(ticket)?.state).toBe('answered');
  });
});

describe('tickets', () => {
  test('each leads to its own challenge, its path and the statement over the root of all who waited with it', () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 0, max: 40 }), { minLength: 1, maxLength: 8 }), (batches) => {
        const notary = new Notary();
        let number = 0;
        const tickets = new Map<number, Uint8Array>();
        batches.forEach((size, round) => {
          for (let left = size; left > 0; left--) {
            const bytes = challenge(number++);
            const ticket = notary.take(bytes);
            if (ticket === undefined) throw new Error('full');
            tickets.set(ticket, bytes);
            expect(notary.find(ticket)).toEqual({ state: 'waiting' });
          }
          notary.sign(round * 1000, statement);
        });
        expect(tickets.size).toBe(number);
        for (const [ticket, bytes] of tickets) {
          const found = notary.find(ticket);
          if (found?.state !== 'answered') throw new Error(`ticket ${ticket} is not answered`);
          expect(found.challenge).toEqual(bytes);
          expect(bytesToHex(rootOf(bytes, found.path) ?? new Uint8Array(0))).toBe(found.statement);
        }
      }),
      { numRuns: 20 },
    );
  });

  test('what was never given out is not found', () => {
    const notary = new Notary();
    notary.take(challenge(1));
    notary.sign(0, statement);
    notary.take(challenge(2));
    for (const ticket of [-1, 2, 0.5, Number.NaN, Number.POSITIVE_INFINITY, 2 ** 53]) {
      expect(notary.find(ticket)).toBeUndefined();
    }
  });

  test('what is no challenge is refused, and what is taken is a copy', () => {
    const notary = new Notary();
    expect(() => notary.take(new Uint8Array(31))).toThrow(RangeError);
    const bytes = challenge(1);
    const ticket = notary.take(bytes) ?? -1;
    bytes.fill(0);
    notary.sign(0, statement);
    expect(notary.find(ticket)).toMatchObject({ challenge: challenge(1) });
  });
});

describe('memory', () => {
  test('a hundred thousand challenges at once: as many wait as one signature answers, and no more', () => {
    const notary = new Notary();
    let taken = 0;
    for (let number = 0; number < 100_000; number++) taken += notary.take(challenge(1)) === undefined ? 0 : 1;
    expect(taken).toBe(notaryLimits.waiting);
    notary.sign(0, statement);
    expect(notary.take(challenge(2))).toBe(notaryLimits.waiting);
  });

  test('as many as come for a minute: the oldest are forgotten, the newest are there, and all of it is bounded', () => {
    const notary = new Notary();
    const last: number[] = [];
    for (let second = 0; second < 60; second++) {
      for (let number = 0; number < notaryLimits.waiting; number++) {
        last[0] = notary.take(challenge(number)) ?? -1;
      }
      notary.sign(second * 1000, statement);
      expect(notary.remembered).toBeLessThanOrEqual(notaryLimits.answered);
    }
    expect(notary.find(0)).toBeUndefined();
    expect(notary.find(last[0] ?? -1)?.state).toBe('answered');
    const oldest = notary.taken - notaryLimits.answered;
    expect([notary.find(oldest - 1), notary.find(oldest)?.state]).toEqual([undefined, 'answered']);
  });

  test('and one by one: as many signatures as are remembered', () => {
    const notary = new Notary();
    for (let second = 0; second < notaryLimits.signatures + 5; second++) {
      notary.take(challenge(second));
      notary.sign(second * 1000, statement);
    }
    expect(notary.remembered).toBe(notaryLimits.signatures);
    expect([notary.find(4), notary.find(5)?.state]).toEqual([undefined, 'answered']);
  });
});
