import { constants, createPrivateKey, type KeyObject, sign } from 'node:crypto';
import { readFileSync } from 'node:fs';
import type { CertifiedKey } from '../../../service/tls/index.ts';
import {
  type Certificate,
  decodePem,
  generatePrivateKey,
  type PrivateKey,
  type PrivateKeyType,
  type PublicKey,
} from '../../../service/x509/index.ts';
import { Unimplemented } from './flags.ts';
import { publicKeyOf } from './verifier.ts';

/** The runner's certificates, leaf first, from a file of PEM. */
export function certificatesIn(file: string): readonly Uint8Array[] {
  const list = decodePem(readFileSync(file, 'utf8'));
  if (list === undefined || list.length === 0) throw new Error(`${file} holds no certificates`);
  return list;
}

export function certifiedKey(certificateFile: string, keyFile: string): CertifiedKey {
  const chain = certificatesIn(certificateFile);
  const publicKey = publicKeyOf(chain[0] ?? new Uint8Array(0));
  if (publicKey.ok !== true) throw new Unimplemented(`a certificate that is not ours: ${publicKey.fault.detail}`);
  const key = privateKey(createPrivateKey(readFileSync(keyFile)), publicKey.value);
  // Our decoder refuses the runner's certificates (verifier.ts). Of its own the engine sends the DER, and looks at no more.
  return { chain: chain.map((der) => ({ der }) as Certificate), key };
}

const curves: Readonly<Record<string, PrivateKeyType>> = { 'P-256': 'P-256', 'P-384': 'P-384', Ed25519: 'ed25519' };
const entropyLengths = { 'P-256': 48, 'P-384': 72, ed25519: 32 } as const;

/** A key of the engine's own wherever it has that type, so that its signatures are what is tested; RSA by node:crypto. */
function privateKey(key: KeyObject, publicKey: PublicKey): PrivateKey {
  if (key.asymmetricKeyType === 'rsa') return rsaKey(key, publicKey);
  const { crv, d } = key.export({ format: 'jwk' });
  const type = crv === undefined ? undefined : curves[crv];
  if (type === undefined || d === undefined) throw new Unimplemented(`no key of ours is on ${crv}`);
  const secret = new Uint8Array(Buffer.from(d, 'base64url'));
  return generatePrivateKey(type, type === 'ed25519' ? secret : entropyOf(secret, entropyLengths[type]));
}

/** FIPS 186-5 A.2.1 makes the scalar (c mod (n - 1)) + 1: c is the scalar less one. */
function entropyOf(scalar: Uint8Array, length: number): Uint8Array {
  const c = BigInt(`0x${Buffer.from(scalar).toString('hex')}`) - 1n;
  return new Uint8Array(Buffer.from(c.toString(16).padStart(2 * length, '0'), 'hex'));
}

/**
 * The stack never signs with RSA, and its keys are nominal: there is no lawful way to make an RSA one. The runner's default
 * certificate is RSA, though, so test code casts what has all that the engine asks of a key.
 */
function rsaKey(key: KeyObject, publicKey: PublicKey): PrivateKey {
  const pss = { key, padding: constants.RSA_PKCS1_PSS_PADDING, saltLength: constants.RSA_PSS_SALTLEN_DIGEST };
  const lookalike: Pick<PrivateKey, 'publicKey' | 'sign' | 'destroy'> = {
    publicKey,
    sign(message, algorithm) {
      if (algorithm?.type !== 'rsa_pss') throw new Unimplemented(`an RSA key that signs by ${algorithm?.type}`);
      return new Uint8Array(sign(algorithm.hash, message, pss));
    },
    destroy: () => undefined,
  };
  return lookalike as PrivateKey;
}
