import { statusRegion } from './plan.ts';

/*
 * What the credentials of whoever deploys have to be allowed, as an IAM policy document. The stacks are deployed by the roles
 * that `cdk bootstrap` made; besides, a deployment uploads an image and looks at what is there.
 */

export interface Statement {
  readonly Sid: string;
  readonly Effect: 'Allow';
  readonly Action: readonly string[];
  readonly Resource: string | readonly string[];
  readonly Condition?: Readonly<Record<string, Readonly<Record<string, string | readonly string[]>>>>;
}

export interface Policy {
  readonly Version: '2012-10-17';
  readonly Statement: readonly Statement[];
}

/** All that a deployment makes itself, outside of its stacks, has this tag, with the name of the deployment. */
export const deploymentTag = 'btc-pinata:deployment';

/** What CDK calls the roles of its bootstrap, unless told otherwise. */
const qualifier = 'hnb659fds';

export interface PolicyRequest {
  readonly account: string;
  readonly name: string;
  /** Of the host; undefined where the host is not on AWS. */
  readonly region: string | undefined;
  readonly statusPage: boolean;
  /** That of the page's own domain; undefined where it has none. */
  readonly hostedZone: string | undefined;
}

export function policyOf({ account, name, region, statusPage, hostedZone }: PolicyRequest): Policy {
  const regions = [...new Set([...(region === undefined ? [] : [region]), ...(statusPage ? [statusRegion] : [])])];
  return {
    Version: '2012-10-17',
    Statement: [
      ...always(account, regions),
      ...(region === undefined ? [] : measured(region, name)),
      ...(statusPage ? page(name) : []),
      ...(hostedZone === undefined ? [] : [zone(hostedZone)]),
    ],
  };
}

const always = (account: string, regions: readonly string[]): readonly Statement[] => [
  { Sid: 'WhoAmI', Effect: 'Allow', Action: ['sts:GetCallerIdentity'], Resource: '*' },
  {
    Sid: 'StacksByTheRolesOfCdkBootstrap',
    Effect: 'Allow',
    Action: ['sts:AssumeRole'],
    Resource: regions.map((region) => `arn:aws:iam::${account}:role/cdk-${qualifier}-*-role-${account}-${region}`),
  },
  {
    Sid: 'WhatIsDeployed',
    Effect: 'Allow',
    Action: ['cloudformation:DescribeStacks'],
    Resource: regions.map((region) => `arn:aws:cloudformation:${region}:${account}:stack/*`),
  },
];

const measured = (region: string, name: string): readonly Statement[] => [
  {
    Sid: 'LookAtEc2',
    Effect: 'Allow',
    Action: [
      'ec2:DescribeImages',
      'ec2:DescribeInstanceTypeOfferings',
      'ec2:DescribeInstanceTypes',
      'ec2:DescribeInstances',
      'ec2:DescribeSnapshots',
      'ec2:GetConsoleOutput',
      'servicequotas:GetServiceQuota',
    ],
    Resource: '*',
    Condition: { StringEquals: { 'aws:RequestedRegion': region } },
  },
  {
    Sid: 'UploadTheImage',
    Effect: 'Allow',
    Action: ['ebs:StartSnapshot', 'ebs:PutSnapshotBlock', 'ebs:CompleteSnapshot'],
    Resource: `arn:aws:ec2:${region}::snapshot/*`,
  },
  {
    Sid: 'RegisterTheImage',
    Effect: 'Allow',
    Action: ['ec2:RegisterImage'],
    Resource: [`arn:aws:ec2:${region}::image/*`, `arn:aws:ec2:${region}::snapshot/*`],
  },
  {
    Sid: 'TagBoth',
    Effect: 'Allow',
    Action: ['ec2:CreateTags'],
    Resource: [`arn:aws:ec2:${region}::image/*`, `arn:aws:ec2:${region}::snapshot/*`],
    Condition: { StringEquals: { [`aws:RequestTag/${deploymentTag}`]: name } },
  },
  {
    Sid: 'RemoveOrRebootOurs',
    Effect: 'Allow',
    Action: ['ec2:DeleteSnapshot', 'ec2:DeregisterImage', 'ec2:RebootInstances'],
    Resource: [
      `arn:aws:ec2:${region}::image/*`,
      `arn:aws:ec2:${region}::snapshot/*`,
      `arn:aws:ec2:${region}:*:instance/*`,
    ],
    Condition: { StringEquals: { [`aws:ResourceTag/${deploymentTag}`]: name } },
  },
];

const page = (name: string): readonly Statement[] => [
  {
    Sid: 'ReleaseAndNoticesOfThePage',
    Effect: 'Allow',
    Action: ['s3:DeleteObject', 's3:DeleteObjectVersion', 's3:GetObject', 's3:PutObject'],
    Resource: `arn:aws:s3:::pinatastatus-${name}-*/*`,
  },
  {
    Sid: 'WhatIsInIt',
    Effect: 'Allow',
    Action: ['s3:ListBucket', 's3:ListBucketVersions'],
    Resource: `arn:aws:s3:::pinatastatus-${name}-*`,
  },
];

const zone = (hostedZone: string): Statement => ({
  Sid: 'LookAtTheZoneOfThePage',
  Effect: 'Allow',
  Action: ['route53:GetHostedZone'],
  Resource: `arn:aws:route53:::hostedzone/${hostedZone}`,
});
