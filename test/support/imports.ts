import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { build, type Plugin } from 'esbuild';

/** One import as it stands in a file: `to` is a path in the repository, or the name of a package or of a Node module. */
export interface Import {
  readonly from: string;
  readonly to: string;
  readonly kind: 'value' | 'type';
  readonly external: boolean;
}

const omitted = new Set(['node_modules', '.git', '.tmp', 'dist', 'cdk.out']);

/** Every file of the repository below `folder`, as paths from `root`. */
export function filesBelow(root: string, folder = '.'): string[] {
  return readdirSync(join(root, folder), { withFileTypes: true })
    .filter(({ name }) => !omitted.has(name))
    .flatMap((entry) => {
      const path = join(folder, entry.name);
      return entry.isDirectory() ? filesBelow(root, path) : [path];
    })
    .sort();
}

/**
 * The imports of `files`. Which of them are there at run time is what esbuild's parser says of each file; those that it does
 * not know are types, which it erases.
 */
export async function importsOf(root: string, files: readonly string[]): Promise<Import[]> {
  const values = await valueSpecifiers(root, files);
  return files.flatMap((from) => {
    const source = readFileSync(join(root, from), 'utf8');
    const stated = specifiers(source);
    const atRunTime = values.get(from) ?? new Set();
    for (const specifier of atRunTime) {
      // A pattern, from a template in import(): its files are entry points of their own here.
      if (specifier.includes('*')) continue;
      if (!stated.has(specifier))
        throw new Error(`${from} imports '${specifier}', which the scan of its text has missed`);
    }
    return [...stated].map((specifier): Import => {
      const external = !specifier.startsWith('.');
      const to = external ? specifier : relative(root, join(root, dirname(from), withoutQuery(specifier)));
      return { from, to, kind: atRunTime.has(specifier) ? 'value' : 'type', external };
    });
  });
}

/**
 * Every module a text names: import and export declarations of all forms, `import('...')` as value or as type.
 * The formatter puts each declaration at the start of a line; nothing else that begins a line is followed by `from '...'`.
 */
export function specifiers(source: string): Set<string> {
  const declaration = /^(?:import|export)\s(?:[\w\s{},*$]*?\bfrom\s*)?'([^']+)'/gm;
  const inPlace = /\bimport\(\s*'([^']+)'/g;
  const found = [...source.matchAll(declaration), ...source.matchAll(inPlace)];
  return new Set(found.flatMap(([, specifier]) => (specifier === undefined ? [] : [specifier])));
}

const withoutQuery = (specifier: string): string => specifier.replace(/\?.*$/, '');

/** Vite's `?worker&url`: where a file is served, and not what it exports. */
const addresses: Plugin = {
  name: 'addresses',
  setup({ onResolve, onLoad }) {
    onResolve({ filter: /\?/ }, ({ path, resolveDir }) => ({
      path: join(resolveDir, withoutQuery(path)),
      namespace: 'address',
    }));
    onLoad({ filter: /./, namespace: 'address' }, () => ({ contents: `export default '';` }));
  },
};

async function valueSpecifiers(root: string, files: readonly string[]): Promise<Map<string, Set<string>>> {
  const { metafile } = await build({
    absWorkingDir: root,
    entryPoints: [...files],
    outdir: '.tmp/never-written',
    write: false,
    metafile: true,
    bundle: true,
    // Each file stands in one output then; otherwise in that of everyone who imports it, which is gigabytes.
    splitting: true,
    format: 'esm',
    platform: 'node',
    packages: 'external',
    logLevel: 'silent',
    plugins: [addresses],
  });
  return new Map(
    Object.entries(metafile.inputs).map(([path, { imports }]) => [
      path,
      new Set(imports.filter(({ path }) => path !== '<runtime>').map(({ original, path }) => original ?? path)),
    ]),
  );
}
