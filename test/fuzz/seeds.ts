import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { gunzipSync } from 'node:zlib';

/* Where inputs come from: our own corpus, found here and kept, and OpenSSL's, read where it is present and never copied. */

const here = import.meta.dirname;
const vectors = resolve(here, '../..', process.env['PINATA_VECTORS'] ?? '../shared/vectors');

export interface Named {
  readonly name: string;
  readonly bytes: Uint8Array;
}

/** What the fuzzer kept of a target: each file reached what nothing before it had. */
export const ownCorpus = (target: string): readonly Named[] => folder(join(here, 'corpus', target));

/** Inputs that once did what none may do. */
export const regressions = (target: string): readonly Named[] => folder(join(here, 'regressions', target));

const folder = (path: string): readonly Named[] =>
  existsSync(path)
    ? readdirSync(path).map((name) => ({ name, bytes: new Uint8Array(readFileSync(join(path, name))) }))
    : [];

/** OpenSSL's fuzz corpora (openssl/fuzz-corpora); empty where they are not present. */
export function foreignCorpus(name: 'server' | 'client' | 'x509'): readonly Named[] {
  const path = join(vectors, 'corpora', `openssl-${name}.tar.gz`);
  return existsSync(path) ? [...filesOfTar(gunzipSync(readFileSync(path)))] : [];
}

const BLOCK = 512;

/** POSIX.1-1988: a header of 512 bytes, name at 0, size in octal at 124, type at 156; then the content in whole blocks. */
function* filesOfTar(tar: Uint8Array): Iterable<Named> {
  const text = (from: number, length: number): string => {
    const field = Buffer.from(tar.buffer, tar.byteOffset + from, length).toString('latin1');
    return field.slice(0, field.indexOf('\0') < 0 ? length : field.indexOf('\0'));
  };
  for (let at = 0; at + BLOCK <= tar.length; ) {
    const name = text(at, 100);
    if (name === '') return;
    const size = Number.parseInt(text(at + 124, 12), 8);
    const type = text(at + 156, 1);
    if (type === '0' || type === '') yield { name, bytes: tar.slice(at + BLOCK, at + BLOCK + size) };
    at += BLOCK + BLOCK * Math.ceil(size / BLOCK);
  }
}
