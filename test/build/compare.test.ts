import { expect, test } from 'vitest';
import { compare } from '../../infra/build/compare.ts';
import { sha256 } from '../../infra/build/sha256.ts';
import { type Measurement, type Release, releaseFormat } from '../../service/attest/release.ts';

const bytes = new TextEncoder().encode('an image');
const registers = (first: string, length: number) => {
  const zero = '00'.repeat(length);
  return { '4': first.repeat(length), '7': zero, '9': zero, '11': zero, '12': zero };
};
const measurement = (output: string, pcr4: string): Measurement => ({
  output,
  pcrs: { sha256: registers(pcr4, 32), sha384: registers(pcr4, 48) },
});
const image = 'btc-pinata.efi';
const release = (measurements: readonly Measurement[]): Release => ({
  format: releaseFormat,
  version: '0.1.0',
  commit: '0'.repeat(40),
  inputs: [],
  outputs: [{ name: image, bytes: bytes.length, sha256: sha256(bytes) }],
  measurements,
});
const built = (measurements: readonly Measurement[]) => ({
  inputs: [],
  artefacts: [{ name: image, bytes }],
  measurements,
});
const right = measurement(image, '11');

test.each([
  ['those of another image', [measurement(image, '22')], [right]],
  ['none', [], [right]],
  ['two of one image, one of them of another', [right, measurement(image, '22')], [right]],
  ['some of what nobody measures', [right], []],
])('the registers that a release expects of its files are compared too: %s', (_, published, measured) => {
  expect(compare(release(published), built(measured), () => true)).toMatchObject({
    same: [image],
    differing: [],
    misstated: [image],
  });
});

test('the same registers are the same, and those of what was not built are not compared', () => {
  expect(compare(release([right]), built([right]), () => true).misstated).toEqual([]);
  expect(compare(release([right]), built([]), () => false)).toMatchObject({ misstated: [], notBuilt: [image] });
});
