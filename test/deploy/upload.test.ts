import { createHash } from 'node:crypto';
import { CompleteSnapshotCommand, EBSClient, PutSnapshotBlockCommand, StartSnapshotCommand } from '@aws-sdk/client-ebs';
import {
  DeleteSnapshotCommand,
  DescribeImagesCommand,
  DescribeSnapshotsCommand,
  EC2Client,
  RegisterImageCommand,
} from '@aws-sdk/client-ec2';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { blockLength, blocksOf, linearChecksum, volumeSize } from '../../infra/deploy/blocks.ts';
import { registered } from '../../infra/deploy/machine-image.ts';
import { diskTag, upload } from '../../infra/deploy/upload.ts';
import { answered } from '../cloud/stand-ins.ts';
import { release } from './scene.ts';

/* How a disk becomes a snapshot. A stand-in for EBS holds every checksum against the bytes; moto's is asked in test/cloud. */

const sha256 = (bytes: Uint8Array): Buffer => createHash('sha256').update(bytes).digest();

/** Two gigabytes with something in three blocks would be slow: four blocks, two of them zero. */
function someDisk(): Uint8Array {
  const disk = new Uint8Array(3 * blockLength + 1000);
  disk[5] = 1;
  disk[disk.length - 1] = 2;
  return disk;
}

interface Snapshot {
  readonly id: string;
  readonly sha256: string;
  readonly blocks: Map<number, Buffer>;
  state: 'pending' | 'completed' | 'error';
}

class Ebs {
  readonly snapshots: Snapshot[] = [];
  readonly images: { readonly name: string; readonly input: RegisterImageCommand['input'] }[] = [];
  puts = 0;
  /** Before each block. */
  fault: (put: number) => void = () => undefined;

  readonly ebs = answered(new EBSClient({ region: 'eu-west-1' }), (command) => this.#ebs(command));
  readonly ec2 = answered(new EC2Client({ region: 'eu-west-1' }), (command) => this.#ec2(command));

  #ebs(command: unknown): unknown {
    if (command instanceof StartSnapshotCommand) {
      const { ClientToken = '', Tags = [], Timeout } = command.input;
      expect([ClientToken.length, Timeout]).toEqual([64, 60]);
      const tag = Tags.find(({ Key }) => Key === diskTag)?.Value ?? '';
      const id = `snap-${String(this.snapshots.length + 1).padStart(17, '0')}`;
      this.snapshots.push({ id, sha256: tag, blocks: new Map(), state: 'pending' });
      return { SnapshotId: id };
    }
    if (command instanceof PutSnapshotBlockCommand) {
      const { SnapshotId, BlockIndex = -1, BlockData, DataLength, Checksum } = command.input;
      this.puts += 1;
      this.fault(this.puts);
      const bytes = Buffer.from(BlockData instanceof Uint8Array ? BlockData : []);
      expect([bytes.length, DataLength, Checksum]).toEqual([
        blockLength,
        blockLength,
        sha256(bytes).toString('base64'),
      ]);
      this.#snapshot(SnapshotId).blocks.set(BlockIndex, bytes);
      return { Checksum };
    }
    if (command instanceof CompleteSnapshotCommand) {
      const { SnapshotId, ChangedBlocksCount, Checksum, ChecksumAggregationMethod } = command.input;
      const snapshot = this.#snapshot(SnapshotId);
      const sums = [...snapshot.blocks].toSorted(([one], [other]) => one - other).map(([, bytes]) => sha256(bytes));
      const whole = ChangedBlocksCount === sums.length && Checksum === sha256(Buffer.concat(sums)).toString('base64');
      expect(ChecksumAggregationMethod).toBe('LINEAR');
      snapshot.state = whole ? 'completed' : 'error';
      return { Status: 'pending' };
    }
    throw new Error('EBS was asked for something else');
  }

  #ec2(command: unknown): unknown {
    if (command instanceof DescribeSnapshotsCommand) {
      const { SnapshotIds, Filters = [] } = command.input;
      const wanted = Filters.find(({ Name }) => Name === `tag:${diskTag}`)?.Values?.[0];
      const found = this.snapshots.filter(
        ({ id, sha256: tag }) => SnapshotIds?.includes(id) === true || tag === wanted,
      );
      return { Snapshots: found.map(({ id, state }) => ({ SnapshotId: id, State: state })) };
    }
    if (command instanceof DeleteSnapshotCommand) {
      this.snapshots.splice(this.snapshots.indexOf(this.#snapshot(command.input.SnapshotId)), 1);
      return {};
    }
    if (command instanceof DescribeImagesCommand) {
      const name = command.input.Filters?.[0]?.Values?.[0];
      return { Images: this.images.filter((image) => image.name === name).map(() => ({ ImageId: 'ami-00000001' })) };
    }
    if (command instanceof RegisterImageCommand) {
      this.images.push({ name: command.input.Name ?? '', input: command.input });
      return { ImageId: 'ami-00000001' };
    }
    throw new Error('EC2 was asked for something else');
  }

  #snapshot(id: string | undefined): Snapshot {
    const found = this.snapshots.find((one) => one.id === id);
    if (found === undefined) throw new Error(`there is no snapshot ${id}`);
    return found;
  }
}

const uploaded = (cloud: Ebs, disk = someDisk()): Promise<string> =>
  upload(
    disk,
    'pinata',
    { ebs: cloud.ebs, ec2: cloud.ec2, pause: async () => undefined, signal: new AbortController().signal },
    () => undefined,
  );

test('blocks that are zero are not sent, and the last one is filled up', async () => {
  const cloud = new Ebs();
  const id = await uploaded(cloud);
  const [snapshot] = cloud.snapshots;
  expect([snapshot?.id, snapshot?.state]).toEqual([id, 'completed']);
  expect([...(snapshot?.blocks.keys() ?? [])]).toEqual([0, 3]);
  expect(snapshot?.blocks.get(3)?.subarray(999, 1001)).toEqual(Buffer.from([2, 0]));
});

test('what is there already is not sent again', async () => {
  const cloud = new Ebs();
  const id = await uploaded(cloud);
  const { puts } = cloud;
  expect([await uploaded(cloud), cloud.puts, cloud.snapshots.length]).toEqual([id, puts, 1]);
});

test.each([1, 2])('interrupted at block %i, the same snapshot is gone on with', async (at) => {
  const cloud = new Ebs();
  cloud.fault = (put) => {
    if (put === at) throw new Error('the line is dead');
  };
  await expect(uploaded(cloud)).rejects.toThrow('the line is dead');
  cloud.fault = () => undefined;
  const id = await uploaded(cloud);
  expect(cloud.snapshots.map((one) => [one.id, one.state])).toEqual([[id, 'completed']]);
});

test('a snapshot that EBS did not accept is removed, and made anew', async () => {
  const cloud = new Ebs();
  await uploaded(cloud);
  for (const snapshot of cloud.snapshots) snapshot.state = 'error';
  await uploaded(cloud);
  expect(cloud.snapshots.map(({ state }) => state)).toEqual(['completed']);
});

test('an image is registered once, as what the measured machine needs', async () => {
  const cloud = new Ebs();
  const register = () => registered({ name: 'pinata', release }, 'snap-1', cloud.ec2, new AbortController().signal);
  expect([await register(), await register()]).toEqual(['ami-00000001', 'ami-00000001']);
  expect(cloud.images).toMatchObject([
    {
      name: 'btc-pinata pinata 0.1.0 3333333333333333',
      input: {
        Architecture: 'x86_64',
        BootMode: 'uefi',
        TpmSupport: 'v2.0',
        EnaSupport: true,
        ImdsSupport: 'v2.0',
        RootDeviceName: '/dev/xvda',
        BlockDeviceMappings: [{ DeviceName: '/dev/xvda', Ebs: { SnapshotId: 'snap-1' } }],
      },
    },
  ]);
});

describe('blocks', () => {
  test('put together again are the disk', () => {
    const content = fc.uint8Array({ minLength: 1, maxLength: 64 });
    fc.assert(
      fc.property(fc.array(fc.tuple(fc.nat(4 * blockLength), content), { maxLength: 4 }), (pieces) => {
        const disk = new Uint8Array(4 * blockLength + 100);
        for (const [at, bytes] of pieces) disk.set(bytes.subarray(0, disk.length - at), at);
        const again = new Uint8Array(5 * blockLength);
        for (const { index, bytes } of blocksOf(disk)) again.set(bytes, index * blockLength);
        return Buffer.from(again.buffer, 0, disk.length).equals(disk);
      }),
      { numRuns: 20 },
    );
  });

  test('have one checksum, in whatever order they were sent', () => {
    const blocks = [...blocksOf(someDisk())];
    expect(linearChecksum(blocks)).toBe(linearChecksum(blocks.toReversed()));
    expect(linearChecksum(blocks)).not.toBe(linearChecksum(blocks.slice(1)));
  });

  test('need a volume of whole gibibytes', () => {
    expect([1, 2 ** 30, 2 ** 30 + 1].map(volumeSize)).toEqual([1, 1, 2]);
  });
});
