import { ByteQueue } from '../tls/byte-queue.ts';
import { clientHello, serverHello } from '../tls/handshake-messages.ts';
import { HandshakeType, handshakeName } from '../tls/handshake-type.ts';
import { decode } from '../tls/presentation.ts';
import { ContentType, HEADER_LENGTH } from '../tls/record.ts';
import { clientHelloFacts, type Fact, isHelloRetryRequest, type Negotiated, serverHelloFacts } from './hello-facts.ts';

/*
 * What somebody in the middle of a TLS connection can know: the records of both directions by their headers (RFC 9846 §5.1),
 * and the content of those that are in clear. It is a spectator: bytes that are no TLS are counted, and nothing it meets
 * makes it fail, because the relay it looks over the shoulder of must go on.
 */

export type Direction = 'to_server' | 'to_client';

export type Sighting =
  /** A handshake message in clear; `length` with its header of four bytes. */
  | { readonly type: 'handshake'; readonly message: string; readonly length: number; readonly facts: readonly Fact[] }
  | { readonly type: 'change_cipher_spec'; readonly length: number }
  | { readonly type: 'alert'; readonly level: number; readonly description: number }
  /** A record that cannot be read from here; `length` of its fragment. */
  | { readonly type: 'encrypted'; readonly length: number }
  /** A record in clear of a kind that has no place here. */
  | { readonly type: 'strange'; readonly detail: string; readonly length: number }
  /** No TLS, or no longer: what follows in this direction is only counted. */
  | { readonly type: 'not_tls'; readonly detail: string };

/** What the hellos in clear told about the connection. */
export interface Overheard {
  readonly clientRandom?: Uint8Array;
  readonly negotiated?: Negotiated;
}

/** Longer than any hello there is; a header that announces more is not waited for. */
const MAX_CLEAR_MESSAGE = 2 ** 16;

interface Half {
  readonly records: ByteQueue;
  readonly handshake: ByteQueue;
  changedCipherSpec: boolean;
  lost: boolean;
}

const newHalf = (): Half => ({
  records: new ByteQueue(),
  handshake: new ByteQueue(),
  changedCipherSpec: false,
  lost: false,
});

export class RecordObserver {
  readonly #halves: Readonly<Record<Direction, Half>> = { to_server: newHalf(), to_client: newHalf() };
  #overheard: Overheard = {};

  get overheard(): Overheard {
    return this.#overheard;
  }

  /** What became visible with these bytes, however they are cut. Never throws. */
  observe(direction: Direction, bytes: Uint8Array): readonly Sighting[] {
    const half = this.#halves[direction];
    if (half.lost) return [];
    half.records.append(bytes);
    const sightings: Sighting[] = [];
    while (!half.lost) {
      const record = nextFrame(half.records);
      if (record === undefined) break;
      if (record.type === 'not_tls') {
        half.lost = true;
        half.records.clear();
        sightings.push(record);
      } else {
        sightings.push(...this.#record(direction, half, record.contentType, record.fragment));
      }
    }
    return sightings;
  }

  /** Bytes of a record, or of a message, that was not finished: what a cut connection leaves behind. */
  unfinished(direction: Direction): number {
    const { records, handshake } = this.#halves[direction];
    return records.length + handshake.length;
  }

  #record(direction: Direction, half: Half, contentType: number, fragment: Uint8Array): readonly Sighting[] {
    const { length } = fragment;
    // In TLS 1.2 what follows a ChangeCipherSpec is encrypted under its own content type; in 1.3 all of it is application_data.
    const hidden = half.changedCipherSpec && this.#overheard.negotiated?.version === 'TLS 1.2';
    if (contentType === ContentType.application_data || hidden) return [{ type: 'encrypted', length }];
    switch (contentType) {
      case ContentType.handshake:
        half.handshake.append(fragment);
        return this.#messages(direction, half);
      case ContentType.change_cipher_spec:
        half.changedCipherSpec = true;
        return [{ type: 'change_cipher_spec', length }];
      case ContentType.alert: {
        const [level = 0, description = 0] = fragment;
        if (length === 2) return [{ type: 'alert', level, description }];
        return [{ type: 'strange', detail: 'an alert that is not 2 bytes long', length }];
      }
      default:
        return [{ type: 'strange', detail: `a record of content type ${contentType}`, length }];
    }
  }

  #messages(direction: Direction, half: Half): readonly Sighting[] {
    const queue = half.handshake;
    const sightings: Sighting[] = [];
    while (queue.length >= 4) {
      const body = queue.at(1) * 2 ** 16 + queue.at(2) * 2 ** 8 + queue.at(3);
      if (body > MAX_CLEAR_MESSAGE) {
        half.lost = true;
        sightings.push({ type: 'not_tls', detail: `a handshake message that announces ${body} bytes` });
        break;
      }
      if (queue.length < 4 + body) break;
      sightings.push(this.#message(direction, queue.at(0), queue.take(4 + body)));
    }
    return sightings;
  }

  #message(direction: Direction, type: number, message: Uint8Array): Sighting {
    const { length } = message;
    const body = message.subarray(4);
    if (direction === 'to_server' && type === HandshakeType.client_hello) {
      const hello = decode(clientHello, body);
      if (!hello.ok) return { type: 'handshake', message: 'ClientHello', length, facts: [unreadable(hello.fault)] };
      // The first one: after a HelloRetryRequest the second repeats its random (§4.1.2).
      this.#overheard = { clientRandom: hello.value.random, ...this.#overheard };
      return { type: 'handshake', message: 'ClientHello', length, facts: clientHelloFacts(hello.value) };
    }
    if (direction === 'to_client' && type === HandshakeType.server_hello) {
      const hello = decode(serverHello, body);
      if (!hello.ok) return { type: 'handshake', message: 'ServerHello', length, facts: [unreadable(hello.fault)] };
      const name = isHelloRetryRequest(hello.value) ? 'HelloRetryRequest' : 'ServerHello';
      const { facts, negotiated } = serverHelloFacts(hello.value);
      if (name === 'ServerHello') this.#overheard = { ...this.#overheard, negotiated };
      return { type: 'handshake', message: name, length, facts };
    }
    return { type: 'handshake', message: handshakeName(type), length, facts: [] };
  }
}

type Frame = { readonly type: 'record'; readonly contentType: number; readonly fragment: Uint8Array };
type NoFrame = Extract<Sighting, { type: 'not_tls' }>;

/** The next record by its header alone: lengths that an engine would refuse are followed all the same. */
function nextFrame(queue: ByteQueue): Frame | NoFrame | undefined {
  if (queue.length === 0) return undefined;
  const contentType = queue.at(0);
  if (contentType < 20 || contentType > 24) {
    return { type: 'not_tls', detail: `no TLS record starts with ${hex(contentType)}` };
  }
  if (queue.length > 1 && queue.at(1) !== 3) {
    return { type: 'not_tls', detail: `no TLS record starts with ${hex(contentType)} ${hex(queue.at(1))}` };
  }
  if (queue.length < HEADER_LENGTH) return undefined;
  const length = queue.at(3) * 256 + queue.at(4);
  if (queue.length < HEADER_LENGTH + length) return undefined;
  return { type: 'record', contentType, fragment: queue.take(HEADER_LENGTH + length).slice(HEADER_LENGTH) };
}

const hex = (byte: number): string => byte.toString(16).padStart(2, '0');
const unreadable = (fault: { readonly detail: string }): Fact => ({ name: 'unreadable', value: fault.detail });
