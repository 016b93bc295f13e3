import type { Deployment } from './deployment.ts';
import { hostStack, statusStack } from './plan.ts';
import type { Step } from './runner.ts';

/* What `destroy` does, in which order, as data. The host first: what watches it is the last to go. */

export const teardownNames = ['host', 'image', 'page-copy', 'page'] as const;
export type TeardownName = (typeof teardownNames)[number];

export type TeardownStep = Step<TeardownName>;

export function teardownOf({ provider, name, host, chosen }: Deployment, folder: string): readonly TeardownStep[] {
  const measured = provider === 'ec2';
  const steps: (TeardownStep | false)[] = [
    {
      name: 'host',
      words: measured
        ? `delete the stack ${hostStack(name)}: instance, address, network; the key of the wallet goes with the TPM`
        : `delete server, address, firewall and volume at ${provider}: the sealed key of the wallet goes with the volume`,
    },
    measured && {
      name: 'image',
      words: `deregister ${host.imageId ?? 'its image'}, delete ${host.snapshotId ?? 'its snapshot'}`,
    },
    chosen.statusPage && { name: 'page-copy', words: `copy the page and its archive to ${folder}/page` },
    chosen.statusPage && { name: 'page', words: `empty its bucket, delete the stack ${statusStack(name)}` },
  ];
  return steps.filter((step) => step !== false);
}

/** What is there after all of it, and what it costs. */
export function leftOver({ account, chosen, provider }: Deployment, folder: string): string {
  const aws = provider === 'ec2' || chosen.statusPage;
  return [
    'What is left:',
    `  ${folder}: deployment.json${chosen.statusPage ? ', page/' : ''}, and the refund key if it was made here. It costs nothing; keep the key while coins may come`,
    ...(aws
      ? [
          `  what cdk bootstrap made in the AWS account ${account ?? '?'} (stack CDKToolkit): of all that uses CDK there, some cents a month`,
        ]
      : []),
    ...(chosen.hostName === null ? [] : [`  the DNS records of ${chosen.hostName}: remove them where you made them`]),
    // Those that lead to the page go with its stack.
    ...(chosen.pageDomain === null || !chosen.statusPage
      ? []
      : [
          `  in the zone ${chosen.hostedZone ?? '?'} the CNAME below ${chosen.pageDomain} by which its certificate was proven: CloudFormation leaves it; remove it unless another certificate of this account has that name`,
        ]),
  ].join('\n');
}
