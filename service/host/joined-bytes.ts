/** A buffer of their own for all of `parts`: what Node joins them with takes it from a pool that others use too (threats.md J3). */
export function joinedBytes(...parts: readonly Uint8Array[]): Buffer<ArrayBuffer> {
  const joined = Buffer.alloc(parts.reduce((length, part) => length + part.length, 0));
  let at = 0;
  for (const part of parts) {
    joined.set(part, at);
    at += part.length;
  }
  return joined;
}
