import { type Benchmark, batch, cpuPer, effort, type Run, serverScript } from './benchmark.ts';
import { type Child, startServer } from './child.ts';
import { ratioAgainst } from './figure.ts';
import { interleave, type Sample } from './interleave.ts';
import { handshake } from './load.ts';
import { median } from './measure.ts';

/** The rate of our server beside that of node:tls: the inverse of the CPU time that a handshake costs. */
export const g1: Benchmark = {
  id: 'G1',
  title: 'mutual handshake, server side: our rate',
  async run(run) {
    const fast = await startServer(serverScript('ours'), [run.credentialsPath], { crypto: 'fast' });
    const noble = await startServer(serverScript('ours'), [run.credentialsPath]);
    const theirs = await startServer(serverScript('node-tls'), [run.credentialsPath, 'mutual']);
    try {
      const sides = {
        fast: mutualHandshakes(run, fast, batch(run, 120)),
        noble: mutualHandshakes(run, noble, batch(run, 40)),
        nodeTls: mutualHandshakes(run, theirs, batch(run, 120)),
      };
      await interleave(sides, effort(run, 60, 45_000)); // V8 goes on compiling for thousands of handshakes
      const samples = await interleave(sides, effort(run, 15, 25_000));
      return {
        comparisons: [
          ratioAgainst('of node:tls, with our own kernels', samples.nodeTls, samples.fast, { atLeast: 0.6 }),
          ratioAgainst('of node:tls, with @noble', samples.nodeTls, samples.noble, { atLeast: 0.14 }),
        ],
        method:
          'CPU time of the server process alone (user and system, all threads) per handshake over loopback sockets, ' +
          'connection and close included; the same node:tls client, P-256 certificates and X25519 on both sides.',
        details: {
          'ours with our own kernels, CPU µs': Math.round(median(samples.fast)),
          'ours with @noble, CPU µs': Math.round(median(samples.noble)),
          'node:tls, CPU µs': Math.round(median(samples.nodeTls)),
          'with our own kernels, handshakes per core-second': Math.round(1e6 / median(samples.fast)),
          'with @noble, handshakes per core-second': Math.round(1e6 / median(samples.noble)),
        },
        notes: ['0.6x is the goal with our own kernels, and 1.0x the aim.'],
      };
    } finally {
      await Promise.all([fast, noble, theirs].map(({ child }) => child.stop()));
    }
  },
};

export const mutualHandshakes = (
  { credentials: { p256 } }: Run,
  { child, port }: { child: Child; port: number },
  count: number,
): Sample =>
  cpuPer(child, count, () =>
    handshake({ port, authority: p256.authority, client: p256.client, options: { ecdhCurve: 'X25519' } }),
  );
