import { join } from './join.ts';
import { ourKeyUpdate } from './post-handshake.ts';
import { ContentType, HEADER_LENGTH, MAX_PLAINTEXT, recordHeader } from './record.ts';
import { recordContent } from './record-content.ts';
import type { RecordProtection } from './record-protection.ts';
import type { TraceEvent } from './trace-event.ts';

/** The sending half of a connection: messages into records, under the key of the moment (RFC 9846 §5.1, §5.2). */
export class RecordWriter {
  readonly #events: (event: TraceEvent) => void;
  readonly #paddingMultiple: number;
  #sealing: RecordProtection | undefined;
  #owesKeyUpdate = false;
  #out: Uint8Array[] = [];
  /** Messages of one flight under one key share records. */
  #messages: Uint8Array[] = [];

  constructor(events: (event: TraceEvent) => void, paddingMultiple: number) {
    this.#events = events;
    this.#paddingMultiple = paddingMultiple;
  }

  /** What was written since the last time. */
  harvest(): Uint8Array {
    const out = join(this.#out);
    this.#out = [];
    return out;
  }

  /** `firstHello`: the one record that says 0x0301 (§5.1). */
  message(name: string, bytes: Uint8Array, firstHello: boolean): void {
    this.#events({ type: 'handshake', direction: 'sent', message: name, bytes });
    if (firstHello) return this.#writeClear(ContentType.handshake, bytes, 0x0301);
    this.#messages.push(bytes);
  }

  flush(): void {
    if (this.#messages.length === 0) return;
    const messages = join(this.#messages);
    this.#messages = [];
    for (let at = 0; at < messages.length; at += MAX_PLAINTEXT) {
      this.#write(ContentType.handshake, messages.subarray(at, at + MAX_PLAINTEXT));
    }
  }

  changeCipherSpec(): void {
    this.flush();
    this.#writeClear(ContentType.change_cipher_spec, Uint8Array.of(1));
    this.#events({ type: 'change_cipher_spec', direction: 'sent' });
  }

  sealWith(protection: RecordProtection): void {
    this.flush();
    this.#sealing?.destroy();
    this.#sealing = protection;
  }

  /** The peer asked for our next key: it is due before the next application data (§4.6.3). */
  oweKeyUpdate(): void {
    this.#owesKeyUpdate = true;
  }

  alert(level: number, description: number): void {
    this.flush();
    this.#write(ContentType.alert, Uint8Array.of(level, description));
    this.#events({ type: 'alert', direction: 'sent', level, description });
  }

  /** Before a key has sealed too much it is renewed (§5.5), and where the peer asked for it. */
  applicationData(data: Uint8Array): void {
    for (let at = 0; at < data.length; at += MAX_PLAINTEXT) {
      if (this.#owesKeyUpdate || this.#sealing?.exhausted === true) this.#updateKey();
      const content = data.subarray(at, at + MAX_PLAINTEXT);
      const wanted = (this.#paddingMultiple - (content.length % this.#paddingMultiple)) % this.#paddingMultiple;
      this.#write(ContentType.application_data, content, Math.min(wanted, MAX_PLAINTEXT - content.length));
    }
    this.#events({ type: 'application_data', direction: 'sent', length: data.length });
  }

  #updateKey(): void {
    const { name, bytes } = ourKeyUpdate;
    this.message(name, bytes, false);
    this.flush();
    this.#sealing = this.#sealing?.next();
    this.#owesKeyUpdate = false;
  }

  /** What has not been written is dropped: a fault leaves nothing but its alert. */
  dropMessages(): void {
    this.#messages = [];
  }

  destroy(): void {
    this.#messages = [];
    this.#sealing?.destroy();
    this.#sealing = undefined;
  }

  #write(type: ContentType, content: Uint8Array, padding = 0): void {
    if (this.#sealing === undefined) return this.#writeClear(type, content);
    const record = this.#sealing.seal(type, content, padding);
    this.#out.push(record);
    this.#events({
      type: 'record',
      direction: 'sent',
      contentType: record[0] ?? type,
      version: 0x0303,
      length: record.length - HEADER_LENGTH,
      encrypted: true,
      inner: recordContent(type, content, record.subarray(HEADER_LENGTH)),
    });
  }

  #writeClear(type: ContentType, fragment: Uint8Array, version = 0x0303): void {
    const { length } = fragment;
    this.#out.push(recordHeader(type, length, version), fragment);
    this.#events({ type: 'record', direction: 'sent', contentType: type, version, length, encrypted: false, fragment });
  }
}
