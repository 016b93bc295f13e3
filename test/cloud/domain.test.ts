import { readFileSync } from 'node:fs';
import * as v from 'valibot';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type StackConfig, stackConfigSchema } from '../../infra/stacks/config.ts';
import { required } from '../support/required.ts';
import { CdkCommand, placeholderPoller } from './cdk-command.ts';
import { account, type EmulatedCloud, startCloud } from './emulated-cloud.ts';
import { certificates, hasDomain, hostedZone, leftProofAlone, pageDomain, recordsIn } from './page-domain.ts';
import { resourcesOf } from './stack-resources.ts';
import { hasCloud, howToGetCloud } from './venv.ts';
import { unseen } from './witnesses.ts';

/* CDK's own command line gives a page a domain of its own, on a cloud of this machine. */

const cloudPrograms = required.obtainable('ministack and moto', hasCloud(), howToGetCloud);

const region = 'us-east-1';
const stack = 'PinataStatus-regatta';
const deployment = new URL('../cdk/deployment.json', import.meta.url);
const config = (more: Partial<StackConfig>): StackConfig => ({
  ...v.parse(stackConfigSchema, JSON.parse(readFileSync(deployment, 'utf8'))),
  account,
  region,
  ...more,
});

describe.skipIf(cloudPrograms.missing)('a domain for the page, on an emulated cloud', () => {
  let cloud: EmulatedCloud;
  let cdk: CdkCommand;
  beforeAll(async () => {
    cloud = await startCloud(region);
    cdk = new CdkCommand(cloud.environment);
    expect(await cdk.bootstrap(account, region)).toMatchObject({ status: 0 });
  });
  afterAll(async () => {
    cdk?.[Symbol.dispose]();
    await cloud?.stop();
  });

  test('has a certificate, records and an alias, which an upgrade leaves and which go with the stack', async () => {
    const zone = await hostedZone(cloud.client);
    const first = config({ pageDomain, hostedZone: zone });
    const outputs = (await cdk.deploy([stack], first, placeholderPoller))[stack] ?? {};
    expect(outputs['StatusUrl']).toBe(`https://${pageDomain}`);
    const resources = await resourcesOf(cloud.client, stack);
    expect(await unseen(cloud.client, resources)).toEqual([]);
    const certificate = await hasDomain(cloud.client, zone, outputs['DistributionId'] ?? '');

    // What `upgrade` changes of it: the release that the poller wants to see, and where it looks.
    const upgraded = {
      ...first,
      release: { version: '0.2.0', sha256: '22'.repeat(32) },
      host: { address: '192.0.2.8', ports: first.host?.ports ?? expect.fail('the example has no host') },
    };
    expect(await cdk.deploy([stack], upgraded, placeholderPoller)).toEqual({ [stack]: outputs });
    expect(await hasDomain(cloud.client, zone, outputs['DistributionId'] ?? '')).toBe(certificate);

    expect(await cdk.run(['destroy', stack, '--force'], upgraded, placeholderPoller)).toMatchObject({ status: 0 });
    const gone = await unseen(cloud.client, resources);
    expect(resources.map(({ logicalId }) => logicalId).filter((id) => !gone.includes(id))).toEqual([]);
    await leftProofAlone(cloud.client, zone);

    // Once more: the proof that was left is written over.
    const again = (await cdk.deploy([stack], first, placeholderPoller))[stack] ?? {};
    expect(await hasDomain(cloud.client, zone, again['DistributionId'] ?? '')).not.toBe(certificate);
    // Four programs one after the other, on a machine that may have a lot else to do.
  }, 1_800_000);

  test('in a zone that it is not of ends the stack, leaves that zone as it was, and the next run goes on', async () => {
    const its = 'PinataStatus-strange';
    const zone = await hostedZone(cloud.client);
    const look = () => Promise.all([certificates(cloud.client), recordsIn(cloud.client, zone)]);
    const before = await look();
    const named = (name: string) => config({ name: 'strange', pageDomain: name, hostedZone: zone });
    const words = ['deploy', its, '--exclusively', '--require-approval', 'never'];
    const { status, output } = await cdk.run(words, named('status.example.com'), placeholderPoller);
    expect(status, output).toBe(1);
    expect(output).toMatch(/AWS::CertificateManager::Certificate.*not permitted in zone example\.org\./);
    expect(await look()).toEqual(before);

    const { [its]: outputs } = await cdk.deploy([its], named('another.example.org'), placeholderPoller);
    expect(outputs?.['StatusUrl']).toBe('https://another.example.org');
    // Two programs, on a machine that may have a lot else to do.
  }, 1_800_000);
});
