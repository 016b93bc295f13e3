import { type Benchmark, batch } from './benchmark.ts';
import { outcomeOf } from './child.ts';
import { ratioAgainst } from './figure.ts';
import { median } from './measure.ts';
import type { VersionSamples } from './tasks/handshake-versions.ts';

/** What the older version costs a server beside the newer one: an attacker shall gain nothing by asking for it. */
export const b1: Benchmark = {
  id: 'B1',
  title: 'mutual handshake of TLS 1.2: CPU time as a multiple of that of TLS 1.3',
  async run(run) {
    const script = new URL('./tasks/handshake-versions.ts', import.meta.url);
    const samples = await outcomeOf<VersionSamples>(script, [run.credentialsPath, String(batch(run, 100))]);
    return {
      comparisons: [ratioAgainst('TLS 1.3', samples['1.2'], samples['1.3'], { atMost: 1.1 })],
      method:
        'Mutual handshakes in memory, both ends in one thread, with the same P-256 certificates, X25519 and ' +
        'ChaCha20-Poly1305; the two versions in turn.',
      details: {
        'TLS 1.2, both ends, CPU µs': Math.round(median(samples['1.2'])),
        'TLS 1.3, both ends, CPU µs': Math.round(median(samples['1.3'])),
      },
      notes: [],
    };
  },
};
