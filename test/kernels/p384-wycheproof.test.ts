import { bytesToHex } from '@noble/hashes/utils.js';
import { describe, expect, test } from 'vitest';
import { sharedX } from '../../service/tls/kernels/p384.ts';
import { required } from '../support/required.ts';
import { hex, judged } from '../vectors/wycheproof.ts';
import { compressed, type EcdhTest } from '../vectors/wycheproof-agreement.ts';

const wycheproof = required.vectors('wycheproof');

describe.skipIf(wycheproof.missing)('Wycheproof: our own P-384', () => {
  test('ecdh_secp384r1_ecpoint_test.json: uncompressed points alone', () => {
    const outcome = judged<object, EcdhTest>(wycheproof.path, 'ecdh_secp384r1_ecpoint_test.json', {
      verdict: (test) => {
        try {
          const secret = hex(test.private.padStart(96, '0').slice(-96));
          return bytesToHex(sharedX(secret, hex(test.public))) === test.shared ? 'accepted' : 'wrong';
        } catch (error) {
          if (!(error instanceof RangeError)) throw error;
          return 'refused';
        }
      },
      outside: ({ flags }) => (flags.includes('CompressedPublic') ? compressed : undefined),
    });
    expect(outcome).toMatchObject({
      numberOfTests: 790,
      refused: 19,
      outside: { [compressed]: 1 },
      mistaken: [],
      left: 0,
    });
  });
});
