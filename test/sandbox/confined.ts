import { spawnSync } from 'node:child_process';
import { resolve } from 'node:path';
import { Program } from '../host/program.ts';
import { required } from '../support/required.ts';

/* Whether this machine can make the sandbox at all, and programs in it. */

const bwrap = required.tool('bwrap');
const words = ['--unshare-user', '--unshare-net', '--unshare-pid', '--ro-bind', '/', '/', '--', '/bin/true'];
const namespaces = required.condition(
  'namespaces of users, for bubblewrap',
  bwrap.missing || spawnSync(bwrap.path, words).status === 0,
  'allow them (kernel.unprivileged_userns_clone=1, kernel.apparmor_restrict_unprivileged_userns=0), or run as root',
);
export const noSandbox: boolean = bwrap.missing || namespaces.missing;

export const launcher = resolve(import.meta.dirname, '../../infra/btc-pinata.mjs');
const inside = resolve(import.meta.dirname, 'inside.ts');

/** A payload in the place of the service. What it printed, as a table: name -> what came of it. */
export async function tried(
  language: 'node' | 'perl',
  script: string,
  flags: readonly string[],
  environment: Readonly<Record<string, string>> = {},
): Promise<{ readonly code: number | null; readonly table: ReadonlyMap<string, string>; readonly stderr: string }> {
  const program = new Program(flags, { program: [process.execPath, inside, language, script], environment });
  const { code } = await program.ended();
  const lines = program.stdout.split('\n').flatMap((line) => {
    const [, name, what] = /^(.*): ([^:]*)$/.exec(line) ?? [];
    return name === undefined || what === undefined ? [] : [[name, what] as const];
  });
  return { code, table: new Map(lines), stderr: program.stderr };
}
