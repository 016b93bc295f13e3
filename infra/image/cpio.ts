/*
 * A cpio archive as Linux unpacks it into its first file system ("newc", Documentation/driver-api/early-userspace/
 * buffer-format.rst). Equal entries give equal bytes: sorted by name, inodes counted from 1, owner root, time zero.
 */

export type CpioEntry =
  | { readonly type: 'folder'; readonly name: string }
  | { readonly type: 'file'; readonly name: string; readonly content: Uint8Array; readonly executable?: boolean }
  | { readonly type: 'device'; readonly name: string; readonly major: number; readonly minor: number };

const trailer = 'TRAILER!!!';
const kinds = { folder: 0o040_755, device: 0o020_600 } as const;

/** `name`s are relative to the root, without a leading slash. Throws on one that is not, on a second of the same name, and on a missing folder. */
export function cpio(entries: readonly CpioEntry[]): Uint8Array {
  // By code unit: what a locale would make of it must not matter. A folder sorts before what is in it.
  const sorted = entries.toSorted((a, b) => (a.name < b.name ? -1 : 1));
  judge(sorted);
  const records = sorted.flatMap((entry, index) => record(entry, index + 1));
  return Buffer.concat([
    ...records,
    header({ name: trailer, inode: 0, mode: 0, links: 1, size: 0, major: 0, minor: 0 }),
  ]);
}

function judge(sorted: readonly CpioEntry[]): void {
  const folders = new Set(['']);
  let before: string | undefined;
  for (const { type, name } of sorted) {
    if (!/^[\w.+-]+(?:\/[\w.+-]+)*$/.test(name) || name === trailer)
      throw new RangeError(`${name}: no name for an entry`);
    if (name === before) throw new RangeError(`${name}: in the archive twice`);
    const folder = name.slice(0, Math.max(0, name.lastIndexOf('/')));
    if (!folders.has(folder)) throw new RangeError(`${name}: its folder ${folder} is not in the archive`);
    if (type === 'folder') folders.add(name);
    before = name;
  }
}

function record(entry: CpioEntry, inode: number): readonly Uint8Array[] {
  const common = { name: entry.name, inode, links: 1, size: 0, major: 0, minor: 0 };
  switch (entry.type) {
    case 'folder':
      return [header({ ...common, mode: kinds.folder, links: 2 })];
    case 'device':
      return [header({ ...common, mode: kinds.device, major: entry.major, minor: entry.minor })];
    case 'file': {
      const { content } = entry;
      const mode = entry.executable === true ? 0o100_755 : 0o100_644;
      return [header({ ...common, mode, size: content.length }), content, padding(content.length)];
    }
    default:
      return entry satisfies never;
  }
}

interface Header {
  readonly name: string;
  readonly inode: number;
  readonly mode: number;
  readonly links: number;
  readonly size: number;
  readonly major: number;
  readonly minor: number;
}

/** Magic number, thirteen fields of eight hex digits, the name with a zero, and zeros up to a multiple of four. */
function header({ name, inode, mode, links, size, major, minor }: Header): Uint8Array {
  const nameSize = name.length + 1;
  const fields = [inode, mode, 0, 0, links, 0, size, 0, 0, major, minor, nameSize, 0];
  const text = `070701${fields.map((field) => field.toString(16).padStart(8, '0')).join('')}${name}\0`;
  return Buffer.concat([Buffer.from(text, 'latin1'), padding(text.length)]);
}

const padding = (length: number): Uint8Array => new Uint8Array((4 - (length % 4)) % 4);
