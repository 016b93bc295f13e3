import { readFileSync } from 'node:fs';

const measured = [
  '@noble/ciphers',
  '@noble/curves',
  '@noble/hashes',
  '@noble/post-quantum',
  '@reclaimprotocol/tls',
  'node-forge',
  'pkijs',
  'subtls',
] as const;

/** Of everything that a figure depends on, as installed. */
export function versions(): Readonly<Record<string, string>> {
  const packages = measured.map((name): [string, string] => {
    const manifest: unknown = JSON.parse(
      readFileSync(new URL(`../node_modules/${name}/package.json`, import.meta.url), 'utf8'),
    );
    return [name, String(Reflect.get(Object(manifest), 'version'))];
  });
  const { node, openssl, v8 } = process.versions;
  return { node, v8, openssl, ...Object.fromEntries(packages) };
}
