import { type Benchmark, cpuPer, effort, type Run, serverScript } from './benchmark.ts';
import { type Child, outcomeOf, startServer } from './child.ts';
import { ratioAgainst } from './figure.ts';
import { forgeOptions } from './g3.ts';
import { interleave, type Sample } from './interleave.ts';
import { handshake } from './load.ts';
import { median } from './measure.ts';
import type { BulkSamples } from './tasks/bulk.ts';

/** Of one answer, in MiB: so long that the handshake before it is nothing beside it. forge would take a minute for as much. */
const long = 16;
const short = 1;
const suite = 'TLS_CHACHA20_POLY1305_SHA256';

/** What it costs to send much. */
export const g8: Benchmark = {
  id: 'G8',
  title: 'bulk in records of 16 KiB: our rate',
  async run(run) {
    const script = new URL('./tasks/bulk.ts', import.meta.url);
    const ciphers = await outcomeOf<BulkSamples[]>(script, [run.quick ? '1000' : '4000', run.quick ? '2' : '15']);
    const path = run.credentialsPath;
    const ours = await startServer(serverScript('ours'), [path, String(long)], { crypto: 'fast' });
    const nodeTls = await startServer(serverScript('node-tls'), [path, 'mutual', String(long)]);
    const forge = await startServer(serverScript('forge'), [path, String(short)]);
    try {
      const sides = {
        ours: perMebibyte(run, ours, 'p256', long),
        nodeTls: perMebibyte(run, nodeTls, 'p256', long),
        forge: perMebibyte(run, forge, 'rsa', short),
      };
      await interleave(sides, effort(run, 2, 5_000));
      const samples = await interleave(sides, effort(run, 10, 25_000));
      const [chaCha, gcm] = ciphers;
      return {
        comparisons: [
          ratioAgainst('of @noble', chaCha?.noble ?? [], chaCha?.fast ?? [], { atLeast: 2.3 }),
          ratioAgainst('of node:tls', samples.nodeTls, samples.ours, { atLeast: 0.2 }),
          ratioAgainst('of node-forge', samples.forge, samples.ours, { atLeast: 10 }),
        ],
        method:
          'Against @noble: CPU time of one thread to seal 16 KiB and open them again, ChaCha20-Poly1305. Against the others: CPU ' +
          `time of the server process per MiB that it sends over loopback sockets, ${suite} of ours and of node:tls, ` +
          'TLS_RSA_WITH_AES_128_CBC_SHA of node-forge, which has no better.',
        details: {
          'our own ChaCha20-Poly1305, sealed and opened, CPU µs': Math.round(median(chaCha?.fast ?? [])),
          '@noble’s, CPU µs': Math.round(median(chaCha?.noble ?? [])),
          'our own AES-128-GCM, bit by bit, CPU µs': Math.round(median(gcm?.fast ?? [])),
          '@noble’s, from tables, CPU µs': Math.round(median(gcm?.noble ?? [])),
          'ours, CPU µs per MiB sent': Math.round(median(samples.ours)),
          'node:tls, CPU µs per MiB sent': Math.round(median(samples.nodeTls)),
          'node-forge, CPU µs per MiB sent': Math.round(median(samples.forge)),
        },
        notes: [],
      };
    } finally {
      await Promise.all([ours, nodeTls, forge].map(({ child }) => child.stop()));
    }
  },
};

function perMebibyte(
  { credentials }: Run,
  { child, port }: { child: Child; port: number },
  kind: 'p256' | 'rsa',
  mebibytes: number,
): Sample {
  const { authority, client } = credentials[kind];
  const options = kind === 'rsa' ? forgeOptions : { ecdhCurve: 'X25519', ciphers: suite };
  const sample = cpuPer(child, 4, () => handshake({ port, authority, client, options }));
  return async () => (await sample()) / mebibytes;
}
