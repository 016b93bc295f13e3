import { existsSync } from 'node:fs';
import { dirname, isAbsolute, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build, type Metafile } from 'esbuild';
import { CannotBuild } from './cannot-build.ts';
import { type LockedPackage, lockedPackages } from './lockfile.ts';

/*
 * The service in one file: what service/main.ts reaches and nothing else. No name is shortened, so that an auditor reads the
 * file that runs. CommonJS, since a single executable of Node 24 starts with nothing else.
 */

export const repository: string = dirname(dirname(dirname(fileURLToPath(import.meta.url))));

export interface Bundle {
  readonly bytes: Uint8Array;
  /** Files of ours that are in it, relative to the repository, sorted. */
  readonly sources: readonly string[];
  /** Packages of which there is code in it, sorted by name. */
  readonly packages: readonly LockedPackage[];
}

/**
 * Of the checkout at `root`, with what is installed there. The bytes depend on the sources, on those packages and on
 * esbuild's version; not on where the checkout is, nor on who builds it, or when.
 */
export async function bundle(root: string = repository): Promise<Bundle> {
  const locked = lockedPackages(root);
  // What is inside is known once it was built; the second pass says it to the program itself.
  const first = await bundled(root, []);
  const names = packageNames(first.metafile);
  const packages = names.map((name) => {
    const found = locked.find((candidate) => candidate.name === name);
    if (found === undefined) throw new Error(`${name} is in the bundle, and package-lock.json does not know it`);
    return found;
  });
  const second = await bundled(root, packages);
  return { bytes: second.bytes, sources: sourcesOf(second.metafile), packages };
}

async function bundled(root: string, packages: readonly LockedPackage[]) {
  refuseSurroundings(root);
  const { outputFiles, metafile } = await build({
    absWorkingDir: root,
    entryPoints: ['service/main.ts'],
    outfile: join(root, 'dist', 'btc-pinata.cjs'), // named in nothing: it is not written here
    write: false,
    metafile: true,
    bundle: true,
    platform: 'node',
    format: 'cjs',
    target: 'node24',
    charset: 'utf8',
    legalComments: 'none', // the licences are in the bill of materials
    tsconfigRaw: {}, // none that lies about in a folder above
    // Nor what the environment says a package is to resolve to.
    nodePaths: [],
    define: { 'import.meta.filename': '__filename', PINATA_PACKAGES: JSON.stringify(packages) },
    logLevel: 'error',
  });
  const [file] = outputFiles;
  if (file === undefined) throw new Error('esbuild wrote no file');
  const stray = Object.keys(metafile.inputs).find((path) => path.startsWith('..') || isAbsolute(path));
  if (stray !== undefined) throw new CannotBuild(`${stray} would be in the bundle, and is not in ${root}: run npm ci`);
  return { bytes: file.contents, metafile };
}

/** By which Yarn says where packages are; esbuild looks for them in each folder above, of which one may be anybody's to write to. */
const plugAndPlay = ['.pnp.data.json', '.pnp.cjs', '.pnp.js'] as const;

/** What would have other files bundled, or other code bundle them, and cannot be switched off. Throws `CannotBuild`. */
export function refuseSurroundings(root: string): void {
  if (process.env['ESBUILD_BINARY_PATH'] !== undefined)
    throw new CannotBuild('ESBUILD_BINARY_PATH is set: another program would make the bundle. Unset it');
  for (let folder = resolve(root); ; folder = dirname(folder)) {
    const found = plugAndPlay.map((name) => join(folder, name)).find((path) => existsSync(path));
    if (found !== undefined) throw new CannotBuild(`${found} says where packages are, and it is not ours. Remove it`);
    if (folder === dirname(folder)) return;
  }
}

/** Of the files whose code is in the output: what was shaken out is not in it. */
const inside = ({ outputs }: Metafile): readonly string[] =>
  Object.values(outputs).flatMap(({ inputs }) =>
    Object.entries(inputs).flatMap(([path, { bytesInOutput }]) => (bytesInOutput > 0 ? [path] : [])),
  );

const packageNames = (metafile: Metafile): readonly string[] => {
  const names = inside(metafile).flatMap((path) => {
    const [, name] = /^(?:.*\/)?node_modules\/((?:@[^/]+\/)?[^/]+)\//.exec(path) ?? [];
    return name === undefined ? [] : [name];
  });
  return [...new Set(names)].toSorted(byName);
};

const sourcesOf = (metafile: Metafile): readonly string[] =>
  inside(metafile)
    .filter((path) => !path.includes('node_modules/') && !path.startsWith('<')) // what was defined has no file
    .toSorted(byName);

const byName = (a: string, b: string): number => (a < b ? -1 : 1);
