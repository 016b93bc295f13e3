import { failure, type Result, success } from '../x509/index.ts';
import type { Aead } from './aead.ts';
import type { CipherSuite } from './cipher-suite.ts';
import { type Fault, misbehaviour } from './fault.ts';
import { nextTrafficSecret, trafficKey } from './key-schedule.ts';
import { ContentType, contentType, HEADER_LENGTH, MAX_PLAINTEXT, recordHeader, type TLSRecord } from './record.ts';

export interface TLSInnerPlaintext {
  readonly type: ContentType;
  readonly content: Uint8Array;
}

/** One direction of a connection under its keys of the moment. */
export interface RecordProtection {
  /** No record was sealed or opened with it yet. */
  readonly unused: boolean;
  /** It must seal no more: time for a new key. */
  readonly exhausted: boolean;
  /** Whether a record of this outer type is encrypted. */
  covers(type: ContentType): boolean;
  /** A whole record. `padding` zeros hide the length of the content, where the version knows padding. */
  seal(type: ContentType, content: Uint8Array, padding: number): Uint8Array;
  open(record: TLSRecord): Result<TLSInnerPlaintext, Fault>;
  /** What follows a KeyUpdate; this one is destroyed. */
  next(): RecordProtection;
  destroy(): void;
}

/**
 * One direction of traffic under one traffic secret (RFC 9846 §5.2, §5.3). The sequence number only ever grows; an
 * object of this kind belongs to one session, whose values are linear, so that no nonce repeats.
 */
export class RecordProtection13 implements RecordProtection {
  readonly suite: CipherSuite;
  readonly #secret: Uint8Array;
  readonly #aead: Aead;
  readonly #iv: Uint8Array;
  #sequence = 0;

  constructor(suite: CipherSuite, trafficSecret: Uint8Array) {
    this.suite = suite;
    this.#secret = trafficSecret;
    const { key, iv } = trafficKey(suite, trafficSecret);
    this.#aead = suite.aead(key);
    this.#iv = iv;
  }

  get unused(): boolean {
    return this.#sequence === 0;
  }

  /** §5.5: time for a KeyUpdate before the next record. */
  get exhausted(): boolean {
    return this.#sequence >= this.suite.recordLimit;
  }

  /** §5.2: all but what middleboxes want to see looks like application data. */
  covers(type: ContentType): boolean {
    return type === ContentType.application_data;
  }

  /** TLSCiphertext with header; `padding` zeros hide the length of the content (§5.4). */
  seal(type: ContentType, content: Uint8Array, padding: number): Uint8Array {
    const length = content.length + 1 + padding + TAG_LENGTH;
    // What is sealed begins where a word does, so that it can be sealed where it stands.
    const record = new Uint8Array(WORD_LENGTH - 1 + HEADER_LENGTH + length).subarray(WORD_LENGTH - 1);
    const header = recordHeader(ContentType.application_data, length);
    record.set(header);
    record.set(content, HEADER_LENGTH);
    record[HEADER_LENGTH + content.length] = type;
    this.#aead.sealInPlace(this.#nextNonce(), header, record, HEADER_LENGTH);
    return record;
  }

  /** Nothing that was not authenticated leaves this function. */
  open(record: TLSRecord): Result<TLSInnerPlaintext, Fault> {
    if (this.exhausted)
      return failure(misbehaviour('sequence_exhausted', 'the peer sent more records under one key than are safe'));
    const inner = this.#aead.open(this.#nextNonce(), record.header, record.fragment);
    if (inner === undefined) return failure(misbehaviour('bad_record_mac', 'a record does not authenticate'));
    let end = inner.length - 1;
    while (end >= 0 && inner[end] === 0) end--;
    if (end < 0) return failure(misbehaviour('inner_plaintext_without_type', 'a record holds nothing but padding'));
    if (inner.length > MAX_PLAINTEXT + 1) {
      return failure(
        misbehaviour('record_overflow', `a record of ${inner.length - 1} bytes; at most ${MAX_PLAINTEXT} are allowed`),
      );
    }
    const type = contentType(inner[end] ?? 0);
    if (type === undefined) return failure(misbehaviour('unknown_content_type', `inner content type ${inner[end]}`));
    return success({ type, content: inner.subarray(0, end) });
  }

  /** The protection after a KeyUpdate (§7.2); this one is destroyed. */
  next(): RecordProtection13 {
    const protection = new RecordProtection13(this.suite, nextTrafficSecret(this.suite, this.#secret));
    this.destroy();
    return protection;
  }

  destroy(): void {
    this.#secret.fill(0);
    this.#iv.fill(0);
    this.#aead.destroy();
  }

  /** §5.3: the 64-bit sequence number, padded to the IV's length, XORed with the IV. */
  #nextNonce(): Uint8Array {
    const nonce = this.#iv.slice();
    for (let i = nonce.length - 1, rest = this.#sequence; rest > 0; i--, rest = Math.floor(rest / 256)) {
      nonce[i] = (nonce[i] ?? 0) ^ (rest % 256);
    }
    this.#sequence++;
    return nonce;
  }
}

const TAG_LENGTH = 16;
const WORD_LENGTH = 4;
