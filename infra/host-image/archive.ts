import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { build } from 'esbuild';
import { bundle, refuseSurroundings, repository } from '../build/bundle.ts';
import { runtime } from '../build/runtime.ts';
import { sha256 } from '../build/sha256.ts';
import { isPackage } from '../packaged.ts';
import { tar } from './tar.ts';

/*
 * What a VPS pulls: Node, the service in one file as it is released, and the dialler with the making of the wallet. Two
 * programs rather than one, so that the service has neither in it. The same checkout has the same bytes.
 */

export interface HostArchive {
  readonly bytes: Uint8Array;
  /** In hex; the definition of a host has it. */
  readonly sha256: string;
  /** SHA-256 of the service's file: what it says of itself as `build`. */
  readonly build: string;
}

/** Where it is in a bucket. */
export const archiveKey = ({ sha256 }: Pick<HostArchive, 'sha256'>): string => `releases/host-${sha256}.tar.gz`;

/** Of the checkout at `root`, with what is installed there. Takes some seconds. Throws `CannotBuild`. */
export async function hostArchive(root: string = repository): Promise<HostArchive> {
  const node = runtime(root);
  const service = (await bundle(root)).bytes;
  return archiveOf({ node: node.bytes, service, host: await hostProgram(root) });
}

export interface HostPrograms {
  readonly node: Uint8Array;
  /** btc-pinata.cjs of a release. */
  readonly service: Uint8Array;
  readonly host: Uint8Array;
}

export function archiveOf({ node, service, host }: HostPrograms): HostArchive {
  const archive = tar([
    { name: 'node', content: node, executable: true },
    { name: 'program/btc-pinata.cjs', content: service, executable: false },
    { name: 'btc-pinata-host.cjs', content: host, executable: false },
  ]);
  const bytes = gzipSync(archive, { level: 6 });
  return { bytes, sha256: sha256(bytes), build: sha256(service) };
}

/** In the `dist` of a package, which has it as it was made of its checkout. */
export const hostProgramName = 'btc-pinata-host.cjs';

/** `dialler` and `wallet` in one file. */
export async function hostProgram(root: string = repository): Promise<Uint8Array> {
  if (isPackage(root)) return readFileSync(join(root, 'dist', hostProgramName));
  refuseSurroundings(root);
  const { outputFiles } = await build({
    absWorkingDir: root,
    entryPoints: ['infra/host-image/host-command.ts'],
    outfile: join(root, 'dist', hostProgramName), // named in nothing: it is not written here
    write: false,
    bundle: true,
    platform: 'node',
    format: 'cjs',
    target: 'node24',
    charset: 'utf8',
    legalComments: 'none',
    tsconfigRaw: {},
    nodePaths: [],
    logLevel: 'error',
  });
  const [file] = outputFiles;
  if (file === undefined) throw new Error('esbuild wrote no file');
  return file.contents;
}
