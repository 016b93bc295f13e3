import { failure, type Result, success } from '../x509/index.ts';
import type { ByteQueue } from './byte-queue.ts';
import { type Fault, misbehaviour } from './fault.ts';

/* The record layer, RFC 9846 §5: framing only. A record is judged on the first byte that decides. */

export const ContentType = {
  change_cipher_spec: 20,
  alert: 21,
  handshake: 22,
  application_data: 23,
  heartbeat: 24,
} as const;

export type ContentType = (typeof ContentType)[keyof typeof ContentType];

const contentTypes: ReadonlyMap<number, ContentType> = new Map(Object.values(ContentType).map((type) => [type, type]));

/** The ContentType of RFC 9846 §5.1 that a byte stands for, undefined for one that no TLS knows. */
export const contentType = (byte: number): ContentType | undefined => contentTypes.get(byte);

export const HEADER_LENGTH = 5;
export const MAX_PLAINTEXT = 2 ** 14;
/** §5.2: content type, padding and tag may add so much. */
export const MAX_EXPANSION = 256;

const hex = (...bytes: number[]): string => bytes.map((byte) => byte.toString(16).padStart(2, '0')).join(' ');

export interface TLSRecord {
  readonly type: ContentType;
  /** The five bytes that are authenticated with an encrypted record (§5.2). */
  readonly header: Uint8Array;
  readonly fragment: Uint8Array;
}

/** Bytes that wait, or that came: a `ByteQueue`, or an array as it stands. */
interface Bytes {
  readonly length: number;
  at(index: number): number | undefined;
}

/**
 * What is wrong with the header that `bytes` begin with, as far as it came. Version before type, as the statistics of the
 * original (failures.md §3.3), and both before the length: `GET /` is refused at its second byte and not after 8 KiB.
 * `permits` may refuse a type that has no place in the present state.
 */
export function faultOfHeader(
  bytes: Bytes,
  maxFragment: number,
  permits: (type: ContentType) => Fault | undefined,
): Fault | undefined {
  if (bytes.length < 2) return undefined;
  const [first, second] = [bytes.at(0) ?? 0, bytes.at(1) ?? 0];
  const type = contentType(first);
  if (second !== 3) {
    const start = `the record starts with ${hex(first, second)}`;
    return type === undefined
      ? misbehaviour('record_not_tls', `${start}, which is not TLS`)
      : misbehaviour('unknown_record_version', `${start}; the version's first byte must be 03`);
  }
  if (type === undefined) return misbehaviour('unknown_content_type', `content type ${first}; known are 20 to 24`);
  if (type === ContentType.heartbeat) return misbehaviour('heartbeat', 'a heartbeat record; none was negotiated');
  const refused = permits(type);
  if (refused !== undefined) return refused;
  if (bytes.length < HEADER_LENGTH) return undefined;
  const length = lengthIn(bytes);
  return length > maxFragment
    ? misbehaviour('record_overflow', `a record of ${length} bytes; at most ${maxFragment} are allowed`)
    : undefined;
}

const lengthIn = (header: Bytes): number => (header.at(3) ?? 0) * 256 + (header.at(4) ?? 0);

/** The next record of `queue`, undefined until it is whole. For the others see `faultOfHeader`. */
export function nextRecord(
  queue: ByteQueue,
  maxFragment: number,
  permits: (type: ContentType) => Fault | undefined,
): Result<TLSRecord | undefined, Fault> {
  const fault = faultOfHeader(queue, maxFragment, permits);
  if (fault !== undefined) return failure(fault);
  const type = contentType(queue.at(0));
  if (type === undefined || queue.length < HEADER_LENGTH) return success(undefined);
  const length = lengthIn(queue);
  if (queue.length < HEADER_LENGTH + length) return success(undefined);
  return success({ type, header: queue.take(HEADER_LENGTH), fragment: queue.take(length) });
}

/** legacy_record_version is 0x0303 but for a first ClientHello, where 0x0301 keeps old middleboxes calm (§5.1). */
export function recordHeader(type: ContentType, length: number, legacyVersion = 0x0303): Uint8Array {
  return Uint8Array.of(type, legacyVersion >> 8, legacyVersion & 0xff, length >> 8, length & 0xff);
}
