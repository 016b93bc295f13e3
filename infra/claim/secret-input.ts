import { closeSync, fstatSync, openSync, readSync } from 'node:fs';
import { Misuse } from '../../service/tools/command-words.ts';
import { Refusal } from './refusal.ts';

/* A key comes from a file or from the standard input, into one buffer. As an argument every process of the machine could read it. */

const longest = 16_384;

/** The name of a file, or `-`. `wanted`: what is in it. Throws a Misuse that does not repeat what looks like a key. */
export function secretSource(word: string | undefined, others: number, wanted: string): string {
  if (word === undefined) throw new Misuse(`the file ${wanted} is wanted, or - for the standard input`);
  refuseKey(word);
  if (others > 0) throw new Misuse(`one file is wanted, ${others + 1} were given`);
  return word;
}

/** Throws a Misuse that does not repeat what was given, where it looks like a key. */
export function refuseKey(word: string): void {
  if (/(?:^|[:(,])[5KLc9][1-9A-HJ-NP-Za-km-z]{50,51}(?:$|[),#])/.test(word) || word.includes('btc-pinata/payload'))
    throw new Misuse(
      'a key is no argument: every process of this machine can read it there, and the shell keeps it in its history. Give a file, or - and the key on the standard input',
    );
}

/** What stands there, as bytes that the caller zeroes. With `owned`, a file that others can read is refused. */
export function readSecret(source: string, { owned = false }: { readonly owned?: boolean } = {}): Uint8Array {
  const name = source === '-' ? 'the standard input' : JSON.stringify(source);
  const descriptor = source === '-' ? 0 : opened(source);
  try {
    if (owned && source !== '-' && process.platform !== 'win32') {
      const { mode } = fstatSync(descriptor);
      if ((mode & 0o077) !== 0)
        throw new Refusal(
          `${name} has mode ${(mode & 0o777).toString(8)}, so others can read the key: chmod 600 it first`,
        );
    }
    return readWhole(descriptor, name);
  } finally {
    if (descriptor !== 0) closeSync(descriptor);
  }
}

function opened(path: string): number {
  try {
    return openSync(path, 'r');
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? String(error.code) : 'unreadable';
    throw new Refusal(`${JSON.stringify(path)} cannot be read (${code})`);
  }
}

function readWhole(descriptor: number, name: string): Uint8Array {
  const buffer = new Uint8Array(longest);
  let length = 0;
  for (;;) {
    const read = readSome(descriptor, buffer.subarray(length), name);
    if (read === 0) break;
    length += read;
    if (length < longest) continue;
    buffer.fill(0);
    throw new Refusal(`${name} has ${longest} bytes or more: what a piñata releases is much shorter`);
  }
  const text = buffer.slice(0, length);
  buffer.fill(0);
  return text;
}

function readSome(descriptor: number, into: Uint8Array, name: string): number {
  for (;;) {
    try {
      return readSync(descriptor, into);
    } catch (error) {
      const code = error instanceof Error && 'code' in error ? String(error.code) : 'unreadable';
      if (code === 'EOF') return 0; // of a closed terminal, on Windows
      // A pipe that has nothing yet, where the other side made it one that does not wait.
      if (code !== 'EAGAIN') throw new Refusal(`${name} cannot be read (${code})`);
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 20);
    }
  }
}
