import { parseArgs } from 'node:util';
import type { ProviderName } from '../service/tls/index.ts';
import { b1 } from './b1.ts';
import type { Benchmark, Run } from './benchmark.ts';
import { c1 } from './c1.ts';
import { outcomeOf } from './child.ts';
import { e1 } from './e1.ts';
import { g1 } from './g1.ts';
import { g2 } from './g2.ts';
import { g3 } from './g3.ts';
import { g4 } from './g4.ts';
import { g5 } from './g5.ts';
import { g6 } from './g6.ts';
import { g7 } from './g7.ts';
import { g8 } from './g8.ts';
import { g9 } from './g9.ts';
import { g10 } from './g10.ts';
import { g11 } from './g11.ts';
import { g12 } from './g12.ts';
import { makeCredentials } from './issue-credentials.ts';
import { k1 } from './k1.ts';
import { r1 } from './r1.ts';
import { type Entry, entryOf, primitiveTable, publish, published, show } from './report.ts';
import { t1 } from './t1.ts';
import { t2 } from './t2.ts';
import type { Primitive } from './tasks/primitives.ts';
import { w1 } from './w1.ts';

/*
 * npm run bench [-- --quick] [--only G1,G4 [--publish]]
 * Every figure is a ratio of CPU times that were measured in turn in this one run (design: performance.md).
 * A full run rewrites bench/results.json and the tables of README.md and docs/performance.md; any other only prints, unless
 * --publish puts what it measured in the place of what is there.
 */

const benchmarks: readonly Benchmark[] = [
  g1,
  g2,
  g3,
  g4,
  g5,
  g6,
  g7,
  g8,
  g9,
  g10,
  g11,
  g12,
  b1,
  r1,
  t1,
  t2,
  w1,
  c1,
  e1,
  k1,
];

const { values } = parseArgs({
  options: {
    quick: { type: 'boolean', default: false },
    only: { type: 'string' },
    publish: { type: 'boolean', default: false },
    help: { type: 'boolean', default: false, short: 'h' },
  },
});
if (values.help) {
  console.log(`npm run bench -- [--quick] [--only ID,ID ... [--publish]]
Ratios of CPU times, each side measured in turn: docs/performance.md. Without --quick and --only it is all of them, some ten
minutes, and writes README.md, docs/performance.md and bench/results.json anew.

  --quick      some twenty seconds, to see that all works: prints, and writes nothing
  --only ID    of ${benchmarks.map(({ id }) => id).join(', ')}: prints, and writes nothing but with
  --publish    puts what was measured in the place of what is there`);
  process.exit(0);
}
const wanted = values.only?.split(',') ?? benchmarks.map(({ id }) => id);
const unknown = wanted.filter((id) => !benchmarks.some((benchmark) => benchmark.id === id));
if (unknown.length > 0) {
  console.error(`--only ${unknown}: there is no such benchmark, only ${benchmarks.map(({ id }) => id).join(', ')}`);
  process.exit(2);
}

const { credentials, path, dispose } = makeCredentials();
const run: Run = { credentials, credentialsPath: path, quick: values.quick };
const entries: Entry[] = [];
let primitives: readonly Primitive[] = [];
try {
  for (const benchmark of benchmarks.filter(({ id }) => wanted.includes(id))) {
    const entry = entryOf(benchmark, await benchmark.run(run));
    show(entry);
    entries.push(entry);
  }
  if (values.only === undefined) {
    const script = new URL('./tasks/primitives.ts', import.meta.url);
    const of = (crypto: ProviderName) =>
      outcomeOf<readonly Primitive[]>(script, [run.quick ? '10' : '250'], { crypto });
    const [fast, noble] = [await of('fast'), await of('noble')];
    primitives = fast.map((one, index) => ({ ...one, noble: noble[index]?.ours ?? Number.NaN }));
    console.log(primitiveTable(primitives));
  }
} finally {
  dispose();
}
if (!run.quick && values.only === undefined) {
  publish(entries, primitives);
} else if (!run.quick && values.publish) {
  const before = published();
  const newer = (entry: Entry): Entry => entries.find(({ id }) => id === entry.id) ?? entry;
  publish(before.entries.map(newer), before.primitives);
}
