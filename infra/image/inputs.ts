import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { CannotBuild } from '../build/cannot-build.ts';

/*
 * What the image is made of and is not in this repository: Debian's packages, each pinned by its SHA-256. From wherever a
 * file comes, it is that file or it is missing; and what is missing cannot be built, which is no difference between builds.
 */

export const debianInputs = {
  libc6: pinned(
    'libc6',
    '2.36-9+deb12u14',
    'amd64',
    'ba4f88f73dbc3ae9055f3c20f4523bfdbaf1ad13ff95e258924f77d20b4fbedf',
  ),
  'libgcc-s1': pinned(
    'libgcc-s1',
    '12.2.0-14+deb12u1',
    'amd64',
    '3016e62cb4b7cd8038822870601f5ed131befe942774d0f745622cc77d8a88f7',
  ),
  'libstdc++6': pinned(
    'libstdc++6',
    '12.2.0-14+deb12u1',
    'amd64',
    '5cd3171216d4ab0fc911cfe9c35509bf2dd8f47761c43b7f6a4296701551a24d',
  ),
  'systemd-boot-efi': pinned(
    'systemd-boot-efi',
    '252.39-1~deb12u2',
    'amd64',
    '8f2b81bdcfafc466882a0cae460272dbf10d8d97c6a3c1c6ea33038c155a2f5e',
  ),
  'linux-source-6.1': pinned(
    'linux-source-6.1',
    '6.1.192-2',
    'all',
    'ae95fe63d4c553f8d0e6c86cb1ab566f3894a43743eb19ab585cd97d82f26514',
  ),
} as const;

export type DebianInput = keyof typeof debianInputs;

export interface PinnedPackage {
  readonly name: string;
  readonly version: string;
  /** As in Debian's pool, without an epoch. */
  readonly file: string;
  /** Hex, of the whole .deb. */
  readonly sha256: string;
}

function pinned(name: string, version: string, architecture: string, sha256: string): PinnedPackage {
  return { name, version, file: `${name}_${version}_${architecture}.deb`, sha256 };
}

/** Something to build from is not there. Never said of something that is there and differs from what was published. */
export class MissingInput extends CannotBuild {
  constructor({ file, sha256 }: Pick<PinnedPackage, 'file' | 'sha256'>, why: string) {
    super(
      `missing input ${file} (sha256 ${sha256}): ${why}. Get it from a mirror of Debian or from ` +
        'snapshot.debian.org, and name the folder it is in with --inputs DIR',
    );
  }
}

/** Where inputs and kernels are kept between builds: outside any clone. */
export function cacheFolder(environment: NodeJS.ProcessEnv = process.env): string {
  const { PINATA_CACHE: own, XDG_CACHE_HOME: shared } = environment;
  return own ?? join(shared ?? join(homedir(), '.cache'), 'btc-pinata');
}

/** The package's bytes: from `folder` if one is given and has it, else from the cache, else from apt's mirror. Throws `MissingInput`. */
export const debianPackage = (name: DebianInput, folder: string | undefined, download = aptDownload): Uint8Array =>
  packageOf(debianInputs[name], folder, download);

/** All that can be had, into `to`, for a build that has no network. */
export function gatherPackages(to: string, folder: string | undefined): void {
  mkdirSync(to, { recursive: true });
  for (const wanted of Object.values(debianInputs)) {
    try {
      writeFileSync(join(to, wanted.file), packageOf(wanted, folder, aptDownload));
    } catch (error) {
      if (!(error instanceof MissingInput)) throw error; // the build says it, if it needs this one
    }
  }
}

function packageOf(wanted: PinnedPackage, folder: string | undefined, download: typeof aptDownload): Uint8Array {
  const cache = join(cacheFolder(), 'inputs');
  const refused: string[] = [];
  for (const place of folder === undefined ? [cache] : [folder, cache]) {
    const path = join(place, wanted.file);
    if (!existsSync(path)) continue;
    const bytes = readFileSync(path);
    if (sha256Of(bytes) === wanted.sha256) return bytes;
    refused.push(`${path} is another file, of sha256 ${sha256Of(bytes)}`);
  }
  mkdirSync(cache, { recursive: true });
  const fetched = download(wanted, cache);
  if (fetched !== undefined) {
    const bytes = readFileSync(fetched);
    if (sha256Of(bytes) === wanted.sha256) {
      renameSync(fetched, join(cache, wanted.file));
      return bytes;
    }
    refused.push(`${fetched} is another file, of sha256 ${sha256Of(bytes)}`);
  }
  throw new MissingInput(
    wanted,
    refused.length > 0 ? refused.join('; ') : 'no folder has it, nor has the mirror of apt',
  );
}

/** The path of what came, or undefined where apt is not there or knows no such version. */
function aptDownload({ name, version, file }: PinnedPackage, cache: string): string | undefined {
  const folder = join(cache, `apt-${process.pid}`);
  mkdirSync(folder, { recursive: true });
  try {
    execFileSync('apt-get', ['download', '-qq', `${name}=${version}`], { cwd: folder, stdio: 'ignore' });
  } catch {
    return undefined;
  }
  const path = join(folder, file);
  return existsSync(path) ? path : undefined;
}

const sha256Of = (bytes: Uint8Array): string => createHash('sha256').update(bytes).digest('hex');
