import { bytesToHex, concatBytes } from '@noble/hashes/utils.js';
import { HELLO_RETRY_REQUEST_RANDOM } from '../tls/hello-retry-request.ts';
import { equalBytes, type HashName, hash } from '../tls/hkdf.ts';
import type { TraceEvent } from '../tls/index.ts';
import type { Role, Version } from './explore-world.ts';

/** Every suite of an exploration hashes with it. */
export const HASH: HashName = 'sha256';

export interface Said {
  readonly by: Role;
  /** As the engine names it: a HelloRetryRequest that it received is a server_hello. */
  readonly name: string;
  readonly bytes: Uint8Array;
}

/**
 * What was said so far, in the order it was said: all that the opposite end needs to know to go on validly. A value:
 * `after` returns a new one, so that every continuation of a sequence starts from the same.
 */
export class Exchange {
  /** Of the end that is explored. */
  readonly role: Role;
  readonly version: Version;
  readonly messages: readonly Said[];
  /** ChangeCipherSpec records that came from the opposite end. */
  readonly changedCipherSpec: boolean;
  /** Records the opposite end has sealed under the key that it uses now. */
  readonly sealed: number;

  private constructor({ role, version }: Place, messages: readonly Said[], changedCipherSpec: boolean, sealed: number) {
    this.role = role;
    this.version = version;
    this.messages = messages;
    this.changedCipherSpec = changedCipherSpec;
    this.sealed = sealed;
  }

  static start(place: Place, events: readonly TraceEvent[]): Exchange {
    return new Exchange(place, [], false, 0).after(events, false);
  }

  get opposite(): Role {
    return this.role === 'server' ? 'client' : 'server';
  }

  /** `sealed`: the record that led to these events was encrypted. */
  after(events: readonly TraceEvent[], sealed: boolean): Exchange {
    const messages = [...this.messages];
    let { changedCipherSpec } = this;
    for (const event of events) {
      if (event.type === 'handshake') {
        const by = event.direction === 'sent' ? this.role : this.opposite;
        messages.push({ by, name: event.message, bytes: event.bytes });
      }
      if (event.type === 'change_cipher_spec' && event.direction === 'received') changedCipherSpec = true;
    }
    const next = new Exchange(this, messages, changedCipherSpec, this.sealed + (sealed ? 1 : 0));
    return next.#keyName() === this.#keyName() ? next : new Exchange(this, messages, changedCipherSpec, 0);
  }

  /** The first message of this name, and what was said up to and with it. */
  first(name: string, by?: Role): { readonly message: Said; readonly upTo: readonly Said[] } | undefined {
    const index = this.messages.findIndex(
      (said) => said.name === name && (by === undefined || said.by === by) && !isRetry(said),
    );
    const message = this.messages[index];
    return message === undefined ? undefined : { message, upTo: this.messages.slice(0, index + 1) };
  }

  count(name: string, by: Role): number {
    return this.messages.filter((said) => said.name === name && said.by === by).length;
  }

  /** Changes when the opposite end takes a new key. */
  #keyName(): string {
    if (this.version === '1.2') return String(this.changedCipherSpec);
    const finished = this.first('finished', this.opposite) !== undefined;
    return `${this.first('server_hello') !== undefined} ${finished} ${this.count('key_update', this.opposite)}`;
  }
}

interface Place {
  readonly role: Role;
  readonly version: Version;
}

/** RFC 9846 §4.4.1 and, where nothing was retried, RFC 5246 §7.4.9: all messages as they were exchanged. */
export function transcript(messages: readonly Said[]): Uint8Array {
  const [first, second] = messages;
  const all = (list: readonly Said[]): Uint8Array => concatBytes(...list.map(({ bytes }) => bytes));
  if (first === undefined || second === undefined || !isRetry(second)) return all(messages);
  const digest = hash(HASH, first.bytes);
  return concatBytes(Uint8Array.of(254, 0, 0, digest.length), digest, all(messages.slice(1)));
}

export const transcriptHash = (messages: readonly Said[]): Uint8Array => hash(HASH, transcript(messages));

/** Both hellos have their random at the same place: after type, length and version. */
export const randomOf = (hello: Said | undefined): Uint8Array => hello?.bytes.slice(6, 38) ?? new Uint8Array(32);

const isRetry = (said: Said): boolean =>
  said.name === 'hello_retry_request' ||
  (said.name === 'server_hello' && equalBytes(randomOf(said), HELLO_RETRY_REQUEST_RANDOM));

/** `compute` once for each value of `input`: an exploration asks for the same signatures again and again. */
export function remembered(compute: (input: Uint8Array) => Uint8Array): (input: Uint8Array) => Uint8Array {
  const known = new Map<string, Uint8Array>();
  return (input) => {
    const key = bytesToHex(input);
    const value = known.get(key) ?? compute(input);
    known.set(key, value);
    return value.slice();
  };
}
