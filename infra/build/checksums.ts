import type { Release } from '../../service/attest/release.ts';

export const releaseName = 'release.json';
export const sumsName = 'SHA256SUMS';

/** `SHA256SUMS`, which `sha256sum -c` reads: each output, and release.json itself. */
export const checksums = ({ outputs }: Release, releaseSha256: string): string =>
  [...outputs, { name: releaseName, sha256: releaseSha256 }].map(({ name, sha256 }) => `${sha256}  ${name}\n`).join('');
