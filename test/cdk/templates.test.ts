import { App } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import { CfnBucket } from 'aws-cdk-lib/aws-s3';
import { describe, expect, test } from 'vitest';
import { deployedPorts } from '../../infra/deploy/deployment.ts';
import { HostStack, inboundPorts } from '../../infra/stacks/host.ts';
import { readMachineConfiguration } from '../../service/attest/machine-configuration.ts';
import { endpoints } from '../../service/bounty/endpoints.ts';
import { exampleConfig, type Template as Synthesised, synthesised } from './synthesised.ts';

/* What the stacks are, as text that is reviewed: `npx vitest run test/cdk -u` writes it anew. */

const shown = (template: Synthesised | undefined): string => `${JSON.stringify(template, undefined, 1)}\n`;

describe('the templates', () => {
  const example = synthesised(exampleConfig);

  test('are those that were reviewed', async () => {
    await expect(shown(example.status)).toMatchFileSnapshot('status.json');
    await expect(shown(example.host)).toMatchFileSnapshot('host.json');
  });

  test('with a domain, without a host and without letters: what else there is, and what is not', async () => {
    const { status, host } = synthesised({
      ...exampleConfig,
      imageId: null,
      host: null,
      email: null,
      pageDomain: 'status.example.org',
      hostedZone: 'Z0123456789ABCDEFGHIJ',
      pollMinutes: 5,
      reservedConcurrency: null,
    });
    expect(host).toBeUndefined();
    await expect(shown(status)).toMatchFileSnapshot('status-of-a-domain.json');
  });

  test('pass cdk-nag, the rules of ours and the checks of CDK; a bucket beside them does not', () => {
    expect(example.reports.flatMap(({ violations }) => violations)).toEqual([]);
    const { reports } = synthesised(exampleConfig, ({ status }) => new CfnBucket(status, 'Bare'));
    const failed = reports.filter(({ conclusion }) => conclusion === 'failure').map(({ pluginName }) => pluginName);
    expect(new Set(failed)).toEqual(new Set(['cdk-validator-cfnguard', 'AwsSolutions']));
  });

  test('an account that can set no concurrency aside, a zone, and a machine that is to be destroyed, pass too', () => {
    const zone = 'eu-central-1b';
    const { reports } = synthesised({ ...exampleConfig, reservedConcurrency: null, protected: false, zone });
    expect(reports.flatMap(({ violations }) => violations)).toEqual([]);
  });
});

describe('the host', () => {
  const { host } = synthesised(exampleConfig);
  const ofType = (type: string) => Object.values(host?.Resources ?? {}).filter(({ Type }) => Type === type);

  test('has the five ports of the service open, as a deployment says them, and the dial-back', () => {
    expect(inboundPorts.map(({ port }) => port)).toEqual(endpoints.map(({ key }) => deployedPorts[key]));
    const [group] = ofType('AWS::EC2::SecurityGroup');
    const ports = (rules: unknown) =>
      JSON.parse(JSON.stringify(rules)).map(({ FromPort, ToPort }: Record<string, number>) => [FromPort, ToPort]);
    expect(ports(group?.Properties?.['SecurityGroupIngress'])).toEqual(
      Object.values(deployedPorts).map((port) => [port, port]),
    );
    expect(ports(group?.Properties?.['SecurityGroupEgress'])).toEqual([[40_001, 40_001]]);
  });

  test('is told a configuration that its image takes, in the canonical form', () => {
    const [instance] = ofType('AWS::EC2::Instance');
    const text = JSON.stringify(instance?.Properties?.['UserData']);
    const parts: unknown = JSON.parse(text)['Fn::Base64']['Fn::Join'][1];
    const written = JSON.parse(JSON.stringify(parts))
      .map((part: unknown) => (typeof part === 'string' ? part : '192.0.2.7'))
      .join('');
    const { network, refundKey, lockHeight } = exampleConfig;
    expect(readMachineConfiguration(written)).toEqual({ network, refundKey, lockHeight, name: '192.0.2.7' });
    expect(written).toBe(`${JSON.stringify({ network, refundKey, lockHeight, name: '192.0.2.7' })}\n`);
  });

  test('is in the zone that was chosen for it, or in one that EC2 chooses', () => {
    const subnetOf = (zone: string | null) =>
      Object.values(synthesised({ ...exampleConfig, zone }).host?.Resources ?? {}).find(
        ({ Type }) => Type === 'AWS::EC2::Subnet',
      )?.Properties;
    expect(subnetOf('eu-central-1b')).toMatchObject({ AvailabilityZone: 'eu-central-1b' });
    expect(subnetOf(null)).not.toHaveProperty('AvailabilityZone');
  });

  test('of another image or configuration is another resource', () => {
    const idOf = (config: typeof exampleConfig) => {
      const stack = new HostStack(new App(), 'Host', { ...config, imageId: config.imageId ?? '' }, {});
      return Object.keys(Template.fromStack(stack).findResources('AWS::EC2::Instance'))[0];
    };
    const ids = [
      exampleConfig,
      { ...exampleConfig, imageId: 'ami-0123456789abcdef1' },
      { ...exampleConfig, lockHeight: exampleConfig.lockHeight + 1 },
      { ...exampleConfig, hostName: 'pinata.example.org' },
    ].map(idOf);
    expect(new Set(ids).size).toBe(ids.length);
    expect(idOf({ ...exampleConfig, protected: false })).toBe(ids[0]);
  });

  test('without a refund key is refused: its wallet is a vault', () => {
    expect(() => synthesised({ ...exampleConfig, refundKey: null })).toThrow('refundKey: null');
  });
});

test('a domain without its zone is refused, with what is missing', () => {
  expect(() => synthesised({ ...exampleConfig, pageDomain: 'status.example.org' })).toThrow(
    'pageDomain: status.example.org needs hostedZone',
  );
});
