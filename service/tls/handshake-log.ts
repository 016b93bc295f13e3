import { concatBytes } from '@noble/hashes/utils.js';
import { type HashName, hash } from './hkdf.ts';

/**
 * The messages of a TLS 1.2 handshake so far. CertificateVerify signs them with a hash of its own choice (RFC 5246
 * §7.4.8), so they are kept until it came; the bounds on messages bound this too. A value: `with` returns a new one.
 */
export class HandshakeLog {
  readonly #messages: readonly Uint8Array[];

  private constructor(messages: readonly Uint8Array[]) {
    this.#messages = messages;
  }

  static of(...messages: readonly Uint8Array[]): HandshakeLog {
    return new HandshakeLog(messages);
  }

  with(...messages: readonly Uint8Array[]): HandshakeLog {
    return new HandshakeLog([...this.#messages, ...messages]);
  }

  bytes(): Uint8Array {
    return concatBytes(...this.#messages);
  }

  hash(name: HashName): Uint8Array {
    return hash(name, this.bytes());
  }
}
