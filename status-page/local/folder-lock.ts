import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/**
 * One process holds a folder of objects. Returns how to let it go; throws an Error for people where another one that runs has
 * it. What a process left that is gone is taken over.
 */
export function holdFolder(folder: string): () => void {
  mkdirSync(folder, { recursive: true });
  const path = join(folder, 'held-by');
  for (let attempt = 1; ; attempt += 1) {
    try {
      writeFileSync(path, `${process.pid}\n`, { flag: 'wx' });
      return () => rmSync(path, { force: true });
    } catch (error) {
      if (!(error instanceof Error && 'code' in error && error.code === 'EEXIST')) throw error;
    }
    const holder = holderOf(path);
    if (holder !== undefined && (attempt > 1 || runs(holder))) {
      throw new Error(
        `${folder} is held by another npm run status (process ${holder}): end that one, or name another folder with --data. If that process is no npm run status, delete ${path}`,
      );
    }
    rmSync(path, { force: true });
  }
}

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
