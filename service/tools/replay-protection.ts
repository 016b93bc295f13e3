import { hexToBytes } from '@noble/hashes/utils.js';
import { type Fault, misbehaviour } from '../tls/fault.ts';
import { type ContentType, contentType, type TLSRecord } from '../tls/record.ts';
import type { RecordProtection, TLSInnerPlaintext } from '../tls/record-protection.ts';
import { failure, type Result, success } from '../x509/index.ts';
import type { Recording } from './replay-recording.ts';

/**
 * Stands where the keys of a connection were (RFC 9846 §5.2): what a record opened to is taken from the record, for the keys
 * were never written down. Which records are encrypted, and how long they are, is the engine's own.
 */
export class RecordedProtection implements RecordProtection {
  readonly #own: RecordProtection;
  readonly #recording: Recording;
  #opened = false;

  /** `own`: what the engine made of the replay's throwaway secrets. */
  constructor(own: RecordProtection, recording: Recording) {
    this.#own = own;
    this.#recording = recording;
  }

  get unused(): boolean {
    return !this.#opened;
  }

  get exhausted(): boolean {
    return false;
  }

  covers(type: ContentType): boolean {
    return this.#own.covers(type);
  }

  seal(type: ContentType, content: Uint8Array, padding: number): Uint8Array {
    return this.#own.seal(type, content, padding);
  }

  open(_record: TLSRecord): Result<TLSInnerPlaintext, Fault> {
    this.#opened = true;
    const inner = this.#recording.opening;
    if (inner === undefined)
      return failure(misbehaviour('bad_record_mac', 'a record that is on record as one in clear'));
    switch (inner.type) {
      case 'said':
        return success({ type: inner.contentType, content: hexToBytes(inner.content) });
      case 'withheld': {
        const type = contentType(inner.contentType);
        if (type === undefined)
          return failure(misbehaviour('unknown_content_type', `content type ${inner.contentType}`));
        return success({ type, content: new Uint8Array(inner.length) });
      }
      case 'unopened':
        return failure(this.#recording.openingFault);
    }
  }

  /** A KeyUpdate changes what nobody has. */
  next(): RecordProtection {
    return this;
  }

  destroy(): void {
    this.#own.destroy();
  }
}
