import { existsSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { TestRunner, test } from 'vitest';
import { type Tool, toolPackages, which } from './tools.ts';

/*
 * How a test says what it needs of the machine:
 *
 *   const openssl = required.tool('openssl');
 *   const wycheproof = required.vectors('wycheproof');
 *   describe.skipIf(openssl.missing || wycheproof.missing)('...', () => { readFileSync(join(wycheproof.path, ...)) });
 *
 * Call it at the top level of the test file. What is missing is skipped and listed at the end of the run with how to get it
 * (reporter.ts); with PINATA_REQUIRE_ALL=1 it is a failure, for a run that may not pass by skipping.
 */

/** One thing a test needs: present at `path`, or missing and `how` says where to get it. */
export interface Requirement {
  readonly name: string;
  readonly missing: boolean;
  /** Of the tool, or of the folder. Where a thing is missing, where it was looked for. */
  readonly path: string;
  readonly how: string;
}

declare module 'vitest' {
  interface TaskMeta {
    /** What this test file asked for and did not find. */
    missing?: { name: string; how: string; obtainable: boolean }[];
  }
}

export type VectorFolder = 'wycheproof' | 'limbo' | 'rfc8448' | 'bip322' | 'corpora';

const repository = resolve(import.meta.dirname, '../..');

/** Third parties' test data: never part of the repository (docs/vectors.md says where each original is). */
export const vectorsFolder = resolve(repository, process.env['PINATA_VECTORS'] ?? '../shared/vectors');

export const required = {
  tool(name: Tool): Requirement {
    const path = which(name);
    const how = `apt-get install -y --no-install-recommends ${toolPackages[name]}`;
    return declared({ name, missing: path === undefined, path: path ?? name, how });
  },

  vectors(folder: VectorFolder): Requirement {
    const path = join(vectorsFolder, folder);
    const how = `see docs/vectors.md, then set PINATA_VECTORS to the folder that holds ${folder}/ (looked for ${path})`;
    return declared({ name: `vectors/${folder}`, missing: !existsSync(path), path, how });
  },

  /**
   * The packages of test/nodes (bcoin, bip322-js). They are no dependencies of the repository: two hundred packages, most of
   * them old. `path` is their node_modules; `createRequire` of a file in there finds them.
   */
  nodes(): Requirement {
    const path = join(repository, 'test/nodes/node_modules');
    const how = 'npm ci --ignore-scripts --prefix test/nodes';
    // npm writes this file last.
    return declared({ name: 'test/nodes', missing: !existsSync(join(path, '.package-lock.json')), path, how });
  },

  /** Anything else a test may have to do without: an address family, a kernel feature. */
  condition(name: string, present: boolean, how: string): Requirement {
    return declared({ name, missing: !present, path: name, how });
  },
  /**
   * What nobody can install any more one day, a Debian package of one version: listed where it is missing, and skipped even
   * where no other test may be. No change of ours made it go away.
   */
  obtainable(name: string, present: boolean, how: string): Requirement {
    return listed({ name, missing: !present, path: name, how }, true);
  },
};

function declared(requirement: Requirement): Requirement {
  const { name, how, missing } = requirement;
  if (missing && process.env['PINATA_REQUIRE_ALL'] === '1') {
    test(`needs ${name}`, () => {
      throw new Error(
        `${name} is missing, and PINATA_REQUIRE_ALL=1 lets no test be skipped for that. To get it: ${how}`,
      );
    });
  }
  return listed(requirement);
}

function listed(requirement: Requirement, obtainable = false): Requirement {
  if (!requirement.missing) return requirement;
  const { name, how } = requirement;
  const { meta } = TestRunner.getCurrentSuite().file;
  meta.missing = [...(meta.missing ?? []), { name, how, obtainable }];
  return requirement;
}
