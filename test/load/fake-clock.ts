import { writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/* libfaketime of Debian's faketime: what a process takes for the time, without the machine's clock being touched. */

/** Read again at each look; the clock that never goes back is left alone, as a jump of the machine's leaves it. */
export const clockLibrary = {
  LD_PRELOAD: '/usr/lib/x86_64-linux-gnu/faketime/libfaketimeMT.so.1',
  FAKETIME_NO_CACHE: '1',
  DONT_FAKE_MONOTONIC: '1',
} as const;

/** Seconds that the clock is ahead. */
export function clockFile(): string {
  const file = join(tmpdir(), `pinata-load-clock-${process.pid}`);
  writeFileSync(file, '+0');
  return file;
}
