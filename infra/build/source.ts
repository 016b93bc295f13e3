import { realpathSync } from 'node:fs';
import { CannotBuild } from './cannot-build.ts';
import { finished } from './finished.ts';

/* The commit that is built. A release names one, so what is not committed cannot be released. */

export interface Source {
  /** 40 hex digits; undefined outside a git checkout. */
  readonly commit: string | undefined;
  /** Files that differ from it, as git prints them. */
  readonly changed: readonly string[];
}

/** Without what names another repository than that of the folder git is run in: hooks and `git rebase --exec` leave it there. */
export const gitEnvironment = (environment: NodeJS.ProcessEnv = process.env): NodeJS.ProcessEnv =>
  Object.fromEntries(Object.entries(environment).filter(([name]) => !ofRepository.has(name)));

/** `git rev-parse --local-env-vars`, but for what passes configuration on. */
const ofRepository: ReadonlySet<string> = new Set([
  'GIT_ALTERNATE_OBJECT_DIRECTORIES',
  'GIT_OBJECT_DIRECTORY',
  'GIT_DIR',
  'GIT_WORK_TREE',
  'GIT_IMPLICIT_WORK_TREE',
  'GIT_GRAFT_FILE',
  'GIT_INDEX_FILE',
  'GIT_NO_REPLACE_OBJECTS',
  'GIT_REPLACE_REF_BASE',
  'GIT_PREFIX',
  'GIT_SHALLOW_FILE',
  'GIT_COMMON_DIR',
]);

export async function sourceOf(root: string): Promise<Source> {
  const env = gitEnvironment();
  const git = (...argv: readonly string[]): Promise<string> => finished('git', argv, { cwd: root, env });
  try {
    // A package may lie in somebody else's repository: that one's commit says nothing of it.
    const top = (await git('rev-parse', '--show-toplevel')).trim();
    if (realpathSync(top) !== realpathSync(root)) return { commit: undefined, changed: [] };
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
