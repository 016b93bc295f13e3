import { expect, test } from 'vitest';
import { compared } from './p256-agreement.ts';

/* `node test/kernels/p256-million.ts` goes on from here, to a million and further. */

test('P-256 says what noble says, to 2000 inputs', () => {
  const answers = new Map<string, number>();
  for (let input = 0; input < 2000; input++) {
    const { kind, ours, noble } = compared(input);
    expect(ours, `input ${input}, ${kind}`).toBe(noble);
    const answer = `${kind.split('(')[0]}: ${['true', 'false', 'refused'].includes(ours) ? ours : 'value'}`;
    answers.set(answer, (answers.get(answer) ?? 0) + 1);
  }
  // All of them were asked for what is right and for what is wrong.
  const seen = ['publicKey: value', 'publicKey: refused', 'sign: value', 'sign: refused', 'sharedX: value'];
  for (const answer of [...seen, 'sharedX: refused', 'verify: true', 'verify: false']) {
    expect(answers.get(answer) ?? 0, answer).toBeGreaterThan(10);
  }
});
