import { setTimeout } from 'node:timers/promises';
import { type Benchmark, effort } from './benchmark.ts';
import { type Child, start } from './child.ts';
import { captureClientHello } from './client-hello.ts';
import { threadTimesOf } from './cpu-time.ts';
import { against, ratioAgainst } from './figure.ts';
import { interleave } from './interleave.ts';
import { median, pairedRatio, quantile } from './measure.ts';
import { confine, processors } from './processors.ts';
import { type Service, source, startService } from './service.ts';

/** What a flood of handshakes does to whoever comes for the page, and what a second processor is worth. */
export const g6: Benchmark = {
  id: 'G6',
  title:
    'a flood of handshakes: the longest slice of the first thread, the page meanwhile, and what two processors do of it',
  async run(run) {
    const hello = (await captureClientHello('X25519')).toString('hex');
    const milliseconds = run.quick ? 2000 : 10_000;
    const slice = await withFlood(hello, 2, async ({ child }) => {
      await child.ask('watch');
      await setTimeout(milliseconds);
      return (await child.ask('slice')) / 1000;
    });
    const page = await withFlood(hello, 2, ({ ports }) => visits(ports.http, milliseconds));
    const [first, second] = processors();
    if (first === undefined || second === undefined)
      throw new Error(`two processors are compared with one, and there are ${processors().length}`);
    const sides = {
      two: await flooded(hello, milliseconds, { threads: 2, on: [first, second] }),
      one: await flooded(hello, milliseconds, { threads: 0, on: [first] }),
      oneThread: await flooded(hello, milliseconds, { threads: 1, on: [first, second] }),
    };
    try {
      const samples: Record<Sampled, Flood[]> = { two: [], one: [], oneThread: [] };
      const sample = (of: Sampled) => async (): Promise<number> =>
        samples[of].push(await sides[of].answer(milliseconds * 0.4));
      await interleave(
        {
          two: sample('two'),
          one: sample('one'),
          oneThread: sample('oneThread'),
        },
        effort(run, 8, 400_000),
      );
      const of = (side: Sampled, part: keyof Flood): readonly number[] => samples[side].map((flood) => flood[part]);
      const oftenAs = (side: Sampled, part: keyof Flood, times: number) =>
        of(side, part).map((cpu) => (times * 1e6) / cpu);
      const typical = (side: Sampled, part: keyof Flood): number => Math.round(median(of(side, part)));
      const ratio = (more: readonly number[], less: readonly number[]): number =>
        Math.round(pairedRatio(more, less).median * 100) / 100;
      return {
        comparisons: [
          against('slice of the first thread', slice, 'ms', { atMost: 1 }),
          against('the page, 99th percentile', quantile(page, 0.99), 'ms', { atMost: 50 }),
          ratioAgainst('two processors over one', oftenAs('two', 'all', 2), oftenAs('one', 'all', 1), { atLeast: 1.8 }),
        ],
        method:
          'The whole service with --threads 2 and our own arithmetic, on this machine together with the flood: a process that sends one ' +
          'ClientHello of X25519 over 64 connections at once to the server port, and hangs up at the answer. The slice is CPU time of ' +
          'the first thread between two looks at its sockets; the page is /status.json, asked for every 20 ms on a new connection. ' +
          'Throughput is that of what is right for each machine: one thread for all, where service and flood have one processor, and ' +
          '--threads 2, where they have two. It is by the CPU time of the whole process for a hello, with its first thread and the ' +
          'helpers of V8: as many hellos as the processors can give in a second, and the same by the clock in the details. Each is ' +
          'flooded for some seconds before it is measured.',
        details: {
          'the page, median, ms': Math.round(median(page) * 10) / 10,
          'the page, longest, ms': Math.round(Math.max(...page)),
          'a hello, the whole process on one processor, CPU µs': typical('one', 'all'),
          'a hello, the whole process on two, CPU µs': typical('two', 'all'),
          'of which in the two threads, CPU µs': typical('two', 'doors'),
          'hellos answered in a second, one processor': typical('one', 'perSecond'),
          'hellos answered in a second, two': typical('two', 'perSecond'),
          'two processors over one by the clock, x': ratio(of('two', 'perSecond'), of('one', 'perSecond')),
          'two threads over one thread, both on two processors, that one held up by itself alone, x': ratio(
            oftenAs('two', 'all', 2),
            oftenAs('oneThread', 'doors', 1),
          ),
        },
        notes: [
          'By the clock the flood itself, and whatever else this machine does, take their part of the processors: the dearer the ' +
            'answer, the smaller the part of the flood. The last figure is what this was until November 22nd 2026: there the one ' +
            'thread has a whole processor, and the first thread beside it another.',
        ],
      };
    } finally {
      for (const side of Object.values(sides)) await side.stop();
    }
  },
};

const slices = new URL('./slice-probe.ts', import.meta.url);
const flood = new URL('./tasks/flood.ts', import.meta.url);

const threaded = (threads: number): Promise<Service> =>
  startService(source, { crypto: 'fast', more: ['--threads', String(threads)], preload: slices });

const floodOf = (hello: string, { ports }: Service): Child => start(flood, [hello, String(ports.server)]);

/** `act`, while a service is flooded that is warm by then. */
async function withFlood<T>(hello: string, threads: number, act: (service: Service) => Promise<T>): Promise<T> {
  const service = await threaded(threads);
  const waves = floodOf(hello, service);
  try {
    await setTimeout(warmUp);
    return await act(service);
  } finally {
    await waves.stop();
    await service.child.stop();
  }
}

const warmUp = 3000;
type Sampled = 'two' | 'one' | 'oneThread';

/** CPU microseconds of one hello: of the threads that receive connections, and of the whole process. */
interface Flood {
  readonly perSecond: number;
  readonly doors: number;
  readonly all: number;
}

/** The service and the flood together. */
interface Confined {
  readonly threads: number;
  readonly on: readonly number[];
}

interface Flooded {
  readonly answer: (milliseconds: number) => Promise<Flood>;
  readonly stop: () => Promise<void>;
}

/** A service that is flooded while it is asked, and at no other time: its threads sleep while it is another's turn. */
async function flooded(hello: string, warming: number, { threads, on }: Confined): Promise<Flooded> {
  const service = await threaded(threads);
  confine(service.child.process.pid, on);
  const spent = () => {
    const times = threadTimesOf(service.child.process.pid ?? 0);
    const sum = (of: typeof times): number => of.reduce((all, { microseconds }) => all + microseconds, 0);
    return { doors: sum(times.filter(({ name }) => name.startsWith('doors'))), all: sum(times) };
  };
  const answer = async (milliseconds: number): Promise<Flood> => {
    const waves = floodOf(hello, service);
    confine(waves.process.pid, on);
    try {
      await setTimeout(milliseconds * 0.75); // who slept has given memory back, and has it again by then
      const [before, began, first] = [await waves.ask('answered'), performance.now(), spent()];
      await setTimeout(milliseconds);
      const [after, ended, last] = [await waves.ask('answered'), performance.now(), spent()];
      const count = after - before;
      return {
        perSecond: (count * 1000) / (ended - began),
        doors: (last.doors - first.doors) / count,
        all: (last.all - first.all) / count,
      };
    } finally {
      await waves.stop();
    }
  };
  await answer(warming); // V8 goes on compiling for some ten thousand hellos
  return { answer, stop: () => service.child.stop() };
}

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
