import { type Benchmark, batch } from './benchmark.ts';
import { outcomeOf } from './child.ts';
import { ratioAgainst } from './figure.ts';
import { median } from './measure.ts';
import type { PathSamples } from './tasks/certificate-path.ts';

/** A certificate as it comes off the wire: its parsing and the rules of its path. */
export const g12: Benchmark = {
  id: 'G12',
  title: 'certificate path, parsing and rules without signatures: CPU time of pkijs as a multiple of ours',
  async run(run) {
    const script = new URL('./tasks/certificate-path.ts', import.meta.url);
    const { ours, pkijs } = await outcomeOf<PathSamples>(script, [run.credentialsPath, String(batch(run, 400))]);
    return {
      comparisons: [ratioAgainst('pkijs', pkijs, ours, { atLeast: 50 })],
      method:
        'CPU time of one thread to parse a leaf from DER and to validate its path to one anchor: ours (strict DER gate, ' +
        'decoding with the point check of its key, RFC 5280 §6) beside pkijs (Certificate.fromBER and ' +
        'CertificateChainValidationEngine); signature verification is replaced by `true` on both sides.',
      details: { 'ours, CPU µs': Math.round(median(ours) * 10) / 10, 'pkijs, CPU µs': Math.round(median(pkijs)) },
      notes: [],
    };
  },
};
