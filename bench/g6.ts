import { setTimeout } from 'node:timers/promises';
import { type Benchmark, effort } from './benchmark.ts';
import { type Child, start } from './child.ts';
import { captureClientHello } from './client-hello.ts';
import { against, ratioAgainst } from './figure.ts';
import { interleave } from './interleave.ts';
import { median, quantile } from './measure.ts';
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
      const { first, second } = await interleave(
        { first: () => two.answered(milliseconds / 5), second: () => one.answered(milliseconds / 5) },
        effort(run, 10, 60_000),
      );
      return {
        comparisons: [
          against('slice of the first thread', slice, 'ms', { atMost: 1 }),
          against('the page, 99th percentile', quantile(page, 0.99), 'ms', { atMost: 50 }),
          ratioAgainst('two threads over one', first, second, { atLeast: 1.8 }),
        ],
        method:
          'The whole service with --threads and our own arithmetic, on this machine together with the flood: a process that sends one ' +
          'ClientHello of X25519 over 64 connections at once to the server port, and hangs up at the answer. The slice is CPU time of ' +
          'the first thread between two looks at its sockets; the page is /status.json, asked for every 20 ms on a new connection; ' +
          'the throughput is hellos answered, of one thread and of two in turn.',
        details: {
          'the page, median, ms': Math.round(median(page) * 10) / 10,
          'the page, longest, ms': Math.round(Math.max(...page)),
          'hellos answered in a second, one thread': Math.round(median(second)),
          'hellos answered in a second, two threads': Math.round(median(first)),
        },
        notes: ['The flood itself, and the first thread, take their part of the processors that the threads have.'],
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

/** A service that is flooded while it is asked, and at no other time: its threads sleep while it is another's turn. */
async function flooded(hello: string, threads: number) {
  const service = await threaded(threads);
  const answered = async (milliseconds: number): Promise<number> => {
    const waves = floodOf(hello, service);
    try {
      await setTimeout(milliseconds / 4);
      const [before, began] = [await waves.ask('answered'), performance.now()];
      await setTimeout(milliseconds);
      return (((await waves.ask('answered')) - before) * 1000) / (performance.now() - began);
    } finally {
      await waves.stop();
    }
  };
  await answered(warmUp);
  return { answered, stop: () => service.child.stop() };
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
