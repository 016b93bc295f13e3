import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import * as v from 'valibot';

/* What package-lock.json pins. */

export interface LockedPackage {
  readonly name: string;
  readonly version: string;
  /** `sha512-` and base64, of the archive that the registry serves. */
  readonly integrity: string;
  /** An SPDX expression, as the package says it. */
  readonly license: string;
}

const schema = v.object({
  packages: v.record(
    v.string(),
    v.object({
      version: v.optional(v.string()),
      integrity: v.optional(v.string()),
      license: v.optional(v.string()),
      link: v.optional(v.boolean()),
    }),
  ),
});

/** Those of the top level: of none of them a second version may get into the bundle. Throws where the file is none. */
export function lockedPackages(root: string): readonly LockedPackage[] {
  const { packages } = v.parse(schema, JSON.parse(readFileSync(join(root, 'package-lock.json'), 'utf8')));
  return Object.entries(packages).flatMap(([path, { version, integrity, license, link }]) => {
    const [, name] = /^node_modules\/((?:@[^/]+\/)?[^/]+)$/.exec(path) ?? [];
    if (name === undefined || link === true || version === undefined || integrity === undefined) return [];
    return [{ name, version, integrity, license: license ?? 'NOASSERTION' }];
  });
}
