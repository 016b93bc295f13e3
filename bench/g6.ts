import { setTimeout } from 'node:timers/promises';
import { type Benchmark, effort } from './benchmark.ts';
import { captureClientHello } from './client-hello.ts';
import { against, ratioAgainst } from './figure.ts';
import { type Confined, type Flood, type Flooded, flooded, withFlood } from './flooded.ts';
import { interleave } from './interleave.ts';
import { median, pairedRatio, quantile } from './measure.ts';
import { processors } from './processors.ts';

/** What a flood of handshakes does to whoever comes for the page, and what a second processor is worth. */
export const g6: Benchmark = {
  id: 'G6',
  title:
    'a flood of handshakes: the longest slice of the first thread, the page meanwhile, and what two processors do of it',
  async run(run) {
    const hello = (await captureClientHello('X25519')).toString('hex');
    const milliseconds = run.quick ? 2000 : 10_000;
    const [first, second] = processors();
    if (first === undefined || second === undefined)
      throw new Error(`two processors are compared with one, and there are ${processors().length}`);
    const slice = await withFlood(hello, slices, async ({ child }) => {
      await child.ask('watch');
      await setTimeout(milliseconds);
      return (await child.ask('slice')) / 1000;
    });
    const page = await withFlood(hello, slices, ({ ports }) => visits(ports.http, milliseconds));
    const started: Flooded[] = [];
    const begin = async (confined: Confined): Promise<Flooded> => {
      const service = await flooded(hello, confined);
      started.push(service);
      return service;
    };
    try {
      const two = await begin({ threads: 2, on: [first, second] });
      const one = await begin({ threads: 0, on: [first] });
      const other = await begin({ threads: 0, on: [second] });
      for (const service of started) await service.answer(milliseconds); // V8 goes on compiling for ten thousand hellos
      const each = milliseconds * 0.4;
      const samples: Record<'two' | 'one' | 'both', Flood[]> = { two: [], one: [], both: [] };
      await interleave(
        {
          two: async () => samples.two.push(await two.answer(each)),
          one: async () => samples.one.push(await one.answer(each)),
          both: async () => samples.both.push(mean(await Promise.all([one.answer(each), other.answer(each)]))),
        },
        effort(run, 10, 300_000),
      );
      const perSecond = (floods: readonly Flood[]): readonly number[] => floods.map((flood) => flood.perSecond);
      const byCpu = (floods: readonly Flood[], processors: number) => floods.map(({ cpu }) => (processors * 1e6) / cpu);
      const cpu = (floods: readonly Flood[]): number => Math.round(median(floods.map((flood) => flood.cpu)));
      const ratio = (more: readonly number[], less: readonly number[]): number =>
        Math.round(pairedRatio(more, less).median * 100) / 100;
      return {
        comparisons: [
          against('slice of the first thread', slice, 'ms', { atMost: 1 }),
          against('the page, 99th percentile', quantile(page, 0.99), 'ms', { atMost: 50 }),
          ratioAgainst('two processors over one', byCpu(samples.two, 2), byCpu(samples.one, 1), { atLeast: 1.8 }),
        ],
        method:
          'The whole service with our own arithmetic, on this machine together with the flood: a process that sends one ClientHello of ' +
          'X25519 over 64 connections at once to the server port, and hangs up at the answer. The slice is CPU time of the first of ' +
          'three threads between two looks at its sockets; the page is /status.json, asked for every 20 ms on a new connection. ' +
          'Throughput is by the CPU time of the whole process for a hello, with its first thread and the helpers of V8: with --threads 2 ' +
          'and its flood on two processors, over a service of one thread that has one processor with its flood, as an operator ' +
          'has it. Each is flooded for seconds before it is measured.',
        details: {
          'the page, median, ms': Math.round(median(page) * 10) / 10,
          'the page, longest, ms': Math.round(Math.max(...page)),
          'a hello on two processors, CPU µs': cpu(samples.two),
          'a hello on one, CPU µs': cpu(samples.one),
          'hellos answered in a second, two processors': Math.round(median(perSecond(samples.two))),
          'hellos answered in a second, one': Math.round(median(perSecond(samples.one))),
          'two processors over one by the clock, x': ratio(perSecond(samples.two), perSecond(samples.one)),
          'two processors over one, by CPU time, while another such service has the other, x': ratio(
            byCpu(samples.two, 2),
            byCpu(samples.both, 1),
          ),
        },
        notes: [
          'By the clock the flood has its part of the processors on both sides, a fifth. Processors of one machine that are both at ' +
            'work slow each other down: in the last figure they are so on both sides.',
        ],
      };
    } finally {
      for (const service of started) await service.stop();
    }
  },
};

const slices = new URL('./slice-probe.ts', import.meta.url);

/** Of two that are flooded at the same time, each on a processor of its own. */
const mean = (floods: readonly Flood[]): Flood => ({
  perSecond: floods.reduce((sum, { perSecond }) => sum + perSecond, 0) / floods.length,
  cpu: floods.length / floods.reduce((sum, { cpu }) => sum + 1 / cpu, 0),
});

/** Milliseconds that each visit of the page took. */
async function visits(port: number, milliseconds: number): Promise<readonly number[]> {
  const took: number[] = [];
  const until = performance.now() + milliseconds;
  while (performance.now() < until) {
    const began = performance.now();
    await (await fetch(`http://127.0.0.1:${port}/status.json`, { headers: { connection: 'close' } })).text();
    took.push(performance.now() - began);
    await setTimeout(20);
  }
  return took;
}
