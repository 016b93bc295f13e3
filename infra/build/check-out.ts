import { existsSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { resolve } from 'node:path';
import { CannotBuild } from './cannot-build.ts';
import { finished } from './finished.ts';
import { gitEnvironment } from './source.ts';

/**
 * The source that `commit` names (40 hex digits), in a new `folder`, and nothing that lies about where it comes from: `from` is a
 * URL or a folder, and whose that is, nobody knows. Throws `CannotBuild` where it is not to be had.
 */
export async function checkOut(from: string, commit: string, folder: string, signal?: AbortSignal): Promise<void> {
  const env = { ...gitEnvironment(), GIT_TERMINAL_PROMPT: '0' };
  const git = (cwd: string, ...argv: readonly string[]): Promise<string> => finished('git', argv, { cwd, env, signal });
  const place = existsSync(from) ? resolve(from) : from;
  try {
    // As from afar: where the objects of a folder are linked and not sent, nobody computes their hashes.
    await git(tmpdir(), 'clone', '--quiet', '--no-local', '--no-checkout', '--', place, folder);
    // A branch may have the name of a commit, and 40 digits alone would be the branch.
    await git(folder, 'checkout', '--quiet', '--detach', `${commit}^{commit}`);
    const found = (await git(folder, 'rev-parse', '--verify', 'HEAD')).trim();
    if (found !== commit) throw new Error(`git checked out ${found}`);
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    throw new CannotBuild(`missing input: the source, commit ${commit} of ${from}. ${why}`);
  }
}
