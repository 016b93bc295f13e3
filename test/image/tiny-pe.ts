/** A PE32+ image of one section and nothing to run: headers of 1024 bytes, room for more sections, `.text` of 512 bytes. */
export function tinyPe(): Uint8Array {
  const file = Buffer.alloc(1536);
  const [pe, optional, table] = [0x80, 0x98, 0x98 + 240];
  file.write('MZ');
  file.writeUInt32LE(pe, 0x3c);
  file.write('PE\0\0', pe);
  file.writeUInt16LE(0x8664, pe + 4);
  file.writeUInt16LE(1, pe + 6); // sections
  file.writeUInt16LE(240, pe + 20);
  file.writeUInt16LE(0x0206, pe + 22);
  file.writeUInt16LE(0x020b, optional);
  file.writeUInt32LE(0x1000, optional + 16); // entry
  file.writeUInt32LE(0x1000, optional + 32); // in memory
  file.writeUInt32LE(0x200, optional + 36); // in the file
  file.writeUInt32LE(0x2000, optional + 56);
  file.writeUInt32LE(0x400, optional + 60);
  file.writeUInt32LE(0xdead_beef, optional + 64); // checksum
  file.writeUInt16LE(10, optional + 68); // EFI application
  file.writeUInt32LE(16, optional + 108);
  file.write('.text', table);
  file.writeUInt32LE(0x123, table + 8);
  file.writeUInt32LE(0x1000, table + 12);
  file.writeUInt32LE(0x200, table + 16);
  file.writeUInt32LE(0x400, table + 20);
  file.writeUInt32LE(0x6000_0020, table + 36);
  for (let at = 0x400; at < 0x523; at++) file[at] = at & 0xff;
  return Uint8Array.from(file);
}
