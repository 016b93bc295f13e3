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
import { type Artefact, programs } from './artefacts.ts';
import { sha256 } from './sha256.ts';

/* All of a release but the commit, which its document alone names: no file of a release holds what it was built from. */

export interface Made {
  readonly version: string;
  readonly artefacts: readonly Artefact[];
  readonly inputs: readonly Input[];
  readonly measurements: readonly Measurement[];
}

/** Of the checkout at `root`; `tell` is told what is being made. Throws `CannotBuild`. */
export async function makeRelease(root: string, tell: (text: string) => void): Promise<Made> {
  const { version } = v.parse(
    v.object({ version: v.string() }),
    JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')),
  );
  const { artefacts, inputs } = await programs(root, version, tell);
  return { version, artefacts: artefacts.toSorted(byName), inputs: inputs.toSorted(byName), measurements: [] };
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
