import { dirname } from 'node:path';
import { CannotBuild } from './build/cannot-build.ts';
import { published } from './build/published.ts';

/** The path of the newest release that came with this checkout; undefined where none did. */
export function newestRelease(root: string = dirname(import.meta.dirname)): string | undefined {
  try {
    return published(root, undefined, undefined).path;
  } catch (error) {
    if (error instanceof CannotBuild) return undefined;
    throw error;
  }
}
