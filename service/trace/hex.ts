const digits = Uint8Array.from('0123456789abcdef', (digit) => digit.charCodeAt(0));
/** Bytes that are put into text at once: as many arguments as any engine takes. */
const piece = 2048;

/**
 * Lower-case hex, as one flat string: what is recorded is held until a connection ends. A string that was put together digit by
 * digit is a tree of its parts, of 32 bytes for each of them.
 */
export function hex(bytes: Uint8Array): string {
  const pieces: string[] = [];
  for (let at = 0; at < bytes.length; at += piece) {
    const part = bytes.subarray(at, at + piece);
    const codes = new Uint8Array(2 * part.length);
    for (let i = 0; i < part.length; i++) {
      const byte = part[i] ?? 0;
      codes[2 * i] = digits[byte >> 4] ?? 0;
      codes[2 * i + 1] = digits[byte & 15] ?? 0;
    }
    // Not spread: an array's way through its iterator takes ten times as long.
    const text: string = Reflect.apply(String.fromCharCode, undefined, codes);
    pieces.push(text);
  }
  return pieces.join('');
}
