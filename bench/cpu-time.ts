import { readdirSync, readFileSync } from 'node:fs';

/**
 * CPU microseconds of all threads of another process, exact to the microsecond while it sleeps. undefined where the
 * system does not tell: then the process is asked for its process.cpuUsage(), which a kernel may count in ticks of
 * several milliseconds.
 */
export function cpuTimeOf(pid: number): number | undefined {
  try {
    const tasks = readdirSync(`/proc/${pid}/task`);
    return tasks.reduce((sum, task) => sum + onCpu(pid, task), 0);
  } catch {
    return undefined; // no /proc, or a kernel without CONFIG_SCHED_INFO
  }
}

/** The first field of schedstat: nanoseconds on a CPU (Documentation/scheduler/sched-stats.rst). */
function onCpu(pid: number, task: string): number {
  return Number(readFileSync(`/proc/${pid}/task/${task}/schedstat`, 'utf8').split(' ')[0]) / 1000;
}
