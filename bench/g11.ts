import type { ProviderName } from '../service/tls/index.ts';
import { type Benchmark, effort } from './benchmark.ts';
import { bundleService } from './bundle.ts';
import { against, type Comparison } from './figure.ts';
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
        {
          bundle: () => startOf(program, 'noble'),
          fast: () => startOf(program, 'fast'),
          source: () => startOf(source, 'noble'),
        },
        effort(run, 10, 15_000),
      );
      return {
        comparisons: [
          startIn('of CPU time, with @noble', samples.bundle),
          startIn('of CPU time, with our own kernels', samples.fast),
        ],
        method:
          'CPU time of a new process, all threads, from its start to its line of JSON, which it prints once all ports listen; ' +
          'the service in one file, the bytes that a release has.',
        details: {
          'bundle with @noble, CPU ms': Math.round(median(samples.bundle) / 1000),
          'bundle with our own kernels, CPU ms': Math.round(median(samples.fast) / 1000),
          'from its TypeScript sources, CPU ms': Math.round(median(samples.source) / 1000),
        },
        notes: [],
      };
    } finally {
      dispose();
    }
  },
};

function startIn(name: string, microseconds: readonly number[]): Comparison {
  const milliseconds = microseconds.map((one) => one / 1000);
  return {
    ...against(name, median(milliseconds), 'ms', { atMost: 300 }),
    spread: [quantile(milliseconds, 0.25), quantile(milliseconds, 0.75)],
  };
}

async function startOf(program: URL, crypto: ProviderName): Promise<number> {
  const { child } = await startService(program, { probed: false, crypto });
  try {
    return await child.cpu();
  } finally {
    await child.stop();
  }
}
