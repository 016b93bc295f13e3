import {
  createCipheriv,
  createPrivateKey,
  createPublicKey,
  diffieHellman,
  generateKeyPairSync,
  randomBytes,
  sign,
  verify,
} from 'node:crypto';
import '../chosen-provider.ts';
import { type AeadFactory, aes128Gcm, chaCha20Poly1305 } from '../../service/tls/aead.ts';
import { hash, hkdfExpand } from '../../service/tls/hkdf.ts';
import { answerKeyShare, type NamedGroupName, namedGroups, offerKeyShare } from '../../service/tls/named-group.ts';
import { generatePrivateKey, type PrivateKeyType, privateKeyEntropyLength } from '../../service/x509/private-key.ts';
import { type SignatureAlgorithm, verifySignature } from '../../service/x509/signature.ts';
import { quantile } from '../measure.ts';

/* A process of its own: what each primitive costs through the glue that the engine uses, and OpenSSL's beside it. */

export interface Primitive {
  readonly name: string;
  /** Microseconds; the lower decile, since another process of the machine can only add. */
  readonly ours: number;
  readonly openssl?: number;
  /** Where `ours` is of our own kernels: the same by @noble. */
  readonly noble?: number;
}

const milliseconds = Number(process.argv[2]);

/** Short samples, since one that is interrupted by another process is lost. */
const sampleMicroseconds = 200;

function cost(operation: () => unknown): number {
  const repetitions = Math.max(1, Math.round(sampleMicroseconds / once(operation, 3)));
  const samples: number[] = [];
  const end = performance.now() + milliseconds;
  while (performance.now() < end || samples.length < 4) {
    samples.push(once(operation, repetitions));
  }
  return quantile(samples.slice(Math.floor(samples.length / 3)), 0.1);
}

/** Microseconds. */
function once(operation: () => unknown, repetitions: number): number {
  const start = performance.now();
  for (let i = 0; i < repetitions; i++) {
    operation();
  }
  return ((performance.now() - start) * 1000) / repetitions;
}

const random = (length: number): Uint8Array => new Uint8Array(randomBytes(length));
const seeds = () => ({ x25519: random(32), mlkem: random(64), p256: random(48), p384: random(72) });

function keyAgreement(name: NamedGroupName, openssl?: () => unknown): Primitive {
  const group = namedGroups.find((candidate) => candidate.name === name);
  if (group === undefined) {
    throw new Error(`no group ${name}`);
  }
  const peer = offerKeyShare(group, seeds()).publicValue;
  const own = seeds();
  return {
    name: `${name}: a server's key pair and shared secret`,
    ours: cost(() => answerKeyShare(group, own, peer)),
    ...(openssl === undefined ? {} : { openssl: cost(openssl) }),
  };
}

function opensslAgreement(type: 'x25519' | 'ec'): () => unknown {
  const make = () =>
    type === 'x25519' ? generateKeyPairSync('x25519') : generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const peer = make().publicKey;
  return () => diffieHellman({ privateKey: make().privateKey, publicKey: peer });
}

function signatures(type: PrivateKeyType, algorithm: SignatureAlgorithm): readonly Primitive[] {
  const message = random(130); // what a CertificateVerify signs
  const key = generatePrivateKey(type, random(privateKeyEntropyLength(type)));
  const signature = key.sign(message);
  const digest = algorithm.type === 'ed25519' ? null : algorithm.hash;
  const other = type === 'ed25519' ? generateKeyPairSync('ed25519') : generateKeyPairSync('ec', { namedCurve: type });
  const privateKey = createPrivateKey(other.privateKey.export({ type: 'pkcs8', format: 'pem' }));
  const publicKey = createPublicKey(privateKey);
  const theirs = sign(digest, message, privateKey);
  return [
    {
      name: `${type}: sign`,
      ours: cost(() => key.sign(message)),
      openssl: cost(() => sign(digest, message, privateKey)),
    },
    {
      name: `${type}: verify`,
      ours: cost(() => verifySignature(key.publicKey, algorithm, message, signature)),
      openssl: cost(() => verify(digest, message, publicKey, theirs)),
    },
  ];
}

function sealing(name: 'chacha20-poly1305' | 'aes-128-gcm', factory: AeadFactory, length: number): Primitive {
  const [nonce, additional, plaintext] = [random(12), random(5), random(length)];
  const key = random(name === 'aes-128-gcm' ? 16 : 32);
  const aead = factory(key.slice());
  const openssl = () => {
    const cipher =
      name === 'aes-128-gcm'
        ? createCipheriv(name, key, nonce)
        : createCipheriv(name, key, nonce, { authTagLength: 16 });
    cipher.setAAD(additional, { plaintextLength: length });
    const sealed = Buffer.concat([cipher.update(plaintext), cipher.final()]);
    return [sealed, cipher.getAuthTag()];
  };
  return {
    name: `${name}: seal ${length} bytes`,
    ours: cost(() => aead.seal(nonce, additional, plaintext)),
    openssl: cost(openssl),
  };
}

const secret = random(32);
const label = random(50);
const kilobyte = random(1024);
const primitives: readonly Primitive[] = [
  keyAgreement('x25519', opensslAgreement('x25519')),
  keyAgreement('secp256r1', opensslAgreement('ec')),
  keyAgreement('secp384r1'),
  keyAgreement('X25519MLKEM768'),
  ...signatures('P-256', { type: 'ecdsa', hash: 'sha256' }),
  ...signatures('P-384', { type: 'ecdsa', hash: 'sha384' }),
  ...signatures('ed25519', { type: 'ed25519' }),
  { name: 'HKDF-Expand-SHA256 to 32 bytes', ours: cost(() => hkdfExpand('sha256', secret, label, 32)) },
  { name: 'SHA-256 of 1 KiB', ours: cost(() => hash('sha256', kilobyte)) },
  sealing('chacha20-poly1305', chaCha20Poly1305, 64),
  sealing('chacha20-poly1305', chaCha20Poly1305, 16_384),
  sealing('aes-128-gcm', aes128Gcm, 64),
  sealing('aes-128-gcm', aes128Gcm, 16_384),
];
process.send?.(primitives);
