/** Four bytes as a word of 32 bits, the first byte lowest. */
export const littleEndian = (bytes: Uint8Array, at: number): number =>
  (bytes[at] ?? 0) | ((bytes[at + 1] ?? 0) << 8) | ((bytes[at + 2] ?? 0) << 16) | ((bytes[at + 3] ?? 0) << 24);

/** The four bytes of a word in the other order. */
export const swapped = (word: number): number =>
  (word << 24) | ((word & 0xff00) << 8) | ((word >>> 8) & 0xff00) | (word >>> 24);

/** Whether `bytes` begin where a word of their buffer does. */
export const isAligned = (bytes: Uint8Array): boolean => bytes.byteOffset % 4 === 0;

/** The whole words of aligned bytes. Like every machine that Node runs on, they are little-endian. */
export const wordsOf = (bytes: Uint8Array): Int32Array =>
  new Int32Array(bytes.buffer, bytes.byteOffset, bytes.length >> 2);
