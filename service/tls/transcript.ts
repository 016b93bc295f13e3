import { concatBytes } from '@noble/hashes/utils.js';
import { HandshakeType } from './handshake-type.ts';
import { beginHash, type HashInProgress, type HashName } from './hkdf.ts';

/** The running hash over all handshake messages (RFC 9846 §4.4.1). A value: `with` returns a new one. */
export class Transcript {
  readonly #running: HashInProgress;

  private constructor(running: HashInProgress) {
    this.#running = running;
  }

  static of(name: HashName, ...messages: readonly Uint8Array[]): Transcript {
    return new Transcript(beginHash(name, ...messages));
  }

  /** After a HelloRetryRequest the first ClientHello stands as a message_hash. */
  static afterRetry(name: HashName, firstClientHello: Uint8Array, helloRetryRequest: Uint8Array): Transcript {
    const digest = Transcript.of(name, firstClientHello).hash();
    const messageHash = concatBytes(Uint8Array.of(HandshakeType.message_hash, 0, 0, digest.length), digest);
    return Transcript.of(name, messageHash, helloRetryRequest);
  }

  with(...messages: readonly Uint8Array[]): Transcript {
    return new Transcript(this.#running.with(...messages));
  }

  hash(): Uint8Array {
    return this.#running.digest();
  }
}
