import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import * as v from 'valibot';
import { bundlePoller } from '../../status-page/poller/bundle.ts';
import { names } from '../build/artefacts.ts';
import { releaseName } from '../build/checksums.ts';
import { finished } from '../build/finished.ts';
import { gitEnvironment } from '../build/source.ts';
import { outputOf, type ReleaseFolder, releaseOf } from '../deploy/release-files.ts';
import { hostProgram, hostProgramName } from '../host-image/archive.ts';
import { shrinkwrapName } from '../packaged.ts';
import { publishedManifest, workspaces } from './manifest.ts';
import { shrinkwrapOf } from './shrinkwrap.ts';

/* The archive that `npm publish` takes: the checkout's own files, the release that is deployed, and what npm installs with them. */

/** Of the checkout, what a user of `npx btc-pinata` has a use for: no tests, no benchmarks. */
const tracked = [
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
    await copyTracked(root, stage);
    await bundlePoller(join(stage, 'status-page', 'dist', 'poller'));
    copyRelease(release, join(stage, 'dist'));
    writeFileSync(join(stage, 'dist', hostProgramName), await hostProgram(root));
    const read = (...path: readonly string[]): string => readFileSync(join(root, ...path), 'utf8');
    const manifest = publishedManifest(
      read('package.json'),
      workspaces.map((folder) => read(folder, 'package.json')),
    );
    writeJson(join(stage, 'package.json'), manifest);
    writeJson(join(stage, shrinkwrapName), shrinkwrapOf(read('package-lock.json'), manifest));
    return await packed(stage, resolve(out));
  } finally {
    rmSync(stage, { recursive: true, force: true });
  }
}

async function copyTracked(root: string, stage: string): Promise<void> {
  const argv = ['ls-files', '-z', '--', ...tracked];
  const files = await finished('git', argv, { cwd: root, env: gitEnvironment() });
  for (const file of files.split('\0').filter(Boolean)) {
    mkdirSync(dirname(join(stage, file)), { recursive: true });
    cpSync(join(root, file), join(stage, file));
  }
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
