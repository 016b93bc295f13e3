import { schnorr, secp256k1 } from '@noble/curves/secp256k1.js';
import { hmac } from '@noble/hashes/hmac.js';
import { sha256 } from '@noble/hashes/sha2.js';
import { concatBytes, utf8ToBytes } from '@noble/hashes/utils.js';
import { decodeBase58Check, encodeBase58Check } from '../../service/bitcoin/base58check.ts';
import { crypto, script, Transaction } from './bitcoinjs.ts';
import { Refusal } from './refusal.ts';

const wifPrefixes = { real: 0x80, test: 0xef } as const;
const compressed = 0x01;
const secretLength = 32;

/**
 * A private key that signs transactions, in one buffer. `destroy` zeroes it. The numbers that noble and this file compute with
 * are of the engine: they cannot be zeroed, and end with the process.
 */
export class SigningKey {
  readonly #secret: Uint8Array;
  /** Compressed, 33 bytes. */
  readonly publicKey: Uint8Array;
  /** Whether its wallet import format is that of the test networks, which all share one. */
  readonly test: boolean;

  private constructor(secret: Uint8Array, test: boolean) {
    this.#secret = secret;
    this.publicKey = secp256k1.getPublicKey(secret, true);
    this.test = test;
  }

  /** `entropy`: 48 bytes, which are zeroed. */
  static fromEntropy(entropy: Uint8Array, test: boolean): SigningKey {
    const secret = secp256k1.utils.randomSecretKey(entropy);
    entropy.fill(0);
    return new SigningKey(secret, test);
  }

  /** In wallet import format, as ASCII, which stays the caller's to zero. Throws a Refusal that quotes nothing of it. */
  static fromWif(wif: Uint8Array): SigningKey {
    const decoded = wif.length > 60 ? 'not_base58' : decodeBase58Check(wif);
    switch (decoded) {
      case 'not_base58':
        throw new Refusal(
          'this is no key in wallet import format, which is 52 letters and digits that begin with K, L or c',
        );
      case 'checksum':
        throw new Refusal('the checksum of the key does not fit: it was mistyped, or part of it is missing');
      default:
        return SigningKey.#fromDecoded(decoded);
    }
  }

  static #fromDecoded(decoded: Uint8Array): SigningKey {
    try {
      const [prefix] = decoded;
      const test = prefix === wifPrefixes.test;
      if (!test && prefix !== wifPrefixes.real)
        throw new Refusal('this is something else in base 58, and no private key');
      if (decoded.length === secretLength + 1)
        throw new Refusal('this key is one of the uncompressed sort, which no wallet of a piñata has');
      if (decoded.length !== secretLength + 2 || decoded.at(-1) !== compressed)
        throw new Refusal('this is something else in base 58, and no private key');
      const secret = decoded.slice(1, 1 + secretLength);
      if (secp256k1.utils.isValidSecretKey(secret) === true) return new SigningKey(secret, test);
      secret.fill(0);
      throw new Refusal('this key is zero, or not below the order of secp256k1: nothing can be signed with it');
    } finally {
      decoded.fill(0);
    }
  }

  /** BIP-340. */
  get xOnly(): Uint8Array {
    return this.publicKey.slice(1);
  }

  /** DER with SIGHASH_ALL behind it, at most 72 bytes: S is low (BIP-146). */
  ecdsa(hash: Uint8Array): Uint8Array {
    const signature = secp256k1.sign(hash, this.#secret, { prehash: false, lowS: true, format: 'compact' });
    return script.signature.encode(signature, Transaction.SIGHASH_ALL);
  }

  /** Of a leaf that has this key: 64 bytes, SIGHASH_DEFAULT. */
  schnorr(hash: Uint8Array): Uint8Array {
    return schnorr.sign(hash, this.#secret);
  }

  /** Of the key path of an output whose internal key is this one, and whose tree has this root (BIP-341). */
  schnorrOfOutput(hash: Uint8Array, root: Uint8Array): Uint8Array {
    const { Fn } = secp256k1.Point;
    const tweak = Fn.fromBytes(crypto.taggedHash('TapTweak', concatBytes(this.xOnly, root)));
    const scalar = Fn.fromBytes(this.#secret);
    const tweaked = Fn.toBytes(Fn.add(this.publicKey[0] === 0x02 ? scalar : Fn.neg(scalar), tweak));
    const signature = schnorr.sign(hash, tweaked);
    tweaked.fill(0);
    return signature;
  }

  /** HMAC-SHA256 by the key: 32 bytes that nobody else can tell from others. */
  pseudorandom(what: Uint8Array): Uint8Array {
    return hmac(sha256, this.#secret, concatBytes(utf8ToBytes('btc-pinata/sweep\n'), what));
  }

  /** As ASCII. Whoever asks for it zeroes it. */
  wif(): Uint8Array {
    const payload = new Uint8Array(secretLength + 2);
    payload[0] = this.test ? wifPrefixes.test : wifPrefixes.real;
    payload.set(this.#secret, 1);
    payload[secretLength + 1] = compressed;
    const text = encodeBase58Check(payload);
    payload.fill(0);
    return text;
  }

  destroy(): void {
    this.#secret.fill(0);
  }
}
