import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { decodeRelease } from '../service/attest/release.ts';
import { Unstartable } from '../service/host/unstartable.ts';
import { isPackage, releaseFolder } from './packaged.ts';

const bundleName = 'btc-pinata.cjs';

/**
 * The service of the release that a package came with, held against release.json: who runs that runs the very bytes that were
 * published. Undefined in a checkout, which runs its sources. Throws an Unstartable where the file is another.
 */
export function releasedService(): string | undefined {
  if (!isPackage()) return undefined;
  const path = join(releaseFolder(), bundleName);
  const release = decodeRelease(readFileSync(join(releaseFolder(), 'release.json'), 'utf8'));
  if ('fault' in release) throw new Unstartable(`${releaseFolder()}/release.json: ${release.fault}`);
  const wanted = release.outputs.find(({ name }) => name === bundleName)?.sha256;
  const found = createHash('sha256').update(readFileSync(path)).digest('hex');
  if (found === wanted) return path;
  throw new Unstartable(
    `${path} is not of this release: its SHA-256 is ${found}, and release.json says ${wanted ?? 'nothing of it'}. Install the package again`,
  );
}
