import { expect, test } from 'vitest';
import { compared } from './p384-agreement.ts';

/* `node test/kernels/p384-million.ts` goes on from here, to a million and further. */

test('P-384 says what noble says, to 500 inputs', () => {
  const answers = new Map<string, number>();
  for (let input = 0; input < 500; input++) {
    const { kind, ours, noble } = compared(input);
    expect(ours, `input ${input}, ${kind}`).toBe(noble);
    const answer = `${kind.split('(')[0]}: ${ours === 'refused' ? ours : 'value'}`;
    answers.set(answer, (answers.get(answer) ?? 0) + 1);
  }
  // All of them were asked for what is right and for what is wrong; entropy of the right length is never wrong.
  for (const answer of [
    'secret: value',
    'publicKey: value',
    'publicKey: refused',
    'sharedX: value',
    'sharedX: refused',
  ]) {
    expect(answers.get(answer) ?? 0, answer).toBeGreaterThan(5);
  }
});
