import { existsSync, readFileSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';

/* A checkout and the package that npm installs are the same files; what differs is here. */

const home = dirname(import.meta.dirname);

/**
 * What package.json says of itself where the package was made (infra/publish), and nowhere else: no file that somebody drops, or
 * that another command of npm makes, turns a checkout into a package.
 */
export const packageMark = 'isPackage';

export function isPackage(root: string = home): boolean {
  const path = join(root, 'package.json');
  if (!existsSync(path)) return false;
  const manifest: unknown = JSON.parse(readFileSync(path, 'utf8'));
  return typeof manifest === 'object' && manifest !== null && packageMark in manifest && manifest[packageMark] === true;
}

/** Where the release is that came with a package, or that `btc-pinata build` makes in a checkout. */
export const releaseFolder = (root: string = home): string => join(root, 'dist');

/** Where npm puts what `root` depends on: below it, or, of a package that it took for one of many, beside it. */
export function installed(root: string, name: string): string {
  const below = join(root, 'node_modules', name);
  const beside = join(dirname(root), name);
  // Beside it is npm's own folder, or somebody else's: an archive that was unpacked lies anywhere.
  return basename(dirname(root)) === 'node_modules' && !existsSync(below) && isPackage(root) ? beside : below;
}
