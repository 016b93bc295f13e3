import { linkSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/**
 * One process holds a folder of objects. Returns how to let it go; throws an Error for people where another one that runs has
 * it. What a process left that is gone is taken over.
 */
export function holdFolder(folder: string): () => void {
  mkdirSync(folder, { recursive: true });
  const path = join(folder, 'held-by');
  if (!taken(path)) {
    const holder = holderOf(path);
    if (holder === undefined || runs(holder) || !cleared(path, holder) || !taken(path)) {
      throw new Error(
        `${folder} is held by another npm run status (process ${holderOf(path) ?? 'unknown'}): end that one, or name another folder with --data. If that process is no npm run status, delete ${path}`,
      );
    }
  }
  return () => rmSync(path, { force: true });
}

/** A link appears with its content, or not at all: nobody finds a holder that is just about to say who it is. */
function taken(path: string): boolean {
  const own = `${path}.${process.pid}`;
  writeFileSync(own, `${process.pid}\n`);
  try {
    linkSync(own, path);
    return true;
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'EEXIST') return false;
    throw error;
  } finally {
    rmSync(own, { force: true });
  }
}

/** Takes away what a process left that is gone. False, and put back, where it is another's by now. */
function cleared(path: string, holder: number): boolean {
  const aside = `${path}.${process.pid}.gone`;
  try {
    renameSync(path, aside);
    const same = holderOf(aside) === holder;
    if (!same) linkSync(aside, path);
    rmSync(aside);
    return same;
  } catch (error) {
    // Another one was as quick: it has let the folder go, or has it.
    if (error instanceof Error && 'code' in error && (error.code === 'ENOENT' || error.code === 'EEXIST')) return false;
    throw error;
  }
}

/** Undefined: nobody, or a file that names nobody, which none of ours does. */
function holderOf(path: string): number | undefined {
  try {
    const text = readFileSync(path, 'utf8').trim();
    return /^[1-9]\d{0,9}$/.test(text) ? Number(text) : undefined;
  } catch {
    return undefined;
  }
}

function runs(pid: number): boolean {
  if (pid === process.pid) return true;
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return error instanceof Error && 'code' in error && error.code === 'EPERM';
  }
}
