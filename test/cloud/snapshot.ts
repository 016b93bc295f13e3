import { EBSClient, GetSnapshotBlockCommand, ListSnapshotBlocksCommand } from '@aws-sdk/client-ebs';
import { blockLength } from '../../infra/deploy/blocks.ts';
import type { ClientSettings } from './emulated-cloud.ts';

/**
 * What a volume made of it would hold, as far as there is something, by the EBS direct API. moto says of its blocks that they have
 * 512 bytes, and has them of 512 KiB as EBS.
 */
export async function readSnapshot(settings: ClientSettings, SnapshotId: string): Promise<Buffer> {
  const ebs = new EBSClient(settings);
  const blocks: { readonly at: number; readonly bytes: Uint8Array }[] = [];
  let NextToken: string | undefined;
  do {
    const page = await ebs.send(new ListSnapshotBlocksCommand({ SnapshotId, NextToken }));
    for (const { BlockIndex = 0, BlockToken } of page.Blocks ?? []) {
      const { BlockData } = await ebs.send(new GetSnapshotBlockCommand({ SnapshotId, BlockIndex, BlockToken }));
      const bytes = (await BlockData?.transformToByteArray()) ?? new Uint8Array();
      blocks.push({ at: BlockIndex * blockLength, bytes });
    }
    NextToken = page.NextToken;
  } while (NextToken !== undefined);
  const disk = Buffer.alloc(Math.max(0, ...blocks.map(({ at, bytes }) => at + bytes.length)));
  for (const { at, bytes } of blocks) disk.set(bytes, at);
  return disk;
}
