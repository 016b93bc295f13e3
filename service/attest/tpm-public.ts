import { concatBytes } from '@noble/hashes/utils.js';
import type { Result } from '../x509/index.ts';
import {
  type HashAlgorithm,
  hashes,
  isHashAlgorithm,
  TPM_ALG,
  TPM_ECC_NIST_P256,
  TPMA_OBJECT,
} from './tpm-constants.ts';
import { sized, type TpmReader, u16, u32, unmarshal } from './tpm-wire.ts';

/* TPMT_PUBLIC (TPM 2.0 Library, Part 2 §12.2.4) of the two keys there are here, an RSA endorsement key and a P-256 attestation key. */

/** TPMT_SYM_DEF_OBJECT, §11.1.7: none, or AES in CFB mode. */
export type Symmetric = { readonly keyBits: 128 | 256 } | undefined;

/** A scheme with its hash; none is TPM_ALG_NULL. */
export type Scheme = { readonly scheme: number; readonly hashAlg: HashAlgorithm } | undefined;

interface Common {
  readonly nameAlg: HashAlgorithm;
  /** TPMA_OBJECT */
  readonly objectAttributes: number;
  readonly authPolicy: Uint8Array;
  readonly symmetric: Symmetric;
  readonly scheme: Scheme;
}

export interface RsaPublic extends Common {
  readonly type: 'rsa';
  readonly keyBits: number;
  /** 0 stands for 65537 (§12.2.3.5). */
  readonly exponent: number;
  /** The modulus; of a template as many zeros as the profile says. */
  readonly unique: Uint8Array;
}

export interface EccPublic extends Common {
  readonly type: 'ecc';
  readonly curveID: number;
  readonly unique: { readonly x: Uint8Array; readonly y: Uint8Array };
}

export type TpmtPublic = RsaPublic | EccPublic;

export function marshalPublic(key: TpmtPublic): Uint8Array {
  const { nameAlg, objectAttributes, authPolicy, symmetric, scheme } = key;
  const head = concatBytes(
    u16(key.type === 'rsa' ? TPM_ALG.RSA : TPM_ALG.ECC),
    u16(nameAlg),
    u32(objectAttributes),
    sized(authPolicy),
    symmetric === undefined
      ? u16(TPM_ALG.NULL)
      : concatBytes(u16(TPM_ALG.AES), u16(symmetric.keyBits), u16(TPM_ALG.CFB)),
    scheme === undefined ? u16(TPM_ALG.NULL) : concatBytes(u16(scheme.scheme), u16(scheme.hashAlg)),
  );
  switch (key.type) {
    case 'rsa':
      return concatBytes(head, u16(key.keyBits), u32(key.exponent), sized(key.unique));
    case 'ecc': // the key derivation scheme is none
      return concatBytes(head, u16(key.curveID), u16(TPM_ALG.NULL), sized(key.unique.x), sized(key.unique.y));
    default:
      return key satisfies never;
  }
}

export const unmarshalPublic = (bytes: Uint8Array): Result<TpmtPublic, string> => unmarshal(bytes, readPublic);

export function readPublic(reader: TpmReader): TpmtPublic {
  const type = reader.u16('type');
  const nameAlg = hashAlgorithm(reader, 'nameAlg');
  const objectAttributes = reader.u32('objectAttributes');
  const authPolicy = reader.sized('authPolicy', 64);
  const common = {
    nameAlg,
    objectAttributes,
    authPolicy,
    symmetric: readSymmetric(reader),
    scheme: readScheme(reader),
  };
  if (type === TPM_ALG.RSA) {
    const keyBits = reader.u16('keyBits');
    const exponent = reader.u32('exponent');
    return { ...common, type: 'rsa', keyBits, exponent, unique: reader.sized('unique', 512) };
  }
  if (type !== TPM_ALG.ECC) return reader.refuse(`type 0x${type.toString(16)} is neither RSA nor ECC`);
  const curveID = reader.u16('curveID');
  if (reader.u16('kdf') !== TPM_ALG.NULL) reader.refuse('a key with a key derivation scheme');
  const x = reader.sized('unique.x', 66);
  return { ...common, type: 'ecc', curveID, unique: { x, y: reader.sized('unique.y', 66) } };
}

function readSymmetric(reader: TpmReader): Symmetric {
  const algorithm = reader.u16('symmetric');
  if (algorithm === TPM_ALG.NULL) return undefined;
  const keyBits = reader.u16('symmetric.keyBits');
  const mode = reader.u16('symmetric.mode');
  if (algorithm !== TPM_ALG.AES || mode !== TPM_ALG.CFB)
    return reader.refuse('a symmetric algorithm other than AES-CFB');
  if (keyBits !== 128 && keyBits !== 256) return reader.refuse(`AES of ${keyBits} bits`);
  return { keyBits };
}

const schemes: ReadonlySet<number> = new Set([
  TPM_ALG.RSASSA,
  TPM_ALG.RSAPSS,
  TPM_ALG.OAEP,
  TPM_ALG.ECDSA,
  TPM_ALG.ECDH,
]);

function readScheme(reader: TpmReader): Scheme {
  const scheme = reader.u16('scheme');
  if (scheme === TPM_ALG.NULL) return undefined;
  if (!schemes.has(scheme)) reader.refuse(`scheme 0x${scheme.toString(16)}`);
  return { scheme, hashAlg: hashAlgorithm(reader, 'scheme.hashAlg') };
}

export function hashAlgorithm(reader: TpmReader, name: string): HashAlgorithm {
  const algorithm = reader.u16(name);
  return isHashAlgorithm(algorithm) ? algorithm : reader.refuse(`${name} 0x${algorithm.toString(16)} is not SHA-2`);
}

/** The Name of an object, Part 1 §16: nameAlg and the digest of the public area. */
export const nameOf = (key: TpmtPublic): Uint8Array =>
  concatBytes(u16(key.nameAlg), hashes[key.nameAlg](marshalPublic(key)));

/**
 * The template of the attestation key: made in this TPM and never to leave it (fixedTPM, fixedParent,
 * sensitiveDataOrigin), signs only what the TPM itself made (restricted, sign), ECDSA P-256 with SHA-256.
 */
export const attestationKeyTemplate: EccPublic = {
  type: 'ecc',
  nameAlg: TPM_ALG.SHA256,
  objectAttributes:
    TPMA_OBJECT.fixedTPM |
    TPMA_OBJECT.fixedParent |
    TPMA_OBJECT.sensitiveDataOrigin |
    TPMA_OBJECT.userWithAuth |
    TPMA_OBJECT.noDA |
    TPMA_OBJECT.restricted |
    TPMA_OBJECT.sign,
  authPolicy: new Uint8Array(),
  symmetric: undefined,
  scheme: { scheme: TPM_ALG.ECDSA, hashAlg: TPM_ALG.SHA256 },
  curveID: TPM_ECC_NIST_P256,
  unique: { x: new Uint8Array(), y: new Uint8Array() },
};
