import { closeSync, constants, fstatSync, openSync, readSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { UnusableSetting } from './unstartable.ts';

/* A file with a secret in it: read into one buffer, and into no string, message or log. */

/** A FIFO that nobody writes to would otherwise keep the process from starting, without a word. */
export const withoutWaiting = constants.O_RDONLY | constants.O_NONBLOCK;

const newline = 0x0a;
const carriageReturn = 0x0d;
const space = 0x20;

/** A name in which a key could hide: whoever gave the secret itself for a path must not find it in a log. */
const couldBeSecret = /[0-9A-Za-z]{20}|\s/;

export const shownPath = (path: string): string =>
  couldBeSecret.test(path) ? 'the file (its name is not shown: it could be a key)' : JSON.stringify(path);

export interface PrivateFile {
  /** The setting it was given by, as `--key-file`. */
  readonly named: string;
  readonly path: string;
  /** In bytes. */
  readonly longest: number;
  /** What should be in it, for people. */
  readonly allowed: string;
}

/** Who reads it, and where systemd keeps what it hands over; a test says otherwise. */
export interface Reader {
  readonly user: number | undefined;
  readonly credentials: string | undefined;
}

const thisProcess = (): Reader => ({
  user: process.getuid?.(),
  credentials: process.env['CREDENTIALS_DIRECTORY'],
});

/** The bytes of the file, without its last line's end. The caller zeroes them. Throws an UnusableSetting. */
export function readPrivateFile(file: PrivateFile, reader: Reader = thisProcess()): Uint8Array {
  const { path, longest, allowed } = file;
  const descriptor = openPrivate(file);
  try {
    const { mode, uid, size } = fstatSync(descriptor);
    // The file that was opened is the one that is judged: a path could be another's by then.
    if ((mode & 0o170_000) !== 0o100_000) throw wrong(file, 'is not a regular file', allowed);
    // A credential is root's, and an access list lets the service read it: its mask stands where the group's rights do.
    const theirs = isCredential(path, reader) && uid === 0 ? 0o037 : 0o077;
    if ((mode & theirs) !== 0) {
      const found = `has mode ${(mode & 0o777).toString(8)}, others can get at it`;
      throw wrong(file, found, '600 or 400 (chmod 600 FILE)');
    }
    if (reader.user !== undefined && uid !== reader.user && uid !== 0) {
      throw wrong(file, `belongs to user ${uid}`, `the user of this process (${reader.user}), or root`);
    }
    if (size === 0 || size > longest) throw wrong(file, `has ${size} bytes`, allowed);
    const text = readWhole(descriptor, size);
    if (text === undefined) throw wrong(file, 'changed while it was read', 'a file that nobody writes to');
    return text;
  } finally {
    closeSync(descriptor);
  }
}

const wrong = ({ named, path }: PrivateFile, problem: string, allowed: string): UnusableSetting =>
  new UnusableSetting(named, `${shownPath(path)} ${problem}`, allowed);

const isCredential = (path: string, { credentials }: Reader): boolean =>
  credentials !== undefined && dirname(resolve(path)) === resolve(credentials);

function openPrivate(file: PrivateFile): number {
  try {
    return openSync(file.path, withoutWaiting);
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? String(error.code) : 'unreadable';
    throw wrong(file, `cannot be read (${code})`, 'a file that this process may read');
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
