import { setTimeout } from 'node:timers/promises';
import { type Benchmark, effort } from './benchmark.ts';
import { type Child, start } from './child.ts';
import { captureClientHello } from './client-hello.ts';
import { threadTimesOf } from './cpu-time.ts';
import { against, ratioAgainst } from './figure.ts';
import { interleave } from './interleave.ts';
import { median, pairedRatio, quantile } from './measure.ts';
import { type Service, source, startService } from './service.ts';

/** What a flood of handshakes does to whoever comes for the page, and what a second thread is worth. */
export const g6: Benchmark = {
  id: 'G6',
  title:
    'a flood of handshakes: the longest slice of the first thread, the page meanwhile, and what two threads do of it',
  async run(run) {
    const hello = (await captureClientHello('X25519')).toString('hex');
    const milliseconds = run.quick ? 2000 : 10_000;
    const slice = await withFlood(hello, 2, async ({ child }) => {
      await child.ask('watch');
      await setTimeout(milliseconds);
      return (await child.ask('slice')) / 1000;
    });
    const page = await withFlood(hello, 2, ({ ports }) => visits(ports.http, milliseconds));
    const [one, two] = [await flooded(hello, 1), await flooded(hello, 2)];
    try {
      const dear = (await captureClientHello('P-384')).toString('hex');
      const samples: Readonly<Record<'one' | 'two' | 'dearOfOne' | 'dearOfTwo', Flood[]>> = {
        ...{ one: [], two: [], dearOfOne: [], dearOfTwo: [] },
      };
      const sample = (of: Flood[], service: Flooded, waves: string) => async (): Promise<number> =>
        of.push(await service.answer(waves, milliseconds / 5));
      await interleave(
        {
          two: sample(samples.two, two, hello),
          one: sample(samples.one, one, hello),
          dearOfTwo: sample(samples.dearOfTwo, two, dear),
          dearOfOne: sample(samples.dearOfOne, one, dear),
        },
        effort(run, 10, 100_000),
      );
      const perSecond = (floods: readonly Flood[]): readonly number[] => floods.map((flood) => flood.perSecond);
      const ofOne = samples.one.map(({ doors }) => 1e6 / doors);
      const ofTwo = samples.two.map(({ all }) => 2e6 / all);
      const clock = (two: readonly Flood[], one: readonly Flood[]): number =>
        rounded(pairedRatio(perSecond(two), perSecond(one)).median);
      return {
        comparisons: [
          against('slice of the first thread', slice, 'ms', { atMost: 1 }),
          against('the page, 99th percentile', quantile(page, 0.99), 'ms', { atMost: 50 }),
          ratioAgainst('two threads over one', ofTwo, ofOne, { atLeast: 1.8 }),
        ],
        method:
          'The whole service with --threads and our own arithmetic, on this machine together with the flood: a process that sends one ' +
          'ClientHello of X25519 over 64 connections at once to the server port, and hangs up at the answer. The slice is CPU time of ' +
          'the first thread between two looks at its sockets; the page is /status.json, asked for every 20 ms on a new connection. ' +
          'Throughput is by CPU time, of one thread and of two in turn: two processors can give two threads no more than the ' +
          'whole process takes for a hello, with its first thread and the helpers of V8; one thread is held up by itself alone.',
        details: {
          'the page, median, ms': Math.round(median(page) * 10) / 10,
          'the page, longest, ms': Math.round(Math.max(...page)),
          'a hello, the one thread, CPU µs': Math.round(median(samples.one.map(({ doors }) => doors))),
          'a hello, both threads, CPU µs': Math.round(median(samples.two.map(({ doors }) => doors))),
          'a hello, the whole process with two threads, CPU µs': Math.round(median(samples.two.map(({ all }) => all))),
          'hellos answered in a second, one thread': Math.round(median(perSecond(samples.one))),
          'hellos answered in a second, two threads': Math.round(median(perSecond(samples.two))),
          'two threads over one by the clock, x': clock(samples.two, samples.one),
          'the same with hellos of P-384, which are dear to answer, x': clock(samples.dearOfTwo, samples.dearOfOne),
        },
        notes: [
          'By the clock the flood itself, and whatever else this machine does, take their part of the two processors: the dearer the ' +
            'answer, the smaller the part of the flood.',
        ],
      };
    } finally {
      await one.stop();
      await two.stop();
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

/** CPU microseconds of one hello: of the threads that receive connections, and of the whole process. */
interface Flood {
  readonly perSecond: number;
  readonly doors: number;
  readonly all: number;
}

interface Flooded {
  readonly answer: (hello: string, milliseconds: number) => Promise<Flood>;
  readonly stop: () => Promise<void>;
}

/** A service that is flooded while it is asked, and at no other time: its threads sleep while it is another's turn. */
async function flooded(hello: string, threads: number): Promise<Flooded> {
  const service = await threaded(threads);
  const spent = () => {
    const times = threadTimesOf(service.child.process.pid ?? 0);
    const sum = (of: typeof times): number => of.reduce((all, { microseconds }) => all + microseconds, 0);
    return { doors: sum(times.filter(({ name }) => name.startsWith('doors'))), all: sum(times) };
  };
  const answer = async (waving: string, milliseconds: number): Promise<Flood> => {
    const waves = floodOf(waving, service);
    try {
      await setTimeout(milliseconds / 4);
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
  await answer(hello, warmUp);
  return { answer, stop: () => service.child.stop() };
}

const rounded = (figure: number): number => Math.round(figure * 100) / 100;

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
