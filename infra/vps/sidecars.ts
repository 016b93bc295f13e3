import { existsSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { join, resolve } from 'node:path';

/*
 * Beside each file of its state the engine keeps another, NAME.attrs, which it empties and writes again in place. Killed between
 * the two, it leaves one that is not whole, and from then on reads no state at all ("EOF"). Where there is none it does without.
 */

/** Removes those that are not whole. `folder`: that of the state. */
export function removeBrokenSidecars(folder: string): void {
  const below = join(resolve(folder), '.pulumi');
  if (!existsSync(below)) return;
  for (const name of readdirSync(below, { recursive: true, encoding: 'utf8' })) {
    if (!name.endsWith('.attrs')) continue;
    const path = join(below, name);
    if (!isWhole(path)) rmSync(path, { force: true });
  }
}

function isWhole(path: string): boolean {
  try {
    JSON.parse(readFileSync(path, 'utf8'));
    return true;
  } catch {
    return false;
  }
}
