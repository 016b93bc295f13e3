import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { gitEnvironment } from '../../infra/build/source.ts';
import { Refusal } from '../../infra/claim/refusal.ts';
import { deployCommand } from '../../infra/deploy/deploy-command.ts';
import { releaseIn, releaseOf } from '../../infra/deploy/release-files.ts';
import { releaseFinding } from '../../infra/deploy/release-finding.ts';
import { releaseFolder, scene } from './scene.ts';

/* What is deployed, and whether it is what the checkout would build. */

/** A checkout with one file of the program, committed. */
function checkout() {
  const root = mkdtempSync(join(tmpdir(), 'pinata-checkout-'));
  const git = (...argv: readonly string[]): string =>
    execFileSync('git', ['-c', 'user.name=x', '-c', 'user.email=x@example.org', ...argv], {
      cwd: root,
      encoding: 'utf8',
      env: gitEnvironment(),
    });
  const write = (text: string): void => writeFileSync(join(root, 'service', 'main.ts'), text);
  git('init', '--quiet');
  mkdirSync(join(root, 'service'));
  write('one');
  git('add', '.');
  git('commit', '--quiet', '--message', 'one');
  return { root, write, git, commit: git('rev-parse', 'HEAD').trim() };
}

const found = (commit: string, root: string) => {
  const files = releaseIn(releaseFolder(commit));
  return releaseFinding({ release: releaseOf(files, true, null) }, files, root);
};

test('a release of what is checked out', async () => {
  const { root, commit } = checkout();
  expect(await found(commit, root)).toMatchObject({
    outcome: 'ok',
    words: expect.stringMatching(new RegExp(`its files are those of release.json, of commit ${commit.slice(0, 12)}$`)),
  });
});

test('of another commit it is said, with what builds this one; that only the docs are another is nothing', async () => {
  const { root, write, git, commit } = checkout();
  writeFileSync(join(root, 'README.md'), 'x');
  git('add', '.');
  git('commit', '--quiet', '--message', 'docs');
  expect(await found(commit, root)).toMatchObject({ outcome: 'ok' });
  write('two');
  const another =
    'and the program of this checkout is another (1 files): to deploy that, build it first, `npm run build -- --image`';
  expect(await found(commit, root)).toMatchObject({ outcome: 'unknown', words: expect.stringContaining(another) });
  git('commit', '--quiet', '--all', '--message', 'two');
  expect(await found(commit, root)).toMatchObject({ outcome: 'unknown', words: expect.stringContaining(another) });
  expect(await found('0'.repeat(40), root)).toMatchObject({
    outcome: 'unknown',
    words: expect.stringContaining('of commit 000000000000, which is not known here'),
  });
});

test('a file of another build is a problem, and so is one that is missing', async () => {
  const { root, commit } = checkout();
  const folder = releaseFolder(commit);
  const files = releaseIn(folder);
  const look = () => releaseFinding({ release: releaseOf(files, true, null) }, files, root);
  writeFileSync(join(folder, 'btc-pinata.cjs'), 'of another build');
  expect(await look()).toMatchObject({ outcome: 'problem', words: expect.stringContaining('is not of this release') });
  rmSync(join(folder, 'btc-pinata.cjs'));
  expect(await look()).toMatchObject({ outcome: 'problem', words: expect.stringContaining('is missing') });
});

test('a clone without a release asks nothing, and says which command makes one', async () => {
  const made = scene([]);
  const around = { ...made.around, root: mkdtempSync(join(tmpdir(), 'pinata-clone-')) };
  expect(await deployCommand(['--folder', made.folder], around)).toBe(1);
  expect(made.out()).toBe('');
  expect(made.err()).toMatch(
    /^btc-pinata deploy: there is no \S+\/dist\/release\.json: `npm run build -- --image` makes a release in dist\/, of a checkout with nothing uncommitted, or name its folder with --release\. `btc-pinata doctor` names all that is missing\.\n$/,
  );
  expect(() => releaseIn(around.root)).toThrow(Refusal);
});
