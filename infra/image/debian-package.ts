import { execFileSync } from 'node:child_process';

/* Files out of a Debian package: an ar archive (deb(5)) that holds a tar archive compressed by xz. */

/** Longer than any package here, unpacked. */
const mostBytes = 1 << 30;

/** The regular files at `paths` (without `./`). Throws where one is missing: then it is not the package that is meant. */
export function filesOf(deb: Uint8Array, paths: readonly string[]): ReadonlyMap<string, Uint8Array> {
  const tar = execFileSync('xz', ['-dc'], { input: arMember(deb, 'data.tar.xz'), maxBuffer: mostBytes });
  const wanted = new Set(paths);
  const found = new Map<string, Uint8Array>();
  for (const { name, content } of tarFiles(tar)) {
    const path = name.replace(/^\.\//, '');
    if (wanted.has(path)) found.set(path, content);
  }
  for (const path of paths) if (!found.has(path)) throw new Error(`${path} is not in this Debian package`);
  return found;
}

export function arMember(archive: Uint8Array, wanted: string): Uint8Array {
  const bytes = Buffer.from(archive.buffer, archive.byteOffset, archive.byteLength);
  if (bytes.toString('latin1', 0, 8) !== '!<arch>\n') throw new Error('no ar archive: this is no Debian package');
  for (let at = 8; at + 60 <= bytes.length; ) {
    const name = bytes
      .toString('latin1', at, at + 16)
      .trim()
      .replace(/\/$/, '');
    const size = Number(bytes.toString('latin1', at + 48, at + 58).trim());
    if (!Number.isSafeInteger(size) || at + 60 + size > bytes.length) throw new Error(`ar member ${name}: no size`);
    if (name === wanted) return bytes.subarray(at + 60, at + 60 + size);
    at += 60 + size + (size % 2);
  }
  throw new Error(`${wanted} is not in this Debian package`);
}

/** POSIX.1-2017 pax, "ustar Interchange Format": the regular files alone. */
export function* tarFiles(tar: Buffer): Generator<{ readonly name: string; readonly content: Uint8Array }> {
  const block = 512;
  for (let at = 0; at + block <= tar.length; ) {
    const header = tar.subarray(at, at + block);
    if (header.every((byte) => byte === 0)) return;
    const size = Number.parseInt(text(header, 124, 12), 8);
    if (!Number.isSafeInteger(size)) throw new Error(`tar: an entry at ${at} has no size`);
    const content = tar.subarray(at + block, at + block + size);
    const type = text(header, 156, 1);
    // GNU's own format, whose magic ends in blanks, has other things there.
    const prefix = header.toString('latin1', 257, 263) === 'ustar\0' ? text(header, 345, 155) : '';
    const name = text(header, 0, 100);
    if (type === '0' || type === '') yield { name: prefix === '' ? name : `${prefix}/${name}`, content };
    at += block + Math.ceil(size / block) * block;
  }
}

const text = (header: Buffer, at: number, length: number): string => {
  const field = header.toString('latin1', at, at + length);
  const end = field.indexOf('\0');
  return end < 0 ? field.trim() : field.slice(0, end).trim();
};
