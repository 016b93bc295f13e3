import { createHmac } from 'node:crypto';
import { type Footprint, footprint, type PortKey, registerCount } from '../trace/index.ts';

/** Who was seen a moment ago need not be seen again: so many are remembered, in memory alone, and not for long. */
const remembered = 4096;

/**
 * What visitors leave in the registers: under the key that is sealed with the store for its whole life, and under one of the day
 * that was never anywhere but here, and is overwritten when the day is over.
 */
export class VisitorFootprints {
  readonly #lifeKey: Uint8Array;
  readonly #random: (length: number) => Uint8Array;
  readonly #recent = new Set<string>();
  #day: string | undefined;
  #dayKey: Uint8Array = new Uint8Array(0);

  /** `lifeKey`: 32 random bytes. Whoever has it can ask whether an address came. */
  constructor(lifeKey: Uint8Array, random: (length: number) => Uint8Array) {
    this.#lifeKey = lifeKey;
    this.#random = random;
  }

  /** Undefined for one of whom that is known. */
  of(port: PortKey, visitor: string, day: string): { readonly life: Footprint; readonly day: Footprint } | undefined {
    if (day !== this.#day) this.#begin(day);
    const name = `${port} ${visitor}`;
    if (this.#recent.has(name)) return undefined;
    if (this.#recent.size >= remembered) this.#recent.clear();
    this.#recent.add(name);
    return { life: under(this.#lifeKey, visitor), day: under(this.#dayKey, visitor) };
  }

  #begin(day: string): void {
    this.#day = day;
    this.#dayKey.fill(0);
    this.#dayKey = this.#random(32);
    this.#recent.clear();
  }
}

const under = (key: Uint8Array, visitor: string): Footprint =>
  footprint(createHmac('sha256', key).update(visitor).digest());

/** By port, what visitors left in the registers: three bytes each, fourteen bits of a register and its rank. Hex. */
export type VisitorTraces = { readonly [Port in PortKey]?: string };

export const footprintText = (register: number, rank: number): string =>
  ((register << 8) | rank).toString(16).padStart(6, '0');

export function* footprintsIn(text: string): Generator<{ readonly register: number; readonly rank: number }> {
  for (let at = 0; at < text.length; at += 6) {
    const value = Number.parseInt(text.slice(at, at + 6), 16);
    const register = value >> 8;
    if (register < registerCount) yield { register, rank: value & 0xff };
  }
}
