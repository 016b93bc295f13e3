import { spawnSync } from 'node:child_process';
import { closeSync, openSync } from 'node:fs';
import { CannotBuild } from '../build/cannot-build.ts';

/*
 * One process at a time (flock(2)). The lock belongs to the open file, which the program `flock` shares with us: it is ours
 * when that has ended, and free when nobody has the file open any more, however we end.
 */

/** Blocks while another has it; `waiting` is called once then. `work` hands `lock` on to programs that may outlive us. */
export function withLock<T>(path: string, waiting: () => void, work: (lock: number) => T): T {
  const lock = openSync(path, 'a');
  try {
    if (!locks(lock, ['--nonblock'])) {
      waiting();
      if (!locks(lock, [])) throw new CannotBuild(`${path} cannot be locked`);
    }
    return work(lock);
  } finally {
    closeSync(lock);
  }
}

function locks(lock: number, words: readonly string[]): boolean {
  const { status, error } = spawnSync('flock', [...words, '3'], { stdio: ['ignore', 'ignore', 'ignore', lock] });
  if (error !== undefined) throw new CannotBuild(`flock does not run (${error.message}); apt-get install util-linux`);
  return status === 0;
}
