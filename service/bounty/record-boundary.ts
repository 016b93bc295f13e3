/**
 * Where one TLS record ends and the next begins (TLSPlaintext and TLSCiphertext alike, RFC 9846 §5.1: five bytes of
 * header, the last two of them the length). The engine is fed up to a boundary and no further, so that what is decided
 * after a record does not depend on what happened to arrive behind it.
 */
export interface RecordPosition {
  /** Bytes of the header that were passed. */
  readonly header: number;
  readonly length: number;
  /** Bytes of the body passed. */
  readonly body: number;
}

export const recordStart: RecordPosition = { header: 0, length: 0, body: 0 };

const headerLength = 5;

/** `end`: the first offset after `start` where a record ends, or the end of the bytes. */
export function nextBoundary(
  position: RecordPosition,
  bytes: Uint8Array,
  start: number,
): { readonly end: number; readonly position: RecordPosition } {
  let { header, length } = position;
  let offset = start;
  for (; header < headerLength && offset < bytes.length; header += 1, offset += 1) {
    if (header >= headerLength - 2) length = length * 256 + (bytes[offset] ?? 0);
  }
  if (header < headerLength) return { end: offset, position: { header, length, body: 0 } };
  const taken = Math.min(length - position.body, bytes.length - offset);
  const body = position.body + taken;
  const end = offset + taken;
  return body === length ? { end, position: recordStart } : { end, position: { header, length, body } };
}
