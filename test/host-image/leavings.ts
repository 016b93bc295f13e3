import { appendFileSync, mkdirSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import * as v from 'valibot';
import { attempt } from './run.ts';

/*
 * What a run makes outside of its own memory (namespaces, loop devices, folders) is written down before it is made, under the
 * process that makes it. A run that was killed could remove nothing; the next one removes what the dead ones wrote down, and
 * nothing else.
 */

const leaving = v.variant('kind', [
  v.strictObject({ kind: v.literal('network'), name: v.string() }),
  /** A loop device is known by its file: its number may be another's by now. */
  v.strictObject({ kind: v.literal('loop'), image: v.string() }),
  v.strictObject({ kind: v.literal('folder'), path: v.string() }),
]);
export type Leaving = v.InferOutput<typeof leaving>;

const records = '/run/btc-pinata-test-host';

/** Before it is made. */
export function willMake(one: Leaving, folder = records): void {
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  appendFileSync(join(folder, `${process.pid}-${startOf(process.pid)}`), `${JSON.stringify(one)}\n`);
}

/** Returns what was removed. */
export function clearLeavings(folder = records, remove: (one: Leaving) => boolean = removed): readonly Leaving[] {
  const found: Leaving[] = [];
  for (const name of namesIn(folder)) {
    const [pid = '', start] = name.split('-');
    // A process of the same number that began at another time is somebody else.
    if (startOf(Number(pid)) === start) continue;
    const lines = readFileSync(join(folder, name), 'utf8').split('\n').filter(Boolean);
    // The last first: a device stands on a file that stands in a folder. Half a line is of something that was not made.
    for (const line of lines.toReversed()) {
      const parsed = v.safeParse(leaving, json(line));
      if (parsed.success && remove(parsed.output)) found.push(parsed.output);
    }
    rmSync(join(folder, name));
  }
  return found;
}

/** False: it was gone already, as it is after every run that came to its end. */
function removed(one: Leaving): boolean {
  switch (one.kind) {
    case 'network':
      return attempt('ip', ['netns', 'delete', one.name]).status === 0;
    case 'loop': {
      const { stdout } = attempt('losetup', ['--noheadings', '--output', 'NAME', '--associated', one.image]);
      const devices = stdout.split('\n').filter(Boolean);
      for (const device of devices) attempt('losetup', ['--detach', device.trim()]);
      return devices.length > 0;
    }
    case 'folder': {
      const isThere = attempt('test', ['-e', one.path]).status === 0;
      rmSync(one.path, { recursive: true, force: true });
      return isThere;
    }
    default:
      return one satisfies never;
  }
}

/** When the process began, in the ticks of the machine (proc(5), the 22nd field of stat); undefined where there is none. */
function startOf(pid: number): string | undefined {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'latin1');
    return stat.slice(stat.lastIndexOf(')') + 2).split(' ')[19];
  } catch {
    return undefined;
  }
}

function namesIn(folder: string): readonly string[] {
  try {
    return readdirSync(folder);
  } catch {
    return [];
  }
}

function json(line: string): unknown {
  try {
    return JSON.parse(line);
  } catch {
    return undefined;
  }
}
