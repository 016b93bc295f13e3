import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { names } from '../../infra/build/artefacts.ts';
import { bundle } from '../../infra/build/bundle.ts';
import { sha256 } from '../../infra/build/sha256.ts';
import { encodeRelease, type Release, releaseFormat } from '../../service/attest/release.ts';

export interface ReleasedBundle {
  readonly folder: string;
  /** What a `Program` of it is started by. */
  readonly program: readonly string[];
  readonly release: Release;
  readonly releaseFile: string;
  readonly dispose: () => void;
}

/** A release of this working tree that consists of its bundle alone, in a folder of its own. */
export async function releasedBundle(): Promise<ReleasedBundle> {
  const folder = mkdtempSync(join(tmpdir(), 'pinata-released-'));
  const { bytes } = await bundle();
  const file = join(folder, names.bundle);
  writeFileSync(file, bytes);
  const release: Release = {
    format: releaseFormat,
    version: '0.1.0',
    commit: '0123456789abcdef0123456789abcdef01234567',
    inputs: [],
    outputs: [{ name: names.bundle, bytes: bytes.length, sha256: sha256(bytes) }],
    measurements: [],
  };
  const releaseFile = join(folder, 'release.json');
  writeFileSync(releaseFile, encodeRelease(release));
  const dispose = (): void => rmSync(folder, { recursive: true, force: true });
  return { folder, program: [process.execPath, file], release, releaseFile, dispose };
}
