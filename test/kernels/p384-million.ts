import { compared } from './p384-agreement.ts';

/*
 * node test/kernels/p384-million.ts [count = 1000000] [first = 0]
 * Asks our P-384 and noble's the same, input by input, and ends with 1 where they differ. A million takes half an hour.
 */

const [count = 1_000_000, first = 0] = process.argv.slice(2).map(Number);
const started = performance.now();
let different = 0;
for (let input = first; input < first + count; input++) {
  const { kind, ours, noble } = compared(input);
  if (ours !== noble) {
    different++;
    console.error(`input ${input}, ${kind}:\n  ours  ${ours}\n  noble ${noble}`);
  }
  if ((input - first + 1) % 10_000 === 0) {
    const seconds = Math.round((performance.now() - started) / 1000);
    console.log(`${input - first + 1} inputs, ${different} of them different, ${seconds} s`);
  }
}
console.log(`${count} inputs from ${first} on: ${different} different`);
process.exitCode = different === 0 ? 0 : 1;
