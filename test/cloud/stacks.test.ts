import { readFileSync } from 'node:fs';
import { GetFunctionConfigurationCommand, LambdaClient } from '@aws-sdk/client-lambda';
import * as v from 'valibot';
import { describe, expect, onTestFinished, test } from 'vitest';
import { type StackConfig, stackConfigSchema } from '../../infra/stacks/config.ts';
import { required } from '../support/required.ts';
import { CdkCommand, placeholderPoller } from './cdk-command.ts';
import { account, startCloud } from './emulated-cloud.ts';
import { registeredImage } from './registered-image.ts';
import { resourcesOf } from './stack-resources.ts';
import { hasCloud, howToGetCloud } from './venv.ts';
import { unseen } from './witnesses.ts';

/* CDK's own command line deploys, changes and destroys both stacks, on a cloud of this machine. */

const cloudPrograms = required.obtainable('ministack and moto', hasCloud(), howToGetCloud);

const region = 'us-east-1';
const deployment = new URL('../cdk/deployment.json', import.meta.url);
const config = (imageId: string): StackConfig => ({
  ...v.parse(stackConfigSchema, JSON.parse(readFileSync(deployment, 'utf8'))),
  account,
  region,
  imageId,
});

describe.skipIf(cloudPrograms.missing)('the stacks, on an emulated cloud', () => {
  test('are deployed, changed and destroyed, each resource by the word of its own service', async () => {
    const cloud = await startCloud(region);
    onTestFinished(() => cloud.stop());
    using cdk = new CdkCommand(cloud.environment);
    const first = config(await registeredImage(cloud.client));
    const [status, host] = ['PinataStatus-regatta', 'PinataHost-regatta'] as const;
    const stacks = [status, host];
    expect(await cdk.bootstrap(account, region)).toMatchObject({ status: 0 });

    const outputs = await cdk.deploy(stacks, first, placeholderPoller);
    const keys = ({ [status]: page = {}, [host]: machine = {} }: typeof outputs) => [page, machine].map(Object.keys);
    expect(keys(outputs).map((names) => new Set(names))).toEqual([
      new Set(['BucketName', 'DistributionId', 'PollerName', 'StatusUrl']),
      new Set(['Address', 'InstanceId']),
    ]);
    const resources = new Map(
      await Promise.all(stacks.map(async (stack) => [stack, await resourcesOf(cloud.client, stack)] as const)),
    );
    for (const ofStack of resources.values()) expect(await unseen(cloud.client, ofStack)).toEqual([]);

    const changed = { ...first, sources: ['https://esplora.example.org/api'], protected: false };
    expect(await cdk.deploy(stacks, changed, placeholderPoller)).toEqual(outputs);
    const { Environment } = await new LambdaClient(cloud.client).send(
      new GetFunctionConfigurationCommand({ FunctionName: outputs[status]?.['PollerName'] }),
    );
    expect(Environment?.Variables?.['PINATA_WATCHED']).toContain('"sources":["https://esplora.example.org/api"]');

    expect(await cdk.run(['destroy', ...stacks, '--force'], changed, placeholderPoller)).toMatchObject({ status: 0 });
    for (const ofStack of resources.values()) {
      const gone = await unseen(cloud.client, ofStack);
      expect(ofStack.map(({ logicalId }) => logicalId).filter((id) => !gone.includes(id))).toEqual([]);
    }
    // Seven programs one after the other, on a machine that may have a lot else to do.
  }, 1_800_000);
});
