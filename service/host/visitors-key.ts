import { chmodSync, closeSync, constants, openSync, readFileSync, renameSync, writeFileSync } from 'node:fs';

const keyLength = 32;

/**
 * The key that visitors are counted under in the whole life of a store: it is made with the store, readable by its owner alone,
 * and in no output. Without it nobody can ask the registers whether an address came; a new one only counts everybody once more.
 */
export function visitorsKey(path: string, random: (length: number) => Uint8Array): Uint8Array {
  const existing = readIfThere(path);
  if (existing?.length === keyLength) {
    chmodSync(path, 0o600);
    return existing;
  }
  const key = random(keyLength);
  // Written through: under Node's permission model there is no fsync of a descriptor.
  const through = constants.O_WRONLY | constants.O_CREAT | constants.O_TRUNC | constants.O_SYNC;
  const descriptor = openSync(path, through, 0o600);
  try {
    writeFileSync(descriptor, key);
  } finally {
    closeSync(descriptor);
  }
  return key;
}

/** The registers of the whole life, for an index that is made anew: whole or not at all, and beside no time. */
export function keepRegisters(path: string, registers: Uint8Array): void {
  writeFileSync(`${path}.new`, registers, { mode: 0o600 });
  renameSync(`${path}.new`, path);
}

export function readIfThere(path: string): Uint8Array | undefined {
  try {
    return readFileSync(path);
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return undefined;
    throw error;
  }
}
