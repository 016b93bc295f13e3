import { vi } from 'vitest';

/** What stood in each buffer that `action` filled with zeros: how a test sees that a secret nobody can reach was zeroed. */
export function zeroedBy(action: () => void): Uint8Array[] {
  const typedArray: { fill(this: Uint8Array, value: number): Uint8Array } = Object.getPrototypeOf(Uint8Array.prototype);
  const { fill } = typedArray;
  const zeroed: Uint8Array[] = [];
  const spy = vi.spyOn(typedArray, 'fill').mockImplementation(function (this: Uint8Array, value: number) {
    if (value === 0) zeroed.push(this.slice());
    return fill.call(this, value);
  });
  try {
    action();
  } finally {
    spy.mockRestore();
  }
  return zeroed;
}
