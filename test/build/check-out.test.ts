import { execFileSync } from 'node:child_process';
import { chmodSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import { deflateSync } from 'node:zlib';
import { afterAll, afterEach, describe, expect, test, vi } from 'vitest';
import { checkOut } from '../../infra/build/check-out.ts';
import { sourceOf } from '../../infra/build/source.ts';

/* Repositories of whoever wants another source built than the commit names. */

describe('the source of a commit', () => {
  const folder = mkdtempSync(join(tmpdir(), 'pinata-source-'));
  afterAll(() => rmSync(folder, { recursive: true, force: true }));
  afterEach(() => void vi.unstubAllEnvs());

  const gitIn = (place: string, ...argv: readonly string[]): string =>
    execFileSync('git', ['-c', 'user.name=Tests', '-c', 'user.email=tests@example.org', ...argv], {
      cwd: place,
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'ignore'],
    }).trim();

  /** Of one file, which says `text`. */
  function repository(name: string, text: string) {
    const place = join(folder, name);
    mkdirSync(place);
    gitIn(place, 'init', '--quiet', '--initial-branch=main');
    writeFileSync(join(place, 'source'), text);
    gitIn(place, 'add', 'source');
    gitIn(place, 'commit', '--quiet', '--message=Source');
    return { place, commit: gitIn(place, 'rev-parse', 'HEAD') };
  }

  const sourceIn = (out: string): string => readFileSync(join(out, 'source'), 'utf8');

  test('is what it is, also of a folder that is named from here', async () => {
    const { place, commit } = repository('honest', 'good');
    const out = join(folder, 'honest out');
    await checkOut(relative(process.cwd(), place), commit, out);
    expect(sourceIn(out)).toBe('good');
  });

  test('is not that of a branch with the name of the commit', async () => {
    const { place, commit } = repository('ambiguous', 'good');
    gitIn(place, 'checkout', '--quiet', '-b', commit);
    writeFileSync(join(place, 'source'), 'evil');
    gitIn(place, 'commit', '--quiet', '--all', '--message=Another');
    const out = join(folder, 'ambiguous out');
    await checkOut(place, commit, out);
    expect([sourceIn(out), gitIn(out, 'rev-parse', 'HEAD')]).toEqual(['good', commit]);
  });

  test('is refused where an object has another content than its hash says', async () => {
    const { place, commit } = repository('turned', 'good');
    const blob = gitIn(place, 'rev-parse', 'HEAD:source');
    const object = join(place, '.git', 'objects', blob.slice(0, 2), blob.slice(2));
    chmodSync(object, 0o644);
    writeFileSync(object, deflateSync('blob 4\0evil'));
    const refused = checkOut(place, commit, join(folder, 'turned out'));
    await expect(refused).rejects.toThrow(/^cannot build: missing input: the source, commit [0-9a-f]{40}/);
  });

  test('is refused where the place is an option', async () => {
    const witness = join(folder, 'witness');
    const refused = checkOut(`--upload-pack=touch '${witness}'`, '0'.repeat(40), join(folder, 'option out'));
    await expect(refused).rejects.toThrow(/repository '--upload-pack/);
  });

  test('is that of the folder, whatever repository a hook of git has in its environment', async () => {
    const [mine, other] = [repository('mine', 'good'), repository('other', 'another')];
    vi.stubEnv('GIT_DIR', join(other.place, '.git'));
    vi.stubEnv('GIT_WORK_TREE', other.place);
    vi.stubEnv('GIT_INDEX_FILE', join(other.place, '.git', 'index'));
    const out = join(folder, 'hooked out');
    await checkOut(mine.place, mine.commit, out);
    expect(sourceIn(out)).toBe('good');
    expect(await sourceOf(mine.place)).toEqual({ commit: mine.commit, changed: [] });
    vi.unstubAllEnvs();
    expect(gitIn(other.place, 'symbolic-ref', 'HEAD')).toBe('refs/heads/main');
  });
});
