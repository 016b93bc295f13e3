import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { decodeRelease, type Release } from '../../service/attest/release.ts';
import { CannotBuild } from './cannot-build.ts';
import { releaseName } from './checksums.ts';

export interface Published {
  readonly path: string;
  readonly release: Release;
}

/** The release at `file`, or of `version` in the checkout at `root`, or the newest one there. Throws `CannotBuild`. */
export function published(root: string, version: string | undefined, file: string | undefined): Published {
  const path = file ?? join(root, 'releases', version ?? newest(root), releaseName);
  if (!existsSync(path)) {
    const known = versions(root).join(', ') || 'none yet';
    throw new CannotBuild(`there is no ${path}; released are: ${known}. Name another file with --release FILE`);
  }
  const release = decodeRelease(readFileSync(path, 'utf8'));
  if ('fault' in release) throw new CannotBuild(`${path} cannot be read: ${release.fault}`);
  return { path, release };
}

function newest(root: string): string {
  const version = versions(root).at(-1);
  if (version !== undefined) return version;
  throw new CannotBuild(
    `nothing is released yet: there is no releases/VERSION/${releaseName} in ${root}. Name a file with --release FILE`,
  );
}

/** Oldest first, by their numbers. */
const versions = (root: string): readonly string[] => {
  const folder = join(root, 'releases');
  if (!existsSync(folder)) return [];
  return readdirSync(folder)
    .filter((name) => /^[0-9]+\.[0-9]+\.[0-9]+/.test(name))
    .toSorted((a, b) => a.localeCompare(b, 'en', { numeric: true }));
};
