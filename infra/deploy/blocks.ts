import { createHash } from 'node:crypto';

/*
 * A disk as the EBS direct APIs take it: blocks of 512 KiB, each with its SHA-256, and one SHA-256 over all of these in the order
 * of the blocks (`LINEAR`). A block that is not sent reads as zero, so that zeros are not sent.
 */

export const blockLength = 512 * 1024;

export interface Block {
  readonly index: number;
  readonly bytes: Uint8Array;
  /** Base64. */
  readonly sha256: string;
}

/** Those that are not zero, in order. The last one of a disk that is no whole number of blocks is filled up with zeros. */
export function* blocksOf(disk: Uint8Array): Generator<Block> {
  for (let at = 0; at < disk.length; at += blockLength) {
    const piece = disk.subarray(at, at + blockLength);
    if (isZero(piece)) continue;
    const bytes = piece.length === blockLength ? piece : filled(piece);
    yield { index: at / blockLength, bytes, sha256: createHash('sha256').update(bytes).digest('base64') };
  }
}

/** Of the blocks that were sent, whatever the order in which they arrived. Base64. */
export function linearChecksum(blocks: readonly Pick<Block, 'index' | 'sha256'>[]): string {
  const hash = createHash('sha256');
  for (const { sha256 } of blocks.toSorted((one, other) => one.index - other.index)) hash.update(sha256, 'base64');
  return hash.digest('base64');
}

/** Of a volume, in whole GiB: what StartSnapshot wants to know. */
export const volumeSize = (bytes: number): number => Math.max(1, Math.ceil(bytes / 2 ** 30));

const zeros = Buffer.alloc(blockLength);
const isZero = (piece: Uint8Array): boolean => zeros.subarray(0, piece.length).equals(piece);

function filled(piece: Uint8Array): Uint8Array {
  const bytes = new Uint8Array(blockLength);
  bytes.set(piece);
  return bytes;
}
