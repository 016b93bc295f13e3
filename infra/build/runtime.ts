import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import * as v from 'valibot';
import { installed } from '../packaged.ts';
import { CannotBuild } from './cannot-build.ts';
import { sha256 } from './sha256.ts';

/* The Node that a release runs on: of the package that package-lock.json pins, and no other. */

export interface Runtime {
  readonly version: string;
  /** `linux-x64`. */
  readonly platform: string;
  /** Of the binary. */
  readonly path: string;
  readonly bytes: Uint8Array;
  readonly sha256: string;
}

/**
 * SHA-256 of `bin/node` in the archives of nodejs.org. npm's packages are made by somebody else, so what they hold is
 * compared with what Node's own people published (docs/releases.md says how this was checked, and how to check it again).
 */
const published: Readonly<Record<string, string>> = {
  'v24.21.0 linux-x64': '7fde7b8afa198da66257f42ee2001d874c7355631e6d1579a5fb5ef1f246df4c',
};

const schema = v.object({ version: v.pipe(v.string(), v.regex(/^[0-9]+\.[0-9]+\.[0-9]+$/)) });

/** Throws `CannotBuild` where it is not installed, and an error where it is not the one that was pinned. */
export function runtime(root: string, platform = 'linux-x64'): Runtime {
  const folder = installed(root, `node-${platform}`);
  const path = join(folder, 'bin', 'node');
  if (!existsSync(path)) {
    throw new CannotBuild(
      `missing input node-${platform}: it is not installed in ${folder}. Run \`npm ci\` on a machine of that kind`,
    );
  }
  const { version } = v.parse(schema, JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8')));
  const bytes = readFileSync(path);
  const found = sha256(bytes);
  const wanted = published[`v${version} ${platform}`];
  if (wanted === undefined) throw new Error(`no SHA-256 is known of Node v${version} for ${platform}`);
  if (found !== wanted) throw new Error(`${path} has SHA-256 ${found}; Node v${version} for ${platform} has ${wanted}`);
  return { version, platform, path, bytes, sha256: found };
}
