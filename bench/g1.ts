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
    const ours = await startServer(serverScript('ours'), [run.credentialsPath]);
    const theirs = await startServer(serverScript('node-tls'), [run.credentialsPath, 'mutual']);
    try {
      const sides = {
        ours: mutualHandshakes(run, ours, batch(run, 40)),
        nodeTls: mutualHandshakes(run, theirs, batch(run, 120)),
      };
      await interleave(sides, effort(run, 3, 3_000)); // warm-up: the first handshakes run as bytecode
      const samples = await interleave(sides, effort(run, 15, 25_000));
      return {
        comparisons: [ratioAgainst('of node:tls', samples.nodeTls, samples.ours, { atLeast: 0.14 })],
        method:
          'CPU time of the server process alone (user and system, all threads) per handshake over loopback sockets, ' +
          'connection and close included; the same node:tls client, P-256 certificates and X25519 on both sides.',
        details: {
          'ours, CPU µs': Math.round(median(samples.ours)),
          'node:tls, CPU µs': Math.round(median(samples.nodeTls)),
          'ours, handshakes per core-second': Math.round(1e6 / median(samples.ours)),
        },
        notes: ['The goal is that of @noble. With fixed-limb arithmetic of our own it is 0.6x at least.'],
      };
    } finally {
      await Promise.all([ours.child.stop(), theirs.child.stop()]);
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
