import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import * as v from 'valibot';
import { releaseName } from '../build/checksums.ts';
import { Refusal } from '../claim/refusal.ts';
import type { ReleaseFolder } from '../deploy/release-files.ts';
import { changedSince } from '../deploy/release-finding.ts';

/**
 * Whether a release may go out under the version of this checkout: what strangers rebuild is releases/VERSION, and what they read
 * in the package must be the source of it. Throws a Refusal.
 */
export async function publishable({ folder, text, release }: ReleaseFolder, root: string): Promise<void> {
  const { version } = v.parse(
    v.object({ version: v.string() }),
    JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')),
  );
  if (release.version !== version)
    throw new Refusal(`${folder} is release ${release.version}, and package.json says ${version}`);
  const path = join(root, 'releases', version, releaseName);
  if (!existsSync(path)) throw new Refusal(`${path} is missing: docs/releases.md says how a release is published`);
  if (readFileSync(path, 'utf8') !== text)
    throw new Refusal(
      `the ${releaseName} in ${folder} is not that of ${path}: build it of commit ${release.commit}, or release anew`,
    );
  const changed = await changedSince(release.commit, root);
  if (changed === undefined) throw new Refusal(`git knows no commit ${release.commit}, of which the release is`);
  if (changed.length === 0) return;
  throw new Refusal(
    `the program of this checkout is not that of release ${version}: ${changed.length} files differ from commit ${release.commit.slice(0, 12)}, ${changed[0]} among them. Release anew, under a version of its own`,
  );
}
