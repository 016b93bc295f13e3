/*
 * Where a poller keeps what it knows and what it shows: a bucket, a folder, or memory. Writes are conditional, so that two runs
 * at the same time lose nothing of each other. What the world may read is below `public/`, what a run leaves for the next below
 * `state/`.
 */

/** Of one content of one key: an ETag (RFC 9110 §8.8.3), or what stands for it. Never used again for another content. */
export type Version = string;

export interface Stored {
  readonly bytes: Uint8Array;
  readonly version: Version;
}

export interface Put {
  readonly contentType: string;
  readonly cacheControl: string;
  /** What has to be there for the write to happen: this version, nothing (RFC 9110 §13.1.2, `*`), or whatever is there. */
  readonly ifVersion: { readonly version: Version } | 'absent' | 'any';
}

/** Keys are paths with `/`, without a leading one. Every method rejects with a StoreFailure where the store does not answer. */
export interface Store {
  /** Undefined: there is none. */
  get(key: string): Promise<Stored | undefined>;
  /**
   * `conflict`: the condition did not hold. It may have been our own write that made it so, where an answer was lost on the
   * way and the write was tried again: whoever meets one reads again.
   */
  put(key: string, bytes: Uint8Array, put: Put): Promise<Version | 'conflict'>;
  /** The keys that begin so, in order. */
  list(prefix: string): Promise<readonly string[]>;
}

/** The store did not answer, or not with what was asked for. */
export class StoreFailure extends Error {
  override readonly name = 'StoreFailure';
}

/** No object of ours is longer; what is longer is not read into memory. */
export const longestObject = 16 * 1024 * 1024;

/** Of a key that a folder, a bucket and an URL take as it is. Throws a RangeError for what is none. */
export function checkedKey(key: string): string {
  const parts = key.split('/');
  if (key.length > 512 || !parts.every((part) => /^[A-Za-z0-9.][A-Za-z0-9._-]*$/.test(part) && !/^\.+$/.test(part))) {
    throw new RangeError(
      `${JSON.stringify(key)} is no key: letters, digits, dots, dashes and underscores between slashes`,
    );
  }
  return key;
}

export const inOrder = (one: string, other: string): number => (one < other ? -1 : one > other ? 1 : 0);
