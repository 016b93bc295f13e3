import { readFileSync } from 'node:fs';
import * as v from 'valibot';
import type { ProviderName } from '../../../service/tls/index.ts';

/* What was measured, out of the two files of results: what one guest of each kind costs. */

export const providers = ['noble', 'fast'] as const satisfies readonly ProviderName[];

/** Seconds of one processor, by who computes; undefined where the files have no such figure yet. */
export type Cpu = Readonly<Record<ProviderName, number | undefined>>;

export interface Figures {
  /** A page over HTTP, its connection included. */
  readonly page: number;
  /** First bytes that are no TLS. */
  readonly noTls: number;
  /** A ClientHello that is answered and then goes nowhere: what browsers and scanners ask for today (X25519MLKEM768). */
  readonly hello: Cpu;
  /** The dearest that can be asked for (P-384). */
  readonly dearestHello: Cpu;
  /** A mutual handshake to its end. */
  readonly handshake: Cpu;
  /** To write an attempt down. */
  readonly recording: number;
  /** A statement of the wallet's key, over all who asked within a second. */
  readonly statement: number;
  /** On disk, of an attempt in a store of a million, index included. */
  readonly traceBytes: number;
  /** Sent of a page, the dearest ones taken together. */
  readonly pageBytes: number;
  /** Sent to answer a ClientHello. */
  readonly helloBytes: number;
  /** Resident with nobody but some honest visitors in it, at most. */
  readonly quietBytes: number;
  /** Resident for a connection that says nothing. */
  readonly idleBytes: number;
  /** When, and on what, of each file. */
  readonly measured: Readonly<Record<'bench' | 'load', string>>;
}

const entrySchema = v.object({
  id: v.string(),
  details: v.record(v.string(), v.union([v.number(), v.string()])),
  comparisons: v.array(v.object({ against: v.string(), figure: v.number() })),
});
export const benchSchema = v.object({
  measured: v.string(),
  machine: v.object({ cpu: v.string(), cores: v.number() }),
  entries: v.array(entrySchema),
});
export const loadSchema = v.object({
  measured: v.string(),
  machine: v.string(),
  runs: v.array(
    v.object({
      name: v.string(),
      seconds: v.number(),
      attackers: v.record(v.string(), v.object({ opened: v.number(), answered: v.number() })),
      samples: v.array(v.object({ seconds: v.number(), cpu: v.number() })),
      attacked: v.tuple([v.number(), v.number()]),
      peakMebibytes: v.number(),
    }),
  ),
});
export type Bench = v.InferOutput<typeof benchSchema>;
export type Load = v.InferOutput<typeof loadSchema>;

const file = (path: string): unknown => JSON.parse(readFileSync(new URL(path, import.meta.url), 'utf8'));

/** Of the files as they are in the repository. */
export const measured = (): Figures =>
  figuresOf(v.parse(benchSchema, file('../../../bench/results.json')), v.parse(loadSchema, file('../results.json')));

const microseconds = 1e6;
const mebibyte = 2 ** 20;

/** Throws an Error that names what is missing, and of which file. */
export function figuresOf(bench: Bench, load: Load): Figures {
  const cpu = (id: string, noble: readonly string[], fast: string): Cpu => ({
    noble: needed(detail(bench, id, noble), `${id}: ${noble[0]}`) / microseconds,
    fast: inSeconds(detail(bench, id, [fast])),
  });
  const hello = (group: string): Cpu =>
    cpu('G5', [`hello of ${group} by @noble, CPU µs`, `${group} hello, CPU µs`], `hello of ${group}, CPU µs`);
  const one = (id: string, name: string): number => needed(detail(bench, id, [name]), `${id}: ${name}`);
  const [pages, hellos] = [flood(load, 'http-flood'), flood(load, 'hello-hybrid')];
  return {
    page: pages.cpu,
    noTls: one('G10', 'ours, CPU µs') / microseconds,
    hello: hello('X25519MLKEM768'),
    dearestHello: hello('P-384'),
    handshake: cpu('G1', ['ours with @noble, CPU µs', 'ours, CPU µs'], 'ours with our own kernels, CPU µs'),
    recording: one('T1', 'recording, CPU µs') / microseconds,
    statement: one('W1', 'of it the statement and its signature, µs') / microseconds,
    traceBytes: (needed(compared(bench, 'T2', 'in the file system'), 'T2: in the file system') * mebibyte) / 1e6,
    pageBytes: pages.bytes,
    helloBytes: hellos.bytes,
    quietBytes: run(load, 'quiet').peakMebibytes * mebibyte,
    idleBytes: 1024 * one('G9', 'ours, KiB'),
    measured: {
      bench: `${bench.machine.cpu}, ${bench.machine.cores} cores, ${bench.measured.slice(0, 10)}`,
      load: `${load.machine}, ${load.measured}`,
    },
  };
}

/** Of the first of these names that is there: the second is what it was called before there were two providers. */
function detail({ entries }: Bench, id: string, names: readonly string[]): number | undefined {
  const details = entries.find((entry) => entry.id === id)?.details ?? {};
  return names.map((name) => details[name]).find((value) => typeof value === 'number');
}

const compared = ({ entries }: Bench, id: string, against: string): number | undefined =>
  entries.find((entry) => entry.id === id)?.comparisons.find((comparison) => comparison.against === against)?.figure;

function needed(value: number | undefined, what: string): number {
  if (value === undefined) throw new Error(`bench/results.json has no ${what}: measure it with npm run bench`);
  return value;
}

const inSeconds = (value: number | undefined): number | undefined =>
  value === undefined ? undefined : value / microseconds;

function run({ runs }: Load, name: string): Load['runs'][number] {
  const found = runs.find((candidate) => candidate.name === name);
  if (found !== undefined) return found;
  throw new Error(`test/load/results.json has no run ${name}: npm run load -- ${name} --publish`);
}

/** Of one of a flood: its share of all the CPU time meanwhile, honest visitors included, and of what was sent. */
function flood(load: Load, name: string): { readonly cpu: number; readonly bytes: number } {
  const { attackers, samples, attacked, seconds } = run(load, name);
  const within = samples.filter((sample) => sample.seconds >= attacked[0] && sample.seconds <= attacked[1]);
  const cores = within.reduce((sum, { cpu }) => sum + cpu, 0) / within.length;
  const { opened, answered } = attackers[name] ?? { opened: Number.NaN, answered: Number.NaN };
  if (!(opened > 0 && cores > 0)) throw new Error(`test/load/results.json: nobody came in the run ${name}`);
  return { cpu: (cores * seconds) / opened, bytes: answered / opened };
}
