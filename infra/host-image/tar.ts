/*
 * A tar archive (POSIX.1-1988 ustar, as tar(5) has it). Equal entries give equal bytes: sorted by name, owner root, time zero.
 */

export interface TarEntry {
  /** Relative, without a leading slash, at most 99 bytes of ASCII. */
  readonly name: string;
  readonly content: Uint8Array;
  readonly executable: boolean;
}

const block = 512;
const ascii = new TextEncoder();

/** Throws a RangeError on a name that does not fit. */
export function tar(entries: readonly TarEntry[]): Uint8Array {
  const sorted = entries.toSorted((a, b) => (a.name < b.name ? -1 : 1));
  const pieces = sorted.flatMap((entry) => [
    header(entry),
    entry.content,
    new Uint8Array(-entry.content.length & (block - 1)),
  ]);
  return Buffer.concat([...pieces, new Uint8Array(2 * block)]);
}

function header({ name, content, executable }: TarEntry): Uint8Array {
  if (!/^[\w.-]+(?:\/[\w.-]+)*$/.test(name) || name.length > 99)
    throw new RangeError(`no name for an archive: ${name}`);
  const bytes = new Uint8Array(block);
  const put = (offset: number, text: string): void => bytes.set(ascii.encode(text), offset);
  const octal = (value: number, digits: number): string => `${value.toString(8).padStart(digits, '0')}\0`;
  put(0, name);
  put(100, octal(executable ? 0o755 : 0o644, 7));
  put(108, octal(0, 7));
  put(116, octal(0, 7));
  put(124, octal(content.length, 11));
  put(136, octal(0, 11));
  put(148, '        '); // the sum is made over spaces
  put(156, '0');
  put(257, 'ustar\x0000');
  put(265, 'root');
  put(297, 'root');
  put(
    148,
    `${bytes
      .reduce((sum, byte) => sum + byte, 0)
      .toString(8)
      .padStart(6, '0')}\0 `,
  );
  return bytes;
}
