import { mkdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { encodeRelease, type Release } from '../../service/attest/release.ts';
import { Misuse } from '../../service/tools/command-words.ts';
import { isPackage } from '../packaged.ts';
import { repository } from './bundle.ts';
import { CannotBuild } from './cannot-build.ts';
import { checksums, releaseName, sumsName } from './checksums.ts';
import { type Made, makeRelease, outputsOf, releaseOf } from './make-release.ts';
import { type BuildOptions, buildOptions } from './options.ts';
import { sha256 } from './sha256.ts';
import { released, type Source, sourceOf } from './source.ts';

const exits = { built: 0, cannot: 1, misused: 2 } as const;

/** `btc-pinata build`. */
export async function buildCommand(argv: readonly string[], root: string = repository): Promise<number> {
  try {
    await build(buildOptions(argv), root);
    return exits.built;
  } catch (error) {
    if (error instanceof Misuse) return said(`${error.message}\n\`btc-pinata build --help\` says more.`, exits.misused);
    if (error instanceof CannotBuild) return said(error.message, exits.cannot);
    throw error;
  }
}

async function build({ out, image, inputs, json }: BuildOptions, root: string): Promise<void> {
  if (isPackage(root))
    throw new CannotBuild(
      `${root} is a published package, and a release is built of a checkout. \`btc-pinata rebuild --from URL\` builds that of this package again`,
    );
  const folder = out ?? join(root, 'dist');
  const source = await sourceOf(root);
  const made = await makeRelease(root, { image, inputs, tell: json ? silent : progress });
  mkdirSync(folder, { recursive: true });
  // What is left of another build would be taken for a part of this one.
  for (const name of [releaseName, sumsName]) rmSync(join(folder, name), { force: true });
  for (const { name, bytes, executable } of made.artefacts) write(folder, name, bytes, executable);
  const release = releaseWith(made, source);
  if (!(release instanceof CannotBuild)) {
    const text = encodeRelease(release);
    write(folder, releaseName, text);
    write(folder, sumsName, checksums(release, sha256(text)));
  }
  process.stdout.write(
    json ? `${JSON.stringify(documentOf(folder, made, source, release))}\n` : report(folder, made, release),
  );
}

/** The release that these are, or why they are none. */
function releaseWith(made: Made, source: Source): Release | CannotBuild {
  try {
    return releaseOf(made, released(source));
  } catch (error) {
    if (error instanceof CannotBuild) return error;
    throw error;
  }
}

const documentOf = (folder: string, made: Made, { commit, changed }: Source, release: Release | CannotBuild) => ({
  folder,
  commit: commit ?? null,
  changed: changed.length,
  release: release instanceof CannotBuild ? null : sha256(encodeRelease(release)),
  outputs: outputsOf(made),
});

function report(folder: string, made: Made, release: Release | CannotBuild): string {
  const lines = made.artefacts.map(
    ({ name, bytes }) => `${sha256(bytes)}  ${name}  ${bytes.length.toLocaleString('en')} bytes\n`,
  );
  const end =
    release instanceof CannotBuild
      ? `In ${folder}, without ${releaseName}, which names the commit that it was built from: ${release.problem}\n`
      : `In ${folder}, with ${releaseName} (SHA-256 ${sha256(encodeRelease(release))}) and ${sumsName}.\nUNSIGNED: docs/releases.md says how the owner of a release signs it.\n`;
  return [...lines, end].join('');
}

/** Whole or not at all: who is told of a file finds all of it. */
function write(folder: string, name: string, content: Uint8Array | string, executable = false): void {
  const path = join(folder, name);
  writeFileSync(`${path}.part`, content, { mode: executable ? 0o755 : 0o644 });
  renameSync(`${path}.part`, path);
}

const progress = (text: string): void => void process.stderr.write(`btc-pinata build: ${text} ...\n`);
const silent = (): void => undefined;

function said(text: string, status: number): number {
  process.stderr.write(`btc-pinata build: ${text}\n`);
  return status;
}
