import { expect, test } from 'vitest';
import { ciphers, compared } from './aead-agreement.ts';

/* `node test/kernels/aead-million.ts` goes on from here, to a million and further. */
test.each(ciphers)('%s: a thousand inputs, random and at the edges, as noble', (cipher) => {
  for (let input = 0; input < 1000; input++) {
    const { kind, ours, noble } = compared(cipher, input);
    expect(ours, `input ${input}, ${kind}`).toBe(noble);
  }
});
