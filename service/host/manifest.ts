import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import * as v from 'valibot';
import packageJson from '../package.json' with { type: 'json' };
import type { ManifestView, PackageView } from '../site/index.ts';
import type { ProviderName } from '../tls/index.ts';

/*
 * Which libraries are inside (features.md D1). A release knows: those of which there is code in its one file. From sources
 * it is those that service/package.json names, and all that they bring along.
 */

/** Put in by the build (infra/build/bundle.ts). */
declare const PINATA_PACKAGES: readonly Pick<PackageView, 'name' | 'version' | 'integrity' | 'license'>[] | undefined;

export const { version } = packageJson;

const purposes: Readonly<Record<string, string>> = {
  '@noble/ciphers': 'AES-GCM and ChaCha20-Poly1305',
  '@noble/curves': 'X25519, P-256, P-384, Ed25519 and secp256k1',
  '@noble/hashes': 'SHA-2, HMAC and HKDF',
  '@noble/post-quantum': 'ML-KEM-768',
  '@scure/base': 'base64, base58 and bech32',
  '@peculiar/utils': 'bytes, for asn1js and pkijs',
  asn1js: 'writes the DER of what pkijs builds',
  bytestreamjs: 'bytes, for asn1js and pkijs',
  pkijs: 'builds the certificates that we issue',
  valibot: 'checks the configuration',
};

const lockfileSchema = v.object({
  packages: v.record(
    v.string(),
    v.object({
      version: v.optional(v.string()),
      integrity: v.optional(v.string()),
      license: v.optional(v.string()),
      dependencies: v.optional(v.record(v.string(), v.string())),
    }),
  ),
});
type Lockfile = v.InferOutput<typeof lockfileSchema>['packages'];

export function manifest(program: string, crypto: ProviderName): ManifestView {
  const packages = typeof PINATA_PACKAGES === 'undefined' ? packagesOfSources(program) : PINATA_PACKAGES;
  return {
    node: process.version,
    crypto,
    packages: packages.map((view) => {
      const purpose = purposes[view.name];
      return purpose === undefined ? view : { ...view, purpose };
    }),
  };
}

/** From the lockfile beside the sources; where there is none, from the exact versions that package.json pins. */
function packagesOfSources(program: string): readonly PackageView[] {
  const lockfile = join(dirname(dirname(program)), 'package-lock.json');
  const locked = existsSync(lockfile)
    ? v.parse(lockfileSchema, JSON.parse(readFileSync(lockfile, 'utf8'))).packages
    : {};
  const direct = Object.entries(packageJson.dependencies);
  const names = closure(
    direct.map(([name]) => name),
    locked,
  );
  return [...names]
    .toSorted((a, b) => (a < b ? -1 : 1))
    .map((name) => {
      const { version: lockedVersion, integrity, license } = locked[`node_modules/${name}`] ?? {};
      const pinned = direct.find(([candidate]) => candidate === name)?.[1];
      return {
        name,
        version: lockedVersion ?? pinned ?? '',
        ...(integrity === undefined ? {} : { integrity }),
        ...(license === undefined ? {} : { license }),
      };
    });
}

function closure(names: readonly string[], locked: Lockfile, seen: Set<string> = new Set()): ReadonlySet<string> {
  for (const name of names) {
    if (seen.has(name)) continue;
    seen.add(name);
    closure(Object.keys(locked[`node_modules/${name}`]?.dependencies ?? {}), locked, seen);
  }
  return seen;
}
