import fc from 'fast-check';
import { expect, it } from 'vitest';
import { equalBytes } from '../../service/tls/hkdf.ts';

/* threats.md J9: what is compared with a secret is compared whole, so that no time tells where the first difference is. */

/** Counts what is read of it. */
function watched(bytes: Uint8Array): { readonly bytes: Uint8Array; readonly read: Set<string> } {
  const read = new Set<string>();
  const proxy = new Proxy(bytes, {
    get(target, key) {
      if (typeof key === 'string' && /^\d+$/.test(key)) read.add(key);
      return Reflect.get(target, key, target);
    },
  });
  return { bytes: proxy, read };
}

it('looks at every byte, wherever the first difference is', () => {
  const secret = Uint8Array.from({ length: 32 }, (_, index) => index);
  for (let at = -1; at < secret.length; at++) {
    const guess = at < 0 ? secret.slice() : secret.with(at, 0xff);
    const one = watched(secret);
    const other = watched(guess);
    expect(equalBytes(one.bytes, other.bytes)).toBe(at < 0);
    expect([one.read.size, other.read.size]).toEqual([32, 32]);
  }
});

it('is equality, of all bytes and of the length', () => {
  const bytes = fc.uint8Array({ maxLength: 4 });
  fc.assert(
    fc.property(bytes, bytes, (one, other) => {
      expect(equalBytes(one, other)).toBe(one.join() === other.join() && one.length === other.length);
      expect(equalBytes(one, one.slice())).toBe(true);
      expect(equalBytes(one, Uint8Array.of(...one, 0))).toBe(false);
    }),
  );
});
