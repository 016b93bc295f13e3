import { schnorr } from '@noble/curves/secp256k1.js';
import { bytesToHex } from '@noble/hashes/utils.js';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  decodeRetirementNotice,
  encodeRetirement,
  encodeRetirementNotice,
  type RetirementNotice,
  readRetirement,
  signRetirement,
} from '../../service/attest/retirement-notice.ts';

const key = new Uint8Array(32).fill(7);
const refundKey = bytesToHex(schnorr.getPublicKey(key));
const address = 'bcrt1p0xlxvlhemja6c4dqv22uapctqupfhlxm9h8z3k2e72q4k9hcz7vq4z4zzz';
const notice: RetirementNotice = {
  name: 'my pinata',
  address,
  announcedAt: 1_800_000_000,
  effectiveAt: 1_800_086_400,
  reason: 'https://example.org/why',
};
const sign = (digest: Uint8Array): Uint8Array => schnorr.sign(digest, key, new Uint8Array(32));
const signed = (of: RetirementNotice = notice): string => encodeRetirement(signRetirement(of, sign));

describe('a notice of retirement', () => {
  test('has one text, which reads back', () => {
    expect(encodeRetirementNotice(notice)).toBe(
      `btc-pinata/retire/v1\nname: my pinata\naddress: ${address}\nannounced-at: 2027-01-15T08:00:00Z\n` +
        'effective-at: 2027-01-16T08:00:00Z\nreason: https://example.org/why\n',
    );
    fc.assert(
      fc.property(
        fc.record({
          name: fc.stringMatching(/^[0-9A-Za-z][ -~]{0,40}[!-~]$/),
          address: fc.constant(address),
          announcedAt: fc.integer({ min: 0, max: 2_000_000_000 }),
          effectiveAt: fc.integer({ min: 2_000_000_000, max: 4_000_000_000 }),
          reason: fc.option(fc.stringMatching(/^https:\/\/[!-~]{1,40}$/), { nil: undefined }),
        }),
        (any) => {
          expect(decodeRetirementNotice(encodeRetirementNotice(any))).toEqual(any);
        },
      ),
    );
  });

  test.each([
    ['a line break in its name', { name: 'a\nb' }],
    ['an effect before the announcement', { effectiveAt: 1_799_999_999 }],
    ['a reason that is no https: URL', { reason: 'http://example.org' }],
    ['an address of another form', { address: '1BoatSLRHtKNngkdXEeobR76b53LETtpyT' }],
  ])('is not made with %s', (_, part) => {
    expect(() => encodeRetirementNotice({ ...notice, ...part })).toThrow(RangeError);
  });

  test('is believed of the refund key, about the address, and of nobody else', () => {
    expect(readRetirement(signed(), { address, refundKey })).toEqual(notice);
    const other = bytesToHex(schnorr.getPublicKey(new Uint8Array(32).fill(8)));
    expect(readRetirement(signed(), { address, refundKey: other })).toEqual({
      fault: 'its signature is not of the refund key',
    });
    expect(readRetirement(signed(), { address, refundKey: 'ff'.repeat(32) })).toHaveProperty('fault');
    expect(readRetirement(signed(), { address: `${address.slice(0, -1)}q`, refundKey })).toEqual({
      fault: `it is about ${address}`,
    });
    expect(readRetirement(signed().replace('01-16', '01-15'), { address, refundKey })).toEqual({
      fault: 'its signature is not of the refund key',
    });
  });

  test('is read from any text without a throw, and every cut of a document is none', () => {
    const whole = signed().trimEnd();
    for (let length = 0; length < whole.length; length += 1) {
      expect(readRetirement(whole.slice(0, length), { address, refundKey })).toHaveProperty('fault');
    }
    fc.assert(
      fc.property(fc.oneof(fc.string(), fc.json()), (text) => {
        expect(readRetirement(text, { address, refundKey })).toHaveProperty('fault');
      }),
    );
  });
});
