import { type Benchmark, effort } from './benchmark.ts';
import { bundleService } from './bundle.ts';
import { against } from './figure.ts';
import { interleave } from './interleave.ts';
import { median, quantile } from './measure.ts';
import { source, startService } from './service.ts';

/** From nothing to five listening ports, with two authorities and their leaves made and signed on the way. */
export const g11: Benchmark = {
  id: 'G11',
  title: 'process start to all ports listening, keys and certificates made',
  async run(run) {
    const { program, dispose } = await bundleService();
    try {
      const samples = await interleave(
        { bundle: () => startOf(program), source: () => startOf(source) },
        effort(run, 10, 15_000),
      );
      const milliseconds = samples.bundle.map((microseconds) => microseconds / 1000);
      return {
        comparisons: [
          {
            ...against('of CPU time', median(milliseconds), 'ms', { atMost: 300 }),
            spread: [quantile(milliseconds, 0.25), quantile(milliseconds, 0.75)],
          },
        ],
        method:
          'CPU time of a new process, all threads, from its start to its line of JSON, which it prints once all ports listen; ' +
          'the service bundled into one file by esbuild, as it is shipped.',
        details: {
          'bundle, CPU ms': Math.round(median(milliseconds)),
          'from its TypeScript sources, CPU ms': Math.round(median(samples.source) / 1000),
        },
        notes: [],
      };
    } finally {
      dispose();
    }
  },
};

async function startOf(program: URL): Promise<number> {
  const { child } = await startService(program, { probed: false });
  try {
    return await child.cpu();
  } finally {
    await child.stop();
  }
}
