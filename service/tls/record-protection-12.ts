import { concatBytes } from '@noble/hashes/utils.js';
import { failure, type Result, success } from '../x509/index.ts';
import type { Aead } from './aead.ts';
import type { CipherSuite12 } from './cipher-suite-12.ts';
import { type Fault, misbehaviour } from './fault.ts';
import { keyBlock, type Randoms } from './prf.ts';
import { type ContentType, MAX_PLAINTEXT, recordHeader, type TLSRecord } from './record.ts';
import type { RecordProtection, TLSInnerPlaintext } from './record-protection.ts';

const TAG_LENGTH = 16;
const EXPLICIT_NONCE_LENGTH = 8;
/** No renegotiation, hence no new key: far more than a connection of ours may carry, far less than GCM stands. */
const RECORD_LIMIT = 2 ** 24;

/**
 * One direction of TLS 1.2 under an AEAD (RFC 5246 §6.2.3.3, RFC 5288 §3, RFC 7905 §2). The type of a record is in clear,
 * and there is one key for the whole connection.
 */
export class RecordProtection12 implements RecordProtection {
  readonly #aead: Aead;
  readonly #fixedIv: Uint8Array;
  #sequence = 0;

  constructor(suite: CipherSuite12, key: Uint8Array, fixedIv: Uint8Array) {
    this.#aead = suite.aead(key);
    this.#fixedIv = fixedIv;
  }

  get unused(): boolean {
    return this.#sequence === 0;
  }

  get exhausted(): boolean {
    return this.#sequence >= RECORD_LIMIT;
  }

  covers(): boolean {
    return true;
  }

  seal(type: ContentType, content: Uint8Array): Uint8Array {
    if (this.exhausted) throw new RangeError(`TLS 1.2 seals at most ${RECORD_LIMIT} records, and there is no new key`);
    const sequence = this.#nextSequence();
    const explicit = this.#explicitNonce(sequence);
    const sealed = this.#aead.seal(this.#nonce(sequence), additionalData(sequence, type, content.length), content);
    return concatBytes(recordHeader(type, explicit.length + sealed.length), explicit, sealed);
  }

  /** Nothing that was not authenticated leaves this function. */
  open({ type, header, fragment }: TLSRecord): Result<TLSInnerPlaintext, Fault> {
    if (this.exhausted)
      return failure(misbehaviour('sequence_exhausted', 'the peer sent more records under one key than are safe'));
    const explicitLength = this.#fixedIv.length === 4 ? EXPLICIT_NONCE_LENGTH : 0;
    const length = fragment.length - explicitLength - TAG_LENGTH;
    if (length < 0) return failure(misbehaviour('bad_record_mac', 'a record shorter than its nonce and tag'));
    const sequence = this.#nextSequence();
    // The peer chooses its explicit nonce as it likes (RFC 5288 §3); what is authenticated is the sequence number.
    const nonce =
      explicitLength === 0
        ? this.#nonce(sequence)
        : concatBytes(this.#fixedIv, fragment.subarray(0, EXPLICIT_NONCE_LENGTH));
    const aad = additionalData(sequence, type, length, header[1], header[2]);
    const content = this.#aead.open(nonce, aad, fragment.subarray(explicitLength));
    if (content === undefined) return failure(misbehaviour('bad_record_mac', 'a record does not authenticate'));
    if (content.length > MAX_PLAINTEXT) {
      return failure(
        misbehaviour('record_overflow', `a record of ${content.length} bytes; at most ${MAX_PLAINTEXT} are allowed`),
      );
    }
    return success({ type, content });
  }

  next(): RecordProtection {
    throw new TypeError('TLS 1.2 has no KeyUpdate');
  }

  destroy(): void {
    this.#fixedIv.fill(0);
    this.#aead.destroy();
  }

  #nextSequence(): Uint8Array {
    const bytes = new Uint8Array(8);
    for (let i = 7, rest = this.#sequence; rest > 0; i--, rest = Math.floor(rest / 256)) bytes[i] = rest % 256;
    this.#sequence++;
    return bytes;
  }

  /** RFC 5288 §3: the sequence number is a nonce that cannot repeat. */
  #explicitNonce(sequence: Uint8Array): Uint8Array {
    return this.#fixedIv.length === 4 ? sequence : new Uint8Array(0);
  }

  #nonce(sequence: Uint8Array): Uint8Array {
    if (this.#fixedIv.length === 4) return concatBytes(this.#fixedIv, sequence);
    const nonce = this.#fixedIv.slice();
    for (let i = 0; i < 8; i++) nonce[4 + i] = (nonce[4 + i] ?? 0) ^ (sequence[i] ?? 0);
    return nonce;
  }
}

/** RFC 5246 §6.2.3.3: seq_num + type + version + length. */
const additionalData = (sequence: Uint8Array, type: ContentType, length: number, major = 3, minor = 3): Uint8Array =>
  concatBytes(sequence, Uint8Array.of(type, major, minor, length >> 8, length & 0xff));

export interface Protections {
  readonly client: RecordProtection12;
  readonly server: RecordProtection12;
}

/** RFC 5246 §6.3: an AEAD has no MAC keys. */
export function protections(suite: CipherSuite12, mainSecret: Uint8Array, randoms: Randoms): Protections {
  const { keyLength, fixedIvLength } = suite;
  const block = keyBlock(suite.hash, mainSecret, randoms, 2 * (keyLength + fixedIvLength));
  const ivs = block.subarray(2 * keyLength);
  const one = (index: 0 | 1): RecordProtection12 =>
    new RecordProtection12(
      suite,
      block.slice(index * keyLength, (index + 1) * keyLength),
      ivs.slice(index * fixedIvLength, (index + 1) * fixedIvLength),
    );
  const both = { client: one(0), server: one(1) };
  block.fill(0);
  return both;
}
