import { parseArgs } from 'node:util';
import { compare, iterated, names } from './compare25519.ts';
import { compareField } from './field25519-oracle.ts';

/*
 * node test/kernels/million25519.ts: a million inputs to X25519 and Ed25519, a quarter each, against noble; a million to the
 * field and the scalars against BigInt; and the million iterations of RFC 7748 §5.2. Twenty minutes of one core. A difference is
 * an exception. With names behind, those alone: field, iterations, x25519.sharedSecret, x25519.publicKey ...
 */

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    inputs: { type: 'string', default: '1000000' },
    seed: { type: 'string', default: String(Date.now() % 2 ** 31) },
  },
});
const [inputs, seed] = [Number(values.inputs), Number(values.seed)];
const all = ['field', 'iterations', ...names];
const unknown = positionals.find((name) => !all.includes(name));
if (unknown !== undefined) throw new RangeError(`${unknown} is none of ${all.join(', ')}`);
const chosen = (name: string): boolean => positionals.length === 0 || positionals.includes(name);
const told = (line: string): void => console.log(`${Math.round(process.uptime())} s: ${line}`);
told(`seed ${seed}`);

if (chosen('field')) {
  compareField(inputs, seed);
  told(`field25519 and scalar25519: ${inputs} inputs, as BigInt`);
}

if (chosen('iterations')) {
  const result = iterated(1_000_000);
  const expected = '7c3911e0ab2586fd864497297e575e6f3bc601c0883c30df5f4dd2d24f665424';
  if (result !== expected) throw new Error(`RFC 7748 §5.2: a million iterations give ${result}`);
  told(`RFC 7748 §5.2: a million iterations: ${result}`);
}

// In pieces of other seeds, so that one sees where it is.
const pieces = 10;
for (const name of names.filter(chosen)) {
  let [accepted, refused] = [0, 0];
  for (let piece = 0; piece < pieces; piece++) {
    const result = compare(name, Math.ceil(inputs / names.length / pieces), seed + piece);
    accepted += result.accepted;
    refused += result.refused;
    told(`${name}: ${accepted + refused} inputs as noble, ${accepted} accepted and ${refused} refused`);
  }
}
