import { existsSync, mkdirSync, readFileSync, rmdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/* A control group that holds one process to so much memory, as MemoryMax= of its unit does (cgroups(7)): version 2 or 1. */

const root = '/sys/fs/cgroup';
const unified = existsSync(join(root, 'cgroup.controllers'));
const parent = unified ? root : join(root, 'memory');
const file = unified
  ? { limit: 'memory.max', peak: 'memory.peak', killed: 'memory.events' }
  : { limit: 'memory.limit_in_bytes', peak: 'memory.max_usage_in_bytes', killed: 'memory.oom_control' };

export class MemoryGroup {
  readonly #folder: string;

  private constructor(folder: string) {
    this.#folder = folder;
  }

  /** Undefined where this user may not make one, or no controller of memory is there. */
  static of(mebibytes: number): MemoryGroup | undefined {
    const folder = join(parent, `pinata-load-${process.pid}-${Math.trunc(performance.now())}`);
    try {
      mkdirSync(folder);
      writeFileSync(join(folder, file.limit), String(mebibytes * 2 ** 20));
      return new MemoryGroup(folder);
    } catch {
      return undefined;
    }
  }

  /** Becomes the program that follows it, within the group. */
  get entering(): readonly string[] {
    return ['sh', '-c', 'echo $$ >"$0/cgroup.procs" && exec "$@"', this.#folder];
  }

  /** The most that it ever held, the kernel's own of its sockets and files included. */
  get peakMebibytes(): number {
    return Number(readFileSync(join(this.#folder, file.peak), 'utf8')) / 2 ** 20;
  }

  /** How often the kernel ended a process for want of memory. */
  get killed(): number {
    return Number(/^oom_kill (\d+)/m.exec(readFileSync(join(this.#folder, file.killed), 'utf8'))?.[1] ?? 0);
  }

  remove(): void {
    rmdirSync(this.#folder);
  }
}
