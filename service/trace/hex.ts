const digits = Uint8Array.from('0123456789abcdef', (digit) => digit.charCodeAt(0));
const pairs = Array.from({ length: 256 }, (_, byte) => byte.toString(16).padStart(2, '0'));
/** Text of so few bytes, twelve characters, is flat however V8 puts it together. */
const few = 6;
/** Bytes that are put into text at once: as many arguments as any engine takes. */
const piece = 2048;
/** Used again: memory outside of V8's heap is dear to have. What goes through it is recorded, and holds no key. */
const codes = new Uint8Array(2 * piece);

/**
 * Lower-case hex, as one flat string: what is recorded is held until a connection ends. A string that was put together digit by
 * digit is a tree of its parts, of 32 bytes for each of them.
 */
export function hex(bytes: Uint8Array): string {
  if (bytes.length <= few) return hexOfFew(bytes);
  const pieces: string[] = [];
  for (let at = 0; at < bytes.length; at += piece) {
    const length = Math.min(piece, bytes.length - at);
    for (let i = 0; i < length; i++) {
      const byte = bytes[at + i] ?? 0;
      codes[2 * i] = digits[byte >> 4] ?? 0;
      codes[2 * i + 1] = digits[byte & 15] ?? 0;
    }
    // Not spread: an array's way through its iterator takes ten times as long.
    const text: string = Reflect.apply(String.fromCharCode, undefined, codes.subarray(0, 2 * length));
    pieces.push(text);
  }
  return pieces.join('');
}

function hexOfFew(bytes: Uint8Array): string {
  let text = '';
  for (const byte of bytes) text += pairs[byte];
  return text;
}
