import * as v from 'valibot';
import type { PublishedManifest } from './manifest.ts';

/* What npm is to install below a published package: the very archives that package-lock.json pins, each by its hash. */

export const shrinkwrapName = 'npm-shrinkwrap.json';

const versions = v.optional(v.record(v.string(), v.string()), {});

const entrySchema = v.looseObject({
  integrity: v.optional(v.string()),
  resolved: v.optional(v.string()),
  /** Its bytes are in the archive of the package above it. */
  inBundle: v.optional(v.boolean()),
  dependencies: versions,
  optionalDependencies: versions,
  peerDependencies: versions,
  peerDependenciesMeta: v.optional(v.record(v.string(), v.looseObject({ optional: v.optional(v.boolean()) })), {}),
});

type Entry = v.InferOutput<typeof entrySchema>;

const lockSchema = v.object({
  lockfileVersion: v.literal(3),
  packages: v.record(v.string(), v.looseObject({})),
});

/**
 * Of the text of a package-lock.json: what a package with that manifest needs, at the places where npm has put it. Its own marks
 * (`dev`) do not tell: what a workspace needs and a developer names too has one. Throws where something is missing or is pinned
 * by its name alone.
 */
export function shrinkwrapOf(lock: string, manifest: PublishedManifest) {
  const { packages } = v.parse(lockSchema, JSON.parse(lock));
  const needed = new Set<string>();
  const visit = (from: string, { dependencies, optionalDependencies, ...entry }: Entry): void => {
    for (const name of Object.keys({ ...dependencies, ...optionalDependencies, ...entry.peerDependencies })) {
      const path = placeOf(name, from, packages);
      const isOptionalPeer = entry.peerDependenciesMeta[name]?.optional === true && !(name in optionalDependencies);
      // It is there for somebody else, if at all.
      if (isOptionalPeer && !(name in dependencies)) continue;
      // npm would fetch what a shrinkwrap leaves out, an optional package too.
      if (path === undefined)
        throw new Error(`package-lock.json has no ${name}, which ${from === '' ? 'the package' : from} needs`);
      if (needed.has(path)) continue;
      const found = v.parse(entrySchema, packages[path]);
      if (!isPinned(path, found, packages))
        throw new Error(`package-lock.json pins ${path} by no hash of npm's registry`);
      needed.add(path);
      visit(path, found);
    }
  };
  visit('', v.parse(entrySchema, manifest));
  const { name, version } = manifest;
  return {
    name,
    version,
    lockfileVersion: 3,
    requires: true,
    packages: {
      '': manifest,
      ...Object.fromEntries([...needed].toSorted(byName).map((path) => [path, withoutMarks(packages[path] ?? {})])),
    },
  };
}

/** By SHA-512, from npm's own registry; or inside of the archive of a package above it, which is pinned so. */
function isPinned(
  path: string,
  { integrity, resolved, inBundle }: Entry,
  packages: Readonly<Record<string, unknown>>,
): boolean {
  if (inBundle === true) {
    const above = path
      .split('/node_modules/')
      .slice(0, -1)
      .map((_, index, parts) => parts.slice(0, index + 1).join('/node_modules/'));
    return above.some((bundling) => {
      const entry = packages[bundling];
      return typeof entry === 'object' && entry !== null && 'bundleDependencies' in entry;
    });
  }
  return /^sha512-[A-Za-z0-9+/]{86}==$/.test(integrity ?? '') && (resolved ?? registry).startsWith(registry);
}

const registry = 'https://registry.npmjs.org/';

/** As Node looks for it, from the folder of a package upwards. */
function placeOf(name: string, from: string, packages: Readonly<Record<string, unknown>>): string | undefined {
  for (let above = from; ; above = above.slice(0, Math.max(0, above.lastIndexOf('/node_modules/')))) {
    const path = `${above === '' ? '' : `${above}/`}node_modules/${name}`;
    if (path in packages) return path;
    if (above === '') return undefined;
  }
}

const withoutMarks = ({ dev: _dev, devOptional: _devOptional, ...entry }: Readonly<Record<string, unknown>>) => entry;

const byName = (a: string, b: string): number => (a < b ? -1 : 1);
