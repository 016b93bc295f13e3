import { afterEach, beforeEach, expect, test, vi } from 'vitest';

/** Each test has a thread's modules to itself, as far as this one goes. */
let kernels: typeof import('../../service/tls/kernels/index.ts');
beforeEach(async () => {
  kernels = await import('../../service/tls/kernels/index.ts');
});
afterEach(() => vi.resetModules());

test('whoever says nothing has noble, and it stays', () => {
  expect(kernels.provider().name).toBe('noble');
  expect(() => kernels.chooseProvider('fast')).toThrow('cannot become fast');
  kernels.chooseProvider('noble');
  expect(kernels.provider().name).toBe('noble');
});

test('what is chosen first is what computes', () => {
  kernels.chooseProvider('fast');
  kernels.chooseProvider('fast');
  expect(kernels.provider().name).toBe('fast');
  expect(() => kernels.chooseProvider('noble')).toThrow('the provider is fast');
});
