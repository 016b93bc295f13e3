import { dirname } from 'node:path';
import { Misuse } from '../service/tools/command-words.ts';
import { CannotBuild } from './build/cannot-build.ts';
import { published } from './build/published.ts';

/** The path of the newest release that came with this checkout. Throws a Misuse that says which option names another. */
export function newestRelease(root: string = dirname(import.meta.dirname)): string {
  try {
    return published(root, undefined, undefined).path;
  } catch (error) {
    if (error instanceof CannotBuild) throw new Misuse(error.problem);
    throw error;
  }
}
