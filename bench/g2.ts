import type { ProviderName } from '../service/tls/index.ts';
import { type Benchmark, batch, effort, serverScript } from './benchmark.ts';
import { start, startServer } from './child.ts';
import { ratioAgainst } from './figure.ts';
import { interleave } from './interleave.ts';
import { median } from './measure.ts';

/** What a handshake costs a client written in JavaScript. */
export const g2: Benchmark = {
  id: 'G2',
  title: 'handshake, client side: CPU time of other JavaScript clients as a multiple of ours',
  async run(run) {
    const { child: server, port } = await startServer(serverScript('node-tls'), [run.credentialsPath, 'server']);
    const client = (name: string, crypto: ProviderName = 'noble') =>
      start(new URL('./client/run.ts', import.meta.url), [name, run.credentialsPath, String(port)], { crypto });
    const clients = {
      fast: client('ours', 'fast'),
      noble: client('ours'),
      reclaim: client('reclaim'),
      subtls: client('subtls'),
      nodeTls: client('node-tls'),
    };
    try {
      const sides = {
        fast: () => clients.fast.ask(batch(run, 60)),
        noble: () => clients.noble.ask(batch(run, 20)),
        reclaim: () => clients.reclaim.ask(batch(run, 20)),
        subtls: () => clients.subtls.ask(batch(run, 20)),
        nodeTls: () => clients.nodeTls.ask(batch(run, 40)),
      };
      await interleave(sides, effort(run, 60, 40_000)); // V8 goes on compiling for thousands of handshakes
      const samples = await interleave(sides, effort(run, 10, 16_000));
      return {
        comparisons: [
          ratioAgainst('@reclaimprotocol/tls, pure JavaScript', samples.reclaim, samples.fast, { atLeast: 10 }),
          ratioAgainst('subtls, on WebCrypto', samples.subtls, samples.fast, { atLeast: 4 }),
        ],
        method:
          'CPU time of the client process alone per handshake over loopback sockets with the same node:tls server; server ' +
          'authentication only, which is all that the others have; X25519 (subtls: P-256, its only group).',
        details: {
          'ours with our own kernels, CPU µs': Math.round(median(samples.fast)),
          'ours with @noble, CPU µs': Math.round(median(samples.noble)),
          'reclaim, CPU µs': Math.round(median(samples.reclaim)),
          'subtls, CPU µs': Math.round(median(samples.subtls)),
          'node:tls, CPU µs': Math.round(median(samples.nodeTls)),
        },
        notes: [
          'The figures are those of our own kernels. @noble cannot reach these goals: two P-256 verifications and an X25519 ' +
            'agreement in BigInt cost more than the whole of subtls, whose cryptography is OpenSSL.',
        ],
      };
    } finally {
      await Promise.all([server, ...Object.values(clients)].map((child) => child.stop()));
    }
  },
};
