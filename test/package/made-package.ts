import { mkdirSync, mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import * as v from 'valibot';
import { names } from '../../infra/build/artefacts.ts';
import { bundle, repository } from '../../infra/build/bundle.ts';
import { imageNames } from '../../infra/build/images.ts';
import { sha256 } from '../../infra/build/sha256.ts';
import { type ReleaseFolder, releaseIn } from '../../infra/deploy/release-files.ts';
import { packageOf } from '../../infra/publish/package.ts';
import { encodeRelease, releaseFormat } from '../../service/attest/release.ts';

/** Of this checkout. */
export const { version } = v.parse(
  v.object({ version: v.string() }),
  JSON.parse(readFileSync(join(repository, 'package.json'), 'utf8')),
);

export interface MadePackage {
  readonly archive: string;
  readonly release: ReleaseFolder;
  /** SHA-256 of the service in it. */
  readonly build: string;
}

/** The package of this working tree, below `folder`: its program is what the sources give, its image is none that boots. */
export async function madePackage(folder: string): Promise<MadePackage> {
  const place = join(folder, 'release');
  mkdirSync(place, { recursive: true });
  const files: readonly (readonly [string, Uint8Array])[] = [
    [names.materials, Buffer.from('{}\n')],
    [names.bundle, (await bundle()).bytes],
    [imageNames.oneFile, Buffer.from('no image')],
  ];
  const outputs = files.map(([name, bytes]) => {
    writeFileSync(join(place, name), bytes);
    return { name, bytes: bytes.length, sha256: sha256(bytes) };
  });
  const commit = '0'.repeat(40);
  const text = encodeRelease({
    format: releaseFormat,
    version,
    commit,
    inputs: [],
    outputs,
    measurements: [],
  });
  writeFileSync(join(place, 'release.json'), text);
  const release = releaseIn(place);
  const archive = await packageOf(repository, release, mkdtempSync(join(folder, 'archive-')));
  const [, program] = outputs;
  return { archive, release, build: program?.sha256 ?? '' };
}
