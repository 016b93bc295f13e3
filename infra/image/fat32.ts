/* A FAT32 file system that holds \EFI\BOOT\BOOTX64.EFI and nothing else (Microsoft, "FAT: General Overview of On-Disk Format", 1.03). */

const sector = 512;
const reservedSectors = 32;
const fats = 2;
/** One sector a cluster: FAT32 begins at 65525 clusters, and a small disk should be one. */
const leastClusters = 65_525 + 16;
const endOfChain = 0x0fff_ffff;
/** 1 January 1980, the first day that FAT knows. */
const date = 0x0021;
const attributes = { folder: 0x10, archive: 0x20 } as const;

export interface Volume {
  /** Of the disk, where the partition begins. */
  readonly firstSector: number;
  readonly serial: number;
}

export function espFileSystem(bootFile: Uint8Array, volume: Volume): Uint8Array {
  // Clusters are numbered from 2: the root, EFI, BOOT, and the file.
  const [root, efi, boot, first] = [2, 3, 4, 5] as const;
  const fileClusters = Math.max(1, Math.ceil(bootFile.length / sector));
  const clusters = Math.max(leastClusters, first - 2 + fileClusters + 64);
  const fatSectors = Math.ceil(((clusters + 2) * 4) / sector);
  const dataStart = reservedSectors + fats * fatSectors;
  const bytes = Buffer.alloc((dataStart + clusters) * sector);
  const cluster = (number: number): number => (dataStart + number - 2) * sector;

  const fat = Buffer.alloc(fatSectors * sector);
  const next = [0x0fff_fff8, endOfChain, endOfChain, endOfChain, endOfChain];
  next.forEach((value, index) => void fat.writeUInt32LE(value, index * 4));
  for (let index = 0; index < fileClusters; index++) {
    fat.writeUInt32LE(index === fileClusters - 1 ? endOfChain : first + index + 1, (first + index) * 4);
  }

  const bootSector = biosParameters(volume, dataStart + clusters, fatSectors, root);
  const information = fsInfo(clusters - 3 - fileClusters, first + fileClusters);
  for (const copy of [0, 6]) {
    bytes.set(bootSector, copy * sector);
    bytes.set(information, (copy + 1) * sector);
  }
  for (let copy = 0; copy < fats; copy++) bytes.set(fat, (reservedSectors + copy * fatSectors) * sector);
  bytes.set(entry('EFI', attributes.folder, efi, 0), cluster(root));
  bytes.set(
    Buffer.concat([
      entry('.', attributes.folder, efi, 0),
      entry('..', attributes.folder, 0, 0), // 0 is the root here
      entry('BOOT', attributes.folder, boot, 0),
    ]),
    cluster(efi),
  );
  bytes.set(
    Buffer.concat([
      entry('.', attributes.folder, boot, 0),
      entry('..', attributes.folder, efi, 0),
      entry('BOOTX64 EFI', attributes.archive, first, bootFile.length),
    ]),
    cluster(boot),
  );
  bytes.set(bootFile, cluster(first));
  return bytes;
}

function biosParameters(volume: Volume, sectors: number, fatSectors: number, root: number): Buffer {
  const head = Buffer.alloc(sector);
  head.set([0xeb, 0x58, 0x90]);
  head.write('PINATA  ', 3, 'latin1');
  head.writeUInt16LE(sector, 11);
  head.writeUInt8(1, 13);
  head.writeUInt16LE(reservedSectors, 14);
  head.writeUInt8(fats, 16);
  head.writeUInt8(0xf8, 21);
  head.writeUInt16LE(63, 24);
  head.writeUInt16LE(255, 26);
  head.writeUInt32LE(volume.firstSector, 28);
  head.writeUInt32LE(sectors, 32);
  head.writeUInt32LE(fatSectors, 36);
  head.writeUInt32LE(root, 44);
  head.writeUInt16LE(1, 48);
  head.writeUInt16LE(6, 50);
  head.writeUInt8(0x80, 64);
  head.writeUInt8(0x29, 66);
  head.writeUInt32LE(volume.serial, 67);
  head.write('NO NAME    FAT32   ', 71, 'latin1');
  head.writeUInt16LE(0xaa55, 510);
  return head;
}

function fsInfo(free: number, nextFree: number): Buffer {
  const info = Buffer.alloc(sector);
  info.writeUInt32LE(0x4161_5252, 0);
  info.writeUInt32LE(0x6141_7272, 484);
  info.writeUInt32LE(free, 488);
  info.writeUInt32LE(nextFree, 492);
  info.writeUInt32LE(0xaa55_0000, 508);
  return info;
}

/** `name` is in the form of the directory: eight characters and three, without the dot. */
function entry(name: string, attribute: number, cluster: number, size: number): Buffer {
  const bytes = Buffer.alloc(32);
  bytes.write(name.padEnd(11), 'latin1');
  bytes.writeUInt8(attribute, 11);
  bytes.writeUInt16LE(date, 16);
  bytes.writeUInt16LE(date, 18);
  bytes.writeUInt16LE(cluster >>> 16, 20);
  bytes.writeUInt16LE(date, 24);
  bytes.writeUInt16LE(cluster & 0xffff, 26);
  bytes.writeUInt32LE(size, 28);
  return bytes;
}
