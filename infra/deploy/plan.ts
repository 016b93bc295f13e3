import { join } from 'node:path/posix';
import type { Deployment } from './deployment.ts';
import type { Step } from './runner.ts';

/* What a run does, in which order, as data: the same document gives the same plan, and a plan is compared as text. */

export const stepNames = [
  'refund-key',
  'bootstrap',
  'snapshot',
  'image',
  'zone',
  'status',
  'release',
  'host',
  'answer',
  'verify',
  'watch',
  'page',
] as const;
export type StepName = (typeof stepNames)[number];

export type DeployStep = Step<StepName>;

export const refundKeyName = 'refund-key.wif';
/** Certificates of CloudFront and budgets are there alone. */
export const statusRegion = 'us-east-1';

export const usesAws = ({ provider, chosen }: Pick<Deployment, 'provider' | 'chosen'>): boolean =>
  provider === 'ec2' || chosen.statusPage;

export function awsRegions({
  provider,
  region,
  chosen,
}: Pick<Deployment, 'provider' | 'region' | 'chosen'>): readonly string[] {
  const all = [...(provider === 'ec2' ? [region] : []), ...(chosen.statusPage ? [statusRegion] : [])];
  return [...new Set(all)];
}

/**
 * Each step may be run again: it looks for what it makes first, in the cloud and not in a note of its own. So an interrupted
 * run is resumed by the same plan from its beginning.
 */
export function planOf(deployment: Deployment, folder: string): readonly DeployStep[] {
  const { provider, region, chosen, release, name, host } = deployment;
  const measured = provider === 'ec2';
  const steps: (DeployStep | false)[] = [
    {
      name: 'refund-key',
      words:
        chosen.refundKey === null
          ? `make your refund key in ${join(folder, refundKeyName)}: the only one that can take the coins back, from block ${chosen.lockHeight} on`
          : `use your refund key ${chosen.refundKey.slice(0, 16)}..., from block ${chosen.lockHeight} on`,
    },
    usesAws(deployment) && {
      name: 'bootstrap',
      words: `see that CDK is bootstrapped in ${awsRegions(deployment).join(' and ')}`,
    },
    measured && {
      name: 'snapshot',
      words: `upload ${release.image?.output ?? 'the image'} ${short(release.image?.sha256)} as a snapshot of EBS in ${region}`,
    },
    measured && { name: 'image', words: 'register it as an image of EC2: UEFI, TPM 2.0, ENA' },
    // A host that is there stays in the zone that it is in.
    measured &&
      host.zone === null &&
      host.address === null && {
        name: 'zone',
        words: `choose a zone of ${region} that has ${chosen.serverType}`,
      },
    // A VPS gets its release from the bucket of the page, so that the page comes first.
    !measured && chosen.statusPage && statusStep(deployment),
    !measured && chosen.statusPage && releaseStep(deployment),
    {
      name: 'host',
      words: measured
        ? `deploy the host: stack ${hostStack(name)}, one ${chosen.serverType} with NitroTPM in ${host.zone ?? region}, an address of its own`
        : `deploy the host: ${provider} ${chosen.serverType} in ${region}, with an address and a volume that outlive it`,
    },
    { name: 'answer', words: 'wait until it answers' },
    { name: 'verify', words: 'verify it as a stranger would: key, program, machine' },
    measured && chosen.statusPage && statusStep(deployment),
    measured && chosen.statusPage && releaseStep(deployment),
    !measured && chosen.statusPage && { name: 'watch', words: 'have the status page watch this host and its wallet' },
    chosen.statusPage && { name: 'page', words: 'wait until the page shows it' },
  ];
  return steps.filter((step) => step !== false);
}

export const statusStack = (name: string): string => `PinataStatus-${name}`;
export const hostStack = (name: string): string => `PinataHost-${name}`;

const statusStep = ({ name }: Deployment): DeployStep => ({
  name: 'status',
  words: `deploy the status page: stack ${statusStack(name)} in ${statusRegion}`,
});

const releaseStep = ({ release }: Deployment): DeployStep => ({
  name: 'release',
  words: `put release ${release.version} ${short(release.sha256)} into its bucket`,
});

const short = (sha256: string | undefined): string => (sha256 === undefined ? '' : `${sha256.slice(0, 12)}...`);

/** As it is shown before anything is touched. */
export const planText = (steps: readonly Step[]): string =>
  steps.map(({ name, words }, index) => `  ${String(index + 1).padStart(2)}  ${name.padEnd(11)}${words}`).join('\n');
