import { readFileSync } from 'node:fs';
import { CloudFormationClient, CreateStackCommand, DescribeStacksCommand } from '@aws-sdk/client-cloudformation';
import { DeleteVpcCommand, EC2Client } from '@aws-sdk/client-ec2';
import { DeleteQueueCommand, SQSClient } from '@aws-sdk/client-sqs';
import * as v from 'valibot';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { required } from '../support/required.ts';
import { type EmulatedCloud, startCloud } from './emulated-cloud.ts';
import { resourcesOf } from './stack-resources.ts';
import { hasCloud, howToGetCloud } from './venv.ts';
import { type Resource, unseen, witnessedTypes } from './witnesses.ts';

/*
 * The test of the test: a resource of a template that nothing backs fails a deployment to the emulated cloud, whatever
 * CloudFormation says of it.
 */

const typed = v.object({ Resources: v.record(v.string(), v.object({ Type: v.string() })) });
const typesOf = (name: string): readonly string[] => {
  const text = readFileSync(new URL(`../cdk/${name}.json`, import.meta.url), 'utf8');
  return Object.values(v.parse(typed, JSON.parse(text)).Resources).map(({ Type }) => Type);
};

test.each(['status', 'host', 'status-of-a-domain'])(
  'each type of %s.json has a service that is asked about it',
  (name) => {
    expect(typesOf(name).filter((type) => !witnessedTypes.has(type))).toEqual([]);
  },
);

const cloudPrograms = required.obtainable('ministack and moto', hasCloud(), howToGetCloud);

describe.skipIf(cloudPrograms.missing)('on the emulated cloud', () => {
  let cloud: EmulatedCloud;
  beforeAll(async () => {
    cloud = await startCloud('us-east-1');
  });
  afterAll(() => cloud?.stop());

  /** Its status at the end, and what CloudFormation says that it has. */
  async function deployed(StackName: string, Resources: object): Promise<[string, readonly Resource[]]> {
    const client = new CloudFormationClient(cloud.client);
    await client.send(new CreateStackCommand({ StackName, TemplateBody: JSON.stringify({ Resources }) }));
    const status = async () =>
      (await client.send(new DescribeStacksCommand({ StackName }))).Stacks?.[0]?.StackStatus ?? 'NONE';
    await vi.waitUntil(async () => !(await status()).endsWith('_IN_PROGRESS'), { timeout: 60_000, interval: 100 });
    return [await status(), await resourcesOf(cloud.client, StackName)];
  }

  const network = { Type: 'AWS::EC2::VPC', Properties: { CidrBlock: '10.0.0.0/24' } };
  const queue = { Type: 'AWS::SQS::Queue', Properties: { QueueName: 'backed' } };

  test.each(['AWS::Nitro::Pinata', 'AWS::GuardDuty::Detector'])(
    '%s, a type that no emulator and no stand-in has, is refused',
    async (Type) => {
      const unbacked = deployed('unbacked', { Queue: queue, Nothing: { Type, Properties: { Enable: true } } });
      await expect(unbacked).rejects.toThrow(`Unrecognized resource types: [${Type}]`);
    },
  );

  test('a property that its stand-in does not know fails the stack', async () => {
    const strange = { ...network, Properties: { ...network.Properties, Ipv4NetmaskLength: 24 } };
    const [status] = await deployed('strange', { Network: strange });
    expect(status).not.toBe('CREATE_COMPLETE');
  });

  test('a type that is there, and that no service is asked about, is refused by name', async () => {
    const [status, resources] = await deployed('unasked', {
      Table: { Type: 'AWS::CloudFormation::WaitConditionHandle' },
    });
    expect(status).toBe('CREATE_COMPLETE');
    await expect(unseen(cloud.client, resources)).rejects.toThrow(
      'AWS::CloudFormation::WaitConditionHandle (Table): no service here has such a thing',
    );
  });

  test('a resource that CloudFormation has, and its service has not, is named', async () => {
    const [status, resources] = await deployed('behind', { Queue: { Type: 'AWS::SQS::Queue' }, Network: network });
    expect(status).toBe('CREATE_COMPLETE');
    expect(await unseen(cloud.client, resources)).toEqual([]);
    const idOf = (id: string) => resources.find(({ logicalId }) => logicalId === id)?.physicalId;
    await new SQSClient(cloud.client).send(new DeleteQueueCommand({ QueueUrl: idOf('Queue') }));
    await new EC2Client(cloud.client).send(new DeleteVpcCommand({ VpcId: idOf('Network') }));
    expect((await unseen(cloud.client, resources)).toSorted()).toEqual(['Network', 'Queue']);
  });
});
