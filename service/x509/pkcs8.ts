import { concatBytes, hexToBytes } from '@noble/hashes/utils.js';

/* PrivateKeyInfo in DER: RFC 5208 §5, with RFC 5915 §3 inside for the curves of NIST and RFC 8410 §7 for Ed25519. */

const curveOid = {
  'P-256': hexToBytes('06082a8648ce3d030107'),
  'P-384': hexToBytes('06052b81040022'),
} as const;

const ecPublicKey = hexToBytes('06072a8648ce3d0201');
const idEd25519 = hexToBytes('06032b6570');

const INTEGER_0 = Uint8Array.of(0x02, 0x01, 0x00);
const INTEGER_1 = Uint8Array.of(0x02, 0x01, 0x01);

/** RFC 5915 §3; `scalar` and `point` have the curve's full lengths. */
export const encodeEcPrivateKey = (curve: 'P-256' | 'P-384', scalar: Uint8Array, point: Uint8Array): Uint8Array => {
  const publicKey = tlv(0xa1, tlv(0x03, Uint8Array.of(0), point));
  const key = tlv(0x30, INTEGER_1, tlv(0x04, scalar), publicKey);
  return tlv(0x30, INTEGER_0, tlv(0x30, ecPublicKey, curveOid[curve]), tlv(0x04, key));
};

/** RFC 8410 §7 */
export const encodeEd25519PrivateKey = (seed: Uint8Array): Uint8Array =>
  tlv(0x30, INTEGER_0, tlv(0x30, idEd25519), tlv(0x04, tlv(0x04, seed)));

/** All that is encoded here is shorter than 256 bytes. What went in is not zeroed: the keys encoded are worth nothing. */
function tlv(tag: number, ...contents: readonly Uint8Array[]): Uint8Array {
  const content = concatBytes(...contents);
  const length = content.length < 0x80 ? [content.length] : [0x81, content.length];
  return concatBytes(Uint8Array.of(tag, ...length), content);
}
