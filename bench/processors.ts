import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';

/* Which processors a process may use: Linux alone, by taskset of util-linux. */

/** The numbers of those that this process may use. */
export function processors(): readonly number[] {
  const list = /^Cpus_allowed_list:\s*(\S+)$/mu.exec(readFileSync('/proc/self/status', 'utf8'))?.[1];
  if (list === undefined) throw new Error('/proc/self/status does not say which processors there are');
  return list.split(',').flatMap((range) => {
    const [first = 0, last = first] = range.split('-').map(Number);
    return Array.from({ length: last - first + 1 }, (_, i) => first + i);
  });
}

/** All threads of a process run on these from now on, and those that they begin. */
export function confine(pid: number | undefined, to: readonly number[]): void {
  execFileSync('taskset', ['--all-tasks', '--cpu-list', '--pid', to.join(','), String(pid)], { stdio: 'ignore' });
}
