import { expect, test } from 'vitest';
import { entropyLength, partition } from '../../service/tls/entropy.ts';

test('entropy that comes in a Buffer is a session’s own once the Buffer is zeroed', () => {
  const bytes = Buffer.from(Uint8Array.from({ length: entropyLength }, (_, i) => 1 + (i % 251)));
  const { random, legacySessionId, keyShares } = partition(bytes);
  expect(bytes.every((byte) => byte === 0)).toBe(true);
  for (const part of [random, legacySessionId, ...Object.values(keyShares)]) expect(part).not.toContain(0);
  expect(random).toEqual(Uint8Array.from({ length: 32 }, (_, i) => 1 + i));
});
