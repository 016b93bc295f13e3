import { AlertLevel } from './alert.ts';
import { type Annotation, leaf, unread, whole } from './annotation.ts';
import { alertDescriptionName, contentTypeName } from './code-points.ts';
import { explainHandshake, type Speaking } from './explain-messages.ts';
import { byteCount, number } from './explain-words.ts';
import { handshakeName } from './handshake-type.ts';
import { versionName } from './protocol-version.ts';
import { ContentType, HEADER_LENGTH } from './record.ts';

/* What each byte of a record is: RFC 9846 §5, RFC 5246 §6.2. Total: no bytes throw, and each is in exactly one leaf. */

/** A handshake message that began in an earlier record (RFC 9846 §5.1), explained once it is whole. Offsets are into `bytes`. */
export interface JoinedMessage {
  readonly bytes: Uint8Array;
  readonly annotation: Annotation;
}

export interface ExplainedContent {
  readonly fields: readonly Annotation[];
  readonly joined: readonly JoinedMessage[];
}

/** The handshake messages of one direction (RFC 9846 §5.1): one may be cut over several records, or share one. */
export class HandshakeStream {
  #pending: Uint8Array = new Uint8Array(0);

  /**
   * The content of the next handshake record, whose first byte is at `at`. `heard` is given each whole message before it is
   * explained: it may change what is spoken.
   */
  take(content: Uint8Array, at: number, heard: (message: Uint8Array) => Speaking): ExplainedContent {
    const earlier = this.#pending.length;
    const bytes = new Uint8Array(earlier + content.length);
    bytes.set(this.#pending);
    bytes.set(content, earlier);
    const fields: Annotation[] = [];
    const joined: JoinedMessage[] = [];
    let start = 0;
    while (start < bytes.length) {
      const header = bytes.subarray(start, start + 4);
      const end = header.length < 4 ? Number.POSITIVE_INFINITY : start + 4 + number(header.subarray(1));
      const message = bytes.slice(start, end);
      const here = at + start - earlier;
      if (end > bytes.length) {
        fields.push(piece(message, Math.max(0, earlier - start), message.length, Math.max(at, here)));
        break;
      }
      const speaking = heard(message);
      if (start >= earlier) fields.push(explainHandshake(message, speaking, here));
      else {
        fields.push(piece(message, earlier - start, message.length, at));
        joined.push({ bytes: message, annotation: explainHandshake(message, speaking) });
      }
      start = end;
    }
    this.#pending = bytes.slice(start);
    return { fields, joined };
  }

  /** The beginning of a message whose end has not come; empty where there is none. */
  get pending(): Uint8Array {
    return this.#pending;
  }
}

/** Bytes `from` to `to` of a message that is not in one record (§5.1). */
function piece(message: Uint8Array, from: number, to: number, at: number): Annotation {
  const [type = 0] = message;
  const total = message.length < 4 ? undefined : 4 + number(message.subarray(1, 4));
  const of = total === undefined ? 'whose length is yet to come' : `of ${total}`;
  const value = `bytes ${from + 1} to ${to} ${of}`;
  return leaf(handshakeName(type), at, to - from, { value, section: 'RFC 9846 §5.1' });
}

const levels: ReadonlyMap<number, string> = new Map(Object.entries(AlertLevel).map(([name, level]) => [level, name]));

/** An alert (RFC 9846 §6): two bytes. */
export function explainAlert(bytes: Uint8Array, at = 0): readonly Annotation[] {
  const section = 'RFC 9846 §6';
  const [level, description] = bytes;
  const fields = [
    ...(level === undefined ? [] : [leaf('level', at, 1, { value: levels.get(level) ?? `${level}`, section })]),
    ...(description === undefined
      ? []
      : [leaf('description', at + 1, 1, { value: alertDescriptionName(description), section })]),
  ];
  if (bytes.length === 1) return fields.map((field) => ({ ...field, problem: 'an alert has 2 bytes, this one 1' }));
  if (bytes.length <= 2) return fields;
  return [...fields, unread(at + 2, bytes.length - 2, `an alert has 2 bytes, this one ${bytes.length}`)];
}

/** A ChangeCipherSpec (RFC 5246 §7.1; in TLS 1.3 it means nothing, RFC 9846 §5): the byte 1. */
export function explainChangeCipherSpec(bytes: Uint8Array, at = 0): readonly Annotation[] {
  if (bytes.length === 0) return [];
  const value = bytes[0] === 1 ? 'change_cipher_spec' : `${bytes[0]}; it must be 1`;
  const type = leaf('type', at, 1, { value, section: 'RFC 5246 §7.1' });
  return bytes.length === 1
    ? [type]
    : [type, unread(at + 1, bytes.length - 1, `a ChangeCipherSpec has 1 byte, this one ${bytes.length}`)];
}

/** What is in a record (RFC 9846 §5.1), or was in an encrypted one (§5.2), by its content type. */
export function explainContent(
  contentType: number,
  content: Uint8Array,
  at: number,
  stream: HandshakeStream,
  heard: (message: Uint8Array) => Speaking,
): ExplainedContent {
  switch (contentType) {
    case ContentType.handshake:
      return stream.take(content, at, heard);
    case ContentType.alert:
      return { fields: explainAlert(content, at), joined: [] };
    case ContentType.change_cipher_spec:
      return { fields: explainChangeCipherSpec(content, at), joined: [] };
    default:
      return { fields: content.length === 0 ? [] : [leaf('fragment', at, content.length)], joined: [] };
  }
}

/** The header of a record (RFC 9846 §5.1), as much of it as is there. */
export function explainRecordHeader(bytes: Uint8Array): readonly Annotation[] {
  const section = 'RFC 9846 §5.1';
  const header = bytes.subarray(0, HEADER_LENGTH);
  const parts = [
    { name: 'type', start: 0, end: 1, words: contentTypeName },
    { name: 'legacy_record_version', start: 1, end: 3, words: versionName },
    { name: 'length', start: 3, end: 5, words: byteCount },
  ];
  return parts.flatMap(({ name, start, end, words }) => {
    const field = header.subarray(start, end);
    if (field.length === 0) return [];
    return field.length === end - start
      ? [leaf(name, start, field.length, { value: words(number(field)), section })]
      : [unread(start, field.length, `${name} has ${byteCount(end - start)}, of which ${field.length} came`)];
  });
}

/** One record by itself (RFC 9846 §5), in clear or encrypted, from its first byte. */
export function explainRecord(bytes: Uint8Array, speaking: Speaking, encrypted = false): Annotation {
  const header = explainRecordHeader(bytes);
  const name = encrypted ? 'TLSCiphertext' : 'TLSPlaintext';
  const section = encrypted ? 'RFC 9846 §5.2' : 'RFC 9846 §5.1';
  const said = number(bytes.subarray(3, HEADER_LENGTH));
  const fragment = bytes.subarray(HEADER_LENGTH, HEADER_LENGTH + said);
  const { fields } = encrypted
    ? { fields: fragment.length === 0 ? [] : [leaf('encrypted_record', HEADER_LENGTH, fragment.length, { section })] }
    : explainContent(bytes[0] ?? 0, fragment, HEADER_LENGTH, new HandshakeStream(), () => speaking);
  const after = bytes.subarray(HEADER_LENGTH + fragment.length);
  const beyond =
    bytes.length > HEADER_LENGTH + fragment.length
      ? [unread(HEADER_LENGTH + fragment.length, after.length, 'the record ended before these bytes')]
      : [];
  const problem =
    bytes.length < HEADER_LENGTH
      ? `a record has a header of 5 bytes; here are ${bytes.length}`
      : fragment.length < said
        ? `the record says it is ${byteCount(said)} long, and ${fragment.length} are here`
        : undefined;
  return { ...whole(name, 0, [...header, ...fields, ...beyond], { section }), problem };
}
