import { createHash } from 'node:crypto';
import { crc32 } from 'node:zlib';
import { describe, expect, test } from 'vitest';
import { disk } from '../../infra/image/disk.ts';

const sector = 512;
const bootFile = Buffer.alloc(3 * sector + 7, 'piñata');

/** GPT as UEFI 2.10 §5.3 has it, read without the writer: where the one partition is. */
function partition(bytes: Buffer): { first: number; last: number } {
  const header = bytes.subarray(sector, 2 * sector);
  expect(header.toString('latin1', 0, 8)).toBe('EFI PART');
  const checked = Buffer.from(header.subarray(0, 92));
  checked.writeUInt32LE(0, 16);
  expect(header.readUInt32LE(16)).toBe(crc32(checked));
  const entries = bytes.subarray(2 * sector, 34 * sector);
  expect(header.readUInt32LE(88)).toBe(crc32(entries));
  expect(entries.subarray(128).every((byte) => byte === 0)).toBe(true);
  return { first: Number(entries.readBigUInt64LE(32)), last: Number(entries.readBigUInt64LE(40)) };
}

/** The file at a path of FAT32, by the chain of its clusters. */
function fileIn(volume: Buffer, path: readonly string[]): Buffer {
  const [reserved, fats, fatSectors] = [volume.readUInt16LE(14), volume.readUInt8(16), volume.readUInt32LE(36)];
  const chain = (first: number): Buffer => {
    const pieces: Buffer[] = [];
    for (let at = first; at < 0x0fff_fff8; at = volume.readUInt32LE(reserved * sector + at * 4) & 0x0fff_ffff) {
      const start = (reserved + fats * fatSectors + at - 2) * sector;
      pieces.push(volume.subarray(start, start + sector));
    }
    return Buffer.concat(pieces);
  };
  let content = chain(volume.readUInt32LE(44));
  for (const name of path) {
    const at = Array.from({ length: content.length / 32 }, (_, index) => index * 32).find(
      (offset) => content.toString('latin1', offset, offset + 11) === name,
    );
    if (at === undefined) throw new Error(`${name} is not there`);
    const size = content.readUInt32LE(at + 28);
    const first = content.readUInt16LE(at + 26) + content.readUInt16LE(at + 20) * 0x10000;
    const whole = chain(first);
    content = size === 0 ? whole : whole.subarray(0, size);
  }
  return content;
}

describe('a disk', () => {
  const bytes = Buffer.from(disk(bootFile));
  const { first, last } = partition(bytes);

  test('has the file where a firmware looks for it', () => {
    const volume = bytes.subarray(first * sector, (last + 1) * sector);
    expect(fileIn(volume, ['EFI        ', 'BOOT       ', 'BOOTX64 EFI'])).toEqual(bootFile);
  });

  test('has a second table at its end, of the same entries', () => {
    const header = bytes.subarray(bytes.length - sector);
    expect(header.readBigUInt64LE(24)).toBe(BigInt(bytes.length / sector - 1));
    expect(header.readUInt32LE(88)).toBe(bytes.readUInt32LE(sector + 88));
    expect(last).toBeLessThanOrEqual(Number(bytes.readBigUInt64LE(sector + 48)));
  });

  test('is the same for the same file, and another for another', () => {
    const hash = (content: Uint8Array) => createHash('sha256').update(content).digest('hex');
    expect(hash(disk(bootFile))).toBe(hash(bytes));
    const guids = (content: Uint8Array) => Buffer.from(content).toString('hex', sector + 56, sector + 72);
    expect(guids(disk(Buffer.concat([bootFile, bootFile])))).not.toBe(guids(bytes));
  });

  test('has no more blocks to write than the file has, and a few', () => {
    const block = 512 * 1024;
    const used = Array.from({ length: Math.ceil(bytes.length / block) }, (_, index) =>
      bytes.subarray(index * block, (index + 1) * block).some((byte) => byte !== 0),
    ).filter(Boolean).length;
    expect(used).toBeLessThanOrEqual(5);
  });
});
