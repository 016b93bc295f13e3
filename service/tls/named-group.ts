import { concatBytes } from '@noble/hashes/utils.js';
import { ml_kem768 } from '@noble/post-quantum/ml-kem.js';
import { equalBytes } from './hkdf.ts';
import { provider } from './kernels/index.ts';

/* Ephemeral key agreement: RFC 9846 §4.2.8 and §7.4, RFC 7748, FIPS 203, draft-ietf-tls-ecdhe-mlkem. */

export type NamedGroupName = 'x25519' | 'secp256r1' | 'secp384r1' | 'X25519MLKEM768';

export interface NamedGroup {
  readonly name: NamedGroupName;
  readonly code: number;
}

/** In our order of preference. */
export const namedGroups: readonly NamedGroup[] = [
  { name: 'X25519MLKEM768', code: 0x11ec },
  { name: 'x25519', code: 0x001d },
  { name: 'secp256r1', code: 0x0017 },
  { name: 'secp384r1', code: 0x0018 },
];

/** By its code in RFC 9846 §4.2.7; undefined for one we do not offer. */
export const namedGroup = (code: number): NamedGroup | undefined => namedGroups.find((group) => group.code === code);

/** Uniform bytes of one session: 32, 64, 48 and 72. They are read, never kept and never written. */
export interface KeyShareSeeds {
  readonly x25519: Uint8Array;
  /** d || z of ML-KEM.KeyGen for a client; its first half is m of ML-KEM.Encaps for a server. */
  readonly mlkem: Uint8Array;
  readonly p256: Uint8Array;
  readonly p384: Uint8Array;
}

/** The client's half. `agree` is undefined for every value of the peer that is not exactly what the group's RFC allows. */
export interface OfferedKeyShare {
  readonly publicValue: Uint8Array;
  agree(peer: Uint8Array): Uint8Array | undefined;
  /** Zeroes the secret; agreeing afterwards throws. */
  destroy(): void;
}

export interface AnsweredKeyShare {
  readonly publicValue: Uint8Array;
  /** The caller's to zero. */
  readonly sharedSecret: Uint8Array;
}

/** The client's KeyShareEntry (RFC 9846 §4.2.8). */
export const offerKeyShare = (group: NamedGroup, seeds: KeyShareSeeds): OfferedKeyShare =>
  group.name === 'X25519MLKEM768' ? offerHybrid(seeds) : offerDiffieHellman(group.name, seeds);

/** The server's KeyShareEntry (RFC 9846 §4.2.8) and what both then share; undefined if the client's share is not what the group's RFC allows. */
export function answerKeyShare(
  group: NamedGroup,
  seeds: KeyShareSeeds,
  peer: Uint8Array,
): AnsweredKeyShare | undefined {
  if (group.name === 'X25519MLKEM768') return answerHybrid(seeds, peer);
  const share = offerDiffieHellman(group.name, seeds);
  const sharedSecret = share.agree(peer);
  share.destroy();
  return sharedSecret && { publicValue: share.publicValue, sharedSecret };
}

type DiffieHellmanName = Exclude<NamedGroupName, 'X25519MLKEM768'>;

interface DiffieHellman {
  /** A secret scalar of its own, never a view of the seeds. */
  secret(seeds: KeyShareSeeds): Uint8Array;
  publicValue(secret: Uint8Array): Uint8Array;
  /** Throws for a bad peer. */
  sharedSecret(secret: Uint8Array, peer: Uint8Array): Uint8Array;
}

/** RFC 9846 §4.2.8.2: uncompressed points; §7.4.2: the X coordinate alone. Both refuse what is not on the curve. */
const diffieHellman: Readonly<Record<DiffieHellmanName, DiffieHellman>> = {
  x25519: {
    secret: (seeds) => seeds.x25519.slice(),
    publicValue: (secret) => provider().x25519.publicKey(secret),
    sharedSecret: (secret, peer) => provider().x25519.sharedSecret(secret, peer), // the all-zero result is refused (§7.4.2)
  },
  secp256r1: {
    secret: (seeds) => provider().p256.secret(seeds.p256), // FIPS 186-5 A.2.1: extra bits, no bias
    publicValue: (secret) => provider().p256.publicKey(secret),
    sharedSecret: (secret, peer) => provider().p256.sharedX(secret, peer),
  },
  secp384r1: {
    secret: (seeds) => provider().p384.secret(seeds.p384),
    publicValue: (secret) => provider().p384.publicKey(secret),
    sharedSecret: (secret, peer) => provider().p384.sharedX(secret, peer),
  },
};

function offerDiffieHellman(name: DiffieHellmanName, seeds: KeyShareSeeds): OfferedKeyShare {
  const group = diffieHellman[name];
  const secret = group.secret(seeds);
  const publicValue = group.publicValue(secret);
  let destroyed = false;
  return {
    publicValue,
    agree(peer) {
      if (destroyed) throw new Error('a key share was used after it was destroyed');
      // Our own value sent back: nobody comes upon it by chance.
      if (peer.length !== publicValue.length || equalBytes(peer, publicValue)) return undefined;
      return undefinedIfItThrows(() => group.sharedSecret(secret, peer));
    },
    destroy() {
      destroyed = true;
      secret.fill(0);
    },
  };
}

/* X25519MLKEM768, draft-ietf-tls-ecdhe-mlkem §4: ML-KEM first, in both shares and in the secret. */

const ENCAPSULATION_KEY_LENGTH = 1184;
const CIPHERTEXT_LENGTH = 1088;
const X25519_LENGTH = 32;

function offerHybrid(seeds: KeyShareSeeds): OfferedKeyShare {
  const { publicKey, secretKey } = ml_kem768.keygen(seeds.mlkem);
  const classical = offerDiffieHellman('x25519', seeds);
  return {
    publicValue: concatBytes(publicKey, classical.publicValue),
    agree(peer) {
      if (peer.length !== CIPHERTEXT_LENGTH + X25519_LENGTH) return undefined;
      const second = classical.agree(peer.subarray(CIPHERTEXT_LENGTH));
      if (second === undefined) return undefined;
      // A wrong ciphertext is rejected implicitly (FIPS 203 §6.3): the secrets differ, and Finished shows it.
      return joined(ml_kem768.decapsulate(peer.subarray(0, CIPHERTEXT_LENGTH), secretKey), second);
    },
    destroy() {
      secretKey.fill(0);
      classical.destroy();
    },
  };
}

function answerHybrid(seeds: KeyShareSeeds, peer: Uint8Array): AnsweredKeyShare | undefined {
  if (peer.length !== ENCAPSULATION_KEY_LENGTH + X25519_LENGTH) return undefined;
  const classical = answerKeyShare(X25519, seeds, peer.subarray(ENCAPSULATION_KEY_LENGTH));
  if (classical === undefined) return undefined;
  // FIPS 203 §7.2: noble throws for an encapsulation key with a coefficient that is not reduced.
  const encapsulated = undefinedIfItThrows(() =>
    ml_kem768.encapsulate(peer.subarray(0, ENCAPSULATION_KEY_LENGTH), seeds.mlkem.subarray(0, 32)),
  );
  if (encapsulated === undefined) return undefined;
  return {
    publicValue: concatBytes(encapsulated.cipherText, classical.publicValue),
    sharedSecret: joined(encapsulated.sharedSecret, classical.sharedSecret),
  };
}

const X25519: NamedGroup = { name: 'x25519', code: 0x001d };

/** Concatenates two secrets and zeroes them. */
function joined(first: Uint8Array, second: Uint8Array): Uint8Array {
  const secret = concatBytes(first, second);
  first.fill(0);
  second.fill(0);
  return secret;
}

/** Arithmetic says no by throwing; the only thing that can be wrong here is the peer's value. */
function undefinedIfItThrows<T>(compute: () => T): T | undefined {
  try {
    return compute();
  } catch {
    return undefined;
  }
}
