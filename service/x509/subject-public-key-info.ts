import { bytesToHex } from '@noble/hashes/utils.js';
import { decodeAlgorithmIdentifier } from './algorithm-identifier.ts';
import { Components } from './components.ts';
import { type DerElement, readDer, Tag } from './der.ts';
import { dotted, id } from './object-identifier.ts';
import { type EcCurve, ecPoint, ed25519Key, type PublicKey, rsaBounds, rsaKey } from './public-key.ts';
import { Unacceptable } from './refusal.ts';

const curves: ReadonlyMap<string, EcCurve> = new Map<string, EcCurve>([
  [id.secp256r1, 'P-256'],
  [id.secp384r1, 'P-384'],
  [id.secp521r1, 'P-521'],
]);

/** SubjectPublicKeyInfo, RFC 5280 §4.1.2.7. What comes out is a key that signatures may be verified with. */
export function decodeSubjectPublicKeyInfo(element: DerElement): PublicKey {
  const fields = new Components(element, Tag.SEQUENCE, 'SubjectPublicKeyInfo', 'certificate_malformed');
  const { algorithm, parameters } = decodeAlgorithmIdentifier(fields.any('algorithm'));
  const bits = fields.next(Tag.BIT_STRING, 'subjectPublicKey').content;
  fields.finish();
  if (bits[0] !== 0) fields.refuse('a key that is no whole number of octets');
  const key = bits.subarray(1);
  switch (algorithm) {
    case id.ecPublicKey:
      return ecPublicKey(parameters, key);
    case id.Ed25519: // RFC 8410 §3, §4
      if (parameters !== undefined) return unsupported('an Ed25519 key with parameters');
      return ed25519Key(key) ?? unsupported('an Ed25519 key that is no point of full order');
    case id.rsaEncryption: // RFC 3279 §2.3.1
      if (parameters?.tag !== Tag.NULL) return unsupported('rsaEncryption without NULL parameters');
      return rsaPublicKey('rsa', key);
    case id.RSASSA_PSS: // RFC 4055 §3.1: without parameters the key is not restricted; with them it would have to be held to them
      if (parameters !== undefined) return unsupported('an RSASSA-PSS key with parameters');
      return rsaPublicKey('rsa_pss', key);
    default:
      return unsupported(`public key algorithm ${algorithm}`);
  }
}

/** RFC 5480 §2: a named curve, never explicit parameters (a generator of the attacker's choice), and an uncompressed point. */
function ecPublicKey(parameters: DerElement | undefined, point: Uint8Array): PublicKey {
  if (parameters?.tag !== Tag.OBJECT_IDENTIFIER) return unsupported('EC parameters that are no named curve');
  const oid = dotted(parameters.content);
  const curve = curves.get(oid);
  if (curve === undefined) return unsupported(`curve ${oid}`);
  return ecPoint(curve, point) ?? unsupported(`a key that is no uncompressed point of ${curve}`);
}

/** RSAPublicKey, RFC 8017 §A.1.1 */
function rsaPublicKey(algorithm: 'rsa' | 'rsa_pss', key: Uint8Array): PublicKey {
  const element = readDer(key);
  if (!element.ok) return unsupported(`RSAPublicKey is not DER: ${element.fault}`);
  const fields = new Components(element.value, Tag.SEQUENCE, 'RSAPublicKey', 'key_unsupported');
  const modulus = positive(fields.next(Tag.INTEGER, 'modulus'));
  const exponent = positive(fields.next(Tag.INTEGER, 'publicExponent'));
  fields.finish();
  const { minimumBits, maximumBits } = rsaBounds;
  const bits = bitLength(modulus);
  const sizes = `RSA of ${bits} bits with an exponent of ${bitLength(exponent)}`;
  if (bits < minimumBits || bits > maximumBits)
    throw new Unacceptable('key_too_weak', `${sizes}: 2048 to 8192 are allowed`);
  if (bits % 8 !== 0) unsupported(`${sizes}: no whole number of octets`);
  const [n, e] = [modulus, exponent].map((magnitude) => BigInt(`0x${bytesToHex(magnitude)}`));
  const accepted = n === undefined || e === undefined ? undefined : rsaKey(algorithm, n, e);
  if (accepted === undefined) throw new Unacceptable('key_too_weak', `${sizes}: outside 3 to 2^32, or an even number`);
  return accepted;
}

/** The magnitude of a positive INTEGER, without the octet that holds its sign. */
function positive(element: DerElement): Uint8Array {
  const content = element.content;
  const [first = 0] = content;
  if (first >= 0x80 || (first === 0 && content.length === 1)) unsupported('an RSA number that is not positive');
  return first === 0 ? content.subarray(1) : content;
}

const bitLength = (magnitude: Uint8Array): number => magnitude.length * 8 - (Math.clz32(magnitude[0] ?? 0) - 24);

function unsupported(detail: string): never {
  throw new Unacceptable('key_unsupported', detail);
}
