/* How an input becomes another one: libFuzzer's ways, and two that know nested lengths. */

/** Numbers from a seed: a run can be repeated. Xorshift32. */
export class Random {
  #state: number;

  constructor(seed: number) {
    this.#state = seed | 1;
  }

  /** 0 to `below` - 1. */
  next(below: number): number {
    this.#state ^= this.#state << 13;
    this.#state ^= this.#state >>> 17;
    this.#state ^= this.#state << 5;
    return below === 0 ? 0 : (this.#state >>> 0) % below;
  }

  pick<T>(list: readonly T[]): T | undefined {
    return list[this.next(list.length)];
  }
}

const MAX_INPUT = 1 << 15;
const interesting = [0, 1, 2, 3, 4, 0x10, 0x20, 0x30, 0x7f, 0x80, 0x81, 0x82, 0xfe, 0xff];

type Mutation = (input: Uint8Array, random: Random, other: Uint8Array) => Uint8Array;

const spliced = (input: Uint8Array, at: number, removed: number, added: Uint8Array): Uint8Array => {
  const out = new Uint8Array(input.length - removed + added.length);
  out.set(input.subarray(0, at));
  out.set(added, at);
  out.set(input.subarray(at + removed), at + added.length);
  return out;
};

const part = (bytes: Uint8Array, random: Random, longest = 64): Uint8Array => {
  const at = random.next(bytes.length);
  return bytes.subarray(at, at + 1 + random.next(Math.min(longest, bytes.length - at)));
};

const changed = (input: Uint8Array, at: number, value: number): Uint8Array => input.with(at, value & 0xff);

const mutations: readonly Mutation[] = [
  (input, random) => {
    const at = random.next(input.length);
    return changed(input, at, (input[at] ?? 0) ^ (1 << random.next(8)));
  },
  (input, random) => changed(input, random.next(input.length), random.next(256)),
  (input, random) => changed(input, random.next(input.length), random.pick(interesting) ?? 0),
  (input, random) => {
    const at = random.next(input.length);
    return changed(input, at, (input[at] ?? 0) + random.next(9) - 4);
  },
  (input, random) => spliced(input, random.next(input.length), 0, part(input, random)),
  (input, random) => spliced(input, random.next(input.length), 0, Uint8Array.of(random.next(256))),
  (input, random) => input.slice(0, random.next(input.length)),
  (input, random) => {
    const at = random.next(input.length);
    return spliced(input, at, 1 + random.next(Math.min(32, input.length - at)), new Uint8Array(0));
  },
  (input, random, other) => {
    const at = random.next(input.length);
    return spliced(input, at, random.next(Math.min(64, input.length - at)), part(other, random, 256));
  },
  (input, random, other) => spliced(input, random.next(input.length), 0, part(other, random, 1024)),
  (input, random, other) => derElement(input, random, part(other, random)),
  (input, random) => vectorElement(input, random),
];

/** Another input, by one to four mutations. */
export function mutated(input: Uint8Array, random: Random, other: Uint8Array): Uint8Array {
  let next = input;
  for (let left = 1 + random.next(4); left > 0; left--) {
    const mutation = next.length === 0 ? undefined : random.pick(mutations);
    next = mutation?.(next, random, other) ?? Uint8Array.of(random.next(256));
  }
  return next.length > MAX_INPUT ? next.slice(0, MAX_INPUT) : next;
}

/** Replaces, repeats or removes one element of DER, and corrects the lengths of all that it lies in. */
function derElement(input: Uint8Array, random: Random, other: Uint8Array): Uint8Array {
  const around: { readonly at: number; readonly header: number; readonly length: number }[] = [];
  let from = 0;
  let to = input.length;
  for (;;) {
    const found: { readonly at: number; readonly header: number; readonly length: number }[] = [];
    for (let at = from; at + 2 <= to; ) {
      const first = input[at + 1] ?? 0;
      const extra = first < 0x80 ? 0 : first & 0x7f;
      if (extra > 2) break;
      const length =
        extra === 0 ? first : extra === 1 ? (input[at + 2] ?? 0) : (input[at + 2] ?? 0) * 256 + (input[at + 3] ?? 0);
      if (at + 2 + extra + length > to) break;
      found.push({ at, header: 2 + extra, length });
      at += 2 + extra + length;
    }
    const one = random.pick(found);
    if (one === undefined) break;
    around.push(one);
    from = one.at + one.header;
    to = from + one.length;
    if (random.next(5) === 0) break;
  }
  const one = around.pop();
  if (one === undefined) return input;
  const whole = input.subarray(one.at, one.at + one.header + one.length);
  const added = [new Uint8Array(0), spliced(whole, 0, 0, whole), other][random.next(3)] ?? other;
  let out = spliced(input, one.at, whole.length, added);
  let grown = added.length - whole.length;
  for (const outer of around.reverse()) {
    const length = outer.length + grown;
    const encoded = length < 0x80 ? [length] : length < 0x100 ? [0x81, length] : [0x82, length >> 8, length & 0xff];
    out = spliced(out, outer.at + 1, outer.header - 1, Uint8Array.from(encoded));
    grown += encoded.length - (outer.header - 1);
  }
  return out;
}

/** Inserts or removes bytes somewhere, and corrects one big-endian length before it by as much: TLS's vectors. */
function vectorElement(input: Uint8Array, random: Random): Uint8Array {
  const at = random.next(input.length);
  const field = Math.max(0, at - 2 - random.next(12));
  const grow = random.next(2) === 0;
  const by = 1 + random.next(Math.min(8, input.length - at));
  const out = grow ? spliced(input, at, 0, part(input, random, by)) : spliced(input, at, by, new Uint8Array(0));
  const length = (input[field] ?? 0) * 256 + (input[field + 1] ?? 0) + (out.length - input.length);
  return field + 1 < out.length ? changed(changed(out, field, length >> 8), field + 1, length) : out;
}
