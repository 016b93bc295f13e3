import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';

/* A checkout and the package that npm installs are the same files; what differs is here. */

/** What pins the packages of a published package, as package-lock.json those of a checkout: npm publishes no package-lock.json. */
export const shrinkwrapName = 'npm-shrinkwrap.json';

const home = dirname(import.meta.dirname);

/** Whether `root` is a package: only that has a shrinkwrap, which is made when it is (infra/publish). */
export const isPackage = (root: string = home): boolean => existsSync(join(root, shrinkwrapName));

/** Where npm puts what `root` depends on: below it, or, of a package that it took for one of many, beside it. */
export function installed(root: string, name: string): string {
  const below = join(root, 'node_modules', name);
  return isPackage(root) && !existsSync(below) ? join(dirname(root), name) : below;
}

/** The service of the release that a package came with: who runs that runs the very bytes that were published. */
export const releasedService = (): string | undefined =>
  isPackage() ? join(home, 'dist', 'btc-pinata.cjs') : undefined;
