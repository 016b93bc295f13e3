import { hash } from 'node:crypto';
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join, resolve, sep } from 'node:path';
import { parseArgs } from 'node:util';
import { branches, hits, instrument } from './instrument.ts';

const usage = `npm run fuzz [-- OPTION ...]
Every target in turn, guided by the branches of service/tls and service/x509. A crash is written to test/fuzz/regressions,
where fuzz.test.ts runs it from then on, and the exit status is 1.

  --seconds N   for all of them together (60)
  --target T    that one alone; an unknown name lists them
  --seed N      of what is random; the clock's without it
  --keep        starts from our own seeds alone, and keeps the best of what is found in test/fuzz/corpus
  --json        a line of JSON for each target`;

const { values } = parsed();
if (values.help) {
  console.log(usage);
  process.exit(0);
}
const folder = import.meta.dirname;
const program = ['tls', 'x509'].map((area) => resolve(folder, '../../service', area) + sep);
instrument((path) => path.endsWith('.ts') && program.some((prefix) => path.startsWith(prefix)));
const { targets } = await import('./targets.ts');
const { Fuzzer } = await import('./fuzzer.ts');

const chosen = targets(!values.keep).filter(({ name }) => values.target === undefined || name === values.target);
if (chosen.length === 0)
  misused(
    `no target is called ${JSON.stringify(values.target)}; there are ${targets(!values.keep)
      .map(({ name }) => name)
      .join(', ')}`,
  );
const milliseconds = (1000 * number('seconds', values.seconds)) / chosen.length;
const seed = number('seed', values.seed);
const digest = (input: Uint8Array): string => hash('sha256', input).slice(0, 16);
/** The corpus is small on purpose. */
const MAX_KEPT = { bytes: 24 * 1024, files: 20 };
let crashed = 0;

for (const target of chosen) {
  const fuzzer = new Fuzzer(target, hits, seed);
  const seeds = { executions: fuzzer.executions, branches: fuzzer.branches };
  fuzzer.run(milliseconds);
  const line = {
    target: target.name,
    seed,
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

function parsed() {
  try {
    return parseArgs({
      options: {
        seconds: { type: 'string', default: '60' },
        target: { type: 'string' },
        seed: { type: 'string', default: String(Date.now() % 2 ** 31) },
        keep: { type: 'boolean', default: false },
        json: { type: 'boolean', default: false },
        help: { type: 'boolean', default: false, short: 'h' },
      },
    });
  } catch (error) {
    return misused(error instanceof Error ? error.message : String(error));
  }
}

function number(name: string, text: string): number {
  const value = Number(text);
  return /^[0-9]+$/.test(text) && value > 0 && value < 2 ** 31
    ? value
    : misused(`--${name} is a whole number, and not ${JSON.stringify(text)}`);
}

function misused(problem: string): never {
  console.error(`npm run fuzz: ${problem}\n${usage}`);
  process.exit(2);
}
