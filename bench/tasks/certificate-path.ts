import * as pkijs from 'pkijs';
import { clientName, readCredentials } from '../credentials.ts';
import { interleave } from '../interleave.ts';
import { substitute } from '../substitute.ts';

/*
 * A process of its own for G12 (`certificate-path.ts <credentials> <paths>`): one certificate parsed and its path to the anchor
 * judged, by us and by pkijs, with signatures taken as right on both sides.
 */

export type PathSamples = Readonly<Record<'ours' | 'pkijs', readonly number[]>>;

substitute(
  new URL('../../service/x509/signature.ts', import.meta.url),
  new URL('../unsigned/signature.ts', import.meta.url),
);
const { decodeCertificate, validatePath } = await import('../../service/x509/index.ts');
const { certificateFrom, derFrom } = await import('../our-credentials.ts');

class UnsignedEngine extends pkijs.CryptoEngine {
  override verifyWithPublicKey(): Promise<boolean> {
    return Promise.resolve(true);
  }
}

const [path, count] = process.argv.slice(2);
const paths = Number(count);
const { p256 } = readCredentials(path);
const der = derFrom(p256.client.certificate);
const anchor = certificateFrom(p256.authority);
const now = Math.floor(Date.now() / 1000);
const theirAnchor = pkijs.Certificate.fromBER(derFrom(p256.authority));
const engine = new UnsignedEngine({ name: 'unsigned', crypto: globalThis.crypto });

function ours(): void {
  const decoded = decodeCertificate(der);
  const validated =
    decoded.ok && validatePath([decoded.value], { anchor, now, purpose: 'clientAuth', dnsName: clientName });
  if (validated === false || !validated.ok) {
    throw new Error('our side refused the certificate of the benchmark');
  }
}

async function theirs(): Promise<void> {
  const chain = new pkijs.CertificateChainValidationEngine({
    trustedCerts: [theirAnchor],
    certs: [pkijs.Certificate.fromBER(der)],
    checkDate: new Date(now * 1000),
  });
  const { result, resultMessage } = await chain.verify({}, engine);
  if (!result) {
    throw new Error(`pkijs refused the certificate of the benchmark: ${resultMessage}`);
  }
}

const sides = {
  ours: async () => cpuPer(paths * 40, ours),
  pkijs: async () => cpuPer(paths, theirs),
};
await interleave(sides, { rounds: 4, budgetMs: 2_000 });
process.send?.((await interleave(sides, { rounds: 15, budgetMs: 10_000 })) satisfies PathSamples);

/** CPU microseconds of this thread. Kernels count in ticks of some milliseconds: a batch must take a hundred of them. */
async function cpuPer(times: number, operation: () => Promise<void> | void): Promise<number> {
  const before = process.threadCpuUsage();
  for (let i = 0; i < times; i++) {
    await operation();
  }
  const { user, system } = process.threadCpuUsage(before);
  return (user + system) / times;
}
