import { type CipherName, ciphers, compared } from './aead-agreement.ts';

/*
 * node test/kernels/aead-million.ts [count = 1000000] [first = 0]
 * So many records by each of our ciphers and by noble's, and as many sums of Poly1305; ends with 1 where one differs. A million of
 * each takes some fifteen minutes.
 */

const [count = 1_000_000, first = 0] = process.argv.slice(2).map(Number);
const told = (line: string): void => console.log(`${Math.round(process.uptime())} s: ${line}`);
const counted = ciphers.map((cipher) => [cipher, differing(cipher)] as const);
process.exitCode = counted.every(([, different]) => different === 0) ? 0 : 1;

function differing(cipher: CipherName): number {
  let different = 0;
  for (let input = first; input < first + count; input++) {
    const { kind, ours, noble } = compared(cipher, input);
    if (ours === noble) continue;
    different++;
    console.error(`${cipher}, input ${input}, ${kind}:\n  ours  ${ours}\n  noble ${noble}`);
  }
  told(`${cipher}: ${count} inputs from ${first} on: ${different} different`);
  return different;
}
