import type { ProviderName } from '../tls/index.ts';
import type { Configuration } from './settings.ts';

/**
 * Who computes. Our own arithmetic is written for a compiler: interpreted (`--jitless`), BigInt is faster, which V8 has compiled
 * beforehand. Where it only interprets there is no WebAssembly either, and that shows in every thread and by whatever way
 * the flag came.
 */
export const providerFor = (
  { crypto }: Pick<Configuration, 'crypto'>,
  compiles: boolean = typeof WebAssembly !== 'undefined',
): ProviderName => (compiles ? crypto : 'noble');
