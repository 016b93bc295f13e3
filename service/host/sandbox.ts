import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import type { Configuration } from './settings.ts';
import { UnusableSetting } from './unstartable.ts';

/** SHA-256 of the manifest that this process was told it runs under, in hex; undefined where there is none. */
export function sandboxOf({ sandboxManifest: path }: Pick<Configuration, 'sandboxManifest'>): string | undefined {
  if (path === undefined) return undefined;
  try {
    return createHash('sha256').update(readFileSync(path)).digest('hex');
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? String(error.code) : 'unreadable';
    throw new UnusableSetting(
      '--sandbox-manifest',
      `${JSON.stringify(path)} cannot be read (${code})`,
      'a file that this process may read',
    );
  }
}
