import { sha256, sha384 } from '@noble/hashes/sha2.js';

/*
 * The hashes of @noble (FIPS 180-4 §6.2 and §6.5), with hash objects that are used again: each new one has memory outside of V8's
 * heap, which costs more than the block that it is made for.
 */

export type HashName = 'sha256' | 'sha384';

/** What of a hash in progress is needed here. */
export interface Running<Self> {
  update(data: Uint8Array): Self;
  digestInto(out: Uint8Array): void;
  clone(): Self;
  /** As `to` that is given, whatever that was before. */
  _cloneInto(to?: Self): Self;
  /** Zeroes what it holds. */
  destroy(): void;
}

export interface HashFunction<Hash> {
  (data: Uint8Array): Uint8Array;
  create(): Hash;
  readonly blockLen: number;
  readonly outputLen: number;
}

/** A hash of what came so far. A value: `with` is another one. */
export interface HashInProgress {
  with(...data: readonly Uint8Array[]): HashInProgress;
  /** Of what came so far: it may be gone on with. */
  digest(): Uint8Array;
}

interface Digests {
  readonly begin: (...data: readonly Uint8Array[]) => HashInProgress;
  readonly digest: (...data: readonly Uint8Array[]) => Uint8Array;
}

/** Each digest is computed to its end before it is returned, so that `scratch` is never in use twice; what is left in it is zeroed. */
function digestsOf<Hash extends Running<Hash>>(hash: HashFunction<Hash>): Digests {
  const empty = hash.create();
  const scratch = hash.create();
  const out = new Uint8Array(hash.outputLen);
  const digestOf = (running: Hash, data: readonly Uint8Array[]): Uint8Array => {
    taking(running._cloneInto(scratch), data).digestInto(out);
    const digest = out.slice();
    scratch.destroy();
    out.fill(0);
    return digest;
  };
  return {
    begin: (...data) => new Progress(taking(hash.create(), data), (running) => digestOf(running, [])),
    digest: (...data) => digestOf(empty, data),
  };
}

class Progress<Hash extends Running<Hash>> implements HashInProgress {
  readonly #running: Hash;
  readonly #digestOf: (running: Hash) => Uint8Array;

  constructor(running: Hash, digestOf: (running: Hash) => Uint8Array) {
    this.#running = running;
    this.#digestOf = digestOf;
  }

  with(...data: readonly Uint8Array[]): HashInProgress {
    return new Progress(taking(this.#running.clone(), data), this.#digestOf);
  }

  digest(): Uint8Array {
    return this.#digestOf(this.#running);
  }
}

function taking<Hash extends Running<Hash>>(running: Hash, data: readonly Uint8Array[]): Hash {
  for (const part of data) running.update(part);
  return running;
}

const digests: Readonly<Record<HashName, Digests>> = { sha256: digestsOf(sha256), sha384: digestsOf(sha384) };

/** Of all the `data` in a row. 32 or 48 bytes. */
export const digest = (name: HashName, ...data: readonly Uint8Array[]): Uint8Array => digests[name].digest(...data);

export const beginHash = (name: HashName, ...data: readonly Uint8Array[]): HashInProgress =>
  digests[name].begin(...data);
