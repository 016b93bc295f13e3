import { type ChildProcess, type SpawnOptions, spawn } from 'node:child_process';

/**
 * A program that the kernel kills when this process ends, in whatever way (PR_SET_PDEATHSIG): a machine of qemu whose test
 * was killed would otherwise run on for ever. `pid` is the program's own, for setpriv becomes it.
 */
export const endsWithUs = (file: string, words: readonly string[], options: SpawnOptions): ChildProcess =>
  spawn('setpriv', ['--pdeathsig', 'KILL', file, ...words], options);
