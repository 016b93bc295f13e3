import { concatBytes } from '@noble/hashes/utils.js';
import type { Guest } from '../bounty/table.ts';
import type { Departure, Transport } from '../support/rogue/wire.ts';

/** A rogue's way to a conversation of the bounty in the same process: what is written is there at once. */
export class MemoryTransport implements Transport {
  readonly guest: Guest;
  #bytes = new Uint8Array(0);

  constructor(guest: Guest) {
    this.guest = guest;
  }

  write(bytes: Uint8Array): void {
    this.guest.feed(bytes);
  }

  read(length: number): Promise<Uint8Array | Departure> {
    this.#bytes = concatBytes(this.#bytes, this.guest.sent());
    if (this.#bytes.length < length) return Promise.resolve(this.guest.phase === 'handshaking' ? 'silence' : 'fin');
    const taken = this.#bytes.slice(0, length);
    this.#bytes = this.#bytes.slice(length);
    return Promise.resolve(taken);
  }

  end(): void {
    this.guest.take({ type: 'eof' });
  }

  reset(): void {
    this.guest.take({ type: 'reset' });
  }
}
