import { createHash } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { decodeRelease, type Release } from '../../service/attest/release.ts';
import { names } from '../build/artefacts.ts';
import { releaseName } from '../build/checksums.ts';
import { imageNames } from '../build/images.ts';
import { Refusal } from '../claim/refusal.ts';
import type { Deployment } from './deployment.ts';

/* The release that is deployed: a folder with release.json and the files that it names, each checked against its hash there. */

export interface ReleaseFolder {
  readonly folder: string;
  readonly text: string;
  readonly release: Release;
}

/** Throws a Refusal that says how to come by one. */
export function releaseIn(folder: string): ReleaseFolder {
  const path = join(folder, releaseName);
  if (!existsSync(path)) {
    throw new Refusal(
      `there is no ${path}: \`npm run build -- --image\` makes a release in dist/, of a checkout with nothing uncommitted, or name its folder with --release`,
    );
  }
  const text = readFileSync(path, 'utf8');
  const release = decodeRelease(text);
  if ('fault' in release) throw new Refusal(`${path} is no release: ${release.fault}`);
  return { folder, text, release };
}

/** The bytes of one output. Throws a Refusal where it is missing or another. */
export function outputOf({ folder, release }: ReleaseFolder, name: string): Uint8Array {
  const output = release.outputs.find((one) => one.name === name);
  const path = join(folder, name);
  if (output === undefined) throw new Refusal(`the release in ${folder} has no ${name}`);
  if (!existsSync(path))
    throw new Refusal(`${path} is missing, and the release names it: bring it here, or build it again`);
  const bytes = readFileSync(path);
  const found = createHash('sha256').update(bytes).digest('hex');
  if (found === output.sha256) return bytes;
  throw new Refusal(`${path} is not of this release: its SHA-256 is ${found}, and release.json says ${output.sha256}`);
}

/** What the document says of it. `measured`: a host that boots an image of it. */
export function releaseOf(
  { folder, text, release }: ReleaseFolder,
  measured: boolean,
  url: string | null,
): Deployment['release'] {
  const hashOf = (name: string): string | undefined => release.outputs.find((one) => one.name === name)?.sha256;
  const build = hashOf(names.bundle);
  if (build === undefined) throw new Refusal(`the release in ${folder} has no ${names.bundle}`);
  const output = [imageNames.oneFile, imageNames.uki].find((name) => hashOf(name) !== undefined);
  const image = output === undefined ? undefined : hashOf(output);
  if (measured && (output === undefined || image === undefined)) {
    throw new Refusal(`the release in ${folder} has no image for EC2: build it with \`npm run build -- --image\``);
  }
  return {
    version: release.version,
    sha256: createHash('sha256').update(text).digest('hex'),
    build,
    image: measured && output !== undefined && image !== undefined ? { output, sha256: image } : null,
    url,
  };
}

/** Of a release that may not be there, or of no use for this host: why not, and a part of the document that says nothing of it. */
export function releaseOrWhyNot(
  folder: string,
  measured: boolean,
  url: string | null,
): { readonly files: ReleaseFolder | Refusal; readonly known: Deployment['release'] } {
  try {
    const files = releaseIn(folder);
    return { files, known: releaseOf(files, measured, url) };
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
    return { files: error, known: { version: '0', sha256: '', build: '', image: null, url: null } };
  }
}
