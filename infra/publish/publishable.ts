import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import * as v from 'valibot';
import { decodeRelease } from '../../service/attest/release.ts';
import { releaseName } from '../build/checksums.ts';
import { Refusal } from '../claim/refusal.ts';
import { type ReleaseFolder, releaseOf } from '../deploy/release-files.ts';
import { changedSince } from '../deploy/release-finding.ts';
import { workspaces } from './manifest.ts';

/**
 * Whether a release may go out under the version of this checkout: what strangers rebuild is releases/VERSION, and what they read
 * in the package must be the source of it. Throws a Refusal that says all that is in the way.
 */
export async function publishable(files: ReleaseFolder, root: string): Promise<void> {
  const inTheWay = [...imageProblems(files), ...publishedProblems(files, root), ...(await sourceProblems(files, root))];
  if (inTheWay.length === 0) return;
  throw new Refusal(
    `the release in ${files.folder} cannot go out:${inTheWay.map((problem) => `\n  ${problem}`).join('')}\ndocs/releases.md says, step by step, how a release is made and published`,
  );
}

function imageProblems(files: ReleaseFolder): readonly string[] {
  try {
    releaseOf(files, true, null);
    return [];
  } catch (error) {
    if (error instanceof Refusal) return [error.message];
    throw error;
  }
}

const versionSchema = v.object({ version: v.string() });

function publishedProblems({ text, release }: ReleaseFolder, root: string): readonly string[] {
  const problems = ['.', ...workspaces].flatMap((folder) => {
    const path = join(folder, 'package.json');
    const { version } = v.parse(versionSchema, JSON.parse(readFileSync(join(root, path), 'utf8')));
    return version === release.version ? [] : [`it is release ${release.version}, and ${path} says ${version}`];
  });
  const path = join(root, 'releases', release.version, releaseName);
  if (!existsSync(path)) return [...problems, `it is not published: there is no ${path}`];
  const published = readFileSync(path, 'utf8');
  if (published === text) return problems;
  const decoded = decodeRelease(published);
  const other = 'fault' in decoded ? 'and cannot be read' : `of commit ${decoded.commit.slice(0, 12)}`;
  return [
    ...problems,
    `it is of commit ${release.commit.slice(0, 12)}; the one that is published, in ${path}, is another, ${other}`,
  ];
}

async function sourceProblems({ release }: ReleaseFolder, root: string): Promise<readonly string[]> {
  const changed = await changedSince(release.commit, root, [...workspaces, 'cdk.json', 'package-lock.json']);
  const commit = release.commit.slice(0, 12);
  if (changed === undefined) return [`git knows no commit ${commit}, of which it is`];
  if (changed.length === 0) return [];
  return [
    `what this checkout has of the package is of another commit: ${changed.length} ${changed.length === 1 ? 'file differs' : 'files differ'} from commit ${commit}, ${changed[0]} ${changed.length === 1 ? 'is it' : 'among them'}`,
  ];
}
