import { readdirSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { expect, test } from 'vitest';
import { checksums } from '../../infra/build/checksums.ts';
import { published } from '../../infra/build/published.ts';
import { sha256 } from '../../infra/build/sha256.ts';
import { encodeRelease } from '../../service/attest/release.ts';

const root = resolve(import.meta.dirname, '../..');
const releases = readdirSync(join(root, 'releases'));

test.each(releases)(
  'what is committed of release %s is whole: its one form, its version, and the sums of its files',
  (version) => {
    const { path, release } = published(root, version, undefined);
    expect(release.version).toBe(version);
    const text = readFileSync(path, 'utf8');
    expect(encodeRelease(release)).toBe(text);
    const sums = readFileSync(join(root, 'releases', version, 'SHA256SUMS'), 'utf8');
    expect(sums).toBe(checksums(release, sha256(text)));
  },
);
