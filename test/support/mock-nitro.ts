import { p384 } from '@noble/curves/nist.js';
import { sha256, sha384 } from '@noble/hashes/sha2.js';
import { bytesToHex } from '@noble/hashes/utils.js';
import { type Cbor, CborMap, encodeCbor } from '../../service/attest/cbor.ts';
import { encodeSign1, es384Header, toBeSigned } from '../../service/attest/cose.ts';
import { generatePrivateKey } from '../../service/x509/index.ts';
import {
  bitString,
  type Entity,
  extensions,
  integer,
  issued,
  name,
  now,
  oid,
  sequence,
  validityOf,
} from '../x509/certificate-builder.ts';

/*
 * An AWS of the tests: a root as Root-G1 is, two authorities below it, a key that signs documents, all P-384 with SHA-384.
 * The certificates below the root live three hours, as those of AWS do.
 */

const ecdsaWithSha384 = sequence(oid('1.2.840.10045.4.3.3'));
const p384Spki = (point: Uint8Array) =>
  sequence(sequence(oid('1.2.840.10045.2.1'), oid('1.3.132.0.34')), bitString(point));

const entity = (commonName: string, seed: number): Entity => ({
  name: name(commonName),
  key: generatePrivateKey('P-384', new Uint8Array(72).fill(seed)),
  identifier: new Uint8Array(20).fill(seed),
});

const signingKey = new Uint8Array(48).fill(0x77);
const threeHours = validityOf(now - 3600, now + 7200);

/** 20 octets, the highest bit set: about every second authority of AWS has such a one. */
const serial = integer(0, 0x80, ...new Uint8Array(19).fill(0x5a));

const certify = (
  subject: Entity,
  issuer: Entity,
  list: readonly Uint8Array[],
  spki: Uint8Array,
  validity?: Uint8Array,
) =>
  issued(subject, issuer, list, {
    serial,
    spki,
    algorithm: ecdsaWithSha384,
    ...(validity === undefined ? {} : { validity }),
  });

const authority = (subject: Entity, issuer: Entity, pathLen?: number, validity?: Uint8Array): Uint8Array => {
  const { publicKey } = subject.key;
  if (publicKey.algorithm !== 'ecdsa') throw new Error('the authorities of this Nitro have keys of P-384');
  return certify(
    subject,
    issuer,
    [extensions.ca(pathLen), extensions.keyCertSign],
    p384Spki(publicKey.point),
    validity,
  );
};

export const nitroTime = now;

export function mockNitro(seed = 1) {
  const [root, region, instance] = [
    entity('nitro root', seed),
    entity('region', seed + 1),
    entity('instance', seed + 2),
  ];
  const leaf: Entity = { ...instance, name: name('document'), identifier: new Uint8Array(20).fill(seed + 3) };
  const spki = p384Spki(p384.getPublicKey(signingKey, false));
  const rootCertificate = authority(root, root);
  return {
    rootCertificate,
    rootSha256: bytesToHex(sha256(rootCertificate)),
    cabundle: [
      rootCertificate,
      authority(region, root, undefined, threeHours),
      authority(instance, region, 0, threeHours),
    ],
    certificate: certify(leaf, instance, [extensions.notCa, extensions.digitalSignature], spki, threeHours),
    /** What else may stand where the last certificate does. */
    certificates: {
      withoutSigning: certify(leaf, instance, [extensions.notCa, extensions.keyEncipherment], spki, threeHours),
      ofAnAuthority: certify(leaf, instance, [extensions.ca(), extensions.keyCertSign], spki, threeHours),
      byTheRegion: certify(leaf, region, [extensions.notCa, extensions.digitalSignature], spki, threeHours),
    },
  };
}

/** The payload in the order that AWS has, signed; a field that is undefined is left out. */
export function signedDocument(
  fields: Readonly<Record<string, Cbor | undefined>>,
  protectedHeader: Uint8Array = es384Header,
): Uint8Array {
  const entries = Object.entries(fields).flatMap(([key, value]): [string, Cbor][] =>
    value === undefined ? [] : [[key, value]],
  );
  const payload = encodeCbor(new CborMap(entries));
  const digest = sha384(toBeSigned(protectedHeader, payload));
  const signature = p384.sign(digest, signingKey, { prehash: false, lowS: false, format: 'compact' });
  return encodeSign1({ protectedHeader, payload, signature });
}
