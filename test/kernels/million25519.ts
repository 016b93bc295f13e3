import { parseArgs } from 'node:util';
import { compare, iterated, names } from './compare25519.ts';
import { compareField } from './field25519-oracle.ts';

/*
 * node test/kernels/million25519.ts: a million inputs to X25519 and Ed25519, a quarter each, against noble; a million to the
 * field against BigInt; and the million iterations of RFC 7748 §5.2. Half an hour of one core. A difference is an exception.
 */

const { values } = parseArgs({
  options: {
    inputs: { type: 'string', default: '1000000' },
    iterations: { type: 'string', default: '1000000' },
    seed: { type: 'string', default: String(Date.now() % 2 ** 31) },
  },
});
const [inputs, iterations, seed] = [Number(values.inputs), Number(values.iterations), Number(values.seed)];
console.log(`seed ${seed}`);

compareField(inputs, seed);
console.log(`field25519: ${inputs} inputs, as BigInt`);

if (iterations > 0) {
  const result = iterated(iterations);
  const expected = '7c3911e0ab2586fd864497297e575e6f3bc601c0883c30df5f4dd2d24f665424';
  if (iterations === 1_000_000 && result !== expected) throw new Error(`a million iterations: ${result}`);
  console.log(`RFC 7748 §5.2: ${iterations} iterations: ${result}`);
}

// In pieces, so that one sees where it is.
const pieces = 50;
for (const name of names) {
  let [accepted, refused] = [0, 0];
  for (let piece = 0; piece < pieces; piece++) {
    const result = compare(name, Math.ceil(inputs / names.length / pieces), seed + piece);
    accepted += result.accepted;
    refused += result.refused;
  }
  console.log(`${name}: ${accepted + refused} inputs as noble, ${accepted} accepted and ${refused} refused`);
}
