import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { repository } from '../build/bundle.ts';
import { CannotBuild } from '../build/cannot-build.ts';
import { sha256 } from '../build/sha256.ts';
import { released, sourceOf } from '../build/source.ts';
import { Refusal } from '../claim/refusal.ts';
import { releaseIn } from '../deploy/release-files.ts';
import { isPackage } from '../packaged.ts';
import { packageOf } from './package.ts';
import { publishable } from './publishable.ts';

const usage = `npm run package: the archive that \`npm publish\` takes, so that strangers may say \`npx btc-pinata\`.

Usage: npm run package [-- [--release DIR] [--out DIR]]

  --release DIR  the release that comes with it, with its image for EC2; \`dist\` without it
  --out DIR      where the archive goes; \`dist\` without it

The release must be the one in releases/, and the sources those of its commit. Nothing is published: the last line says how that
is done. Exit status: 0 made, 1 not to be published, 2 misuse.`;

process.exitCode = await main(process.argv.slice(2));

async function main(argv: readonly string[]): Promise<number> {
  let words: ReturnType<typeof parsed>;
  try {
    words = parsed(argv);
  } catch (error) {
    process.stderr.write(`npm run package: ${error instanceof Error ? error.message : String(error)}\n${usage}\n`);
    return 2;
  }
  if (words.help === true) {
    process.stdout.write(`${usage}\n`);
    return 0;
  }
  try {
    const release = releaseIn(words.release ?? join(repository, 'dist'));
    if (isPackage()) throw new Refusal('this is a package already: one is made of a checkout');
    await publishable(release, repository);
    released(await sourceOf(repository));
    const archive = await packageOf(repository, release, words.out ?? join(repository, 'dist'));
    const hash = createHash('sha512').update(readFileSync(archive)).digest('base64');
    process.stdout.write(`${archive}
  release ${release.release.version}; its release.json has the SHA-256 ${sha256(release.text)}
  sha512-${hash}, as npm will show it
Try it as a stranger: cd "$(mktemp -d)" && npx --ignore-scripts --package ${archive} btc-pinata help
Publish it:           npm publish ${archive}\n`);
    return 0;
  } catch (error) {
    if (!(error instanceof Refusal || error instanceof CannotBuild)) throw error;
    process.stderr.write(`npm run package: ${error instanceof CannotBuild ? error.problem : error.message}\n`);
    return 1;
  }
}

function parsed(argv: readonly string[]) {
  return parseArgs({
    args: [...argv],
    options: { release: { type: 'string' }, out: { type: 'string' }, help: { type: 'boolean', short: 'h' } },
  }).values;
}
