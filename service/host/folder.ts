import { closeSync, fsyncSync, mkdirSync, openSync, readdirSync, statSync } from 'node:fs';
import { dirname } from 'node:path';
import { UnusableSetting } from './unstartable.ts';

/**
 * Makes a folder for its owner alone, unless it is there; its parent must be. Not `recursive`: Node's mkdir never comes
 * back where a parent cannot hold folders (`/proc/x`), and deaf to signals at that.
 */
export function makeFolder(path: string): void {
  if (statSync(path, { throwIfNoEntry: false })?.isDirectory() === true) return;
  mkdirSync(path, { mode: 0o700 });
  keepName(dirname(path));
}

/** A key that was synced into a new folder is gone all the same where the folder's own name was not. */
function keepName(parent: string): void {
  let descriptor: number | undefined;
  try {
    descriptor = openSync(parent, 'r');
    fsyncSync(descriptor);
  } catch {
    // Inside a sandbox nothing may be flushed, and the parent may be one that this process cannot read. It is there for now.
  } finally {
    if (descriptor !== undefined) closeSync(descriptor);
  }
}

/** `--data`, and a folder within it, both made if they are not there. The names of what is in it. */
export function openDataFolder(data: string, folder: string): readonly string[] {
  try {
    makeFolder(data);
    makeFolder(folder);
    return readdirSync(folder);
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? String(error.code) : 'unusable';
    throw new UnusableSetting(
      '--data',
      `${JSON.stringify(data)} cannot be used (${code})`,
      'a directory that this process may write to, or a new one in a directory that exists',
    );
  }
}
