import * as v from 'valibot';
import type { PublishedManifest } from './manifest.ts';

/* What npm is to install below a published package: the very archives that package-lock.json pins, each by its hash. */

const versions = v.optional(v.record(v.string(), v.string()), {});

const entrySchema = v.looseObject({
  integrity: v.optional(v.string()),
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
    const isOptional = (name: string): boolean =>
      name in optionalDependencies || entry.peerDependenciesMeta[name]?.optional === true;
    for (const name of Object.keys({ ...dependencies, ...optionalDependencies, ...entry.peerDependencies })) {
      const path = placeOf(name, from, packages);
      if (path === undefined && !isOptional(name))
        throw new Error(`package-lock.json has no ${name}, which ${from === '' ? 'the package' : from} needs`);
      // An optional peer is there for somebody else, if at all.
      if (path === undefined || needed.has(path) || (isOptional(name) && !(name in optionalDependencies))) continue;
      const found = v.parse(entrySchema, packages[path]);
      if (found.integrity === undefined && found.inBundle !== true)
        throw new Error(`package-lock.json pins ${path} by no hash`);
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
