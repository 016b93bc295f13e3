import { expect } from 'vitest';
import type { Deployment } from '../../infra/deploy/deployment.ts';
import { pageZoneOf } from '../../infra/deploy/hosted-zone.ts';
import { policyOf } from '../../infra/deploy/policy.ts';
import type { Call } from './gateway.ts';
import { actionsOf } from './iam-actions.ts';

/*
 * What `doctor --policy` prints, held against what the credentials of whoever deploys were used for. What the roles of CDK's
 * bootstrap do is signed by others, and is theirs to be allowed.
 */

/** Called, and in no policy. */
const notNeeded: Readonly<Record<string, string>> = {
  'iam:SimulatePrincipalPolicy': 'doctor asks what it may do; who may not ask is told so, and goes on',
};

/** In the policy, and called by nothing of a life that went well. */
const kept: Readonly<Record<string, string>> = {
  'ec2:DescribeInstances': 'destroy looks for the host of a deployment that was never verified',
  'ec2:GetConsoleOutput': 'logs',
  'ec2:RebootInstances': 'rotate',
};

/** Fails, by name, for each action that was needed and is not allowed, and for each that is allowed for no reason. */
export function heldAgainstPolicy(
  calls: readonly Call[],
  { account, name, provider, region, chosen }: Deployment,
): void {
  const { Statement } = policyOf({
    account: account ?? '',
    name,
    region: provider === 'ec2' ? region : undefined,
    statusPage: chosen.statusPage,
    hostedZone: pageZoneOf(chosen)?.hostedZone,
  });
  const used = new Set(calls.flatMap(actionsOf));
  const allowed = new Set(Statement.flatMap(({ Action }) => Action));
  expect([...used].filter((action) => !allowed.has(action) && !(action in notNeeded))).toEqual([]);
  expect([...allowed].filter((action) => !used.has(action) && !(action in kept))).toEqual([]);
  // A reason that is none any more is one to be removed.
  expect(Object.keys({ ...notNeeded, ...kept }).filter((action) => action in kept && used.has(action))).toEqual([]);

  // Objects, each by the one statement that has its kind of resource.
  const resources = Statement.filter(({ Sid }) => Sid === 'ReleaseAndNoticesOfThePage' || Sid === 'WhatIsInIt')
    .flatMap(({ Resource }) => Resource)
    .map((arn) => new RegExp(`^${arn.replace('arn:aws:s3:::', '').replaceAll('*', '.*')}$`));
  const asked = calls.filter(({ service }) => service === 's3').map(({ path }) => path.slice(1).split('?')[0] ?? '');
  expect(asked.filter((path) => !resources.some((pattern) => pattern.test(path)))).toEqual([]);
}
