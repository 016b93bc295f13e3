import { readFileSync, writeFileSync } from 'node:fs';
import { availableParallelism, cpus, totalmem } from 'node:os';
import type { Benchmark } from './benchmark.ts';
import { writeBetweenMarkers } from './between-markers.ts';
import { type Comparison, type Goal, limiting, type Outcome, type Unit } from './figure.ts';
import type { Primitive } from './tasks/primitives.ts';
import { versions } from './versions.ts';

/** One entry of results.json for each id. `figure`, `goal` and `unit` are those of the comparison that limits it. */
export interface Entry extends Outcome {
  readonly id: string;
  readonly metric: string;
  readonly figure: number | null;
  readonly goal: Goal | null;
  readonly met: boolean;
  readonly unit: Unit | null;
}

export function entryOf({ id, title: metric }: Benchmark, outcome: Outcome): Entry {
  const limit = limiting(outcome.comparisons);
  return {
    id,
    metric,
    figure: limit?.figure ?? null,
    goal: limit?.goal ?? null,
    met: outcome.comparisons.length > 0 && outcome.comparisons.every(({ met }) => met),
    unit: limit?.unit ?? null,
    ...outcome,
  };
}

export function show({ id, metric, comparisons, details, notes }: Entry): void {
  console.log(`${id}  ${metric}`);
  for (const comparison of comparisons) {
    console.log(`    ${comparison.met ? 'met   ' : 'missed'} ${inWords(comparison)}  (${comparison.against})`);
  }
  for (const [name, value] of Object.entries(details)) {
    console.log(`           ${name}: ${value}`);
  }
  for (const note of notes) {
    console.log(`           ${note}`);
  }
}

const file = (path: string): URL => new URL(path, import.meta.url);

/** Writes bench/results.json, and the table between the markers of README.md and docs/performance.md. */
export function publish(entries: readonly Entry[], primitives: readonly Primitive[]): void {
  const machine = {
    cpu: cpus()[0]?.model ?? 'unknown',
    cores: availableParallelism(),
    memoryGiB: Math.round(totalmem() / 2 ** 30),
    platform: `${process.platform} ${process.arch}`,
  };
  const results = { measured: new Date().toISOString(), machine, versions: versions(), entries, primitives };
  writeFileSync(file('./results.json'), `${JSON.stringify(results, null, 2)}\n`);
  const where = `Node ${process.versions.node}, ${machine.cpu}, ${machine.cores} cores; ${results.measured.slice(0, 10)}`;
  writeBetweenMarkers(file('../README.md'), 'bench', `${table(entries)}\n\n${where}.`);
  writeBetweenMarkers(
    file('../docs/performance.md'),
    'bench',
    `${table(entries)}\n\n${where}.\n\n${primitiveTable(primitives)}\n\n${chapters(entries)}`,
  );
}

/** What stands there. */
export function published(): { readonly entries: readonly Entry[]; readonly primitives: readonly Primitive[] } {
  return JSON.parse(readFileSync(file('./results.json'), 'utf8'));
}

/** What is the same for all is said once, and otherwise in the line of each. */
const once = (texts: readonly string[]): readonly string[] => (new Set(texts).size === 1 ? texts.slice(0, 1) : texts);

/** One row for each id. */
function table(entries: readonly Entry[]): string {
  const rows = entries.map(({ id, metric, comparisons }) => {
    const cells = [
      comparisons.map(({ against, figure, unit }) => `${number(figure)} ${unit} ${against}`),
      once(comparisons.map(({ goal, unit }) => `${bound(goal)} ${unit}`)),
      once(comparisons.map(({ met }) => (met ? 'yes' : 'no'))),
    ];
    return `| ${id} | ${metric} | ${cells.map((texts) => texts.join('<br>')).join(' | ')} |`;
  });
  return ['| | what is measured | figure | goal | met |', '|---|---|---|---|---|', ...rows].join('\n');
}

function chapters(entries: readonly Entry[]): string {
  return entries
    .map(({ id, metric, method, details, notes }) => {
      const facts = Object.entries(details).map(([name, value]) => `- ${name}: ${value}`);
      return [`### ${id}: ${metric}`, method, facts.join('\n'), ...notes].filter((part) => part !== '').join('\n\n');
    })
    .join('\n\n');
}

export function primitiveTable(primitives: readonly Primitive[]): string {
  const rows = primitives.map(({ name, ours, noble, openssl }) => {
    const theirs = openssl === undefined ? '|' : `${number(openssl)} | ${number(openssl / ours)} x`;
    return `| ${name} | ${number(ours)} | ${noble === undefined ? '' : number(noble)} | ${theirs} |`;
  });
  return [
    '| primitive, through our glue | by our own kernels, µs | by @noble, µs | OpenSSL by node:crypto, µs | our rate |',
    '|---|---|---|---|---|',
    ...rows,
  ].join('\n');
}

function inWords({ figure, unit, goal, spread }: Comparison): string {
  const around = spread === undefined ? '' : ` [${spread.map(number).join(' to ')}]`;
  return `${number(figure)} ${unit}${around}, goal ${bound(goal)}`;
}

const bound = (goal: Goal): string =>
  'atLeast' in goal ? `>= ${goal.atLeast}` : `<= ${Math.round(goal.atMost * 1000) / 1000}`;

/** Three significant digits: more than these measurements can bear would be a boast. */
const number = (value: number): string => String(Number(value.toPrecision(3)));
