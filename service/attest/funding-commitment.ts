import { equalBytes } from '@noble/curves/utils.js';
import { sha256 } from '@noble/hashes/sha2.js';
import { bytesToHex, concatBytes, utf8ToBytes } from '@noble/hashes/utils.js';
import { scriptPubKey } from '../bitcoin/address.ts';
import { decodeSegwitAddress, taggedHash } from '../bitcoin/index.ts';
import { failure, type Result, success } from '../x509/index.ts';

/*
 * A release that is named in the transaction which funds the wallet (docs/releases.md): one output pays the wallet, another
 * is OP_RETURN with a tagged hash of the release. Who can count confirmations can then date it.
 */

/** The 32 bytes that stand for a release: of its text, as it was published. */
export const releaseCommitment = (release: string): Uint8Array =>
  taggedHash('btc-pinata/release/v1', sha256(utf8ToBytes(release)));

const OP_RETURN = 0x6a;

/** OP_RETURN and one push. */
export const commitmentScript = (commitment: Uint8Array): Uint8Array =>
  concatBytes(Uint8Array.of(OP_RETURN, commitment.length), commitment);

export interface Funding {
  /** As people write it: 64 hex digits. */
  readonly txid: string;
  readonly paysAddress: boolean;
  readonly commits: boolean;
}

/** What a serialized transaction (BIP-144, or without witness) says of the wallet and of the release. */
export function readFunding(transaction: Uint8Array, address: string, release: string): Result<Funding, string> {
  const parsed = parse(transaction);
  if (parsed === undefined) return failure('it is no serialized transaction');
  const wallet = decodeSegwitAddress(address);
  const wanted = commitmentScript(releaseCommitment(release));
  return success({
    txid: idOf(parsed),
    paysAddress:
      wallet !== undefined &&
      parsed.outputs.some(({ value, script }) => value > 0n && equalBytes(script, scriptPubKey(wallet))),
    commits: parsed.outputs.some(({ script }) => equalBytes(script, wanted)),
  });
}

/** As people write it; undefined for what is no serialized transaction. */
export function transactionId(transaction: Uint8Array): string | undefined {
  const parsed = parse(transaction);
  return parsed && idOf(parsed);
}

const idOf = ({ withoutWitness }: Parsed): string => bytesToHex(sha256(sha256(withoutWitness)).toReversed());

interface Parsed {
  readonly withoutWitness: Uint8Array;
  readonly outputs: readonly { readonly value: bigint; readonly script: Uint8Array }[];
}

class Short extends Error {}

class Reader {
  readonly #bytes: Uint8Array;
  at = 0;

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes;
  }

  get done(): boolean {
    return this.at === this.#bytes.length;
  }

  take(length: number): Uint8Array {
    const taken = this.#bytes.subarray(this.at, this.at + length);
    if (taken.length < length) throw new Short();
    this.at += length;
    return taken;
  }

  number(length: number): bigint {
    return this.take(length).reduceRight((sum, octet) => sum * 256n + BigInt(octet), 0n);
  }

  /** CompactSize, in its shortest form alone. */
  count(): number {
    const [first = 0] = this.take(1);
    if (first < 0xfd) return first;
    const length = 2 ** (first - 0xfc);
    const value = this.number(length);
    const least = length === 2 ? 0xfdn : 1n << BigInt(4 * length);
    if (value < least || value > 4_000_000n) throw new Short();
    return Number(value);
  }

  from(start: number): Uint8Array {
    return this.#bytes.subarray(start, this.at);
  }

  times<T>(count: number, read: () => T): readonly T[] {
    const all: T[] = [];
    for (let i = 0; i < count; i++) all.push(read());
    return all;
  }
}

function parse(bytes: Uint8Array): Parsed | undefined {
  try {
    return read(new Reader(bytes), bytes[4] === 0 && bytes[5] === 1);
  } catch (error) {
    if (error instanceof Short) return undefined;
    throw error;
  }
}

function read(reader: Reader, hasWitness: boolean): Parsed | undefined {
  const version = reader.take(4);
  if (hasWitness) reader.take(2);
  const start = reader.at;
  const inputs = reader.times(reader.count(), () => {
    reader.take(32 + 4); // outpoint
    reader.take(reader.count()); // scriptSig
    reader.take(4); // sequence
  });
  const outputs = reader.times(reader.count(), () => ({
    value: reader.number(8),
    script: reader.take(reader.count()),
  }));
  const body = reader.from(start);
  if (hasWitness) for (const _ of inputs) reader.times(reader.count(), () => reader.take(reader.count()));
  const lockTime = reader.take(4);
  if (!reader.done || inputs.length === 0 || outputs.length === 0) return undefined;
  return { withoutWitness: concatBytes(version, body, lockTime), outputs };
}
