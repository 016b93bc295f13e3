import { mkdirSync, statSync } from 'node:fs';

/**
 * Makes a folder for its owner alone, unless it is there; its parent must be. Not `recursive`: Node's mkdir never comes
 * back where a parent cannot hold folders (`/proc/x`), and deaf to signals at that.
 */
export function makeFolder(path: string): void {
  if (statSync(path, { throwIfNoEntry: false })?.isDirectory() === true) return;
  mkdirSync(path, { mode: 0o700 });
}
