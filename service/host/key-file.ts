import { closeSync, fstatSync, openSync, readSync } from 'node:fs';
import { UnusableSetting } from './unstartable.ts';

/* The wallet key from a file. What is in it goes into one buffer, and into no string, message or log. */

/** A WIF has 52 characters; the rest is for a line's end. */
const longest = 128;
const oneLine = 'a file of one line of WIF, 51 or 52 characters';

const newline = 0x0a;
const carriageReturn = 0x0d;
const space = 0x20;

/** A name in which a key could hide: whoever gave the key itself for a path must not find it in a log. */
const couldBeKey = /[0-9A-Za-z]{20}|\s/;

class KeyFileError extends UnusableSetting {
  constructor(path: string, problem: string, allowed: string) {
    const shown = couldBeKey.test(path) ? 'the file (its name is not shown: it could be a key)' : JSON.stringify(path);
    super('--key-file', `${shown} ${problem}`, allowed);
  }
}

/** The text of the file as bytes, without its last line's end. The caller zeroes it once the key is taken out. */
export function readKeyFile(path: string, user: number | undefined = process.getuid?.()): Uint8Array {
  const descriptor = openKeyFile(path);
  try {
    const { mode, uid, size } = fstatSync(descriptor);
    // The file that was opened is the one that is judged: a path could be another's by then.
    if ((mode & 0o170_000) !== 0o100_000) throw new KeyFileError(path, 'is not a regular file', oneLine);
    if ((mode & 0o077) !== 0) {
      throw new KeyFileError(
        path,
        `has mode ${(mode & 0o777).toString(8)}, others can get at it`,
        '600 or 400 (chmod 600 FILE)',
      );
    }
    if (user !== undefined && uid !== user && uid !== 0) {
      throw new KeyFileError(path, `belongs to user ${uid}`, `the user of this process (${user}), or root`);
    }
    if (size === 0 || size > longest) throw new KeyFileError(path, `has ${size} bytes`, oneLine);
    const text = readWhole(descriptor, size);
    if (text === undefined) throw new KeyFileError(path, 'changed while it was read', 'a file that nobody writes to');
    return text;
  } finally {
    closeSync(descriptor);
  }
}

function openKeyFile(path: string): number {
  try {
    return openSync(path, 'r');
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? String(error.code) : 'unreadable';
    throw new KeyFileError(path, `cannot be read (${code})`, 'a file that this process may read');
  }
}

/** Undefined if it is shorter by now. */
function readWhole(descriptor: number, size: number): Uint8Array | undefined {
  const buffer = new Uint8Array(size);
  if (readSync(descriptor, buffer) !== size) return undefined;
  let end = size;
  while (end > 0 && [newline, carriageReturn, space].includes(buffer[end - 1] ?? 0)) end -= 1;
  const text = buffer.slice(0, end);
  buffer.fill(0);
  return text;
}
