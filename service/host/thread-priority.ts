import { readlinkSync } from 'node:fs';
import { constants, getPriority, setPriority } from 'node:os';

/**
 * Of nice(2), behind the first thread, whatever the process was started with: whoever has the page and wakes up is served before
 * this thread, which still has a third of what is contended for.
 */
const behind = 5;

/**
 * Has this thread stand behind the others of its process. On Linux priorities are those of threads, and proc(5) says which this
 * is; elsewhere, and in a sandbox that lets neither be, all have the same.
 */
export function standBehind(): boolean {
  try {
    const [, thread] = /^[0-9]+\/task\/([0-9]+)$/.exec(readlinkSync('/proc/thread-self')) ?? [];
    if (thread === undefined) return false;
    // The first thread has the number of the process.
    const first = getPriority(process.pid);
    setPriority(Number(thread), Math.min(first + behind, constants.priority.PRIORITY_LOW));
    return true;
  } catch {
    return false;
  }
}
