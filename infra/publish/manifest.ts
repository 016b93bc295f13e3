import * as v from 'valibot';
import { packageMark } from '../packaged.ts';

/* The package.json of a published package: one package of what is several workspaces in a checkout. */

/** Folders of a checkout, each with a package.json. */
export const workspaces: readonly string[] = ['service', 'infra', 'status-page'];

const versions = v.optional(v.record(v.string(), v.string()), {});

const rootSchema = v.object({
  name: v.string(),
  version: v.string(),
  description: v.string(),
  license: v.string(),
  engines: v.record(v.string(), v.string()),
  optionalDependencies: versions,
  /** `rebuild` of a package clones it. */
  repository: v.optional(v.strictObject({ type: v.literal('git'), url: v.string() })),
});

const workspaceSchema = v.object({ dependencies: versions });

/** Of the texts of the root's package.json and of the workspaces'. Throws where two of them want different versions of one package. */
export function publishedManifest(root: string, workspaces: readonly string[]) {
  const { repository, ...own } = v.parse(rootSchema, JSON.parse(root));
  const dependencies = new Map<string, string>();
  for (const text of workspaces) {
    for (const [name, version] of Object.entries(v.parse(workspaceSchema, JSON.parse(text)).dependencies)) {
      // The other workspaces are folders of the same package.
      if (name.startsWith('@btc-pinata/')) continue;
      const other = dependencies.get(name);
      if (other !== undefined && other !== version) throw new Error(`${name}: ${other} and ${version} are wanted`);
      dependencies.set(name, version);
    }
  }
  return {
    ...own,
    ...(repository === undefined ? {} : { repository }),
    type: 'module',
    [packageMark]: true,
    bin: { 'btc-pinata': 'infra/btc-pinata.mjs' },
    dependencies: Object.fromEntries([...dependencies].toSorted(([a], [b]) => (a < b ? -1 : 1))),
  };
}

export type PublishedManifest = ReturnType<typeof publishedManifest>;

/**
 * The same with the exact version of every package at the top of the shrinkwrap: npm reads a shrinkwrap only where the registry
 * says that a package has one, and other package managers do not read it at all.
 */
export function withEveryVersion(manifest: PublishedManifest, packages: Readonly<Record<string, unknown>>) {
  const [dependencies, optionalDependencies]: Record<string, string>[] = [
    { ...manifest.dependencies },
    { ...manifest.optionalDependencies },
  ];
  for (const [path, entry] of Object.entries(packages)) {
    const [, name] = /^node_modules\/((?:@[^/]+\/)?[^/]+)$/.exec(path) ?? [];
    if (name === undefined) continue;
    const { version, optional, os, cpu } = v.parse(entrySchema, entry);
    if (optional === true || os !== undefined || cpu !== undefined)
      Object.assign(optionalDependencies ?? {}, { [name]: version });
    else Object.assign(dependencies ?? {}, { [name]: version });
  }
  return { ...manifest, dependencies, optionalDependencies };
}

/** What is of one system alone cannot be installed on the others. */
const entrySchema = v.looseObject({
  version: v.string(),
  optional: v.optional(v.boolean()),
  os: v.optional(v.unknown()),
  cpu: v.optional(v.unknown()),
});
