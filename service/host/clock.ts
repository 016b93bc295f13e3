/** The two clocks: one tells the date, the other never goes back. Everything pure is handed one of them. */
export interface Clock {
  /** Whole seconds since 1970. */
  readonly seconds: () => number;
  /** Milliseconds since the process started. */
  readonly monotonic: () => number;
}

export const systemClock: Clock = {
  seconds: () => Math.floor(Date.now() / 1000),
  monotonic: () => performance.now(),
};

/** Milliseconds of the system's clock that never goes back, which all threads of a process read alike (CLOCK_MONOTONIC). */
const systemMonotonic = (): number => Number(process.hrtime.bigint()) / 1e6;

/** When `monotonic` of this thread was zero, for `clockSince` in another: each thread counts from its own start. */
export const clockOrigin = (monotonic: () => number): number => systemMonotonic() - monotonic();

export function clockSince(origin: number): Clock {
  const ahead = clockOrigin(() => performance.now()) - origin;
  return { seconds: systemClock.seconds, monotonic: () => performance.now() + ahead };
}
