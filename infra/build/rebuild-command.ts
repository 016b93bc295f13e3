import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import * as v from 'valibot';
import { decodeRelease, encodeRelease, type Release } from '../../service/attest/release.ts';
import { Misuse } from '../../service/tools/command-words.ts';
import { cacheFolder, gatherPackages } from '../image/inputs.ts';
import { isPackage } from '../packaged.ts';
import { repository } from './bundle.ts';
import { CannotBuild } from './cannot-build.ts';
import { checkOut } from './check-out.ts';
import { releaseName } from './checksums.ts';
import { type Comparison, compare } from './compare.ts';
import { confined } from './confined.ts';
import { explanation } from './difference.ts';
import { finished } from './finished.ts';
import { imageNames } from './images.ts';
import { type RebuildOptions, rebuildOptions } from './options.ts';
import { published } from './published.ts';
import { sha256 } from './sha256.ts';

/*
 * What a stranger runs: the source of a release, cloned into a clean place and built there by its own code, and every file held
 * against what was published.
 */

const exits = { same: 0, cannot: 1, misused: 2, differs: 3 } as const;

/** `btc-pinata rebuild`. */
export async function rebuildCommand(argv: readonly string[], root: string = repository): Promise<number> {
  const told = new AbortController();
  const stop = (name: NodeJS.Signals): void => told.abort(new CannotBuild(`${name} came before it was compared`));
  // For all of them: who is impatient, and tells it twice, leaves nothing behind either.
  for (const name of endings) process.on(name, stop);
  try {
    return await rebuild(rebuildOptions(argv), root, told.signal);
  } catch (error) {
    if (error instanceof Misuse)
      return said(`${error.message}\n\`btc-pinata rebuild --help\` says more.`, exits.misused);
    if (error instanceof CannotBuild)
      return said(error.message.replace('cannot build', 'cannot rebuild'), exits.cannot);
    throw error;
  } finally {
    for (const name of endings) process.off(name, stop);
  }
}

const endings = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;

async function rebuild(options: RebuildOptions, root: string, signal: AbortSignal): Promise<number> {
  const { path, release } = published(root, options.version, options.release);
  if (!release.outputs.some(({ name }) => isBuilt(name, options.image)))
    throw new CannotBuild(`${path} names nothing but the image, so there is nothing to compare without --image`);
  const place = mkdtempSync(join(tmpdir(), 'pinata-rebuild-'));
  const out = resolve(options.keep ?? join(place, 'out'));
  try {
    mkdirSync(out, { recursive: true });
    const tell = options.json ? (): void => undefined : progress;
    const from = options.from ?? sourceHere(root);
    tell(`source ${release.commit} from ${from}`);
    const source = join(place, 'source');
    await checkOut(from, release.commit, source, signal)
      .then(() => buildThere(source, out, options, tell, signal))
      .finally(() => signal.throwIfAborted());
    const comparison = compareWith(release, out, options.image);
    const why = [
      ...comparison.differing.map((one) => explanation(one, out, options.published)),
      ...comparison.misstated.map(
        (name) =>
          `what a machine reports that booted ${name} is not what the release says: its measurements are others`,
      ),
    ];
    const same = why.length === 0;
    if (options.attest !== undefined) attest(options.attest, path, release, comparison);
    process.stdout.write(
      options.json
        ? `${JSON.stringify({ release: path, version: release.version, commit: release.commit, ...comparison, why })}\n`
        : report(path, release, comparison, why),
    );
    return same ? exits.same : exits.differs;
  } finally {
    if (!options.json) progress(`removing ${place}, with what npm installed there`);
    rmSync(place, { recursive: true, force: true, maxRetries: 5 });
  }
}

/** Where the source is, if nobody says: this checkout. Throws `CannotBuild` in a package that names no repository. */
function sourceHere(root: string): string {
  if (!isPackage(root)) return root;
  const { repository } = v.parse(packageSchema, JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')));
  if (repository !== undefined) return repository.url.replace(/^git\+/, '');
  throw new CannotBuild(
    `${root} is a published package, which has no history and names no repository: say with --from URL where the source is`,
  );
}

const packageSchema = v.object({ repository: v.optional(v.object({ url: v.string() })) });

/** By the code of that source, which may be a liar's: what this checkout would make of it says nothing about it. */
async function buildThere(
  source: string,
  out: string,
  { image, inputs }: RebuildOptions,
  tell: (text: string) => void,
  signal: AbortSignal,
): Promise<void> {
  tell('npm ci');
  const install = ['ci', '--ignore-scripts', '--no-audit', '--no-fund'];
  await finished('npm', install, { cwd: source, env: process.env, signal }).catch((error: unknown) => {
    throw new CannotBuild(`missing input: packages that package-lock.json pins. ${messageOf(error)}`);
  });
  // Nor a kernel that lies in a cache: of that only the packages are taken, each known by its SHA-256.
  const packages = resolve(inputs ?? join(cacheFolder(), 'inputs'));
  const place = resolve(source, '..');
  const [cache, temporary] = [join(place, 'cache'), join(place, 'tmp')];
  if (image) gatherPackages(join(cache, 'inputs'), inputs);
  mkdirSync(temporary, { recursive: true });
  const options = [...(image ? ['--image'] : []), '--inputs', packages];
  const words = [
    process.execPath,
    join(source, 'infra', 'btc-pinata.mjs'),
    'build',
    '--json',
    '--out',
    out,
    ...options,
  ];
  const reads = [process.execPath, packages].filter((path) => existsSync(path));
  const confinement = confined(words, { writes: [place, out], reads });
  tell('unconfined' in confinement ? `build, NOT CONFINED: ${confinement.unconfined}` : 'build, without a network');
  const [program = '', ...rest] = 'unconfined' in confinement ? words : confinement.words;
  await finished(program, rest, {
    cwd: source,
    env: { ...process.env, PINATA_CACHE: cache, TMPDIR: temporary },
    signal,
  }).catch((error: unknown) => {
    throw new CannotBuild(messageOf(error));
  });
}

function compareWith(release: Release, out: string, image: boolean): Comparison {
  const path = join(out, releaseName);
  const rebuilt = existsSync(path) ? decodeRelease(readFileSync(path, 'utf8')) : { fault: 'it was not written' };
  if ('fault' in rebuilt) throw new CannotBuild(`what was built has no ${releaseName}: ${rebuilt.fault}`);
  const artefacts = rebuilt.outputs.map(({ name }) => ({ name, bytes: readFileSync(join(out, name)) }));
  const { inputs, measurements } = rebuilt;
  return compare(release, { inputs, measurements, artefacts }, (name) => isBuilt(name, image));
}

const isBuilt = (name: string, image: boolean): boolean => image || !Object.values<string>(imageNames).includes(name);

function report(
  path: string,
  release: Release,
  { inputs, same, differing, misstated, notBuilt }: Comparison,
  why: readonly string[],
): string {
  const rows = release.outputs.map(({ name, sha256: hash }) => {
    const built = same.includes(name) && !misstated.includes(name);
    const verdict = built ? 'same' : notBuilt.includes(name) ? 'not built' : 'DIFFERS';
    return `  ${verdict.padEnd(9)}  ${hash}  ${name}\n`;
  });
  const verdict =
    differing.length > 0
      ? `It differs in ${differing.length} of ${same.length + differing.length} files. ${why[0] ?? ''}\n`
      : misstated.length > 0
        ? `It differs in what is expected of a machine. ${why[0] ?? ''}\n`
        : `The same: ${same.length} files, bit for bit, from commit ${release.commit}.\n`;
  const different = inputs.map((input) => `  another input, ${input}\n`);
  const left = notBuilt.length === 0 ? '' : `Not built: ${notBuilt.join(', ')} (--image).\n`;
  return `btc-pinata ${release.version}, as ${path} says:\n${rows.join('')}${different.join('')}${verdict}${left}`;
}

/** "I got this hash": of what was compared, to be signed and published by whoever rebuilt it. */
function attest(
  file: string,
  path: string,
  release: Release,
  { same, differing, misstated, notBuilt }: Comparison,
): void {
  const hashes = [
    ...differing.map(({ name, built }) => ({ name, sha256: built?.sha256 ?? null })),
    ...misstated.map((name) => ({ name: `measurements of ${name}`, sha256: null })),
  ];
  const document = {
    format: 'btc-pinata/rebuilt/v1',
    version: release.version,
    commit: release.commit,
    release: sha256(encodeRelease(release)),
    same: release.outputs
      .filter(({ name }) => same.includes(name))
      .map(({ name, sha256: hash }) => ({ name, sha256: hash })),
    differing: hashes,
    notBuilt,
  };
  writeFileSync(file, `${JSON.stringify(document, undefined, 2)}\n`);
  process.stderr.write(
    `btc-pinata rebuild: what ${path} was compared with is in ${file}; \`minisign -Sm ${file}\` signs it.\n`,
  );
}

const messageOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));
const progress = (text: string): void => void process.stderr.write(`btc-pinata rebuild: ${text} ...\n`);

function said(text: string, status: number): number {
  process.stderr.write(`btc-pinata rebuild: ${text}\n`);
  return status;
}
