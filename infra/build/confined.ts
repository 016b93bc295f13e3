import { spawnSync } from 'node:child_process';
import { realpathSync } from 'node:fs';
import { homedir } from 'node:os';

/*
 * A program whose author may be a liar, run where it reads no home, reaches no network and writes nowhere but where it is to:
 * bubblewrap (bwrap(1)), where this machine has it.
 */

export interface Confinement {
  /** Folders that it may write to, and others that it may read though they may be in a home or in /tmp. */
  readonly writes: readonly string[];
  readonly reads: readonly string[];
}

const bwrap = 'bwrap';

/** Words to start `words` with, or why this machine cannot confine it. */
export function confined(
  words: readonly string[],
  { writes, reads }: Confinement,
): { readonly words: readonly string[] } | { readonly unconfined: string } {
  const hidden = ['/tmp', '/run', '/var/tmp', realHome()].filter((path) => path !== '/');
  const confinement = [
    ...['--unshare-all', '--die-with-parent', '--new-session', '--cap-drop', 'ALL'],
    ...['--ro-bind', '/', '/', '--dev', '/dev', '--proc', '/proc'],
    // Sockets of other programs are there too, and a file system that cannot be written to does not close them.
    ...hidden.flatMap((path) => ['--tmpfs', path]),
    ...reads.flatMap((path) => ['--ro-bind', path, path]),
    ...writes.flatMap((path) => ['--bind', path, path]),
    '--',
  ];
  const { error, status, stderr } = spawnSync(bwrap, [...confinement, '/bin/true'], { encoding: 'utf8' });
  if (error !== undefined) return { unconfined: 'there is no bwrap here (apt-get install bubblewrap)' };
  if (status !== 0) return { unconfined: `bwrap cannot make a sandbox here: ${stderr.trim()}` };
  return { words: [bwrap, ...confinement, ...words] };
}

function realHome(): string {
  try {
    return realpathSync(homedir());
  } catch {
    return '/'; // there is none
  }
}
