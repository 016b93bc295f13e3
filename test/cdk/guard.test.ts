import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, describe, expect, test } from 'vitest';
import { exampleConfig, synthesised, type Template } from './synthesised.ts';

/* Each of our rules of CloudFormation Guard, on a template that breaks it: a rule that lets everything pass is no rule. */

const { status, host } = synthesised(exampleConfig);
const folder = mkdtempSync(join(tmpdir(), 'pinata-guard-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const packageFolder = dirname(dirname(fileURLToPath(import.meta.resolve('@cdklabs/cdk-validator-cfnguard'))));
const guard = join(
  packageFolder,
  'bin',
  process.platform === 'darwin' ? 'macos' : 'ubuntu',
  process.arch === 'arm64' ? 'aarch64' : 'x86_64',
  'cfn-guard',
);

/** The names of the rules that do not hold. */
function broken(template: Template): readonly string[] {
  const file = join(folder, 'template.json');
  writeFileSync(file, JSON.stringify(template));
  const rules = join(import.meta.dirname, '../../infra/stacks/rules');
  const { stdout, error } = spawnSync(guard, ['validate', '-r', rules, '-d', file, '-S', 'all'], { encoding: 'utf8' });
  if (error !== undefined) throw error;
  return [...stdout.matchAll(/guard\/(\w+) +FAIL/g)].map(([, name = '']) => name);
}

/** A copy whose resource of this name has these properties beside its own, or in their place. */
const withProperties = (
  template: Template | undefined,
  name: string,
  properties: Record<string, unknown>,
): Template => {
  const { Resources = {}, ...rest } = template ?? {};
  const found = Resources[name];
  if (found === undefined) throw new Error(`no resource ${name}`);
  return {
    ...rest,
    Resources: { ...Resources, [name]: { ...found, Properties: { ...found.Properties, ...properties } } },
  };
};
const withResource = (template: Template | undefined, Type: string): Template => {
  const { Resources = {}, ...rest } = template ?? {};
  return { ...rest, Resources: { ...Resources, Another: { Type, Properties: {} } } };
};

const machine = Object.entries(host?.Resources ?? {}).find(([, { Type }]) => Type === 'AWS::EC2::Instance')?.[0] ?? '';
const open = (port: number) => ({ IpProtocol: 'tcp', FromPort: port, ToPort: port, CidrIp: '0.0.0.0/0' });
const policy = (statement: Record<string, unknown>) => ({
  Policies: [{ PolicyName: 'x', PolicyDocument: { Statement: [{ Effect: 'Allow', ...statement }] } }],
});

describe('of the host', () => {
  test('hold for the template that is', () => expect(host === undefined ? ['none'] : broken(host)).toEqual([]));

  test.each([
    ['a key pair', withProperties(host, machine, { KeyName: 'mine' }), 'host_has_no_way_in_but_its_ports'],
    ['a role', withProperties(host, machine, { IamInstanceProfile: 'x' }), 'host_has_no_way_in_but_its_ports'],
    ['a rule of its own', withResource(host, 'AWS::EC2::SecurityGroupIngress'), 'host_has_no_way_in_but_its_ports'],
    [
      'IMDSv1',
      withProperties(host, machine, { MetadataOptions: { HttpTokens: 'optional', HttpPutResponseHopLimit: 1 } }),
      'host_has_metadata_by_token_alone',
    ],
    [
      'two hops',
      withProperties(host, machine, { MetadataOptions: { HttpTokens: 'required', HttpPutResponseHopLimit: 2 } }),
      'host_has_metadata_by_token_alone',
    ],
    [
      'a disk in the clear',
      withProperties(host, machine, { BlockDeviceMappings: [{ Ebs: { Encrypted: false } }] }),
      'host_has_an_encrypted_disk_and_no_other',
    ],
    ['another disk', withResource(host, 'AWS::EC2::Volume'), 'host_has_an_encrypted_disk_and_no_other'],
    [
      'credits without an end',
      withProperties(host, machine, { CreditSpecification: { CPUCredits: 'unlimited' } }),
      'host_cannot_run_up_a_bill',
    ],
    ['port 22', withProperties(host, 'Ports', { SecurityGroupIngress: [open(22)] }), 'ports_are_the_five'],
    [
      'a way out',
      withProperties(host, 'Ports', { SecurityGroupEgress: [open(40_001), open(443)] }),
      'ports_are_the_five',
    ],
    ['every way out', withProperties(host, 'Ports', { SecurityGroupEgress: [] }), 'ports_are_the_five'],
  ])('refuse %s', (_, template, rule) => {
    expect(broken(template)).toEqual([rule]);
  });
});

describe('of the status page', () => {
  test('hold for the template that is', () => expect(broken(status)).toEqual([]));

  test.each([
    [
      'a bucket that may be opened',
      withProperties(status, 'Bucket', { PublicAccessBlockConfiguration: { BlockPublicAcls: true } }),
      'bucket_is_private',
    ],
    [
      'a bucket without versions',
      withProperties(status, 'Bucket', { VersioningConfiguration: { Status: 'Suspended' } }),
      'bucket_is_private',
    ],
    ['a function that is called from outside', withResource(status, 'AWS::Lambda::Url'), 'poller_is_small_and_alone'],
    [
      'a secret',
      withProperties(status, 'Poller', { Environment: { Variables: { API_TOKEN: 'x' } } }),
      'poller_is_small_and_alone',
    ],
    [
      'every action',
      withProperties(status, 'PollerRole', policy({ Action: ['s3:GetObject', 's3:*'], Resource: 'arn:x' })),
      'role_has_no_star',
    ],
    [
      'every resource',
      withProperties(status, 'PollerRole', policy({ Action: ['s3:GetObject'], Resource: '*' })),
      'role_has_no_star',
    ],
    [
      'every resource in a list',
      withProperties(status, 'PollerRole', policy({ Action: 's3:GetObject', Resource: ['*'] })),
      'role_has_no_star',
    ],
    ['a policy of AWS', withProperties(status, 'PollerRole', { ManagedPolicyArns: ['arn:x'] }), 'role_has_no_star'],
    [
      'the whole bucket',
      withProperties(status, 'Distribution', {
        DistributionConfig: {
          DefaultCacheBehavior: {
            ViewerProtocolPolicy: 'redirect-to-https',
            ResponseHeadersPolicyId: 'x',
            AllowedMethods: ['GET'],
          },
          Origins: [{ OriginAccessControlId: 'x', OriginPath: '' }],
        },
      }),
      'page_is_read_over_tls',
    ],
  ])('refuse %s', (_, template, rule) => {
    expect(broken(template)).toEqual([rule]);
  });
});
