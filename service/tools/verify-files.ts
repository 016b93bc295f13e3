import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type MinisignKey, readMinisignKey } from '../attest/minisign.ts';
import type { Verification } from '../attest/verification.ts';
import { decodePem } from '../x509/index.ts';
import { Misuse } from './command-words.ts';

/* Files that somebody names on the command line. Each of these throws a Misuse, which says which file. */

const bytesOf = (file: string): Uint8Array => {
  try {
    return readFileSync(file);
  } catch (error) {
    const isFolder = error instanceof Error && 'code' in error && error.code === 'EISDIR';
    if (isFolder) throw new Misuse(`${file} is a folder: name the file in it, such as ${join(file, 'release.json')}`);
    throw new Misuse(`${file} cannot be read: ${error instanceof Error ? error.message : String(error)}`);
  }
};

/** UTF-8, and nothing that is none: a text is compared by its bytes. */
export function textOf(file: string): string {
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytesOf(file));
  } catch (error) {
    if (error instanceof Misuse) throw error;
    throw new Misuse(`${file} is no text`);
  }
}

export function keyOf(file: string): MinisignKey {
  const key = readMinisignKey(textOf(file));
  if (key === undefined) throw new Misuse(`${file} is no public key of minisign`);
  return key;
}

/** A release with what lies beside it; `timestampFile` has to be there if it is named. */
export function releaseAt(file: string, timestampFile: string | undefined): Verification['release'] {
  const [minisig, timestamp] = [`${file}.minisig`, timestampFile ?? `${file}.ots`];
  const stamped = timestampFile !== undefined || existsSync(timestamp);
  return {
    text: textOf(file),
    minisig: existsSync(minisig) ? textOf(minisig) : undefined,
    timestamp: stamped ? Uint8Array.from(bytesOf(timestamp)) : undefined,
  };
}

export function rootsOf(files: readonly string[]): readonly Uint8Array[] {
  return files.flatMap((file) => {
    const certificates = decodePem(textOf(file)) ?? [];
    if (certificates.length === 0) throw new Misuse(`${file} holds no certificate in PEM`);
    return certificates;
  });
}

export function writeText(file: string, content: string): void {
  try {
    writeFileSync(file, content);
  } catch (error) {
    throw new Misuse(`${file} cannot be written: ${error instanceof Error ? error.message : String(error)}`);
  }
}
