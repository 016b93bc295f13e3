import type { ProviderName } from '../service/tls/index.ts';
import type { Benchmark } from './benchmark.ts';
import { outcomeOf } from './child.ts';
import { ratioAgainst } from './figure.ts';
import { median } from './measure.ts';
import type { RecordSamples } from './tasks/records.ts';

/** Most records of a handshake, and of what is typed, are small: what counts is what each costs before its first byte. */
export const g7: Benchmark = {
  id: 'G7',
  title: 'record of 64 bytes, sealed and opened: our rate',
  async run(run) {
    const script = new URL('./tasks/records.ts', import.meta.url);
    const samplesOf = (crypto: ProviderName) =>
      outcomeOf<RecordSamples[]>(script, [run.quick ? '6000' : '20000', run.quick ? '2' : '15'], { crypto });
    const fast = await samplesOf('fast');
    const noble = await samplesOf('noble');
    return {
      comparisons: fast.map(({ suite, ours, openssl }) =>
        ratioAgainst(`of node:crypto, ${suite}`, openssl, ours, { atLeast: 1.5 }),
      ),
      method:
        'CPU time of one thread to seal a record and open it again: on our side the whole record, with header, inner content type, ' +
        'nonce and sequence number, by our own kernels; on the other the AEAD of node:crypto alone, under one key for all.',
      details: Object.fromEntries(
        fast.flatMap(({ suite, ours, openssl }, index) => [
          [`${suite}, our own kernels, CPU µs`, rounded(median(ours))],
          [`${suite}, @noble, CPU µs`, rounded(median(noble[index]?.ours ?? []))],
          [`${suite}, node:crypto, CPU µs`, rounded(median(openssl))],
        ]),
      ),
      notes: ['A call into OpenSSL costs node:crypto some microseconds, whatever it computes there.'],
    };
  },
};

const rounded = (microseconds: number): number => Number(microseconds.toPrecision(3));
