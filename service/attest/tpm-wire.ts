import { bytesToNumberBE, numberToBytesBE } from '@noble/curves/utils.js';
import { concatBytes } from '@noble/hashes/utils.js';
import { failure, type Result, success } from '../x509/index.ts';

/*
 * Canonical marshalling of the TPM 2.0 Library, Part 2 §4: big-endian integers, TPM2B as a size of 16 bits and the octets.
 * A reader takes all of its input or nothing: no prefix of a structure is a structure.
 */

/** A reader's way out; caught in `unmarshal` alone. */
class Malformed extends Error {}

export class TpmReader {
  readonly #bytes: Uint8Array;
  #at = 0;

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes;
  }

  u8(name: string): number {
    return this.take(1, name)[0] ?? 0;
  }

  u16(name: string): number {
    const [high = 0, low = 0] = this.take(2, name);
    return high * 0x100 + low;
  }

  u32(name: string): number {
    return this.u16(name) * 0x1_0000 + this.u16(name);
  }

  u64(name: string): bigint {
    return bytesToNumberBE(this.take(8, name));
  }

  /** TPMI_YES_NO: 0 or 1, nothing else (Part 2 §9.2). */
  yesNo(name: string): boolean {
    const octet = this.u8(name);
    if (octet > 1) this.refuse(`${name} is ${octet}, neither 0 nor 1`);
    return octet === 1;
  }

  /** A copy of the next `length` octets. */
  take(length: number, name: string): Uint8Array {
    const end = this.#at + length;
    if (end > this.#bytes.length)
      throw new Malformed(`${name} needs ${length} bytes, ${this.#bytes.length - this.#at} are left`);
    const taken = this.#bytes.slice(this.#at, end);
    this.#at = end;
    return taken;
  }

  /** TPM2B: a size and so many octets, `most` of them allowed. */
  sized(name: string, most: number): Uint8Array {
    const size = this.u16(`${name}.size`);
    if (size > most) this.refuse(`${name} has ${size} bytes, at most ${most} are read`);
    return this.take(size, name);
  }

  rest(): Uint8Array {
    return this.take(this.#bytes.length - this.#at, 'the rest');
  }

  finish(): void {
    const left = this.#bytes.length - this.#at;
    if (left > 0) this.refuse(`${left} bytes too many`);
  }

  refuse(detail: string): never {
    throw new Malformed(detail);
  }
}

/** All of `bytes` by `read`; the fault says which field did not fit. */
export function unmarshal<T>(bytes: Uint8Array, read: (reader: TpmReader) => T): Result<T, string> {
  const reader = new TpmReader(bytes);
  try {
    const value = read(reader);
    reader.finish();
    return success(value);
  } catch (error) {
    if (error instanceof Malformed) return failure(error.message);
    throw error;
  }
}

export const u8 = (value: number): Uint8Array => Uint8Array.of(value);
export const u16 = (value: number): Uint8Array => numberToBytesBE(value, 2);
export const u32 = (value: number): Uint8Array => numberToBytesBE(value, 4);
export const u64 = (value: bigint): Uint8Array => numberToBytesBE(value, 8);

/** TPM2B */
export const sized = (bytes: Uint8Array): Uint8Array => concatBytes(u16(bytes.length), bytes);
