/** What was left of the burst, and when. */
export interface AllowanceMemory {
  readonly left: number;
  readonly at: number;
}

/**
 * How often one source may be asked: `burst` at once, and `perHour` in the long run. In no hour can it be more than the sum
 * of both. Refused requests cost nothing.
 */
export class Allowance {
  readonly #burst: number;
  readonly #perSecond: number;
  #left: number;
  #at: number;

  constructor(
    now: number,
    { burst, perHour }: { readonly burst: number; readonly perHour: number } = politeness,
    memory: AllowanceMemory = { left: burst, at: now },
  ) {
    this.#burst = burst;
    this.#perSecond = perHour / 3600;
    this.#left = Math.min(burst, memory.left);
    this.#at = memory.at;
  }

  get memory(): AllowanceMemory {
    return { left: this.#left, at: this.#at };
  }

  take(now: number): boolean {
    this.#refill(now);
    if (this.#left < 1) return false;
    this.#left -= 1;
    return true;
  }

  left(now: number): number {
    this.#refill(now);
    return Math.floor(this.#left);
  }

  #refill(now: number): void {
    // A clock that went back refills nothing.
    const seconds = Math.max(0, now - this.#at);
    this.#left = Math.min(this.#burst, this.#left + seconds * this.#perSecond);
    this.#at = now;
  }
}

/** 180 in an hour at most, which the public explorers bear from one address. */
export const politeness = { burst: 40, perHour: 140 } as const;
