import { Components } from './components.ts';
import { constructed, type DerElement, Tag } from './der.ts';
import { dotted, id } from './object-identifier.ts';
import { Unacceptable } from './refusal.ts';
import type { SignatureAlgorithm, SignatureHash } from './signature.ts';

/** An AlgorithmIdentifier (RFC 5280 §4.1.1.2) taken apart. */
export interface AlgorithmIdentifier {
  readonly algorithm: string;
  readonly parameters: DerElement | undefined;
}

/** RFC 5280 §4.1.1.2: an algorithm, and parameters that it defines. */
export function decodeAlgorithmIdentifier(
  element: DerElement,
  reason: 'certificate_malformed' | 'algorithm_forbidden' = 'certificate_malformed',
): AlgorithmIdentifier {
  const fields = new Components(element, Tag.SEQUENCE, 'AlgorithmIdentifier', reason);
  const algorithm = dotted(fields.next(Tag.OBJECT_IDENTIFIER, 'algorithm').content);
  const parameters = element.children.length > 1 ? fields.any('parameters') : undefined;
  fields.finish();
  return { algorithm, parameters };
}

interface Known {
  readonly signature: SignatureAlgorithm;
  readonly parameters: 'absent' | 'null';
}

const known: ReadonlyMap<string, Known> = new Map<string, Known>([
  // RFC 5758 §3.2: "the encoding MUST omit the parameters field"; RFC 8410 §3 likewise
  [id.ecdsaWithSHA256, { signature: { type: 'ecdsa', hash: 'sha256' }, parameters: 'absent' }],
  [id.ecdsaWithSHA384, { signature: { type: 'ecdsa', hash: 'sha384' }, parameters: 'absent' }],
  [id.ecdsaWithSHA512, { signature: { type: 'ecdsa', hash: 'sha512' }, parameters: 'absent' }],
  [id.Ed25519, { signature: { type: 'ed25519' }, parameters: 'absent' }],
  // RFC 4055 §5: "the parameters MUST be NULL"
  [id.sha256WithRSAEncryption, { signature: { type: 'rsa_pkcs1', hash: 'sha256' }, parameters: 'null' }],
  [id.sha384WithRSAEncryption, { signature: { type: 'rsa_pkcs1', hash: 'sha384' }, parameters: 'null' }],
  [id.sha512WithRSAEncryption, { signature: { type: 'rsa_pkcs1', hash: 'sha512' }, parameters: 'null' }],
]);

/** The signature algorithm that is named (RFC 5280 §4.1.1.2). An allow-list: whatever is not on it is forbidden, SHA-1 and MD5 among it. */
export function decodeSignatureAlgorithm(element: DerElement): SignatureAlgorithm {
  const { algorithm, parameters } = decodeAlgorithmIdentifier(element);
  if (algorithm === id.RSASSA_PSS) return { type: 'rsa_pss', hash: pssHash(parameters) };
  const entry = known.get(algorithm);
  if (entry === undefined) return forbidden(`signature algorithm ${algorithm}`);
  const actual = parameters === undefined ? 'absent' : parameters.tag === Tag.NULL ? 'null' : 'present';
  if (actual !== entry.parameters) forbidden(`the parameters of ${algorithm} are ${actual}, not ${entry.parameters}`);
  return entry.signature;
}

const pssHashes: ReadonlyMap<string, { readonly hash: SignatureHash; readonly length: number }> = new Map([
  [id.sha256, { hash: 'sha256', length: 32 }],
  [id.sha384, { hash: 'sha384', length: 48 }],
  [id.sha512, { hash: 'sha512', length: 64 }],
]);

/**
 * RSASSA-PSS-params (RFC 4055 §3.1) in the one shape TLS knows too (RFC 9846 §4.2.3): SHA-2, MGF1 with the same hash, a
 * salt as long as the hash, and the trailer of the default, which DER leaves out.
 */
function pssHash(parameters: DerElement | undefined): SignatureHash {
  if (parameters === undefined) return forbidden('RSASSA-PSS without parameters, whose default is SHA-1');
  const fields = new Components(parameters, Tag.SEQUENCE, 'RSASSA-PSS-params', 'algorithm_forbidden');
  const hash = hashAlgorithm(explicit(fields.next(constructed(0), 'hashAlgorithm')));
  const mask = decodeAlgorithmIdentifier(
    explicit(fields.next(constructed(1), 'maskGenAlgorithm')),
    'algorithm_forbidden',
  );
  const salt = explicit(fields.next(constructed(2), 'saltLength'));
  fields.finish();
  if (mask.algorithm !== id.mgf1 || mask.parameters === undefined || hashAlgorithm(mask.parameters) !== hash)
    fields.refuse('the mask is not MGF1 with the hash of the message');
  const entry = pssHashes.get(hash);
  if (entry === undefined) return fields.refuse(`hash ${hash}`);
  if (salt.tag !== Tag.INTEGER || salt.content.length !== 1 || salt.content[0] !== entry.length)
    fields.refuse(`the salt is not of the ${entry.length} bytes of the hash`);
  return entry.hash;
}

/** RFC 4055 §2.1: absent and NULL parameters mean the same. */
function hashAlgorithm(element: DerElement): string {
  const { algorithm, parameters } = decodeAlgorithmIdentifier(element, 'algorithm_forbidden');
  if (parameters !== undefined && parameters.tag !== Tag.NULL) forbidden(`parameters of hash ${algorithm}`);
  return algorithm;
}

function explicit(wrapper: DerElement): DerElement {
  const [inner, ...rest] = wrapper.children;
  return inner === undefined || rest.length > 0 ? forbidden('an EXPLICIT tag around no value, or several') : inner;
}

function forbidden(detail: string): never {
  throw new Unacceptable('algorithm_forbidden', detail);
}
