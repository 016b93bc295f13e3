/*
 * The console of a machine is a serial line, on which a write waits until the bytes are gone: 11 kB a second on a real one.
 * Whoever can make us log could stop us with that, so few lines are written, and of the others how many there were.
 */

export interface ConsoleLimits {
  /** Lines at once, and in the long run each second. */
  readonly burst: number;
  readonly perSecond: number;
}

const limits: ConsoleLimits = { burst: 100, perSecond: 2 };

/** `write` with most of a flood left out. `monotonic` is in milliseconds. */
export function calmConsole(
  write: (line: string) => void,
  monotonic: () => number,
  { burst, perSecond }: ConsoleLimits = limits,
): (line: string) => void {
  let tokens = burst;
  let last = monotonic();
  let omitted = 0;
  return (line) => {
    const now = monotonic();
    tokens = Math.min(burst, tokens + ((now - last) / 1000) * perSecond);
    last = now;
    if (tokens < 1) {
      omitted += 1;
      return;
    }
    tokens -= 1;
    if (omitted > 0) write(`(${omitted} lines left out)\n`);
    omitted = 0;
    write(line);
  };
}
