import { expect, test } from 'vitest';
import type { Observation, Verification } from '../../service/attest/verification.ts';
import { verify } from '../../service/attest/verify.ts';
import { verifyPicture } from '../../service/tools/verify-picture.ts';
import { sceneOf, trust } from './verification-scene.ts';

/* What stands on the screen where a file was made by somebody who wants it to say more than is true, or nothing. */

const screenOf = (verification: Verification): readonly string[] =>
  verifyPicture(verification, verify(verification, trust), { width: 100, colour: false, unicode: false });

const turned = (change: (one: Observation) => Observation): Verification => {
  const scene = sceneOf({});
  const [one, two] = scene.observations;
  return { ...scene, observations: [change(one), change(two)] };
};

test('an address that nobody signed for has no mark of a wallet that was proven', () => {
  const line = (rows: readonly string[]) => rows.find((row) => /^ . wallet /.test(row));
  expect(line(screenOf(sceneOf({})))).toMatch(/^ \+ wallet /);
  const forged = turned((one) => ({ ...one, proof: { ...one.proof, signature: 'smpAA==' } }));
  expect(line(screenOf(forged))).toMatch(/^ X wallet /);
});

test('a time that no calendar has is refused, and the screen stands', () => {
  const rows = screenOf(turned((one) => ({ ...one, answered: Number.MAX_SAFE_INTEGER })));
  expect(rows[0]).toContain('second 9007199254740991');
  expect(rows.join('\n')).toContain('REFUSED');
});
