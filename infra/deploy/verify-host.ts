import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { levelNames } from '../../service/attest/ladder.ts';
import type { Level } from '../../service/attest/levels.ts';
import { encodeVerification, type Verification } from '../../service/attest/verification.ts';
import { pinnedRoots, verify } from '../../service/attest/verify.ts';
import { readPublicDescriptor } from '../../service/bitcoin/index.ts';
import { Unanswered } from '../../service/tools/challenge.ts';
import { look } from '../../service/tools/verify-look.ts';
import { Refusal } from '../claim/refusal.ts';
import type { Deployment } from './deployment.ts';
import type { Tell, Verified } from './world.ts';

/** What `btc-pinata verify ADDRESS` looks at, from anywhere, with this release as what ought to run there. */
export async function observed(
  { host }: Pick<Deployment, 'host'>,
  releaseText: string,
  tell: Tell,
): Promise<Verification> {
  const { address, ports } = host;
  if (address === null) throw new Error('a host without an address cannot be verified');
  return look(
    {
      host: address,
      httpPort: ports.http,
      httpsPort: ports.https,
      serverPort: ports.server,
      reversePort: ports.reverse,
      block: undefined,
      timeoutSeconds: 60,
      outFile: undefined,
      funding: undefined,
      explorer: undefined,
      timestampFile: undefined,
      rebuiltFile: undefined,
      rootFiles: [],
    },
    { release: { text: releaseText, minisig: undefined, timestamp: undefined }, rebuilt: undefined, roots: [] },
    (share, what) => tell(what, share),
  ).catch((error: unknown) => {
    if (error instanceof Unanswered) throw new Refusal(`the host at ${address} does not answer: ${error.message}`);
    throw error;
  });
}

/** As `btc-pinata verify` judges it; what was seen is kept in the folder. Throws a Refusal where a check fails. */
export async function verified(
  { provider, host, chosen }: Deployment,
  releaseText: string,
  folder: string,
  tell: Tell,
): Promise<Verified> {
  const { address } = host;
  const verification = await observed({ host }, releaseText, tell);
  writeFileSync(join(folder, 'verification.json'), encodeVerification(verification));
  const verdict = verify(verification, { key: undefined, release: releaseText, pinned: pinnedRoots });
  const { fields, level } = verdict;
  const failed = verdict.sections.flatMap(({ checks }) => checks).filter(({ outcome }) => outcome === 'fail');
  // Credentials for tests are on no host of money; elsewhere whoever asked for them knows.
  const serious = failed.filter(({ name }) => name !== 'test' || chosen.network === 'mainnet');
  if (serious.length > 0 || fields === undefined) {
    const why = serious.map(({ name, found }) => `${name}: ${found}`).join('; ');
    throw new Refusal(
      `the host at ${address} is not what was deployed (${why || 'it signed no statement'}). Do not fund it; \`btc-pinata verify\` shows all of it`,
    );
  }
  const missing = unattested({ provider, network: chosen.network }, level);
  if (missing !== undefined) throw new Refusal(`the host at ${address} ${missing}`);
  const descriptor = readPublicDescriptor(fields.wallet.descriptor);
  return {
    network: fields.network,
    address: fields.address,
    kind: fields.wallet.kind,
    refundHeight: descriptor?.kind === 'vault' ? descriptor.refund.height : null,
    refundKey: descriptor?.kind === 'vault' ? descriptor.refund.publicKey : null,
    level,
    words: levelNames[level],
  };
}

/** What a measured host lacks before coins that are worth something are sent to it; undefined: nothing. A VPS never promised it. */
export function unattested(
  { provider, network }: Pick<Deployment, 'provider'> & Pick<Deployment['chosen'], 'network'>,
  level: Level,
): string | undefined {
  if (provider !== 'ec2' || network !== 'mainnet' || level === 'L4') return undefined;
  return `reached ${level} (${levelNames[level]}), and on mainnet a measured host is to reach L4 (${levelNames.L4}): do not fund it. \`btc-pinata verify\` shows what was missing`;
}
