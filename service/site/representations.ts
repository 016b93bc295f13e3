import { sha256 } from '@noble/hashes/sha2.js';
import { bytesToHex, utf8ToBytes } from '@noble/hashes/utils.js';

export interface Representation {
  readonly content: Uint8Array;
  readonly entityTag: string;
}

export const represent = (text: string): Representation => {
  const content = utf8ToBytes(text);
  return { content, entityTag: `"${bytesToHex(sha256(content)).slice(0, 32)}"` };
};

/** Of pages that there are any number of. */
export const roomFor = { representations: 64, bytes: 4 * 1024 * 1024 } as const;

/**
 * What was rendered of one moment. The few pages that everybody asks for are all kept, so that none of them is rendered
 * twice; of those that there are as many of as attempts, the latest are kept while there is room.
 */
export class Representations {
  readonly #few = new Map<string, Representation | undefined>();
  readonly #many = new Map<string, Representation>();
  #bytes = 0;

  /** Bytes of those that need not be kept. */
  get bytes(): number {
    return this.#bytes;
  }

  get many(): number {
    return this.#many.size;
  }

  few(key: string, render: () => string | undefined): Representation | undefined {
    if (this.#few.has(key)) return this.#few.get(key);
    const text = render();
    const representation = text === undefined ? undefined : represent(text);
    this.#few.set(key, representation);
    return representation;
  }

  oneOfMany(key: string, render: () => string | undefined): Representation | undefined {
    const kept = this.#many.get(key);
    if (kept !== undefined) return kept;
    const text = render();
    if (text === undefined) return undefined;
    const representation = represent(text);
    this.#many.set(key, representation);
    this.#bytes += representation.content.length;
    this.#makeRoom();
    return representation;
  }

  #makeRoom(): void {
    for (const [key, { content }] of this.#many) {
      if (this.#many.size <= roomFor.representations && this.#bytes <= roomFor.bytes) return;
      this.#many.delete(key);
      this.#bytes -= content.length;
    }
  }
}
