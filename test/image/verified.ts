import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { bytesToHex } from '@noble/hashes/utils.js';
import { names } from '../../infra/build/artefacts.ts';
import { bundle } from '../../infra/build/bundle.ts';
import { imageNames } from '../../infra/build/images.ts';
import { sha256 } from '../../infra/build/sha256.ts';
import type { ExpectedPcrs } from '../../service/attest/expected-pcrs.ts';
import { encodeRelease, type Pcrs, releaseFormat } from '../../service/attest/release.ts';
import { verifyCommand } from '../../service/tools/verify-command.ts';
import { encodePem } from '../../service/x509/index.ts';
import type { GuestTpm } from './guest-tpm.ts';
import type { GuestPort } from './qemu.ts';

/** A release of this checkout whose image is `file`. */
async function releaseOf(file: Uint8Array, expected: ExpectedPcrs): Promise<string> {
  const { bytes } = await bundle();
  const bank = (name: 'sha256' | 'sha384'): Pcrs['sha256'] => {
    const value = (pcr: 4 | 7 | 9 | 11 | 12): string => bytesToHex(expected[pcr][name]);
    return { '4': value(4), '7': value(7), '9': value(9), '11': value(11), '12': value(12) };
  };
  return encodeRelease({
    format: releaseFormat,
    version: '0.0.0-test',
    commit: '00'.repeat(20),
    inputs: [],
    outputs: [
      { name: imageNames.uki, bytes: file.length, sha256: sha256(file) },
      { name: names.bundle, bytes: bytes.length, sha256: sha256(bytes) },
    ].toSorted((a, b) => (a.name < b.name ? -1 : 1)),
    measurements: [{ output: imageNames.uki, pcrs: { sha256: bank('sha256'), sha384: bank('sha384') } }],
  });
}

/** What `btc-pinata verify` says from outside of a guest that booted `file`, under the root of its TPM, and its exit status. */
export async function verified(
  ports: Readonly<Record<GuestPort, number>>,
  tpm: GuestTpm,
  { file, expected }: { readonly file: Uint8Array; readonly expected: ExpectedPcrs },
): Promise<{ readonly status: number; readonly out: string }> {
  const folder = mkdtempSync(join(tmpdir(), 'pinata-verified-'));
  const [release, root] = [join(folder, 'release.json'), join(folder, 'root.pem')];
  writeFileSync(release, await releaseOf(file, expected));
  writeFileSync(root, encodePem(tpm.authority.root) + encodePem(tpm.authority.issuer));
  const lines: string[] = [];
  const doors = (['https', 'server', 'reverse'] as const).flatMap((door) => [`--${door}-port`, String(ports[door])]);
  try {
    // A guest without an accelerator takes its time.
    const status = await verifyCommand(
      [`127.0.0.1:${ports.http}`, ...doors, '--trust-root', root, '--timeout', '600'],
      async () => release,
      {
        out: (line) => void lines.push(line),
        err: (line) => void lines.push(line),
        style: { width: 80, colour: false, unicode: true },
      },
    );
    return { status, out: lines.join('\n') };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
