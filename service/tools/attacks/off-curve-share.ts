import { concatBytes, hexToBytes } from '@noble/hashes/utils.js';
import { attack } from '../attack.ts';

/* A point off the curve is on another one, where discrete logarithms are easy: the invalid-curve attack. */

const P256 = 0x0017;
/** The base point (FIPS 186-5). */
const x = hexToBytes('6b17d1f2e12c4247f8bce6e563a440f277037d812deb33a0f4a13945d898c296');
const y = hexToBytes('4fe342e2fe1a7f9b8ee7eb4a7c0f9e162bce33576b315ececbb6406837bf51f5');

export default attack({
  title: 'P-256 shares that are no uncompressed point of the curve',
  threats: ['K1'],
  rfc: 'RFC 9846 §4.2.8.2',
  as: 'client',
  variants: {
    infinity: Uint8Array.of(0),
    'infinity-in-65-bytes': new Uint8Array(65),
    compressed: concatBytes(Uint8Array.of(3), x),
    hybrid: concatBytes(Uint8Array.of(7), x, y),
    'off-the-curve': concatBytes(
      Uint8Array.of(4),
      x,
      y.map((byte, at) => (at === 31 ? byte ^ 1 : byte)),
    ),
    'beyond-the-field': concatBytes(Uint8Array.of(4), new Uint8Array(32).fill(0xff), y),
  },
  expect: { alert: 'illegal_parameter', category: 'key_share.invalid' },
  play(client, _kit, keyExchange) {
    client.hello({ groups: [P256], keyShares: [{ group: P256, keyExchange }] });
  },
});
