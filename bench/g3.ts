import { constants } from 'node:crypto';
import { type Benchmark, batch, cpuPer, effort, type Run, serverScript } from './benchmark.ts';
import { startServer, stop } from './child.ts';
import { type Comparison, ratioAgainst } from './figure.ts';
import { mutualHandshakes } from './g1.ts';
import { interleave, type Sample } from './interleave.ts';
import { handshake, repeat } from './load.ts';
import { median } from './measure.ts';
import { startTlslite, type TlsliteServer, tlsliteIsInstalled } from './tlslite.ts';

/** The other servers that are not built on OpenSSL. */
export const g3: Benchmark = {
  id: 'G3',
  title: 'mutual handshake, server side: CPU time of servers without OpenSSL as a multiple of ours',
  async run(run) {
    const fast = await startServer(serverScript('ours'), [run.credentialsPath], { crypto: 'fast' });
    const noble = await startServer(serverScript('ours'), [run.credentialsPath]);
    const forge = await startServer(serverScript('forge'), [run.credentialsPath]);
    const { rsa } = run.credentials;
    const tlslite = tlsliteIsInstalled() ? await startTlslite(run.credentialsPath) : undefined;
    try {
      const sides: Record<string, Sample> = {
        fast: mutualHandshakes(run, fast, batch(run, 100)),
        noble: mutualHandshakes(run, noble, batch(run, 30)),
        forge: cpuPer(forge.child, batch(run, 10), () =>
          handshake({ port: forge.port, authority: rsa.authority, client: rsa.client, options: forgeOptions }),
        ),
        ...(tlslite === undefined ? {} : { tlslite: tlsliteHandshakes(run, tlslite, batch(run, 20)) }),
      };
      await interleave(sides, effort(run, 40, 30_000)); // V8 goes on compiling for thousands of handshakes
      const samples = await interleave(sides, effort(run, 10, 15_000));
      const { fast: own = [], noble: nobles = [], forge: forges = [], tlslite: pythons } = samples;
      const comparisons: Comparison[] = [
        ratioAgainst('node-forge, TLS 1.0 with RSA-2048', forges, own, { atLeast: 18 }),
      ];
      if (pythons !== undefined) {
        comparisons.push(ratioAgainst('tlslite-ng, Python', pythons, own, { atLeast: 8 }));
      }
      return {
        comparisons,
        method:
          'CPU time of the server process alone per handshake over loopback sockets. node-forge speaks TLS 1.1 at most, and ' +
          '1.0 with this client, with RSA certificates of 2048 bits; tlslite-ng checks no chain.',
        details: {
          'ours with our own kernels, CPU µs': Math.round(median(own)),
          'ours with @noble, CPU µs': Math.round(median(nobles)),
          'node-forge, CPU µs': Math.round(median(forges)),
          ...(pythons === undefined ? {} : { 'tlslite-ng, CPU µs': Math.round(median(pythons)) }),
        },
        notes: [
          'The figures are those of our own kernels.',
          ...(tlslite === undefined
            ? ['tlslite-ng, which is Python, was not measured: `node bench/tlslite.ts` installs it.']
            : []),
        ],
      };
    } finally {
      await Promise.all([fast.child.stop(), noble.child.stop(), forge.child.stop(), tlslite && stop(tlslite.process)]);
    }
  },
};

/** What it takes for OpenSSL 3 to talk to it at all: an old version, SHA-1, and no renegotiation_info. */
export const forgeOptions = {
  minVersion: 'TLSv1',
  maxVersion: 'TLSv1.1',
  ciphers: 'AES128-SHA:@SECLEVEL=0',
  secureOptions: constants.SSL_OP_LEGACY_SERVER_CONNECT,
} as const;

const tlsliteHandshakes =
  ({ credentials: { p256 } }: Run, { port, cpu }: TlsliteServer, count: number): Sample =>
  async () => {
    const before = cpu();
    await repeat(count, () =>
      handshake({ port, authority: p256.authority, client: p256.client, options: { ecdhCurve: 'X25519' } }),
    );
    return (cpu() - before) / count;
  };
