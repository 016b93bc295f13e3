import type { Output, Release } from '../../service/attest/release.ts';
import { sha256 } from './sha256.ts';

/* What was built again, held against what was published. */

export interface Difference {
  readonly name: string;
  readonly published: Output;
  /** Undefined: it was not built. */
  readonly built: { readonly bytes: number; readonly sha256: string } | undefined;
}

export interface Comparison {
  /** Inputs that are not those of the release, which explain a difference: `name: published, here`. */
  readonly inputs: readonly string[];
  readonly same: readonly string[];
  readonly differing: readonly Difference[];
  /** Names of outputs of which a machine that booted them reports something else than the release says. */
  readonly misstated: readonly string[];
  /** Published, and not built this time. */
  readonly notBuilt: readonly string[];
}

interface Rebuilt extends Pick<Release, 'inputs' | 'measurements'> {
  readonly artefacts: readonly { readonly name: string; readonly bytes: Uint8Array }[];
}

/** Of those outputs that `wanted` says yes to, in the order of the release. */
export function compare(release: Release, rebuilt: Rebuilt, wanted: (name: string) => boolean): Comparison {
  const inputs = release.inputs.flatMap(({ name, sha256: published }) => {
    const here = rebuilt.inputs.find((input) => input.name === name);
    return here === undefined || here.sha256 === published ? [] : [`${name}: ${published} there, ${here.sha256} here`];
  });
  const outputs = release.outputs.filter(({ name }) => wanted(name));
  const compared = outputs.map((published): Difference => {
    const found = rebuilt.artefacts.find(({ name }) => name === published.name);
    const built = found === undefined ? undefined : { bytes: found.bytes.length, sha256: sha256(found.bytes) };
    return { name: published.name, published, built };
  });
  const measured = [...release.measurements, ...rebuilt.measurements].map(({ output }) => output).filter(wanted);
  const isSame = ({ published, built }: Difference): boolean => built?.sha256 === published.sha256;
  return {
    inputs,
    same: compared.filter(isSame).map(({ name }) => name),
    differing: compared.filter((one) => !isSame(one)),
    misstated: [...new Set(measured)].filter((name) => expected(release, name) !== expected(rebuilt, name)),
    notBuilt: release.outputs.filter(({ name }) => !wanted(name)).map(({ name }) => name),
  };
}

const expected = ({ measurements }: Pick<Release, 'measurements'>, name: string): string =>
  JSON.stringify(measurements.filter(({ output }) => output === name));
