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
