import { DescribeStacksCommand } from '@aws-sdk/client-cloudformation';
import { type _InstanceType, DescribeInstanceTypesCommand } from '@aws-sdk/client-ec2';
import { SimulatePrincipalPolicyCommand } from '@aws-sdk/client-iam';
import { GetServiceQuotaCommand } from '@aws-sdk/client-service-quotas';
import { GetCallerIdentityCommand } from '@aws-sdk/client-sts';
import type { Clients } from './clients.ts';
import { regionSentenceOf, sentenceOf } from './failures.ts';
import { type Finding, offer, ok, problem, unknown } from './finding.ts';
import { statusRegion } from './plan.ts';
import type { Policy } from './policy.ts';
import { zonesWith } from './zones.ts';

/* What of AWS a deployment stands on, asked and not assumed. Each of these answers with a finding, and rejects with nothing. */

export interface Identity {
  readonly account: string;
  readonly arn: string;
}

/** Rejects as the SDK does: without an identity there is nothing else to look at. */
export async function identityOf({ sts }: Clients, signal: AbortSignal): Promise<Identity> {
  const { Account = '', Arn = '' } = await sts.send(new GetCallerIdentityCommand({}), { abortSignal: signal });
  return { account: Account, arn: Arn };
}

/** What is asked of AWS and refused is a finding too: in one sentence. `region`: which was asked. */
export async function asked(what: string, ask: () => Promise<Finding>, region = statusRegion): Promise<Finding> {
  try {
    return await ask();
  } catch (error) {
    // Who they are was asked in the page's region, a moment ago.
    const sentence = (region === statusRegion ? undefined : regionSentenceOf(error, region)) ?? sentenceOf(error);
    if (sentence !== undefined) return problem(what, sentence);
    return problem(what, error instanceof Error ? `${error.name}: ${error.message}` : String(error));
  }
}

/** Of the template of the CDK that is pinned here; below 21 it would refuse to deploy. */
const leastBootstrap = 21;

export const bootstrapFinding = (region: string, { cloudFormation }: Clients, signal: AbortSignal): Promise<Finding> =>
  asked(
    'bootstrap',
    async () => {
      const version = await bootstrapVersion(cloudFormation, signal);
      if (version === undefined)
        return offer('bootstrap', `CDK is not bootstrapped in ${region}: \`cdk bootstrap\` is run first`);
      if (version < leastBootstrap)
        return offer('bootstrap', `that of ${region} is version ${version}: it is brought up to date first`);
      return ok('bootstrap', `CDK in ${region}, version ${version}`);
    },
    region,
  );

/** Undefined where there is none. */
export async function bootstrapVersion(
  client: Clients['cloudFormation'],
  signal: AbortSignal,
): Promise<number | undefined> {
  const outputs = await stackOutputs('CDKToolkit', client, signal);
  const version = outputs?.get('BootstrapVersion');
  return version === undefined ? undefined : Number(version);
}

/** Undefined: there is no such stack. CloudFormation says so by a ValidationError. */
export async function stackOutputs(
  name: string,
  client: Clients['cloudFormation'],
  signal: AbortSignal,
): Promise<ReadonlyMap<string, string> | undefined> {
  try {
    const { Stacks = [] } = await client.send(new DescribeStacksCommand({ StackName: name }), { abortSignal: signal });
    const [stack] = Stacks.filter(({ StackStatus }) => StackStatus !== 'DELETE_COMPLETE');
    if (stack === undefined) return undefined;
    return new Map((stack.Outputs ?? []).map(({ OutputKey = '', OutputValue = '' }) => [OutputKey, OutputValue]));
  } catch (error) {
    const absent = error instanceof Error && error.name === 'ValidationError' && /does not exist/.test(error.message);
    if (absent) return undefined;
    throw error;
  }
}

export const instanceTypeFinding = (
  type: string,
  { region, zone }: { readonly region: string; readonly zone: string | null },
  { ec2 }: Clients,
  signal: AbortSignal,
): Promise<Finding> =>
  asked(
    'NitroTPM',
    async () => {
      const zones = await zonesWith(type, ec2, signal);
      if (zones.length === 0) {
        return problem('NitroTPM', `${region} has no ${type}: take another with --type, or another --region`);
      }
      if (zone !== null && !zones.includes(zone)) {
        return problem('NitroTPM', `${zone} has no ${type}, and these zones have: ${zones.join(', ')}`);
      }
      // The SDK has the types of the day that it was made; AWS has more.
      const known = type as _InstanceType;
      const { InstanceTypes = [] } = await ec2.send(new DescribeInstanceTypesCommand({ InstanceTypes: [known] }), {
        abortSignal: signal,
      });
      const [info] = InstanceTypes;
      const uefi = info?.SupportedBootModes?.includes('uefi') === true;
      const intel = info?.ProcessorInfo?.SupportedArchitectures?.includes('x86_64') === true;
      if (!intel) return problem('NitroTPM', `${type} is not x86-64, which the image is for: take another with --type`);
      if (info?.NitroTpmSupport === 'unsupported' || !uefi) {
        return problem(
          'NitroTPM',
          `${type} has no NitroTPM or no UEFI, so nothing could be attested: take another with --type`,
        );
      }
      if (info?.NitroTpmSupport === undefined) return unknown('NitroTPM', `AWS does not say whether ${type} has it`);
      return ok(
        'NitroTPM',
        `${type} in ${zone ?? zones.join(', ')}: x86-64, UEFI, NitroTPM ${info.NitroTpmInfo?.SupportedVersions?.join(', ') ?? ''}`.trim(),
      );
    },
    region,
  );

const quotas = [
  { code: 'L-1216C47A', least: 2, words: 'virtual processors of standard instances' },
  { code: 'L-0263D0A3', least: 1, words: 'elastic addresses' },
] as const;

/** The limit itself: how much of it is used, nobody says who need not be allowed to look at everything. */
export const quotaFindings = (
  region: string,
  { quotas: client }: Clients,
  signal: AbortSignal,
): Promise<readonly Finding[]> =>
  Promise.all(
    quotas.map(async ({ code, least, words }) => {
      try {
        const { Quota } = await client.send(new GetServiceQuotaCommand({ ServiceCode: 'ec2', QuotaCode: code }), {
          abortSignal: signal,
        });
        const value = Quota?.Value;
        if (value === undefined) return unknown('quota', `AWS does not say how many ${words} are allowed`);
        if (value < least)
          return problem(
            'quota',
            `${value} ${words} in ${region}, and ${least} are needed: ask for more in Service Quotas`,
          );
        return ok('quota', `${value} ${words} in ${region}`);
      } catch (error) {
        return unknown('quota', `of ${words}: ${sentenceOf(error) ?? 'AWS has no answer'}`);
      }
    }),
  );

/** Whether these credentials may do all that the policy names. Who may not ask that is told so, and it is no reason to stop. */
export async function permissionFinding(
  { arn }: Identity,
  policy: Policy,
  { iam }: Clients,
  signal: AbortSignal,
): Promise<Finding> {
  const actions = [...new Set(policy.Statement.flatMap(({ Action }) => Action))];
  if (/:root$/.test(arn))
    return ok('permissions', 'these are the credentials of the account itself: they may do everything');
  try {
    const { EvaluationResults = [] } = await iam.send(
      new SimulatePrincipalPolicyCommand({ PolicySourceArn: sourceOf(arn), ActionNames: actions }),
      { abortSignal: signal },
    );
    const denied = EvaluationResults.filter(({ EvalDecision }) => EvalDecision !== 'allowed');
    // A policy that names resources denies the same action on all others, which is what is asked about here.
    const missing = denied.filter(({ MissingContextValues = [] }) => MissingContextValues.length === 0);
    if (missing.length === 0) return ok('permissions', `${actions.length} actions`);
    const names = missing.map(({ EvalActionName }) => EvalActionName).join(', ');
    return unknown('permissions', `not allowed on every resource: ${names}. \`doctor --policy\` prints what is needed`);
  } catch {
    return unknown(
      'permissions',
      'these credentials may not ask what they may do; `doctor --policy` prints what is needed',
    );
  }
}

/** Of a session of a role: the role. */
function sourceOf(arn: string): string {
  const [, partition, account, role] = /^arn:([^:]+):sts::(\d+):assumed-role\/([^/]+)\//.exec(arn) ?? [];
  return role === undefined ? arn : `arn:${partition}:iam::${account}:role/${role}`;
}
