/**
 * All of `parts` in one: what is above the records does not see where they ended (RFC 9846 §5.1). noble's concatBytes
 * takes them as arguments, and a hundred thousand do not fit on the stack.
 */
export function join(parts: readonly Uint8Array[]): Uint8Array {
  const [only, ...more] = parts.slice(0, 2);
  if (only !== undefined && more.length === 0) return only;
  const joined = new Uint8Array(parts.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const part of parts) {
    joined.set(part, at);
    at += part.length;
  }
  return joined;
}
