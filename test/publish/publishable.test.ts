import { execFileSync, spawnSync } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, realpathSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { beforeAll, describe, expect, test } from 'vitest';
import { gitEnvironment, sourceOf } from '../../infra/build/source.ts';
import { releaseIn } from '../../infra/deploy/release-files.ts';
import { installed, isPackage } from '../../infra/packaged.ts';
import { publishable } from '../../infra/publish/publishable.ts';
import { releaseFolder } from '../deploy/scene.ts';

/** A checkout with a program and, once `releases` is called, a published release of it. */
function checkout() {
  const root = realpathSync(mkdtempSync(join(tmpdir(), 'pinata-publish-')));
  const git = (...argv: readonly string[]): string =>
    execFileSync('git', ['-c', 'user.name=x', '-c', 'user.email=x@example.org', ...argv], {
      cwd: root,
      encoding: 'utf8',
      env: gitEnvironment(),
    });
  const write = (path: string, text: string): void => {
    mkdirSync(join(root, path, '..'), { recursive: true });
    writeFileSync(join(root, path), text);
  };
  for (const folder of ['.', 'service', 'infra', 'status-page'])
    write(join(folder, 'package.json'), '{"version":"0.1.0"}');
  write('service/main.ts', 'one');
  git('init', '--quiet');
  git('add', '.');
  git('commit', '--quiet', '--message', 'one');
  const folder = releaseFolder(git('rev-parse', 'HEAD').trim());
  const releases = (from = folder): void =>
    cpSync(join(from, 'release.json'), join(root, 'releases/0.1.0/release.json'));
  return { root, git, write, folder, releases };
}

describe('a release may go out in a package', () => {
  test('where it is the published one, and the program of the checkout is its program', async () => {
    const { root, folder, releases, write } = checkout();
    releases();
    write('README.md', 'another one');
    await expect(publishable(releaseIn(folder), root)).resolves.toBeUndefined();
  });

  test.each<[string, (made: ReturnType<typeof checkout>) => void, RegExp]>([
    [
      'nothing is published',
      () => undefined,
      /cannot go out:\n {2}it is not published: there is no .*\/releases\/0\.1\.0\/release\.json\ndocs\/releases\.md says/,
    ],
    [
      'another is',
      ({ releases }) => releases(releaseFolder('1'.repeat(40))),
      /it is of commit [0-9a-f]{12}; the one that is published, in .*, is another, of commit 1{12}/,
    ],
    [
      'the program has changed',
      ({ releases, write }) => {
        releases();
        write('service/main.ts', 'two');
      },
      /of the package is of another commit: 1 file differs from commit [0-9a-f]{12}, service\/main\.ts is it/,
    ],
    [
      'the version is another',
      ({ write }) => {
        write('infra/package.json', '{"version":"0.2.0"}');
      },
      // All of it at once: each run of a build takes minutes.
      /it is release 0\.1\.0, and infra\/package\.json says 0\.2\.0\n {2}it is not published/,
    ],
  ])('not where %s', async (_, change, why) => {
    const made = checkout();
    change(made);
    await expect(publishable(releaseIn(made.folder), made.root)).rejects.toThrow(why);
  });

  test('nor where git knows no such commit', async () => {
    const { root, releases } = checkout();
    const folder = releaseFolder('1'.repeat(40));
    releases(folder);
    await expect(publishable(releaseIn(folder), root)).rejects.toThrow(/git knows no commit 1{12}, of which it is/);
  });
});

test("a folder in somebody else's repository is of no commit", async () => {
  const { root, write } = checkout();
  write('node_modules/btc-pinata/package.json', '{}');
  expect((await sourceOf(root)).commit).toMatch(/^[0-9a-f]{40}$/);
  expect(await sourceOf(join(root, 'node_modules/btc-pinata'))).toEqual({ commit: undefined, changed: [] });
});

describe('a package', () => {
  let root = '';
  beforeAll(() => {
    root = join(mkdtempSync(join(tmpdir(), 'pinata-packaged-')), 'node_modules', 'btc-pinata');
    mkdirSync(root, { recursive: true });
    writeFileSync(join(root, 'package.json'), '{"isPackage":true}');
  });

  test('is told by what it says of itself; no file that somebody drops makes a checkout one', () => {
    expect(isPackage(root)).toBe(true);
    expect(isPackage()).toBe(false);
    const { root: clone, write } = checkout();
    write('npm-shrinkwrap.json', '{}');
    expect(isPackage(clone)).toBe(false);
  });

  test('has its dependencies below it or, where npm took it for one of many, beside it', () => {
    expect(installed(root, 'aws-cdk')).toBe(join(root, '..', 'aws-cdk'));
    mkdirSync(join(root, 'node_modules', 'aws-cdk'), { recursive: true });
    expect(installed(root, 'aws-cdk')).toBe(join(root, 'node_modules', 'aws-cdk'));
    // What lies beside an archive that was unpacked is anybody's.
    const unpacked = mkdtempSync(join(tmpdir(), 'pinata-unpacked-'));
    mkdirSync(join(unpacked, 'package'));
    writeFileSync(join(unpacked, 'package', 'package.json'), '{"isPackage":true}');
    expect(installed(join(unpacked, 'package'), 'aws-cdk')).toBe(join(unpacked, 'package/node_modules/aws-cdk'));
    // Of a checkout what lies in a folder above is none of it.
    expect(installed('/nowhere/checkout', 'aws-cdk')).toBe('/nowhere/checkout/node_modules/aws-cdk');
  });
});

describe('npm run package', () => {
  const run = (...words: readonly string[]) =>
    spawnSync(process.execPath, [join(import.meta.dirname, '../../infra/publish/main.ts'), ...words], {
      encoding: 'utf8',
    });

  test('says how it is used', () => {
    expect(run('--help')).toMatchObject({
      status: 0,
      stdout: expect.stringMatching(/^npm run package: .*npm publish/),
    });
    expect(run('--no-such')).toMatchObject({ status: 2, stderr: expect.stringMatching(/^npm run package: Unknown/) });
  });

  test('says what is missing in a sentence', () => {
    expect(run('--release', '/nowhere')).toMatchObject({
      status: 1,
      stdout: '',
      stderr: expect.stringMatching(/^npm run package: there is no \/nowhere\/release\.json: [^\n]*\n$/),
    });
  });
});
