import { resolve } from 'node:path';
import { finished } from '../build/finished.ts';
import { gitEnvironment } from '../build/source.ts';
import { Refusal } from '../claim/refusal.ts';
import { isPackage, releaseFolder } from '../packaged.ts';
import type { Deployment } from './deployment.ts';
import { sentenceOf } from './failures.ts';
import { type Finding, ok, problem, unknown } from './finding.ts';
import { outputOf, type ReleaseFolder } from './release-files.ts';

/** Whether what is deployed is there, whole, and what this checkout would build. */
export async function releaseFinding(
  { release: { version, build, image } }: Pick<Deployment, 'release'>,
  files: ReleaseFolder | Refusal,
  root: string,
): Promise<Finding> {
  if (files instanceof Refusal) return problem('release', files.message);
  const { folder, release } = files;
  try {
    outputOf(files, 'btc-pinata.cjs');
    if (image !== null) outputOf(files, image.output);
  } catch (error) {
    return problem('release', sentenceOf(error) ?? String(error));
  }
  const words = `${version} of ${folder}, program ${build.slice(0, 16)}...: its files are those of release.json`;
  const commit = release.commit.slice(0, 12);
  // A package is of the commit of its release, and no checkout.
  if (isPackage(root) && resolve(folder) === resolve(releaseFolder(root)))
    return ok('release', `${words}, of commit ${commit}, as it came with this package`);
  const changed = await changedSince(release.commit, root);
  if (changed === undefined) {
    return unknown('release', `${words}. It is of commit ${commit}, which is not known here`);
  }
  if (changed.length === 0) return ok('release', `${words}, of commit ${commit}`);
  return unknown(
    'release',
    `${words}. It is of commit ${commit}, and the program of this checkout is another (${changed.length} files): to deploy that, build it first, \`npm run build -- --image\``,
  );
}

/** What the program is made of. */
const sources = ['service', 'package-lock.json', 'infra/build'] as const;

/** Of `paths` the files that differ from a commit, written or committed since; undefined where git does not know it. */
export async function changedSince(
  commit: string,
  root: string,
  paths: readonly string[] = sources,
): Promise<readonly string[] | undefined> {
  try {
    const argv = ['diff', '--name-only', commit, '--', ...paths];
    return (await finished('git', argv, { cwd: root, env: gitEnvironment() })).split('\n').filter(Boolean);
  } catch {
    return undefined;
  }
}
