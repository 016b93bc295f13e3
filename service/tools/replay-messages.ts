import type { Machine } from '../tls/dispatch.ts';
import { HandshakeLog } from '../tls/handshake-log.ts';
import { serverKeyExchange } from '../tls/handshake-messages-12.ts';
import { HandshakeType } from '../tls/handshake-type.ts';
import type { HashName } from '../tls/hkdf.ts';
import { decode } from '../tls/presentation.ts';
import { Transcript } from '../tls/transcript.ts';

/** The handshake messages of both sides in their order, as they are on record (RFC 9846 §4.4.1). */
export class Messages {
  readonly #all: Uint8Array[] = [];
  /** A HelloRetryRequest is the second of them. */
  retried = false;

  /** A ChangeCipherSpec, of which no byte enters, is none. */
  add(message: Uint8Array): void {
    if (message.length > 0) this.#all.push(message);
  }

  get last(): Uint8Array | undefined {
    return this.#all.at(-1);
  }

  transcript(hash: HashName): Transcript {
    const [first, second, ...rest] = this.#all;
    if (!this.retried || first === undefined || second === undefined) return Transcript.of(hash, ...this.#all);
    return Transcript.afterRetry(hash, first, second).with(...rest);
  }

  log(): HandshakeLog {
    return HandshakeLog.of(...this.#all);
  }

  /** Over all so far; undefined where the machine has not agreed on a hash yet. */
  hash({ state }: Machine): Uint8Array | undefined {
    return 'suite' in state ? this.transcript(state.suite.hash).hash() : undefined;
  }

  /** RFC 8422 §5.4: our public value in TLS 1.2. */
  get shareOfServerKeyExchange(): Uint8Array | undefined {
    const message = this.#all.find(([type]) => type === HandshakeType.server_key_exchange);
    const exchange = message && decode(serverKeyExchange, message.subarray(4));
    return exchange?.ok === true ? exchange.value.params.publicValue : undefined;
  }
}
