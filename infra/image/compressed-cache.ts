import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { zstdDecompressSync } from 'node:zlib';
import { compressed } from './initramfs.ts';
import { cacheFolder } from './inputs.ts';

/**
 * As `compressed`, and kept in the cache by what it was made from. What is found there is unpacked and compared first: it may
 * have been cut short, or changed. (That it is the very encoding that this Node would make is what the name says of it, and
 * the hash of the whole image holds against a release.)
 */
export function compressedOnce(archive: Uint8Array, level?: number): Uint8Array {
  const key = createHash('sha256')
    .update(`zstd ${process.versions['zstd']} level ${level ?? 'release'}\n`)
    .update(archive)
    .digest('hex');
  const folder = join(cacheFolder(), 'compressed');
  const path = join(folder, `${key}.zst`);
  const kept = existsSync(path) ? readFileSync(path) : undefined;
  if (kept !== undefined && unpacksTo(kept, archive)) return kept;
  const made = compressed(archive, level);
  mkdirSync(folder, { recursive: true });
  const unfinished = `${path}.${process.pid}`;
  writeFileSync(unfinished, made);
  renameSync(unfinished, path);
  return made;
}

function unpacksTo(kept: Uint8Array, archive: Uint8Array): boolean {
  try {
    return zstdDecompressSync(kept, { maxOutputLength: archive.length }).equals(archive);
  } catch {
    return false;
  }
}
