/*
 * HyperLogLog (Flajolet, Fusy, Gandouet, Meunier 2007): how many different things were seen, from the trace that each leaves
 * in one of many registers. Registers of two sets, taken by the greater, are those of their union.
 */

const indexBits = 14;
/** With a standard error of 1.04 / sqrt(16384) = 0.8 %. */
export const registerCount: number = 1 << indexBits;

/** Where a thing leaves its trace, and how deep. */
export interface Footprint {
  readonly register: number;
  readonly rank: number;
}

/** The first fourteen of 64 evenly distributed bits choose the register; the rank is where the first 1 stands in the rest. */
export function footprint(bits: Uint8Array): Footprint {
  const view = new DataView(bits.buffer, bits.byteOffset, 8);
  const high = view.getUint32(0);
  const leading = Math.clz32(high << indexBits);
  const rank = leading < 32 - indexBits ? leading + 1 : 32 - indexBits + Math.clz32(view.getUint32(4)) + 1;
  return { register: high >>> (32 - indexBits), rank };
}

export const emptyRegisters = (): Uint8Array => new Uint8Array(registerCount);

/** Says whether it is news. */
export function leave(registers: Uint8Array, { register, rank }: Footprint): boolean {
  if ((registers[register] ?? 0) >= rank) return false;
  registers[register] = rank;
  return true;
}

export function union(sets: readonly Uint8Array[]): Uint8Array {
  const [first = emptyRegisters(), ...others] = sets;
  const all = first.slice();
  for (const registers of others) {
    for (let i = 0; i < registerCount; i++) {
      const rank = registers[i] ?? 0;
      if (rank > (all[i] ?? 0)) all[i] = rank;
    }
  }
  return all;
}

/** No rank is deeper: 50 bits and one. */
const ranks = 52;

/** The harmonic mean of the registers; where many are empty, how many are says more (linear counting). */
export function estimate(registers: Uint8Array): number {
  const counts = new Uint32Array(ranks);
  for (let i = 0; i < registerCount; i++) {
    const rank = registers[i] ?? 0;
    counts[rank] = (counts[rank] ?? 0) + 1;
  }
  const empty = counts[0] ?? 0;
  const sum = counts.reduce((total, count, rank) => total + count * 2 ** -rank, 0);
  const raw = ((0.7213 / (1 + 1.079 / registerCount)) * (registerCount * registerCount)) / sum;
  const few = raw <= 2.5 * registerCount && empty > 0;
  return Math.round(few ? registerCount * Math.log(registerCount / empty) : raw);
}
