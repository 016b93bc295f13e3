import { closeSync, fsyncSync, mkdirSync, openSync, renameSync, rmSync, writeSync } from 'node:fs';
import { join } from 'node:path';

/**
 * Whoever is killed while a file is written leaves the old one or the new one, whole. Written beside it, flushed, renamed over
 * it, and the folder flushed: in this order, a crash loses nothing that was reported. For its owner alone (0600).
 */
export function writeWholeFile(folder: string, name: string, text: string): void {
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  const path = join(folder, name);
  const next = `${path}.next`;
  try {
    const descriptor = openSync(next, 'w', 0o600);
    try {
      writeWhole(descriptor, text);
      fsyncSync(descriptor);
    } finally {
      closeSync(descriptor);
    }
  } catch (error) {
    rmSync(next, { force: true });
    throw error;
  }
  renameSync(next, path);
  flushFolder(folder);
}

/** It may be gone already. */
export function removeWholeFile(folder: string, name: string): void {
  rmSync(join(folder, name), { force: true });
  flushFolder(folder);
}

function flushFolder(folder: string): void {
  const directory = openSync(folder, 'r');
  fsyncSync(directory);
  closeSync(directory);
}

/** A full disk takes a part of it, and says how much. */
function writeWhole(descriptor: number, text: string): void {
  const bytes = Buffer.from(text);
  for (let at = 0; at < bytes.length; ) at += writeSync(descriptor, bytes, at);
}
