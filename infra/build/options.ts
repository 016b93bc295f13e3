import { Misuse, parseWords } from '../../service/tools/command-words.ts';

export const buildUsage = `btc-pinata build: the release of this checkout, bit for bit the same wherever it is built.

Usage: btc-pinata build [--image] [--out DIR] [--inputs DIR] [--json]

  --image        also the measured image: initramfs, kernel, and both bootable files (docs/image.md; the kernel takes eight minutes, once)
  --out DIR      where the files go; \`dist\` in the checkout without it
  --inputs DIR   where Debian's packages are looked for first, each known by its SHA-256
  --json         what was built, as JSON

It writes btc-pinata.cjs (the service in one file, to be read), btc-pinata-linux-x64 (the same with its Node, to be run),
btc-pinata.cdx.json (what is inside), and, from a checkout with nothing uncommitted, release.json and SHA256SUMS.
Exit status: 0 built, 1 cannot build (something is missing), 2 misuse.`;

export const rebuildUsage = `btc-pinata rebuild: build a published release again, in a clean place, and compare.

Usage: btc-pinata rebuild [VERSION] [--release FILE] [--from URL|DIR] [--image] [--inputs DIR]
                          [--published DIR] [--keep DIR] [--attest FILE] [--json]

  VERSION        of releases/VERSION/release.json in this checkout; the newest there without it
  --release F    a release.json from elsewhere
  --from PLACE   where the source is cloned from; this checkout without it, or the repository that a package names
  --image        the image too
  --inputs DIR   where Debian's packages are looked for first, each known by its SHA-256
  --published D  has the published files: where one differs, the first byte is named, and diffoscope is asked if it is here
  --keep DIR     keeps what was built there
  --attest FILE  writes "I got this hash" there, to be signed with a key of yours (\`minisign -Sm FILE\`) and published
  --json         the outcome, as JSON

It needs git, npm's registry, and nothing of the machine that built the release. Where bwrap (bubblewrap) is installed, what
that source does when it is built reaches no network, no home and no other file to write to.
Exit status: 0 the same, 1 cannot rebuild (something is missing), 2 misuse, 3 it differs.`;

export interface BuildOptions {
  readonly image: boolean;
  readonly out: string | undefined;
  readonly inputs: string | undefined;
  readonly json: boolean;
}

/** Throws a Misuse. */
export function buildOptions(argv: readonly string[]): BuildOptions {
  const { values } = parseWords({
    args: [...argv],
    options: {
      image: { type: 'boolean', default: false },
      out: { type: 'string' },
      inputs: { type: 'string' },
      json: { type: 'boolean', default: false },
    },
  });
  return { image: values.image, out: values.out, inputs: values.inputs, json: values.json };
}

export interface RebuildOptions {
  readonly version: string | undefined;
  readonly release: string | undefined;
  readonly from: string | undefined;
  readonly image: boolean;
  readonly inputs: string | undefined;
  readonly published: string | undefined;
  readonly keep: string | undefined;
  readonly attest: string | undefined;
  readonly json: boolean;
}

/** Throws a Misuse. */
export function rebuildOptions(argv: readonly string[]): RebuildOptions {
  const { values, positionals } = parseWords({
    args: [...argv],
    allowPositionals: true,
    options: {
      release: { type: 'string' },
      from: { type: 'string' },
      image: { type: 'boolean', default: false },
      inputs: { type: 'string' },
      published: { type: 'string' },
      keep: { type: 'string' },
      attest: { type: 'string' },
      json: { type: 'boolean', default: false },
    },
  });
  const [version, ...more] = positionals;
  if (more.length > 0) throw new Misuse(`${JSON.stringify(more[0])} is one word too many: one VERSION is wanted`);
  if (version !== undefined && values.release !== undefined)
    throw new Misuse('VERSION and --release both name a release; one of them is wanted');
  if (version !== undefined && !/^v?[0-9]+\.[0-9]+\.[0-9]+(?:-[0-9A-Za-z.-]+)?$/.test(version))
    throw new Misuse(`${JSON.stringify(version)} is no version; 0.1.0 would be one`);
  const { release, from, inputs, published, keep, attest, image, json } = values;
  return { version: version?.replace(/^v/, ''), release, from, image, inputs, published, keep, attest, json };
}
