import { sha256 } from '@noble/hashes/sha2.js';
import { bytesToHex, utf8ToBytes } from '@noble/hashes/utils.js';

/* What a running program says it is (features.md D2, D3): a name that anybody can compute from what is published. */

export interface SourceFile {
  /** Relative, with `/`. */
  readonly path: string;
  readonly bytes: Uint8Array;
}

/**
 * Source files have no one file to hash: theirs is the SHA-256 over lines of `sha256  path`, sorted by path, as
 * `sha256sum` writes them. The prefix keeps it from being taken for a release.
 */
export function sourceIdentity(files: readonly SourceFile[]): string {
  const lines = files
    .toSorted((a, b) => (a.path < b.path ? -1 : 1))
    .map(({ path, bytes }) => `${bytesToHex(sha256(bytes))}  ${path}\n`);
  return `source-${bytesToHex(sha256(utf8ToBytes(lines.join(''))))}`;
}
