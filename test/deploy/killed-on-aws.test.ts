import { spawn } from 'node:child_process';
import { mkdtempSync, readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  DescribeAddressesCommand,
  DescribeImagesCommand,
  DescribeInstancesCommand,
  DescribeSnapshotsCommand,
  DescribeVpcsCommand,
} from '@aws-sdk/client-ec2';
import { ListBucketsCommand, ListObjectsV2Command, PutObjectCommand } from '@aws-sdk/client-s3';
import { describe, expect, onTestFinished, test } from 'vitest';
import { planOf, stepNames } from '../../infra/deploy/plan.ts';
import { readDeployment } from '../../infra/deploy/state-file.ts';
import { teardownNames, teardownOf } from '../../infra/deploy/teardown.ts';
import { type EmulatedCloud, startCloud } from '../cloud/emulated-cloud.ts';
import { hasDomain, hostedZone, leftProofAlone, pageDomain } from '../cloud/page-domain.ts';
import { hasCloud, howToGetCloud } from '../cloud/venv.ts';
import { required } from '../support/required.ts';
import { walletAddress } from './fake-cloud.ts';
import { clientsAt } from './on-emulated-aws.ts';
import { drafted, releaseFolder } from './scene.ts';

/*
 * One deployment, by runs that are killed: each of them once a step is done in the cloud and nobody has written that down, so that
 * the next one finds it there. On an emulated AWS, by cdk's own command line.
 */

const cloudPrograms = required.obtainable('ministack and moto', hasCloud(), howToGetCloud);
const region = 'us-east-1';

const steps = planOf(drafted({ region }), 'd').map(({ name }) => name);
const teardown = teardownOf(drafted({ region }), 'd').map(({ name }) => name);

test('the steps at which a run is killed are all that there are', () => {
  // `watch` is of a VPS alone, and does what `status` does; on the file that stands for a cloud it is killed too (runner.test.ts).
  expect(new Set([...steps, 'watch'])).toEqual(new Set(stepNames));
  expect(new Set(teardown)).toEqual(new Set(teardownNames));
});

describe.skipIf(cloudPrograms.missing)('a deployment whose runs are killed, on an emulated cloud', () => {
  test('at each step of deploy and of destroy: nothing doubled, nothing lost, nothing left', async () => {
    const cloud = await startCloud(region);
    onTestFinished(() => cloud.stop());
    const folder = mkdtempSync(join(tmpdir(), 'pinata-killed-'));
    const run = runner(cloud, folder, await answering());
    const own = join(folder, 'pinata');
    const zone = await hostedZone(cloud.client);
    const told = ['--network', 'regtest', '--refund-height', '1000', '--region', region];
    const domain = ['--page-domain', pageDomain, '--hosted-zone', zone];
    const deploy = ['deploy', '--folder', folder, '--release', releaseFolder(), ...told, ...domain, '--yes'];

    let key = '';
    for (const step of steps) {
      const { signal, output } = await run(`deploying:${step}`, deploy);
      expect({ step, signal }, output).toEqual({ step, signal: 'SIGKILL' });
      expect(readDeployment(own)?.state).toBe(`deploying:${step}`);
      expect(output).not.toContain(walletAddress);
      key ||= readFileSync(join(own, 'refund-key.wif'), 'utf8');
    }
    const end = await run('-', deploy);
    expect(end, end.output).toMatchObject({ status: 0 });
    expect(end.output).toContain(`Fund it by sending coins of regtest to\n\n  ${walletAddress}`);
    expect(readFileSync(join(own, 'refund-key.wif'), 'utf8')).toBe(key);
    const { host, wallet, stacks, state, status } = readDeployment(own) ?? {};
    expect({ state, stacks, wallet: wallet?.address, page: status?.url }).toEqual({
      state: 'live',
      stacks: ['PinataHost-pinata', 'PinataStatus-pinata'],
      wallet: walletAddress,
      page: `https://${pageDomain}`,
    });

    const { instances, ...there } = await thereIs(cloud);
    expect(there).toEqual({ images: 1, snapshots: 1, addresses: 1, networks: 1, buckets: 1 });
    expect(instances).toEqual([[host?.serverId, host?.zone]]);
    await hasDomain(cloud.client, zone, status?.distribution ?? '');
    const made = (action: string): number => cloud.gateway.calls.filter((call) => call.action === action).length;
    const once = ['RunInstances', 'AllocateAddress', 'CreateSecurityGroup', 'RegisterImage', 'RequestCertificate'];
    expect(once.map((action) => [action, made(action)])).toEqual(once.map((action) => [action, 1]));
    const { s3 } = clientsAt(cloud.endpoint)(region);
    const Bucket = status?.bucket;
    const { Contents = [] } = await s3.send(new ListObjectsV2Command({ Bucket, Prefix: 'public/release' }));
    const released = Contents.map(({ Key = '' }) => Key.split('/').at(-1));
    expect(released.toSorted()).toEqual(['btc-pinata.cdx.json', 'btc-pinata.cjs', 'release.json']);

    await s3.send(new PutObjectCommand({ Bucket, Key: 'public/index.html', Body: 'It still hangs.' }));
    const destroy = ['destroy', '--folder', folder, '--abandon-until', '1000', '--yes'];
    for (const step of teardown) {
      const { signal, output } = await run(`destroying:${step}`, destroy);
      expect({ step, signal }, output).toEqual({ step, signal: 'SIGKILL' });
      expect(readDeployment(own)?.state).toBe(`destroying:${step}`);
    }
    const over = await run('-', destroy);
    expect(over, over.output).toMatchObject({ status: 0 });
    expect(over.output).toContain('pinata is gone.');
    expect(over.output).toContain(
      `in the zone ${zone} the CNAME below ${pageDomain} by which its certificate was proven`,
    );
    expect(await thereIs(cloud)).toEqual({
      instances: [],
      images: 0,
      snapshots: 0,
      addresses: 0,
      networks: 0,
      buckets: 0,
    });
    await leftProofAlone(cloud.client, zone);
    expect(readDeployment(own)?.state).toBe('destroyed');
    expect(readFileSync(join(own, 'page/index.html'), 'utf8')).toBe('It still hangs.');
    // The coins of the vault may still be taken back, by that key alone.
    expect(readFileSync(join(own, 'refund-key.wif'), 'utf8')).toBe(key);
    // Eighteen runs, on a machine that may have a lot else to do.
  }, 1_800_000);
});

/** Somebody who answers in the place of the host. */
async function answering(): Promise<number> {
  const server = createServer((_, answer) => answer.end('{}'));
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
  onTestFinished(() => {
    server.close();
    server.closeAllConnections();
  });
  return (server.address() as AddressInfo).port;
}

const runner = (cloud: EmulatedCloud, home: string, port: number) => {
  const program = join(import.meta.dirname, 'killed-on-aws.ts');
  const env = { ...process.env, ...cloud.environment, HOME: home };
  return (state: string, words: readonly string[]) =>
    new Promise<{ status: number | null; signal: string | null; output: string }>((end, fail) => {
      const child = spawn(process.execPath, [program, `${port}`, state, ...words], {
        env,
        stdio: ['ignore', 'pipe', 'pipe'],
      });
      let output = '';
      for (const stream of [child.stdout, child.stderr]) {
        stream.setEncoding('utf8').on('data', (text: string) => {
          output += text;
        });
      }
      child.on('error', fail).on('close', (status, signal) => end({ status, signal, output }));
    });
};

/** What a deployment makes, by the word of each service. */
async function thereIs(cloud: EmulatedCloud) {
  const { ec2, s3 } = clientsAt(cloud.endpoint)(region);
  const ours = [{ Name: 'tag:btc-pinata:deployment', Values: ['pinata'] }];
  const own = { Filters: ours };
  const { Reservations = [] } = await ec2.send(
    new DescribeInstancesCommand({
      Filters: [...ours, { Name: 'instance-state-name', Values: ['pending', 'running', 'stopping', 'stopped'] }],
    }),
  );
  // By their names: moto registers no tags.
  const named = { Filters: [{ Name: 'name', Values: ['btc-pinata pinata *'] }] };
  const { Images = [] } = await ec2.send(new DescribeImagesCommand({ Owners: ['self'], ...named }));
  const { Snapshots = [] } = await ec2.send(new DescribeSnapshotsCommand({ OwnerIds: ['self'], ...own }));
  const { Addresses = [] } = await ec2.send(new DescribeAddressesCommand(own));
  const { Vpcs = [] } = await ec2.send(new DescribeVpcsCommand(own));
  const { Buckets = [] } = await s3.send(new ListBucketsCommand({}));
  return {
    instances: Reservations.flatMap(({ Instances = [] }) =>
      Instances.map(({ InstanceId, Placement }) => [InstanceId, Placement?.AvailabilityZone]),
    ),
    images: Images.length,
    snapshots: Snapshots.length,
    addresses: Addresses.length,
    networks: Vpcs.length,
    buckets: Buckets.filter(({ Name = '' }) => /^pinatastatus-pinata/i.test(Name)).length,
  };
}
