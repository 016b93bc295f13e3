import { chmodSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import * as v from 'valibot';
import { bundlePoller } from '../../status-page/poller/bundle.ts';
import { names } from '../build/artefacts.ts';
import { refuseSurroundings } from '../build/bundle.ts';
import { releaseName } from '../build/checksums.ts';
import { finished } from '../build/finished.ts';
import { gitEnvironment } from '../build/source.ts';
import { outputOf, type ReleaseFolder, releaseOf } from '../deploy/release-files.ts';
import { hostProgram, hostProgramName } from '../host-image/archive.ts';
import { publishedManifest, withEveryVersion, workspaces } from './manifest.ts';
import { shrinkwrapName, shrinkwrapOf } from './shrinkwrap.ts';

/* The archive that `npm publish` takes: the checkout's own files, the release that is deployed, and what npm installs with them. */

/** Of the checkout, what a user of `npx btc-pinata` has a use for: no tests, no benchmarks. */
const committed = [
  'service',
  'infra',
  'status-page',
  'docs',
  'releases',
  'cdk.json',
  'README.md',
  'CHANGELOG.md',
  'LICENSE',
];

/** Writes it into `out` and gives back its path. The same checkout and release have the same bytes. Throws a Refusal for a release that lacks a file. */
export async function packageOf(root: string, release: ReleaseFolder, out: string): Promise<string> {
  const stage = mkdtempSync(join(tmpdir(), 'pinata-package-'));
  try {
    refuseSurroundings(root);
    await copyCommitted(root, stage);
    await bundlePoller(join(stage, 'status-page', 'dist', 'poller'));
    copyRelease(release, join(stage, 'dist'));
    writeFileSync(join(stage, 'dist', hostProgramName), await hostProgram(root));
    const read = (...path: readonly string[]): string => readFileSync(join(root, ...path), 'utf8');
    const own = publishedManifest(
      read('package.json'),
      workspaces.map((folder) => read(folder, 'package.json')),
    );
    const shrinkwrap = shrinkwrapOf(read('package-lock.json'), own);
    const manifest = withEveryVersion(own, shrinkwrap.packages);
    writeJson(join(stage, 'package.json'), manifest);
    writeJson(join(stage, shrinkwrapName), { ...shrinkwrap, packages: { ...shrinkwrap.packages, '': manifest } });
    sameModes(stage);
    return await packed(stage, resolve(out));
  } finally {
    rmSync(stage, { recursive: true, force: true });
  }
}

/** As they are committed, whatever the settings of git and of the shell make of them in a work tree. */
async function copyCommitted(root: string, stage: string): Promise<void> {
  const archive = join(stage, 'committed.tar');
  const git = ['-c', 'core.autocrlf=false', '-c', 'tar.umask=0022', 'archive', '--format=tar', `--output=${archive}`];
  await finished('git', [...git, 'HEAD', '--', ...committed], { cwd: root, env: gitEnvironment() });
  await finished('tar', ['--extract', '--file', archive, '--directory', stage], { cwd: stage, env: process.env });
  rmSync(archive);
}

/** npm packs the modes too, and those are the umask's. */
function sameModes(stage: string): void {
  for (const entry of readdirSync(stage, { recursive: true, withFileTypes: true }))
    chmodSync(
      join(entry.parentPath, entry.name),
      entry.isDirectory() || entry.name === 'btc-pinata.mjs' ? 0o755 : 0o644,
    );
}

/** What `btc-pinata deploy` and `run` need of it, each file held against its hash. */
function copyRelease(release: ReleaseFolder, folder: string): void {
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, releaseName), release.text);
  const image = releaseOf(release, true, null).image?.output;
  for (const name of [names.bundle, names.materials, ...(image === undefined ? [] : [image])])
    writeFileSync(join(folder, name), outputOf(release, name));
}

async function packed(stage: string, out: string): Promise<string> {
  mkdirSync(out, { recursive: true });
  const argv = ['pack', '--json', '--ignore-scripts', '--pack-destination', out];
  const said: unknown = JSON.parse(await finished('npm', argv, { cwd: stage, env: process.env }));
  const [{ filename }] = v.parse(v.tuple([v.object({ filename: v.string() })]), said);
  return join(out, filename);
}

const writeJson = (path: string, value: unknown): void =>
  writeFileSync(path, `${JSON.stringify(value, undefined, 2)}\n`);
