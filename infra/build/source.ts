import { CannotBuild } from './cannot-build.ts';
import { finished } from './finished.ts';

/* The commit that is built. A release names one, so what is not committed cannot be released. */

export interface Source {
  /** 40 hex digits; undefined outside a git checkout. */
  readonly commit: string | undefined;
  /** Files that differ from it, as git prints them. */
  readonly changed: readonly string[];
}

export async function sourceOf(root: string): Promise<Source> {
  const git = (...argv: readonly string[]): Promise<string> => finished('git', argv, { cwd: root, env: process.env });
  try {
    const commit = (await git('rev-parse', '--verify', 'HEAD')).trim();
    const changed = (await git('status', '--porcelain', '--untracked-files=normal')).split('\n').filter(Boolean);
    return { commit, changed };
  } catch {
    return { commit: undefined, changed: [] };
  }
}

/** The commit that a release may name. Throws `CannotBuild` where there is none. */
export function released({ commit, changed }: Source): string {
  if (commit === undefined) throw new CannotBuild('this is no checkout of git, so there is no commit to name');
  if (changed.length === 0) return commit;
  const some = changed.slice(0, 5).map((line) => `\n  ${line}`);
  throw new CannotBuild(
    `${changed.length} files differ from commit ${commit}:${some.join('')}${changed.length > some.length ? `\n  and ${changed.length - some.length} more` : ''}`,
  );
}
