import { ripemd160, sha1 } from '@noble/hashes/legacy.js';
import { sha256 } from '@noble/hashes/sha2.js';
import { keccak_256 } from '@noble/hashes/sha3.js';
import { bytesToHex, concatBytes, utf8ToBytes } from '@noble/hashes/utils.js';

/*
 * OpenTimestamps: how the hash of a file leads, by hashing and joining, to the Merkle root of a block of bitcoin. Read here, and
 * never made: stamping asks a calendar. What it says is worth what one knows of that block: its root has to be compared.
 */

export interface Timestamp {
  /** SHA-256 of the file that was stamped. */
  readonly file: Uint8Array;
  readonly attestations: readonly Attestation[];
}

export type Attestation =
  /** The block at `height` has this Merkle root, in the order in which a header serializes it. */
  | { readonly type: 'bitcoin'; readonly height: number; readonly merkleRoot: Uint8Array }
  /** A calendar promised to see to it. */
  | { readonly type: 'pending'; readonly calendar: string }
  | { readonly type: 'other'; readonly tag: string };

export interface NoTimestamp {
  readonly fault: string;
}

const magic = concatBytes(
  Uint8Array.of(0),
  utf8ToBytes('OpenTimestamps'),
  Uint8Array.of(0, 0),
  utf8ToBytes('Proof'),
  Uint8Array.of(0, 0xbf, 0x89, 0xe2, 0xe8, 0x84, 0xe8, 0x92, 0x94),
);
const version = 1;
const tags = { bitcoin: '0588960d73d71901', pending: '83dfe30d2ef90c8e' } as const;
/** As the reference implementation bounds them. */
const most = { message: 4096, payload: 8192, depth: 256, attestations: 64, bytes: 65_536 } as const;

/** Total: of the bytes of a `.ots` file. */
export function readTimestamp(bytes: Uint8Array): Timestamp | NoTimestamp {
  if (bytes.length > most.bytes) return { fault: `it is longer than ${most.bytes} bytes` };
  try {
    const reader = new Reader(bytes);
    if (bytesToHex(reader.take(magic.length)) !== bytesToHex(magic)) throw new Malformed('it is no timestamp');
    if (reader.number() !== version) throw new Malformed('it is of a version that is not known');
    if (reader.byte() !== operations.sha256) throw new Malformed('the file was not hashed by SHA-256');
    const file = reader.take(32);
    const attestations: Attestation[] = [];
    follow(reader, file, 0, attestations);
    if (!reader.done) throw new Malformed('bytes are left over');
    return { file, attestations };
  } catch (error) {
    if (error instanceof Malformed) return { fault: error.message };
    throw error;
  }
}

class Malformed extends Error {}

const operations = {
  sha1: 0x02,
  ripemd160: 0x03,
  sha256: 0x08,
  keccak256: 0x67,
  append: 0xf0,
  prepend: 0xf1,
  reverse: 0xf2,
  hexlify: 0xf3,
} as const;
const attests = 0x00;
const fork = 0xff;

/** All that is said of one message: branches one after the other, each behind a mark but the last. */
function follow(reader: Reader, message: Uint8Array, depth: number, into: Attestation[]): void {
  if (depth > most.depth) throw new Malformed(`it is deeper than ${most.depth} steps`);
  let more = true;
  while (more) {
    let next = reader.byte();
    more = next === fork;
    if (more) next = reader.byte();
    if (next === attests) {
      if (into.length === most.attestations) throw new Malformed(`it has more than ${most.attestations} attestations`);
      into.push(attestation(reader, message));
    } else follow(reader, applied(reader, next, message), depth + 1, into);
  }
}

function applied(reader: Reader, operation: number, message: Uint8Array): Uint8Array {
  const result = operate(reader, operation, message);
  if (result.length > most.message) throw new Malformed(`a message is longer than ${most.message} bytes`);
  return result;
}

function operate(reader: Reader, operation: number, message: Uint8Array): Uint8Array {
  switch (operation) {
    case operations.sha1:
      return sha1(message);
    case operations.ripemd160:
      return ripemd160(message);
    case operations.sha256:
      return sha256(message);
    case operations.keccak256:
      return keccak_256(message);
    case operations.append:
      return concatBytes(message, reader.sized(most.message));
    case operations.prepend:
      return concatBytes(reader.sized(most.message), message);
    case operations.reverse:
      return message.toReversed();
    case operations.hexlify:
      return utf8ToBytes(bytesToHex(message));
    default:
      throw new Malformed(`it has an operation 0x${operation.toString(16)}, which is not known`);
  }
}

function attestation(reader: Reader, message: Uint8Array): Attestation {
  const tag = bytesToHex(reader.take(8));
  const payload = new Reader(reader.sized(most.payload));
  switch (tag) {
    case tags.bitcoin: {
      const height = payload.number();
      if (!payload.done || message.length !== 32) throw new Malformed('an attestation of bitcoin is malformed');
      return { type: 'bitcoin', height, merkleRoot: message };
    }
    case tags.pending: {
      const calendar = String.fromCharCode(...payload.sized(1000));
      if (!payload.done || !/^[-\w.:/]+$/.test(calendar)) throw new Malformed('the address of a calendar is malformed');
      return { type: 'pending', calendar };
    }
    default:
      return { type: 'other', tag };
  }
}

class Reader {
  readonly #bytes: Uint8Array;
  #at = 0;

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes;
  }

  get done(): boolean {
    return this.#at === this.#bytes.length;
  }

  take(length: number): Uint8Array {
    const taken = this.#bytes.slice(this.#at, this.#at + length);
    if (taken.length < length) throw new Malformed('it ends too early');
    this.#at += length;
    return taken;
  }

  byte(): number {
    return this.take(1)[0] ?? 0;
  }

  /** LEB128: seven bits a byte, the least first. */
  number(): number {
    let value = 0;
    for (let shift = 0; shift < 49; shift += 7) {
      const byte = this.byte();
      value += (byte & 0x7f) * 2 ** shift;
      if (byte < 0x80) return value;
    }
    throw new Malformed('a number is too large');
  }

  sized(longest: number): Uint8Array {
    const length = this.number();
    if (length > longest) throw new Malformed(`something in it is longer than ${longest} bytes`);
    return this.take(length);
  }
}
