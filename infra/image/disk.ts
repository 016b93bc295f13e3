import { createHash } from 'node:crypto';
import { crc32 } from 'node:zlib';
import { espFileSystem } from './fat32.ts';

/*
 * A disk with one file on it, \EFI\BOOT\BOOTX64.EFI, which is where a firmware looks without being told (UEFI 2.10 §3.5.1.1):
 * GPT (§5.3) with one EFI system partition. Equal files give equal disks: the GUIDs are made from the file.
 */

const sector = 512;
/** Where partitions begin on every disk of today. */
const firstSector = 2048;
const tableSectors = 32;
const entryLength = 128;
/** C12A7328-F81F-11D2-BA4B-00A0C93EC93B, as it lies in memory. */
const espType = Buffer.from('28732ac11ff8d211ba4b00a0c93ec93b', 'hex');

export function disk(bootFile: Uint8Array): Uint8Array {
  const seed = createHash('sha256').update(bootFile).digest();
  const partition = espFileSystem(bootFile, { firstSector, serial: seed.readUInt32LE(0) });
  const partitionSectors = partition.length / sector;
  // To a whole mebibyte, with room for the second table.
  const sectors = Math.ceil((firstSector + partitionSectors + tableSectors + 1) / 2048) * 2048;
  const bytes = new Uint8Array(sectors * sector);
  const place = (at: number, content: Uint8Array): void => bytes.set(content, at * sector);

  const entries = Buffer.alloc(tableSectors * sector);
  espType.copy(entries, 0);
  guid(seed, 0).copy(entries, 16);
  entries.writeBigUInt64LE(BigInt(firstSector), 32);
  entries.writeBigUInt64LE(BigInt(firstSector + partitionSectors - 1), 40);
  entries.write('EFI system partition', 56, 'utf16le');

  const header = (own: number, other: number, table: number): Buffer => {
    const head = Buffer.alloc(sector);
    head.write('EFI PART', 'latin1');
    head.writeUInt32LE(0x0001_0000, 8);
    head.writeUInt32LE(92, 12);
    head.writeBigUInt64LE(BigInt(own), 24);
    head.writeBigUInt64LE(BigInt(other), 32);
    head.writeBigUInt64LE(BigInt(2 + tableSectors), 40);
    head.writeBigUInt64LE(BigInt(sectors - tableSectors - 2), 48);
    guid(seed, 16).copy(head, 56);
    head.writeBigUInt64LE(BigInt(table), 72);
    head.writeUInt32LE((tableSectors * sector) / entryLength, 80);
    head.writeUInt32LE(entryLength, 84);
    head.writeUInt32LE(crc32(entries), 88);
    head.writeUInt32LE(crc32(head.subarray(0, 92)), 16);
    return head;
  };

  place(0, protectiveMbr(sectors));
  place(1, header(1, sectors - 1, 2));
  place(2, entries);
  place(firstSector, partition);
  place(sectors - tableSectors - 1, entries);
  place(sectors - 1, header(sectors - 1, 1, sectors - tableSectors - 1));
  return bytes;
}

/** §5.2.3: for programs that do not know GPT, the disk is full. */
function protectiveMbr(sectors: number): Buffer {
  const mbr = Buffer.alloc(sector);
  mbr.set([0x00, 0x00, 0x02, 0x00, 0xee, 0xff, 0xff, 0xff], 446);
  mbr.writeUInt32LE(1, 454);
  mbr.writeUInt32LE(Math.min(sectors - 1, 0xffff_ffff), 458);
  mbr.writeUInt16LE(0xaa55, 510);
  return mbr;
}

/** Sixteen bytes of the hash, marked as a GUID of version 8: of our own making (RFC 9562 §5.8). */
function guid(seed: Buffer, at: number): Buffer {
  const bytes = Buffer.from(seed.subarray(at, at + 16));
  bytes[7] = ((bytes[7] ?? 0) & 0x0f) | 0x80;
  bytes[8] = ((bytes[8] ?? 0) & 0x3f) | 0x80;
  return bytes;
}
