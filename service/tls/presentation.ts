import { failure, type Result, success } from '../x509/index.ts';
import type { Fault } from './fault.ts';

/*
 * The presentation language of RFC 9846 §3 as values: a codec carries its name and its bounds, decodes from a Reader and
 * encodes into a Writer. Decoding is strict: what does not fit to the last byte is a fault. The exception that a Reader
 * throws never leaves this file: `decode` is the border.
 */

/** A decoder's way out; caught in `decode` alone. */
class Undecodable extends Error {
  readonly fault: Fault;
  constructor(reason: 'malformed' | 'invalid_value', detail: string) {
    super(detail);
    this.fault = { kind: 'undecodable', reason, detail };
  }
}

/** Where a field lies in the message it was decoded from; depth counts the structures around it. */
export interface Field {
  readonly name: string;
  readonly start: number;
  readonly end: number;
  readonly depth: number;
}

export interface Codec<T> {
  readonly name: string;
  decode(reader: Reader): T;
  encode(writer: Writer, value: T): void;
}

export class Reader {
  readonly #bytes: Uint8Array;
  #at: number;
  readonly #end: number;
  readonly #fields: Field[] | undefined;
  readonly #depth: number;

  constructor(bytes: Uint8Array, at = 0, end = bytes.length, fields?: Field[], depth = 0) {
    this.#bytes = bytes;
    this.#at = at;
    this.#end = end;
    this.#fields = fields;
    this.#depth = depth;
  }

  get remaining(): number {
    return this.#end - this.#at;
  }

  /** Unsigned, big endian (§3.3), of 1 to 4 bytes. */
  uint(length: 1 | 2 | 3 | 4, name = `uint${8 * length}`): number {
    const start = this.#advance(length, name);
    let value = 0;
    for (let i = start; i < start + length; i++) value = value * 256 + (this.#bytes[i] ?? 0);
    return value;
  }

  /** A copy: nothing decoded keeps the network's buffer alive. */
  opaque(length: number, name: string): Uint8Array {
    const start = this.#advance(length, name);
    return this.#bytes.slice(start, start + length);
  }

  /** The content of a vector (§3.4) with a length field of `lengthBytes`, its size within `min`..`max`. */
  vector(lengthBytes: 1 | 2 | 3, min: number, max: number, name: string): Reader {
    const length = this.uint(lengthBytes, `${name}.length`);
    if (length < min || length > max) this.malformed(`${name} is ${length} bytes long, allowed are ${min} to ${max}`);
    const start = this.#advance(length, name);
    return new Reader(this.#bytes, start, start + length, this.#fields, this.#depth + 1);
  }

  field<T>(codec: Codec<T>): T {
    const start = this.#at;
    const value = codec.decode(this);
    this.#fields?.push({ name: codec.name, start, end: this.#at, depth: this.#depth });
    return value;
  }

  finish(name: string): void {
    if (this.remaining > 0) this.malformed(`${name} is followed by ${this.remaining} bytes too many`);
  }

  malformed(detail: string): never {
    throw new Undecodable('malformed', detail);
  }

  invalid(detail: string): never {
    throw new Undecodable('invalid_value', detail);
  }

  #advance(length: number, name: string): number {
    if (length > this.remaining) this.malformed(`${name} wants ${length} bytes where ${this.remaining} are left`);
    const start = this.#at;
    this.#at += length;
    this.#fields?.push({ name, start, end: this.#at, depth: this.#depth });
    return start;
  }
}

export class Writer {
  #bytes: Uint8Array;
  #length = 0;

  /** `bytes` is where it writes as long as they suffice. */
  constructor(bytes: Uint8Array) {
    this.#bytes = bytes;
  }

  uint(length: 1 | 2 | 3 | 4, value: number): this {
    const at = this.#reserve(length);
    for (let i = length - 1, rest = value; i >= 0; i--, rest = Math.floor(rest / 256)) this.#bytes[at + i] = rest % 256;
    return this;
  }

  opaque(bytes: Uint8Array): this {
    const at = this.#reserve(bytes.length); // may replace #bytes: must come first
    this.#bytes.set(bytes, at);
    return this;
  }

  /** A vector whose content `write` fills in; its length is set afterwards. */
  vector(lengthBytes: 1 | 2 | 3, write: (writer: this) => void): this {
    const at = this.#reserve(lengthBytes);
    write(this);
    const length = this.#length - at - lengthBytes;
    for (let i = lengthBytes - 1, rest = length; i >= 0; i--, rest = Math.floor(rest / 256))
      this.#bytes[at + i] = rest % 256;
    return this;
  }

  finish(): Uint8Array {
    return this.#bytes.slice(0, this.#length); // a copy: `bytes` are written again
  }

  #reserve(length: number): number {
    const at = this.#length;
    this.#length += length;
    if (this.#length > this.#bytes.length) {
      const larger = new Uint8Array(Math.max(2 * this.#bytes.length, this.#length));
      larger.set(this.#bytes);
      this.#bytes = larger;
    }
    return at;
  }
}

/** Decodes the whole of `bytes`, or says what does not fit (RFC 9846 §3). */
export function decode<T>(codec: Codec<T>, bytes: Uint8Array): Result<T, Fault> {
  try {
    const reader = new Reader(bytes);
    const value = codec.decode(reader);
    reader.finish(codec.name);
    return success(value);
  } catch (error) {
    if (error instanceof Undecodable) return failure(error.fault);
    throw error;
  }
}

/**
 * Where values are encoded, one at a time; what is encoded within another has an array of its own. A handshake encodes thirty,
 * and each array of that size takes as long to make and to collect as the codec takes.
 */
let scratch: Uint8Array | undefined = new Uint8Array(2048);

/** The bytes of a value (RFC 9846 §3). */
export const encode = <T>(codec: Codec<T>, value: T): Uint8Array => written((writer) => codec.encode(writer, value));

/** What `write` writes. */
export function written(write: (writer: Writer) => void): Uint8Array {
  const bytes = scratch ?? new Uint8Array(256);
  const outermost = scratch !== undefined;
  scratch = undefined;
  try {
    const writer = new Writer(bytes);
    write(writer);
    return writer.finish();
  } finally {
    if (outermost) scratch = bytes;
  }
}

/** The fields of an encoded value in the order they were read (RFC 9846 §3): what `trace explain` shows. Ends where the bytes stop to fit. */
export function fieldsOf<T>(codec: Codec<T>, bytes: Uint8Array): readonly Field[] {
  const fields: Field[] = [];
  try {
    codec.decode(new Reader(bytes, 0, bytes.length, fields));
  } catch (error) {
    if (!(error instanceof Undecodable)) throw error;
  }
  return fields;
}

/* The elements of the language */

const uint = (length: 1 | 2 | 3 | 4, name: string): Codec<number> => ({
  name,
  decode: (reader) => reader.uint(length, name),
  encode: (writer, value) => void writer.uint(length, value),
});

/** RFC 9846 §3.3 */
export const uint8 = (name: string): Codec<number> => uint(1, name);
/** RFC 9846 §3.3 */
export const uint16 = (name: string): Codec<number> => uint(2, name);
/** RFC 9846 §3.3 */
export const uint32 = (name: string): Codec<number> => uint(4, name);

/** `opaque name[length]`, RFC 9846 §3.4 */
export const opaque = (name: string, length: number): Codec<Uint8Array> => ({
  name,
  decode: (reader) => reader.opaque(length, name),
  encode: (writer, value) => void writer.opaque(value),
});

/** `opaque name<min..max>`, RFC 9846 §3.4 */
export const opaqueVector = (name: string, lengthBytes: 1 | 2 | 3, min: number, max: number): Codec<Uint8Array> => ({
  name,
  decode(reader) {
    const content = reader.vector(lengthBytes, min, max, name);
    return content.opaque(content.remaining, name);
  },
  encode: (writer, value) => void writer.vector(lengthBytes, (inner) => inner.opaque(value)),
});

/** `Item name<min..max>`, RFC 9846 §3.4; bounds in bytes */
export const vector = <T>(
  item: Codec<T>,
  name: string,
  lengthBytes: 1 | 2 | 3,
  min: number,
  max: number,
): Codec<readonly T[]> => ({
  name,
  decode(reader) {
    const content = reader.vector(lengthBytes, min, max, name);
    const items: T[] = [];
    while (content.remaining > 0) items.push(content.field(item));
    return items;
  },
  encode: (writer, values) =>
    void writer.vector(lengthBytes, (inner) => {
      for (const value of values) item.encode(inner, value);
    }),
});

/** A structure of no fields, RFC 9846 §3.6. */
export const empty = (name: string): Codec<true> => ({ name, decode: () => true, encode: () => undefined });
