import { secp256k1 } from '@noble/curves/secp256k1.js';
import { type Base58Fault, decodeBase58Check, encodeBase58Check } from './base58check.ts';
import { type Network, networks } from './network.ts';

/** So much entropy makes a key without bias: 2^128 times the order of the group (FIPS 186-5 A.2.1). */
export const walletKeyEntropyLength: number = secp256k1.lengths.seed ?? 48;

/**
 * noble's table of the base point's multiples: the least work for a start, which needs three of them, and for one signature a
 * second, which is all that is ever asked of it afterwards.
 */
secp256k1.Point.BASE.precompute(3);

const secretLength = 32;
/** Of a wallet key in wallet import format there are 52 characters, of an extended key 111. */
const longestWif = 128;
/** Behind the key: the public key it stands for is the compressed one. */
const compressed = 0x01;

export type UnusableKeyReason = Base58Fault | 'empty' | 'length' | 'network' | 'uncompressed' | 'out_of_range';

/** A key that was handed in and cannot be the wallet's. Its message says why, and nothing of what was handed in. */
export class UnusableKey extends Error {
  override readonly name = 'UnusableKey';
  readonly reason: UnusableKeyReason;

  constructor(reason: UnusableKeyReason, message: string) {
    super(message);
    this.reason = reason;
  }
}

let secretOf: (key: WalletKey) => Uint8Array<SharedArrayBuffer>;

/**
 * The wallet's private key: 32 bytes in one buffer, which nothing but `useSecret` hands out. The threads of a process have the
 * same buffer: there is one key, and whoever destroys it has destroyed it for all.
 */
export class WalletKey {
  readonly #secret: Uint8Array<SharedArrayBuffer>;
  readonly #publicKey: Uint8Array;

  static {
    secretOf = (key) => {
      // By another thread perhaps: no key is zero.
      if (key.#secret.every((byte) => byte === 0)) throw new TypeError('this wallet key was destroyed');
      return key.#secret;
    };
  }

  private constructor(secret: Uint8Array<SharedArrayBuffer>) {
    this.#secret = secret;
    this.#publicKey = secp256k1.getPublicKey(secret, true);
  }

  /** A new key. Takes `entropy` over: it is zeroed. */
  static fromEntropy(entropy: Uint8Array): WalletKey {
    if (entropy.length !== walletKeyEntropyLength) {
      throw new RangeError(
        `a wallet key takes ${walletKeyEntropyLength} bytes of entropy and was given ${entropy.length}`,
      );
    }
    const secret = secp256k1.utils.randomSecretKey(entropy);
    entropy.fill(0);
    return new WalletKey(moved(secret));
  }

  /**
   * A key in wallet import format, as ASCII; blanks and line ends around it do not count. Takes `wif` over: it is zeroed,
   * usable or not.
   */
  static fromWif(wif: Uint8Array, network: Network): WalletKey {
    const text = trimmed(wif);
    const decoded = text.length === 0 ? 'empty' : text.length > longestWif ? 'length' : decodeBase58Check(text);
    wif.fill(0);
    if (typeof decoded === 'string') throw unusable[decoded]();
    const fault = judge(decoded, network);
    const secret = decoded.slice(1, 1 + secretLength);
    decoded.fill(0);
    if (fault === undefined && secp256k1.utils.isValidSecretKey(secret) === true) return new WalletKey(moved(secret));
    secret.fill(0);
    throw fault ?? unusable.out_of_range();
  }

  /** What `secretToSeal` gave, read back. Takes `secret` over: it is zeroed. */
  static fromSealed(secret: Uint8Array): WalletKey {
    if (secret.length === secretLength && secp256k1.utils.isValidSecretKey(secret) === true)
      return new WalletKey(moved(secret));
    secret.fill(0);
    throw unusable.out_of_range();
  }

  /** The key of another thread, by what `secretToShare` gave there. */
  static fromShared(memory: SharedArrayBuffer): WalletKey {
    return new WalletKey(new Uint8Array(memory));
  }

  /** Compressed: 33 bytes. */
  get publicKey(): Uint8Array {
    return this.#publicKey.slice();
  }

  destroy(): void {
    this.#secret.fill(0);
  }
}

/** Into memory that threads can have in common. Takes `secret` over: it is zeroed. */
function moved(secret: Uint8Array): Uint8Array<SharedArrayBuffer> {
  const shared = new Uint8Array(new SharedArrayBuffer(secret.length));
  shared.set(secret);
  secret.fill(0);
  return shared;
}

/**
 * Lends the secret for the time of one call: `use` keeps no copy. For this folder alone, and not in its public face:
 * what leaves is a payload or a signature over a text of ours, never the key and never a signature over somebody's hash.
 */
export const useSecret = <T>(key: WalletKey, use: (secret: Uint8Array<SharedArrayBuffer>) => T): T =>
  use(secretOf(key));

/** The key in wallet import format, as ASCII. Whoever asks for it zeroes it. */
export function wifOf(key: WalletKey, network: Network): Uint8Array {
  const payload = new Uint8Array(secretLength + 2);
  payload[0] = network.wifPrefix;
  useSecret(key, (secret) => payload.set(secret, 1));
  payload[secretLength + 1] = compressed;
  const wif = encodeBase58Check(payload);
  payload.fill(0);
  return wif;
}

function judge(decoded: Uint8Array, network: Network): UnusableKey | undefined {
  const [prefix] = decoded;
  if (!Object.values(networks).some(({ wifPrefix }) => wifPrefix === prefix)) return unusable.length();
  if (decoded.length === secretLength + 1) return unusable.uncompressed();
  if (decoded.length !== secretLength + 2 || decoded[secretLength + 1] !== compressed) return unusable.length();
  return prefix === network.wifPrefix ? undefined : unusable.network(network);
}

const unusable = {
  empty: () => new UnusableKey('empty', 'the wallet key is empty; wanted is one line in wallet import format'),
  not_base58: () =>
    new UnusableKey('not_base58', 'the wallet key is not in wallet import format: a character in it is not base 58'),
  checksum: () =>
    new UnusableKey(
      'checksum',
      'the checksum of the wallet key does not fit: it was mistyped, or part of it is missing',
    ),
  length: () =>
    new UnusableKey(
      'length',
      'the wallet key is not a private key in wallet import format, which is one line of 52 characters',
    ),
  network: ({ name }: Network) =>
    new UnusableKey(
      'network',
      name === 'mainnet'
        ? 'the wallet key is one of a test network, and the network is mainnet'
        : `the wallet key is one of mainnet, and the network is ${name}: coins of real value do not belong here`,
    ),
  uncompressed: () =>
    new UnusableKey(
      'uncompressed',
      'the wallet key stands for an uncompressed public key, which segwit does not allow (BIP-143): make a new key',
    ),
  out_of_range: () =>
    new UnusableKey('out_of_range', 'the wallet key is zero, or not below the order of secp256k1: make a new key'),
};

const blank = (byte: number | undefined): boolean => byte === 0x20 || byte === 0x09 || byte === 0x0a || byte === 0x0d;

function trimmed(bytes: Uint8Array): Uint8Array {
  let start = 0;
  let end = bytes.length;
  while (start < end && blank(bytes[start])) start++;
  while (end > start && blank(bytes[end - 1])) end--;
  return bytes.subarray(start, end);
}
