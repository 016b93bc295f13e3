import { createHash } from 'node:crypto';
import { concatBytes } from '@noble/hashes/utils.js';
import { alertName } from '../../tls/alert.ts';
import { type CipherSuite, cipherSuites } from '../../tls/cipher-suite.ts';
import {
  certificate,
  certificateVerify,
  finished,
  handshakeMessage,
  KeyUpdateRequest,
  keyUpdate,
} from '../../tls/handshake-messages.ts';
import { HandshakeType, handshakeName } from '../../tls/handshake-type.ts';
import { type TrafficSecrets, verifyData } from '../../tls/key-schedule.ts';
import { ContentType, HEADER_LENGTH, MAX_PLAINTEXT, recordHeader } from '../../tls/record.ts';
import { type Identity, type Signer, signedContent } from './identity.ts';
import { Protection } from './protection.ts';
import type { Departure, Transport } from './wire.ts';

/*
 * A TLS 1.3 peer that does what it is told, in any order, right or wrong: each message is a method, and nothing checks
 * that it has its place. The transcript and the keys are kept as an honest peer would keep them, and are open to be changed.
 */

export type Role = 'client' | 'server';

/** What the other side said. */
export type Heard =
  | { readonly type: 'handshake'; readonly name: string; readonly body: Uint8Array; readonly bytes: Uint8Array }
  | { readonly type: 'alert'; readonly name: string; readonly level: number; readonly encrypted: boolean }
  | { readonly type: 'change_cipher_spec' }
  | { readonly type: 'data'; readonly bytes: Uint8Array }
  /** Of the website. `head` is all lines of it, each byte one letter. */
  | {
      readonly type: 'response';
      readonly status: number;
      readonly reason: string;
      readonly head: string;
      readonly content: Uint8Array;
    }
  | { readonly type: 'left'; readonly how: Departure };

/** As an error says it: what it was, and never its bytes. */
function inWords(heard: Heard): string {
  switch (heard.type) {
    case 'handshake':
      return `${heard.name}, ${heard.bytes.length} bytes`;
    case 'alert':
      return `the alert ${heard.name}`;
    case 'change_cipher_spec':
      return 'change_cipher_spec';
    case 'data':
      return `${heard.bytes.length} bytes of application data`;
    case 'response':
      return `the response ${heard.status}`;
    case 'left':
      return heard.how === 'fin' ? 'the end of the stream (FIN)' : 'a reset';
  }
}

/** How a connection ended: the alerts in their order, and whatever application data came before. */
export interface Ending {
  readonly alerts: readonly string[];
  readonly data: Uint8Array;
  readonly how: Departure;
}

/** What went out, as it was meant: the record layer of a rogue does not care what the bytes are. */
export type Sent =
  | { readonly type: 'record'; readonly contentType: number; readonly content: Uint8Array; readonly sealed: boolean }
  | { readonly type: 'raw'; readonly length: number; readonly what: string }
  /** To the website: a request, or what looks like one. */
  | { readonly type: 'text'; readonly bytes: Uint8Array; readonly sealed: boolean }
  | { readonly type: 'left'; readonly how: Departure };

/** Told of everything, in the order it happens; `sealed`: the record that ended what was heard was encrypted. */
export interface Watcher {
  sent(sent: Sent): void;
  heard(heard: Heard, sealed: boolean): void;
}

export interface CertificateVerifyChoices {
  /** Whose context string to sign with, or any other string. */
  readonly context?: string;
  readonly transcriptHash?: Uint8Array;
  /** The code to announce, whatever signs. */
  readonly scheme?: number;
  /** The 64 octets in front. */
  readonly prefix?: Uint8Array;
}

const contexts: Readonly<Record<Role, string>> = {
  client: 'TLS 1.3, client CertificateVerify',
  server: 'TLS 1.3, server CertificateVerify',
};

const [firstSuite] = cipherSuites;

export class RoguePeer {
  readonly role: Role;
  readonly wire: Transport;
  /** Every handshake message so far, in both directions. */
  transcript: Uint8Array[] = [];
  suite: CipherSuite;
  sealing: Protection | undefined;
  opening: Protection | undefined;
  /** Undefined until ServerHello. */
  handshakeSecrets: TrafficSecrets | undefined;
  applicationSecrets: TrafficSecrets | undefined;
  watcher: Watcher | undefined;
  #fragments = new Uint8Array(0);
  #heardSealed = false;

  constructor(role: Role, wire: Transport) {
    if (firstSuite === undefined) throw new Error('there is no cipher suite');
    this.role = role;
    this.wire = wire;
    this.suite = firstSuite;
  }

  /* Speaking */

  /** A record under the key of the moment, or in clear while there is none. */
  record(type: number, content: Uint8Array, padding = 0): void {
    if (this.sealing === undefined) this.clearRecord(type, content);
    else this.innerPlaintext(concatBytes(content, Uint8Array.of(type), new Uint8Array(padding)));
  }

  clearRecord(type: number, fragment: Uint8Array): void {
    this.watcher?.sent({ type: 'record', contentType: type, content: fragment, sealed: false });
    // The codec's type knows only the types there are; a rogue's do not end there.
    this.wire.write(concatBytes(recordHeader(type as ContentType, fragment.length), fragment));
  }

  /** A sealed record whose inner plaintext is exactly this. */
  innerPlaintext(inner: Uint8Array): void {
    const record = this.#seal(inner);
    const last = inner.findLastIndex((byte) => byte !== 0);
    const content = inner.subarray(0, Math.max(last, 0));
    this.watcher?.sent({ type: 'record', contentType: inner[last] ?? 0, content, sealed: true });
    this.wire.write(record);
  }

  /** The sealed record that would carry this, to be changed and sent by `raw`. It takes its sequence number. */
  sealed(type: number, content: Uint8Array): Uint8Array {
    return this.#seal(concatBytes(content, Uint8Array.of(type)));
  }

  /** Bytes as they are, whatever they are; `what` is for the picture. */
  raw(bytes: Uint8Array, what = 'bytes'): void {
    this.watcher?.sent({ type: 'raw', length: bytes.length, what });
    this.wire.write(bytes);
  }

  /** Leaves: by FIN, or by RST. */
  leave(how: 'fin' | 'reset' = 'fin'): void {
    this.watcher?.sent({ type: 'left', how });
    if (how === 'fin') this.wire.end();
    else this.wire.reset();
  }

  /** A handshake message in records of its own; it enters the transcript. */
  say(message: Uint8Array): void {
    this.sayInPieces(message, MAX_PLAINTEXT);
  }

  /** Several handshake messages in one record. */
  sayTogether(...messages: readonly Uint8Array[]): void {
    this.transcript.push(...messages);
    this.record(ContentType.handshake, concatBytes(...messages));
  }

  /** One handshake message over records of so many bytes. */
  sayInPieces(message: Uint8Array, size: number): void {
    this.transcript.push(message);
    for (let at = 0; at < message.length; at += size) {
      this.record(ContentType.handshake, message.subarray(at, at + size));
    }
  }

  changeCipherSpec(content: Uint8Array = Uint8Array.of(1)): void {
    this.clearRecord(ContentType.change_cipher_spec, content);
  }

  alert(level: number, description: number): void {
    this.record(ContentType.alert, Uint8Array.of(level, description));
  }

  data(bytes: Uint8Array): void {
    this.record(ContentType.application_data, bytes);
  }

  /* The messages that both roles send */

  /** RFC 9846 §4.4.2 */
  certificateMessage(chain: readonly Uint8Array[], context: Uint8Array = new Uint8Array(0)): Uint8Array {
    return handshakeMessage('certificate', certificate, {
      certificateRequestContext: context,
      certificateList: chain.map((certData) => ({ certData, extensions: [] })),
    });
  }

  /** §4.4.3, over the transcript as it stands. */
  certificateVerifyMessage(signer: Signer, choices: CertificateVerifyChoices = {}): Uint8Array {
    const content = signedContent(
      choices.context ?? contexts[this.role],
      choices.transcriptHash ?? this.transcriptHash(),
      choices.prefix,
    );
    return handshakeMessage('certificate_verify', certificateVerify, {
      algorithm: choices.scheme ?? signer.scheme,
      signature: signer.sign(content),
    });
  }

  /** §4.4.4, over the transcript as it stands. */
  finishedMessage(verify: Uint8Array = this.verifyData()): Uint8Array {
    return handshakeMessage('finished', finished(verify.length), verify);
  }

  verifyData(secret: Uint8Array = this.#own(this.handshakeSecrets)): Uint8Array {
    return verifyData(this.suite.hash, secret, this.transcriptHash());
  }

  certificate(chain: readonly Uint8Array[]): void {
    this.say(this.certificateMessage(chain));
  }

  certificateVerify(signer: Signer, choices: CertificateVerifyChoices = {}): void {
    this.say(this.certificateVerifyMessage(signer, choices));
  }

  finished(): void {
    this.say(this.finishedMessage());
  }

  /** Certificate, CertificateVerify, Finished, as they should be. */
  authenticate({ chain, signer }: Identity): void {
    this.certificate(chain);
    this.certificateVerify(signer);
    this.finished();
  }

  /** §4.6.3: said under the old key; what follows is sealed with the next. */
  keyUpdate(request: number = KeyUpdateRequest.update_not_requested): void {
    this.record(ContentType.handshake, handshakeMessage('key_update', keyUpdate, request));
    this.sealing = this.sealing?.next();
  }

  /* Keys */

  transcriptHash(): Uint8Array {
    return new Uint8Array(
      createHash(this.suite.hash)
        .update(concatBytes(...this.transcript))
        .digest(),
    );
  }

  useHandshakeKeys(): void {
    this.sealing = new Protection(this.suite, this.#own(this.handshakeSecrets));
    this.opening = new Protection(this.suite, this.#other(this.handshakeSecrets));
  }

  sealWithApplicationKeys(): void {
    this.sealing = new Protection(this.suite, this.#own(this.applicationSecrets));
  }

  openWithApplicationKeys(): void {
    this.opening = new Protection(this.suite, this.#other(this.applicationSecrets));
  }

  /* Listening */

  /** The next thing the other side says; a handshake message enters the transcript. */
  async hear(): Promise<Heard> {
    const heard = await this.#hear();
    this.watcher?.heard(heard, this.#heardSealed);
    return heard;
  }

  async #hear(): Promise<Heard> {
    for (;;) {
      const message = this.#nextMessage();
      if (message !== undefined) return message;
      const header = await this.wire.read(HEADER_LENGTH);
      if (typeof header === 'string') return { type: 'left', how: header };
      const fragment = await this.wire.read((header[3] ?? 0) * 256 + (header[4] ?? 0));
      if (typeof fragment === 'string') return { type: 'left', how: fragment };
      const opened = this.open(header, fragment);
      this.#heardSealed = opened !== undefined;
      const { type, content } = opened ?? { type: header[0], content: fragment };
      if (type === ContentType.handshake) this.#fragments = concatBytes(this.#fragments, content);
      else return heardOf(type, content, opened !== undefined);
    }
  }

  /** Undefined where the record is not encrypted, or there is no key. */
  protected open(
    header: Uint8Array,
    fragment: Uint8Array,
  ): { readonly type: number; readonly content: Uint8Array } | undefined {
    return header[0] === ContentType.application_data ? this.opening?.open(header, fragment) : undefined;
  }

  /** The next handshake message, which must be this one; a ChangeCipherSpec before it is passed over. */
  async hearMessage(name: string): Promise<Uint8Array> {
    for (;;) {
      const heard = await this.hear();
      if (heard.type === 'change_cipher_spec') continue;
      if (heard.type === 'handshake' && heard.name === name) return heard.body;
      throw new Error(`waited for ${name}, and heard ${inWords(heard)}`);
    }
  }

  /** Everything until the other side leaves. Handshake messages that still come are passed over. */
  async ending(): Promise<Ending> {
    const alerts: string[] = [];
    const data: Uint8Array[] = [];
    for (;;) {
      const heard = await this.hear();
      if (heard.type === 'alert') alerts.push(heard.name);
      if (heard.type === 'data') data.push(heard.bytes);
      if (heard.type === 'left') return { alerts, data: concatBytes(...data), how: heard.how };
    }
  }

  #nextMessage(): Heard | undefined {
    const [type = 0, high = 0, middle = 0, low = 0] = this.#fragments;
    const length = 4 + high * 65536 + middle * 256 + low;
    if (this.#fragments.length < 4 || this.#fragments.length < length) return undefined;
    const bytes = this.#fragments.slice(0, length);
    this.#fragments = this.#fragments.slice(length);
    if (type === HandshakeType.key_update) this.opening = this.opening?.next();
    else if (type !== HandshakeType.new_session_ticket) this.transcript.push(bytes);
    return { type: 'handshake', name: handshakeName(type), body: bytes.subarray(4), bytes };
  }

  #seal(inner: Uint8Array): Uint8Array {
    if (this.sealing === undefined) throw new Error('there is no key to seal with');
    return this.sealing.seal(inner);
  }

  #own(secrets: TrafficSecrets | undefined): Uint8Array {
    if (secrets === undefined) throw new Error('there are no keys yet');
    return secrets[this.role];
  }

  #other(secrets: TrafficSecrets | undefined): Uint8Array {
    if (secrets === undefined) throw new Error('there are no keys yet');
    return secrets[this.role === 'client' ? 'server' : 'client'];
  }
}

function heardOf(type: number | undefined, content: Uint8Array, encrypted: boolean): Heard {
  switch (type) {
    case ContentType.alert:
      return { type: 'alert', name: alertName(content[1] ?? -1), level: content[0] ?? -1, encrypted };
    case ContentType.change_cipher_spec:
      return { type: 'change_cipher_spec' };
    case ContentType.application_data:
      if (!encrypted) throw new Error('a sealed record came, and there is no key to open it with');
      return { type: 'data', bytes: content };
    default:
      throw new Error(`a record of content type ${type} came`);
  }
}
