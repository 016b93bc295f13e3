import { type Benchmark, batch, cpuPer, effort, serverScript } from './benchmark.ts';
import { startServer } from './child.ts';
import { captureClientHello } from './client-hello.ts';
import { ratioAgainst } from './figure.ts';
import { interleave, type Sample } from './interleave.ts';
import { handshake, provoke } from './load.ts';
import { median } from './measure.ts';

/** What a stranger can make us compute with one packet, of every group we take: the costliest counts. */
export const g5: Benchmark = {
  id: 'G5',
  title:
    'CPU time that a stranger’s ClientHello forces, as a multiple of a handshake of node:tls with server authentication',
  async run(run) {
    const fast = await startServer(serverScript('ours'), [run.credentialsPath], { crypto: 'fast' });
    const noble = await startServer(serverScript('ours'), [run.credentialsPath]);
    const theirs = await startServer(serverScript('node-tls'), [run.credentialsPath, 'server']);
    try {
      const hellos = await Promise.all(groups.map(async (group) => [group, await captureClientHello(group)] as const));
      const sides: Record<string, Sample> = {
        nodeTls: cpuPer(theirs.child, batch(run, 100), () =>
          handshake({ port: theirs.port, authority: run.credentials.p256.authority, options: { ecdhCurve: 'X25519' } }),
        ),
      };
      for (const [group, hello] of hellos) {
        sides[group] = cpuPer(fast.child, batch(run, 40), () => provoke(fast.port, hello, 'hang up'));
        sides[nobles(group)] = cpuPer(noble.child, batch(run, 40), () => provoke(noble.port, hello, 'hang up'));
      }
      await interleave(sides, effort(run, 20, 20_000)); // until the optimizing compiler is done with all
      const samples = await interleave(sides, effort(run, 10, 15_000));
      const { nodeTls = [] } = samples;
      return {
        comparisons: groups.map((group) => ratioAgainst(group, samples[group] ?? [], nodeTls, { atMost: 1.1 })),
        method:
          'A recorded ClientHello is sent to our server over and over, and the connection dropped at its answer: CPU time of ' +
          'the server process per hello, beside that of a whole server-authenticated X25519 handshake on node:tls.',
        details: {
          'node:tls handshake, CPU µs': Math.round(median(nodeTls)),
          ...Object.fromEntries(
            [...groups, ...groups.map(nobles)].map((side) => [
              `hello of ${side}, CPU µs`,
              Math.round(median(samples[side] ?? [])),
            ]),
          ),
        },
        notes: ['One key agreement and one signature, by our own kernels but for ML-KEM, which is always @noble’s.'],
      };
    } finally {
      await Promise.all([fast, noble, theirs].map(({ child }) => child.stop()));
    }
  },
};

/** The side on which @noble computes. */
const nobles = (group: string): string => `${group} by @noble`;

const groups = ['X25519', 'P-256', 'P-384', 'X25519MLKEM768'] as const;
