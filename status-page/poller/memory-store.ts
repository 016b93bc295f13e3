import { checkedKey, inOrder, type Put, type Store, type Stored, type Version } from './store.ts';

interface Entry extends Stored {
  readonly contentType: string;
  readonly cacheControl: string;
}

/** As a bucket is, without a disk: for tests and for looking at what was written. */
export class MemoryStore implements Store {
  readonly #entries = new Map<string, Entry>();
  #writes = 0;

  get(key: string): Promise<Stored | undefined> {
    const entry = this.#entries.get(checkedKey(key));
    return Promise.resolve(entry && { bytes: entry.bytes.slice(), version: entry.version });
  }

  put(key: string, bytes: Uint8Array, { contentType, cacheControl, ifVersion }: Put): Promise<Version | 'conflict'> {
    const there = this.#entries.get(checkedKey(key))?.version;
    const holds = ifVersion === 'any' || (ifVersion === 'absent' ? there === undefined : there === ifVersion.version);
    if (!holds) return Promise.resolve('conflict');
    this.#writes += 1;
    const version = `"${this.#writes}"`;
    this.#entries.set(key, { bytes: bytes.slice(), version, contentType, cacheControl });
    return Promise.resolve(version);
  }

  list(prefix: string): Promise<readonly string[]> {
    return Promise.resolve([...this.#entries.keys()].filter((key) => key.startsWith(prefix)).toSorted(inOrder));
  }

  /** How a key is served. */
  headers(key: string): Pick<Entry, 'contentType' | 'cacheControl'> | undefined {
    return this.#entries.get(key);
  }
}
