import { linkSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { Refusal } from '../claim/refusal.ts';

/* One run at a time for one deployment: two would both make what is missing. */

export const lockName = 'deployment.lock';

/** Runs `act` while nobody else does. Throws a Refusal that says who holds the lock, and what to do if that is nobody. */
export async function locked<Result>(folder: string, act: () => Promise<Result>): Promise<Result> {
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  const path = join(folder, lockName);
  if (!taken(path)) {
    const held = readFileSync(path, 'utf8');
    const holder = holderOf(held);
    if (holder !== undefined) throw new Refusal(`${holder}. If that is no run of btc-pinata, remove ${path}`);
    if (!cleared(path, held) || !taken(path)) {
      throw new Refusal(`another run of btc-pinata has just taken ${path}: let it end, then run this again`);
    }
  }
  try {
    return await act();
  } finally {
    rmSync(path, { force: true });
  }
}

/** A link appears with its content, or not at all: nobody finds a lock that names nobody. */
function taken(path: string): boolean {
  const own = `${path}.${process.pid}`;
  writeFileSync(own, `${process.pid} ${hostname()}\n`, { mode: 0o600 });
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

/** Takes the lock of somebody who is gone away; false, and the lock left, where it is another's by now. */
function cleared(path: string, held: string): boolean {
  const aside = `${path}.${process.pid}.gone`;
  renameSync(path, aside);
  const same = readFileSync(aside, 'utf8') === held;
  if (!same) linkSync(aside, path);
  rmSync(aside);
  return same;
}

/** Who holds it, in words. A process of this machine that ended without a word is nobody; of another machine nothing is known. */
function holderOf(held: string): string | undefined {
  const [, pid, machine] = /^(\d+) (\S+)\n$/.exec(held) ?? [];
  if (pid === undefined || machine === undefined) return 'the lock of this deployment names nobody';
  const words = `another run is at work on this deployment: process ${pid} on ${machine}`;
  if (machine !== hostname()) return words;
  try {
    process.kill(Number(pid), 0);
    return words;
  } catch (error) {
    return error instanceof Error && 'code' in error && error.code === 'EPERM' ? words : undefined;
  }
}
