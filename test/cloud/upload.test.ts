import { createHash } from 'node:crypto';
import { EBSClient } from '@aws-sdk/client-ebs';
import { DescribeSnapshotsCommand, EC2Client } from '@aws-sdk/client-ec2';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { blockLength } from '../../infra/deploy/blocks.ts';
import { registered } from '../../infra/deploy/machine-image.ts';
import { diskTag, upload } from '../../infra/deploy/upload.ts';
import { release } from '../deploy/scene.ts';
import { required } from '../support/required.ts';
import { type EmulatedCloud, startCloud } from './emulated-cloud.ts';
import type { Answer } from './gateway.ts';
import { readSnapshot } from './snapshot.ts';
import { hasCloud, howToGetCloud } from './venv.ts';

/*
 * The upload by the SDK itself, over HTTP, to moto's EBS and EC2: what it makes is read back by the same API. To moto each
 * snapshot is complete at once, so that an upload which was interrupted is gone on with in test/deploy/upload.test.ts.
 */

const cloudPrograms = required.obtainable('moto', hasCloud(), howToGetCloud);

/** Two blocks of five have something in them; the last one is not full. */
function someDisk(): Uint8Array {
  const disk = new Uint8Array(4 * blockLength + 1000);
  disk.fill(7, blockLength + 3, blockLength + 90_000);
  disk[disk.length - 1] = 2;
  return disk;
}

describe.skipIf(cloudPrograms.missing)('a disk, uploaded', () => {
  const region = 'eu-west-1';
  let cloud: EmulatedCloud;
  let deployment = '';
  let count = 0;
  beforeAll(async () => {
    cloud = await startCloud(region);
  });
  afterAll(() => cloud?.stop());
  beforeEach(() => {
    count += 1;
    deployment = `upload-${count}`;
    cloud.gateway.intercept = undefined;
  });

  const send = (disk: Uint8Array): Promise<string> => {
    const settings = { ...cloud.client, maxAttempts: 3 };
    const [ebs, ec2] = [new EBSClient(settings), new EC2Client(settings)];
    const signal = new AbortController().signal;
    return upload(disk, deployment, { ebs, ec2, signal, pause: async () => undefined }, () => undefined);
  };
  const ebsCalls = (from: number, method: string) =>
    cloud.gateway.calls.slice(from).filter((call) => call.service === 'ebs' && call.method === method);
  const puts = (from: number) => ebsCalls(from, 'PUT').length;
  const snapshots = async () => {
    const Filters = [{ Name: 'tag:btc-pinata:deployment', Values: [deployment] }];
    const found = await new EC2Client(cloud.client).send(new DescribeSnapshotsCommand({ OwnerIds: ['self'], Filters }));
    return found.Snapshots ?? [];
  };

  test('is a snapshot with the same bytes, whose tags say of what, and is not sent again', async () => {
    const disk = someDisk();
    const before = cloud.gateway.calls.length;
    const id = await send(disk);
    const read = await readSnapshot(cloud.client, id);
    expect(read.subarray(0, disk.length).equals(disk)).toBe(true);
    expect(read.subarray(disk.length).every((octet) => octet === 0)).toBe(true);
    expect(puts(before)).toBe(2);
    hasItsChecksums(before);
    expect(await snapshots()).toMatchObject([{ SnapshotId: id, State: 'completed', VolumeSize: 1 }]);
    expect((await snapshots())[0]?.Tags?.map(({ Key }) => Key)).toContain(diskTag);
    expect(await send(disk)).toBe(id);
    expect(puts(before)).toBe(2);
  });

  /** moto takes them at their word, and EBS does not. */
  function hasItsChecksums(from: number): void {
    const blocks = ebsCalls(from, 'PUT').map(({ path, headers, body }) => {
      const sum = createHash('sha256').update(body).digest();
      expect(headers).toMatchObject({
        'x-amz-checksum': sum.toString('base64'),
        'x-amz-checksum-algorithm': 'SHA256',
        'x-amz-data-length': `${blockLength}`,
      });
      expect(body.length).toBe(blockLength);
      return { index: Number(/\/blocks\/(\d+)/.exec(path)?.[1]), sum };
    });
    const inOrder = blocks.toSorted((one, other) => one.index - other.index).map(({ sum }) => sum);
    const [completion] = ebsCalls(from, 'POST').filter(({ path }) => path.startsWith('/snapshots/completion/'));
    expect(completion?.headers).toMatchObject({
      'x-amz-changedblockscount': `${blocks.length}`,
      'x-amz-checksum': createHash('sha256').update(Buffer.concat(inOrder)).digest('base64'),
      'x-amz-checksum-aggregation-method': 'LINEAR',
    });
  }

  /** A fault of theirs, which the SDK tries again. */
  const broken: Answer = { status: 500, type: 'application/json', body: '{"__type":"InternalServerException"}' };

  test('is whole where a request failed and the SDK sent it again', async () => {
    const disk = someDisk();
    let faults = 1;
    cloud.gateway.intercept = ({ service, method }) => {
      if (service !== 'ebs' || method !== 'PUT' || faults === 0) return undefined;
      faults -= 1;
      return broken;
    };
    const before = cloud.gateway.calls.length;
    const id = await send(disk);
    expect(puts(before)).toBe(3);
    expect((await readSnapshot(cloud.client, id)).subarray(0, disk.length).equals(disk)).toBe(true);
  });

  test('is registered once, as what a measured machine boots', async () => {
    const ec2 = new EC2Client(cloud.client);
    const id = await send(someDisk());
    const register = () => registered({ name: deployment, release }, id, ec2, new AbortController().signal);
    const image = await register();
    expect(await register()).toBe(image);
    // moto keeps the name alone: what it was asked for is looked at.
    const asked = cloud.gateway.calls.filter(({ action }) => action === 'RegisterImage').map(({ body }) => body);
    expect(asked.map((body) => Object.fromEntries(new URLSearchParams(body.toString('utf8'))))).toEqual([
      expect.objectContaining({
        Architecture: 'x86_64',
        BootMode: 'uefi',
        TpmSupport: 'v2.0',
        EnaSupport: 'true',
        ImdsSupport: 'v2.0',
        RootDeviceName: '/dev/xvda',
        'BlockDeviceMapping.1.DeviceName': '/dev/xvda',
        'BlockDeviceMapping.1.Ebs.SnapshotId': id,
      }),
    ]);
  });
});
