import { hash } from 'node:crypto';
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join, resolve, sep } from 'node:path';
import { parseArgs } from 'node:util';
import { branches, hits, instrument } from './instrument.ts';

/*
 * node test/fuzz/main.ts --seconds N: every target in turn, guided by the branches of service/tls and service/x509. A
 * crash is written to test/fuzz/regressions, where fuzz.test.ts runs it from then on.
 */

const { values } = parseArgs({
  options: {
    seconds: { type: 'string', default: '60' },
    target: { type: 'string' },
    seed: { type: 'string', default: String(Date.now() % 2 ** 31) },
    /** Start from our own seeds alone, and keep the best of what is found in test/fuzz/corpus. */
    keep: { type: 'boolean', default: false },
    json: { type: 'boolean', default: false },
  },
});

const folder = import.meta.dirname;
const program = ['tls', 'x509'].map((area) => resolve(folder, '../../service', area) + sep);
instrument((path) => path.endsWith('.ts') && program.some((prefix) => path.startsWith(prefix)));
const { targets } = await import('./targets.ts');
const { Fuzzer } = await import('./fuzzer.ts');

const chosen = targets(!values.keep).filter(({ name }) => values.target === undefined || name === values.target);
if (chosen.length === 0) throw new RangeError(`no target is called ${values.target}`);
const milliseconds = (1000 * Number(values.seconds)) / chosen.length;
const digest = (input: Uint8Array): string => hash('sha256', input).slice(0, 16);
/** The corpus is small on purpose. */
const MAX_KEPT = { bytes: 24 * 1024, files: 20 };
let crashed = 0;

for (const target of chosen) {
  const fuzzer = new Fuzzer(target, hits, Number(values.seed));
  const seeds = { executions: fuzzer.executions, branches: fuzzer.branches };
  fuzzer.run(milliseconds);
  const line = {
    target: target.name,
    seed: Number(values.seed),
    executions: fuzzer.executions,
    branches: fuzzer.branches,
    ofThem: branches(),
    new: fuzzer.branches - seeds.branches,
    corpus: fuzzer.corpus,
    slowestMilliseconds: Math.round(fuzzer.slowest),
    crashes: fuzzer.crashes.length,
  };
  console.log(
    values.json
      ? JSON.stringify(line)
      : Object.entries(line)
          .map(([key, value]) => `${key} ${value}`)
          .join('  '),
  );
  for (const { input, error } of fuzzer.crashes) {
    crashed++;
    const path = join(folder, 'regressions', target.name, digest(input));
    mkdirSync(join(folder, 'regressions', target.name), { recursive: true });
    writeFileSync(path, input);
    console.error(`${target.name}: ${error}\n  the input is in ${path}`);
  }
  if (values.keep) {
    const kept = join(folder, 'corpus', target.name);
    rmSync(kept, { recursive: true, force: true });
    mkdirSync(kept, { recursive: true });
    for (const input of fuzzer.best(MAX_KEPT)) writeFileSync(join(kept, digest(input)), input);
  }
}
process.exitCode = crashed === 0 ? 0 : 1;
