import { p256, p384 } from '@noble/curves/nist.js';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { answerKeyShare, type KeyShareSeeds, namedGroups, offerKeyShare } from '../../service/tls/named-group.ts';
import { isPublicValue, replaySecrets, standIn } from '../../service/tools/replay-secrets.ts';

/* Of a peer's share a replay takes what the engine takes, whose secret it does not have. */

const seeds = (fill: number): KeyShareSeeds => ({
  x25519: new Uint8Array(32).fill(fill),
  mlkem: new Uint8Array(64).fill(fill),
  p256: new Uint8Array(48).fill(fill),
  p384: new Uint8Array(72).fill(fill),
});

const little = (value: bigint): Uint8Array =>
  Uint8Array.from({ length: 32 }, (_, index) => Number((value >> BigInt(8 * index)) & 0xffn));
const P = 2n ** 255n - 19n;
/** https://cr.yp.to/ecdh.html, and their other encodings. */
const smallOrder = [
  0n,
  1n,
  P - 1n,
  P,
  P + 1n,
  325606250916557431795983626356110631294008115727848805560023387167927233504n,
  39382357235489614581723060781553021112529911719440698176882885853963445705823n,
].flatMap((u) => [u, u + 2n ** 255n]);

const group = fc.constantFrom(...namedGroups);
const bent = (value: Uint8Array, at: number, bit: number, cut: number): Uint8Array => {
  const other = value.slice(0, cut % 8 === 0 ? value.length - 1 : value.length);
  const place = at % other.length;
  other[place] = (other[place] ?? 0) ^ (bit === 0 ? 0 : 1 << (bit % 8));
  return other;
};

describe.each(namedGroups.map((one) => [one.name, one] as const))('%s', (_, one) => {
  it('a client’s share, whole and with a bit flipped', () => {
    const { publicValue } = offerKeyShare(one, seeds(3));
    fc.assert(
      fc.property(fc.nat(), fc.nat(8), fc.nat(), (at, bit, cut) => {
        const peer = bent(publicValue, at, bit, cut);
        const taken = answerKeyShare(one, seeds(9), peer) !== undefined;
        expect(isPublicValue(one, peer, 'offered')).toBe(taken);
        expect(replaySecrets.answer(one, peer) !== undefined).toBe(taken);
      }),
      { numRuns: 25 },
    );
  });

  it('a server’s share, whole and with a bit flipped', () => {
    const ours = offerKeyShare(one, seeds(3));
    const answer = answerKeyShare(one, seeds(9), ours.publicValue)?.publicValue ?? new Uint8Array(1);
    expect(standIn(one, ours.publicValue).agree(answer)).toBeDefined();
    fc.assert(
      fc.property(fc.nat(), fc.nat(8), fc.nat(), (at, bit, cut) => {
        const peer = bent(answer, at, bit, cut);
        expect(standIn(one, ours.publicValue).agree(peer) !== undefined).toBe(ours.agree(peer) !== undefined);
      }),
      { numRuns: 25 },
    );
  });
});

it.each(smallOrder.map((u) => [u.toString(16), little(u)] as const))('X25519: %s', (_, peer) => {
  for (const one of namedGroups.filter(({ name }) => name === 'x25519')) {
    expect(answerKeyShare(one, seeds(9), peer)).toBeUndefined();
    expect(isPublicValue(one, peer, 'offered')).toBe(false);
  }
});

it('points of other forms, and bytes of any kind', () => {
  for (const curve of [p256, p384]) {
    const compressed = curve.getPublicKey(new Uint8Array(curve.lengths.secretKey ?? 32).fill(5), true);
    for (const one of namedGroups) expect(isPublicValue(one, compressed, 'offered')).toBe(false);
  }
  fc.assert(
    fc.property(group, fc.uint8Array({ maxLength: 1300 }), (one, bytes) => {
      expect(isPublicValue(one, bytes, 'offered')).toBe(answerKeyShare(one, seeds(9), bytes) !== undefined);
    }),
  );
});

it('our own share sent back is none', () => {
  for (const one of namedGroups.filter(({ name }) => name !== 'X25519MLKEM768')) {
    const { publicValue } = offerKeyShare(one, seeds(3));
    expect(standIn(one, publicValue).agree(publicValue)).toBeUndefined();
  }
});
