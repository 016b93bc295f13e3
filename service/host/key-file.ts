import { closeSync, fstatSync, openSync, readSync } from 'node:fs';
import { Unstartable } from './unstartable.ts';

/* The wallet key from a file. What is in it goes into one buffer, and into no string, message or log. */

/** A WIF has 52 characters; the rest is for a line's end. */
const longest = 128;

const newline = 0x0a;
const carriageReturn = 0x0d;
const space = 0x20;

export class KeyFileError extends Unstartable {
  constructor(problem: string) {
    // Without the path: whoever gave the key itself for a path must not find it in a log.
    super(`--key-file: ${problem}`);
  }
}

/** The text of the file as bytes, without its last line's end. The caller zeroes it once the key is taken out. */
export function readKeyFile(path: string, user: number | undefined = process.getuid?.()): Uint8Array {
  const descriptor = openKeyFile(path);
  try {
    const { mode, uid, size } = fstatSync(descriptor);
    // The file that was opened is the one that is judged: a path could be another's by then.
    if ((mode & 0o170_000) !== 0o100_000)
      throw new KeyFileError('not a regular file; allowed: a file of one line of WIF');
    if ((mode & 0o077) !== 0) {
      throw new KeyFileError(
        `its mode is ${(mode & 0o777).toString(8)}, others can get at it; allowed: 600 or 400 (chmod 600 FILE)`,
      );
    }
    if (user !== undefined && uid !== user && uid !== 0) {
      throw new KeyFileError(`it belongs to user ${uid}; allowed: the user of this process (${user}), or root`);
    }
    if (size === 0 || size > longest)
      throw new KeyFileError(`it has ${size} bytes; allowed: one line of WIF, 51 or 52 characters`);
    return readWhole(descriptor, size);
  } finally {
    closeSync(descriptor);
  }
}

function openKeyFile(path: string): number {
  try {
    return openSync(path, 'r');
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? String(error.code) : 'unreadable';
    throw new KeyFileError(`it cannot be read (${code}); allowed: the path of a file that this process may read`);
  }
}

function readWhole(descriptor: number, size: number): Uint8Array {
  const buffer = new Uint8Array(size);
  if (readSync(descriptor, buffer) !== size) throw new KeyFileError('it changed while it was read; start again');
  let end = size;
  while (end > 0 && [newline, carriageReturn, space].includes(buffer[end - 1] ?? 0)) end -= 1;
  const text = buffer.slice(0, end);
  buffer.fill(0);
  return text;
}
