import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { bytesToHex } from '@noble/hashes/utils.js';
import { names } from '../../infra/build/artefacts.ts';
import { imageNames } from '../../infra/build/images.ts';
import { sha256 } from '../../infra/build/sha256.ts';
import type { Check } from '../../service/attest/check.ts';
import type { ExpectedPcrs } from '../../service/attest/expected-pcrs.ts';
import { encodeRelease, type Pcrs, releaseFormat } from '../../service/attest/release.ts';
import { verifyCommand } from '../../service/tools/verify-command.ts';
import { encodePem } from '../../service/x509/index.ts';
import type { GuestTpm } from './guest-tpm.ts';
import type { GuestPort } from './qemu.ts';

/** What was published, as `verify` takes it. */
export interface Published {
  readonly program: Uint8Array;
  readonly file: Uint8Array;
  readonly expected: ExpectedPcrs;
}

function releaseOf({ program, file, expected }: Published): string {
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
      { name: names.bundle, bytes: program.length, sha256: sha256(program) },
    ].toSorted((a, b) => (a.name < b.name ? -1 : 1)),
    measurements: [{ output: imageNames.uki, pcrs: { sha256: bank('sha256'), sha384: bank('sha384') } }],
  });
}

export interface Verified {
  readonly status: number;
  /** The screen. */
  readonly out: string;
  /** Name of each check that failed -> what was found. */
  readonly blamed: Readonly<Record<string, string>>;
}

/**
 * What `btc-pinata verify` says from outside of a guest that is to have booted what was published, under the root of its TPM, unless
 * nobody named that.
 */
export async function verified(
  ports: Readonly<Record<GuestPort, number>>,
  tpm: GuestTpm | undefined,
  published: Published,
): Promise<Verified> {
  const folder = mkdtempSync(join(tmpdir(), 'pinata-verified-'));
  const path = (name: string): string => join(folder, name);
  const release = path('release.json');
  writeFileSync(release, releaseOf(published));
  const pem = tpm === undefined ? undefined : encodePem(tpm.authority.root) + encodePem(tpm.authority.issuer);
  if (pem !== undefined) writeFileSync(path('root.pem'), pem);
  const run = async (words: readonly string[]) => {
    const lines: string[] = [];
    const status = await verifyCommand(words, async () => release, {
      out: (line) => void lines.push(line),
      err: (line) => void lines.push(line),
      style: { width: 80, colour: false, unicode: true },
    });
    return { status, out: lines.join('\n') };
  };
  const doors = (['https', 'server', 'reverse'] as const).flatMap((door) => [`--${door}-port`, String(ports[door])]);
  const roots = pem === undefined ? [] : ['--trust-root', path('root.pem')];
  try {
    // A guest without an accelerator takes its time.
    const words = [...doors, ...roots, '--timeout', '600', '--save', path('seen.json')];
    const seen = await run([`127.0.0.1:${ports.http}`, ...words]);
    if (seen.status > 1) throw new Error(seen.out);
    return { ...seen, blamed: blamed((await run(['--evidence', path('seen.json'), '--json'])).out) };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function blamed(text: string): Verified['blamed'] {
  const { sections }: { readonly sections: readonly { readonly checks: readonly Check[] }[] } = JSON.parse(text);
  const failed = sections.flatMap(({ checks }) => checks.filter(({ outcome }) => outcome === 'fail'));
  return Object.fromEntries(failed.map(({ name, found }) => [name, found]));
}
