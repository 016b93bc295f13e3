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

/**
 * The next record of `queue`, undefined until it is whole. Version before type, as the statistics of the original
 * (failures.md §3.3), and both before the length: `GET /` is refused at its second byte and not after 8 KiB.
 * `permits` may refuse a type that has no place in the present state.
 */
export function nextRecord(
  queue: ByteQueue,
  maxFragment: number,
  permits: (type: ContentType) => Fault | undefined,
): Result<TLSRecord | undefined, Fault> {
  if (queue.length < 2) return success(undefined);
  const type = contentType(queue.at(0));
  if (queue.at(1) !== 3) {
    const start = `the record starts with ${hex(queue.at(0), queue.at(1))}`;
    return failure(
      type === undefined
        ? misbehaviour('record_not_tls', `${start}, which is not TLS`)
        : misbehaviour('unknown_record_version', `${start}; the version's first byte must be 03`),
    );
  }
  if (type === undefined) {
    return failure(misbehaviour('unknown_content_type', `content type ${queue.at(0)}; known are 20 to 24`));
  }
  if (type === ContentType.heartbeat)
    return failure(misbehaviour('heartbeat', 'a heartbeat record; none was negotiated'));
  const refused = permits(type);
  if (refused !== undefined) return failure(refused);
  if (queue.length < HEADER_LENGTH) return success(undefined);
  const length = queue.at(3) * 256 + queue.at(4);
  if (length > maxFragment) {
    return failure(misbehaviour('record_overflow', `a record of ${length} bytes; at most ${maxFragment} are allowed`));
  }
  if (queue.length < HEADER_LENGTH + length) return success(undefined);
  return success({ type, header: queue.take(HEADER_LENGTH), fragment: queue.take(length) });
}

/** legacy_record_version is 0x0303 but for a first ClientHello, where 0x0301 keeps old middleboxes calm (§5.1). */
export function recordHeader(type: ContentType, length: number, legacyVersion = 0x0303): Uint8Array {
  return Uint8Array.of(type, legacyVersion >> 8, legacyVersion & 0xff, length >> 8, length & 0xff);
}
