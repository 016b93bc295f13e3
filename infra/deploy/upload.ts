import { createHash } from 'node:crypto';
import {
  CompleteSnapshotCommand,
  type EBSClient,
  PutSnapshotBlockCommand,
  StartSnapshotCommand,
} from '@aws-sdk/client-ebs';
import { DeleteSnapshotCommand, DescribeSnapshotsCommand, type EC2Client, type Snapshot } from '@aws-sdk/client-ec2';
import { Refusal } from '../claim/refusal.ts';
import { type Block, blocksOf, linearChecksum, volumeSize } from './blocks.ts';
import { deploymentTag } from './policy.ts';
import type { Tell } from './world.ts';

/*
 * A disk becomes a snapshot of EBS without a machine in between (EBS direct APIs). A snapshot is known by a tag with the hash of
 * the disk: an upload that was interrupted is found by it and goes on, and one that is complete is taken as it is.
 */

export interface Uploader {
  readonly ebs: EBSClient;
  readonly ec2: EC2Client;
  readonly pause: (milliseconds: number) => Promise<void>;
  readonly signal: AbortSignal;
}

export const diskTag = 'btc-pinata:disk-sha256';
/** Blocks on their way at once: AWS takes a thousand a second of an account, and a line at home much less. */
const lanes = 8;
/** Minutes after which AWS gives up a snapshot that nobody writes to. */
const patience = 60;

/** The id of a complete snapshot with exactly these bytes, of this deployment. */
export async function upload(disk: Uint8Array, deployment: string, uploader: Uploader, tell: Tell): Promise<string> {
  const sha256 = createHash('sha256').update(disk).digest('hex');
  const found = await ours(sha256, deployment, uploader);
  const complete = found.find(({ State }) => State === 'completed');
  if (complete?.SnapshotId !== undefined) return complete.SnapshotId;
  const broken = found.filter(({ State }) => State === 'error');
  for (const { SnapshotId } of broken)
    await uploader.ec2.send(new DeleteSnapshotCommand({ SnapshotId }), { abortSignal: uploader.signal });
  const id =
    found.find(({ State }) => State === 'pending')?.SnapshotId ??
    (await started(disk, sha256, deployment, broken, uploader));
  await written(id, disk, uploader, tell);
  await settled(id, uploader, tell);
  return id;
}

async function ours(sha256: string, deployment: string, { ec2, signal }: Uploader): Promise<readonly Snapshot[]> {
  const { Snapshots = [] } = await ec2.send(
    new DescribeSnapshotsCommand({
      OwnerIds: ['self'],
      Filters: [
        { Name: `tag:${diskTag}`, Values: [sha256] },
        { Name: `tag:${deploymentTag}`, Values: [deployment] },
      ],
    }),
    { abortSignal: signal },
  );
  return Snapshots;
}

/** The token makes a request that was answered to nobody, and is sent again, the same request. */
async function started(
  disk: Uint8Array,
  sha256: string,
  deployment: string,
  broken: readonly Snapshot[],
  { ebs, signal }: Uploader,
): Promise<string> {
  const told = [deployment, sha256, ...broken.map(({ SnapshotId }) => SnapshotId)].join('/');
  const { SnapshotId } = await ebs.send(
    new StartSnapshotCommand({
      VolumeSize: volumeSize(disk.length),
      Description: `btc-pinata ${deployment}`,
      ClientToken: createHash('sha256').update(told).digest('hex'),
      Timeout: patience,
      Tags: [
        { Key: diskTag, Value: sha256 },
        { Key: deploymentTag, Value: deployment },
      ],
    }),
    { abortSignal: signal },
  );
  if (SnapshotId === undefined) throw new Error('StartSnapshot answered without a SnapshotId');
  return SnapshotId;
}

/** Written again, a block is the same block: so nobody asks which ones an interrupted upload had. */
async function written(id: string, disk: Uint8Array, { ebs, signal }: Uploader, tell: Tell): Promise<void> {
  const blocks = [...blocksOf(disk)];
  const waiting = blocks.values();
  let sent = 0;
  const put = async ({ index, bytes, sha256 }: Block): Promise<void> => {
    const { Checksum } = await ebs.send(
      new PutSnapshotBlockCommand({
        SnapshotId: id,
        BlockIndex: index,
        BlockData: bytes,
        DataLength: bytes.length,
        Checksum: sha256,
        ChecksumAlgorithm: 'SHA256',
      }),
      { abortSignal: signal },
    );
    if (Checksum !== undefined && Checksum !== sha256)
      throw new Refusal(`EBS has other bytes of block ${index} than were sent`);
    sent += 1;
    tell(`${sent} of ${blocks.length} blocks of 512 KiB`, sent / blocks.length);
  };
  const lane = async (): Promise<void> => {
    for (const block of waiting) await put(block);
  };
  await Promise.all(Array.from({ length: lanes }, lane));
  await ebs.send(
    new CompleteSnapshotCommand({
      SnapshotId: id,
      ChangedBlocksCount: blocks.length,
      Checksum: linearChecksum(blocks),
      ChecksumAlgorithm: 'SHA256',
      ChecksumAggregationMethod: 'LINEAR',
    }),
    { abortSignal: signal },
  );
}

/** EBS computes the checksum anew, and says only then whether it is what was sent. */
async function settled(id: string, { ec2, pause, signal }: Uploader, tell: Tell): Promise<void> {
  for (;;) {
    const { Snapshots = [] } = await ec2.send(new DescribeSnapshotsCommand({ SnapshotIds: [id] }), {
      abortSignal: signal,
    });
    const [snapshot] = Snapshots;
    if (snapshot?.State === 'completed') return;
    if (snapshot?.State === 'error') {
      throw new Refusal(
        `EBS did not accept the image (${snapshot.StateMessage ?? id}): run this again to send it anew`,
      );
    }
    tell(`EBS checks the snapshot ${id}`);
    await pause(2000);
  }
}
