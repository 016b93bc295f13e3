import { equalBytes } from '@noble/curves/utils.js';
import { concatBytes, utf8ToBytes } from '@noble/hashes/utils.js';
import { failure, type Result, success } from '../x509/index.ts';

/*
 * CBOR (RFC 8949) as far as COSE_Sign1 documents and the requests for them need it: no floating point, no indefinite
 * length, no tag but that of COSE_Sign1. Integers and lengths are of the shortest form (§4.2.1) and keys of a map differ, so that
 * what is read has one encoding but for the order of maps.
 */

export type Cbor = bigint | boolean | null | Uint8Array | string | readonly Cbor[] | CborMap;

/** In the order that was read; keys are integers or text. */
export class CborMap {
  readonly entries: readonly (readonly [key: bigint | string, value: Cbor])[];

  constructor(entries: readonly (readonly [key: bigint | string, value: Cbor])[]) {
    this.entries = entries;
  }

  get(key: bigint | string): Cbor | undefined {
    return this.entries.find(([candidate]) => candidate === key)?.[1];
  }
}

/** A document of Nitro has 5 to 20 KiB, some 60 values, at a depth of 4. */
export const cborLimits = { bytes: 65_536, values: 1_024, depth: 8 } as const;

/** COSE_Sign1 (RFC 9052 §2): allowed around the whole, and nowhere else. */
const signTag = 18n;

class Malformed extends Error {}

/** All of `bytes` as one value. */
export const decodeCbor = (bytes: Uint8Array): Result<Cbor, string> => decode(bytes, (reader) => reader.whole());

/** The value that `bytes` begin with; what follows is not looked at. */
export const decodeFirstCbor = (bytes: Uint8Array): Result<Cbor, string> => decode(bytes, (reader) => reader.value());

function decode(bytes: Uint8Array, read: (reader: Reader) => Cbor): Result<Cbor, string> {
  if (bytes.length > cborLimits.bytes) return failure(`${bytes.length} bytes, at most ${cborLimits.bytes} are read`);
  try {
    return success(read(new Reader(bytes)));
  } catch (error) {
    if (error instanceof Malformed) return failure(error.message);
    throw error;
  }
}

class Reader {
  readonly #bytes: Uint8Array;
  #at = 0;
  #values = 0;

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes;
  }

  whole(): Cbor {
    if (this.#bytes[0] === 0xd2) this.#at++; // tag 18, in its shortest form
    const value = this.value(1);
    const left = this.#bytes.length - this.#at;
    if (left > 0) throw new Malformed(`${left} bytes follow the value`);
    return value;
  }

  value(depth = 1): Cbor {
    if (depth > cborLimits.depth) throw new Malformed(`values are nested deeper than ${cborLimits.depth}`);
    this.#values++;
    if (this.#values > cborLimits.values) throw new Malformed(`more than ${cborLimits.values} values`);
    const start = this.#at;
    const initial = this.#take(1)[0] ?? 0;
    const major = initial >> 5;
    if (major === 7) return simple(initial & 0x1f, start);
    const argument = this.#argument(initial & 0x1f, start);
    switch (major) {
      case 0:
        return argument;
      case 1:
        return -1n - argument;
      case 2:
        return this.#take(this.#length(argument)).slice();
      case 3:
        return text(this.#take(this.#length(argument)), start);
      case 4:
        return Array.from({ length: this.#length(argument) }, () => this.value(depth + 1));
      case 5:
        return this.#map(this.#length(argument), depth, start);
      default:
        throw new Malformed(`tag ${argument} at ${start}${argument === signTag ? ', within the document' : ''}`);
    }
  }

  /** §3: the value itself, or 1, 2, 4 or 8 octets, whichever is the shortest that holds it. */
  #argument(info: number, start: number): bigint {
    if (info < 24) return BigInt(info);
    if (info > 27)
      throw new Malformed(info === 31 ? `an indefinite length at ${start}` : `a reserved form at ${start}`);
    const size = 1 << (info - 24);
    const value = this.#take(size).reduce((sum, octet) => sum * 256n + BigInt(octet), 0n);
    const least = size === 1 ? 24n : 1n << BigInt(size * 4);
    if (value < least) throw new Malformed(`an argument that is not of the shortest form at ${start}`);
    return value;
  }

  /** A length, of octets or of values: no value is shorter than an octet. */
  #length(argument: bigint): number {
    const left = this.#bytes.length - this.#at;
    if (argument > BigInt(left)) throw new Malformed(`a length of ${argument} at ${this.#at}, ${left} bytes are left`);
    return Number(argument);
  }

  #map(length: number, depth: number, start: number): CborMap {
    const entries: (readonly [bigint | string, Cbor])[] = [];
    const seen = new Set<bigint | string>();
    for (let i = 0; i < length; i++) {
      const key = this.value(depth + 1);
      if (typeof key !== 'bigint' && typeof key !== 'string')
        throw new Malformed(`a key in the map at ${start} that is neither integer nor text`);
      if (seen.has(key)) throw new Malformed(`the key ${key} twice in the map at ${start}`);
      seen.add(key);
      entries.push([key, this.value(depth + 1)]);
    }
    return new CborMap(entries);
  }

  #take(length: number): Uint8Array {
    const end = this.#at + length;
    if (end > this.#bytes.length) throw new Malformed(`the input ends within the value that needs byte ${end - 1}`);
    const taken = this.#bytes.subarray(this.#at, end);
    this.#at = end;
    return taken;
  }
}

function simple(info: number, start: number): boolean | null {
  if (info === 20 || info === 21) return info === 21;
  if (info === 22) return null;
  throw new Malformed(`a simple value or a float at ${start}`);
}

/** Text here is ASCII: names of fields, identifiers of machines. */
function text(bytes: Uint8Array, start: number): string {
  const words = String.fromCharCode(...bytes);
  if (!equalBytes(utf8ToBytes(words), bytes)) throw new Malformed(`text beyond ASCII at ${start}`);
  return words;
}

/** In the shortest form. Maps keep their order: RFC 9052 §9 wants no more of what is signed. */
export function encodeCbor(value: Cbor): Uint8Array {
  if (typeof value === 'bigint') return value < 0n ? head(1, -1n - value) : head(0, value);
  if (typeof value === 'boolean') return Uint8Array.of(value ? 0xf5 : 0xf4);
  if (value === null) return Uint8Array.of(0xf6);
  if (value instanceof Uint8Array) return concatBytes(head(2, BigInt(value.length)), value);
  if (typeof value === 'string') return concatBytes(head(3, BigInt(utf8ToBytes(value).length)), utf8ToBytes(value));
  if (value instanceof CborMap) {
    const pairs = value.entries.flatMap(([key, inner]) => [encodeCbor(key), encodeCbor(inner)]);
    return concatBytes(head(5, BigInt(value.entries.length)), ...pairs);
  }
  return concatBytes(head(4, BigInt(value.length)), ...value.map(encodeCbor));
}

function head(major: number, argument: bigint): Uint8Array {
  if (argument < 24n) return Uint8Array.of((major << 5) | Number(argument));
  const exponent = [0, 1, 2, 3].find((power) => argument < 1n << BigInt(8 << power));
  if (exponent === undefined) throw new RangeError(`${argument} has no form in CBOR`);
  const octets = Array.from({ length: 1 << exponent }, (_, i) =>
    Number((argument >> BigInt(8 * ((1 << exponent) - 1 - i))) & 0xffn),
  );
  return Uint8Array.of((major << 5) | (24 + exponent), ...octets);
}
