import { readFileSync } from 'node:fs';
import { gunzipSync } from 'node:zlib';

/** The regular files of a `.tar.gz` (POSIX ustar: headers and contents in blocks of 512 bytes). */
export function filesOfTar(path: string): readonly Uint8Array[] {
  const archive = gunzipSync(readFileSync(path));
  const files: Uint8Array[] = [];
  for (let at = 0; at + 512 <= archive.length; ) {
    const header = archive.subarray(at, at + 512);
    const size = Number.parseInt(header.toString('latin1', 124, 136), 8);
    if (Number.isNaN(size)) break; // the blocks of zeros at the end
    if (header[156] === 0x30) files.push(new Uint8Array(archive.subarray(at + 512, at + 512 + size)));
    at += 512 + Math.ceil(size / 512) * 512;
  }
  return files;
}
