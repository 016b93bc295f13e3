import type { ProviderName } from '../service/tls/index.ts';
import { type Benchmark, batch } from './benchmark.ts';
import { outcomeOf } from './child.ts';
import { against } from './figure.ts';
import { quantile } from './measure.ts';
import type { RecordingSamples } from './tasks/recording.ts';

/** What it costs to write everything down. */
export const t1: Benchmark = {
  id: 'T1',
  title: 'recording: CPU time of a trace, as a share of the handshake it is of',
  async run(run) {
    const script = new URL('./tasks/recording.ts', import.meta.url);
    const by = async (crypto: ProviderName) => {
      const args = [run.credentialsPath, String(batch(run, 30))];
      const { handshakes, recordings, bytes } = await outcomeOf<RecordingSamples>(script, args, { crypto });
      const [handshake, recording] = [undisturbed(handshakes), undisturbed(recordings)];
      return { handshake, recording, bytes, percent: (100 * recording) / handshake };
    };
    const [noble, fast] = [await by('noble'), await by('fast')];
    return {
      comparisons: [
        against('of the handshake, with @noble', noble.percent, '%', { atMost: 5 }),
        against('of the handshake, with our own kernels', fast.percent, '%', { atMost: 5 }),
      ],
      method:
        'Mutual handshakes of TLS 1.3 in memory, server steps alone, and in turn their recording into a store on disk: the ' +
        'steps, the queue, JSON, SHA-256, two files and their fdatasync, the index, and the compression of what is closed, ' +
        'on all threads. Of both the lower decile.',
      details: {
        'handshake by @noble, server side, µs': Math.round(noble.handshake),
        'handshake by our own kernels, server side, µs': Math.round(fast.handshake),
        'recording, CPU µs': Math.round(fast.recording),
        'in the store, bytes': Math.round(fast.bytes),
      },
      notes: [],
    };
  },
};

const undisturbed = (values: readonly number[]): number => quantile(values, 0.1);
