import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import * as v from 'valibot';
import {
  type Input,
  type Measurement,
  type Output,
  type Release,
  releaseFormat,
} from '../../service/attest/release.ts';
import { type Artefact, names, programs } from './artefacts.ts';
import { images } from './images.ts';
import { runtime } from './runtime.ts';
import { sha256 } from './sha256.ts';

/* All of a release but the commit, which its document alone names: no file of a release holds what it was built from. */

export interface Made {
  readonly version: string;
  readonly artefacts: readonly Artefact[];
  readonly inputs: readonly Input[];
  readonly measurements: readonly Measurement[];
}

export interface MakeOptions {
  /** The measured image too. */
  readonly image: boolean;
  /** Where Debian's packages are looked for first. */
  readonly inputs: string | undefined;
  /** Told of what is being made. */
  readonly tell: (text: string) => void;
}

/** Of the checkout at `root`. Throws `CannotBuild`. */
export async function makeRelease(root: string, { image, inputs: folder, tell }: MakeOptions): Promise<Made> {
  const { version } = v.parse(
    v.object({ version: v.string() }),
    JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')),
  );
  const made = await programs(root, version, tell);
  const bundle = made.artefacts.find(({ name }) => name === names.bundle)?.bytes;
  if (bundle === undefined) throw new Error('a build without a bundle');
  const more = image
    ? images({ bundle, node: runtime(root).bytes, version, inputs: folder, say: tell })
    : { artefacts: [], inputs: [], measurements: [] };
  return {
    version,
    artefacts: [...made.artefacts, ...more.artefacts].toSorted(byName),
    inputs: [...made.inputs, ...more.inputs].toSorted(byName),
    measurements: more.measurements,
  };
}

export const outputsOf = ({ artefacts }: Made): readonly Output[] =>
  artefacts.map(({ name, bytes }) => ({ name, bytes: bytes.length, sha256: sha256(bytes) }));

export const releaseOf = (made: Made, commit: string): Release => ({
  format: releaseFormat,
  version: made.version,
  commit,
  inputs: made.inputs,
  outputs: outputsOf(made),
  measurements: made.measurements,
});

const byName = (a: { readonly name: string }, b: { readonly name: string }): number => (a.name < b.name ? -1 : 1);
