import { bytesToHex, concatBytes } from '@noble/hashes/utils.js';
import { cipherSuites } from '../tls/cipher-suite.ts';
import { cipherSuites12 } from '../tls/cipher-suite-12.ts';
import { ExtensionType as ext } from '../tls/extension-type.ts';
import { protocolNameList } from '../tls/extensions.ts';
import { clientHello, type ServerHello, serverHello } from '../tls/handshake-messages.ts';
import { HandshakeType } from '../tls/handshake-type.ts';
import { HELLO_RETRY_REQUEST_RANDOM } from '../tls/hello-retry-request.ts';
import { decode } from '../tls/presentation.ts';
import type { ContentType } from '../tls/record.ts';
import { contentType } from '../tls/record.ts';
import type { RecordProtection } from '../tls/record-protection.ts';
import { RecordProtection13 } from '../tls/record-protection.ts';
import { protections } from '../tls/record-protection-12.ts';
import type { Inner } from '../trace/index.ts';
import type { LoggedSecrets } from './key-log.ts';
import type { RecordStep } from './replay-recording.ts';

/* The records of a captured session, opened with the secrets that its stack logged, by the engine's own record layer. */

export type TlsRole = 'client' | 'server';

/** A record of either version, as it went over the wire. */
interface WireRecord {
  readonly type: number;
  readonly version: number;
  readonly header: Uint8Array;
  readonly fragment: Uint8Array;
}

/** Whole records; what is left over is dropped, and so is what follows bytes that are no TLS. */
export function wireRecords(bytes: Uint8Array): readonly WireRecord[] {
  const records: WireRecord[] = [];
  for (let at = 0; at + 5 <= bytes.length; ) {
    const header = bytes.subarray(at, at + 5);
    const [type = 0, major = 0, minor = 0, high = 0, low = 0] = header;
    const length = high * 256 + low;
    if (contentType(type) === undefined || major !== 3 || at + 5 + length > bytes.length) break;
    records.push({ type, version: major * 256 + minor, header, fragment: bytes.subarray(at + 5, at + 5 + length) });
    at += 5 + length;
  }
  return records;
}

/** The hellos of a session, which are in clear. */
export interface Hellos {
  /** Of the first ClientHello. */
  readonly clientRandom: Uint8Array;
  readonly offeredProtocols: readonly string[];
  /** Undefined where no ServerHello came, or one that cannot be read; a HelloRetryRequest is none. */
  readonly server: ServerHello | undefined;
}

/** Undefined where the client's first record holds no ClientHello. */
export function hellosOf(client: readonly WireRecord[], server: readonly WireRecord[]): Hellos | undefined {
  const [first] = clearMessages(client);
  const hello = first?.[0] === HandshakeType.client_hello ? decode(clientHello, first.subarray(4)) : undefined;
  if (hello?.ok !== true) return undefined;
  const answers = clearMessages(server).flatMap((message) => {
    const answer = message[0] === HandshakeType.server_hello ? decode(serverHello, message.subarray(4)) : undefined;
    return answer?.ok === true ? [answer.value] : [];
  });
  const alpn = hello.value.extensions.find(({ type }) => type === ext.application_layer_protocol_negotiation);
  const protocols = alpn && decode(protocolNameList, alpn.data);
  const retry = bytesToHex(HELLO_RETRY_REQUEST_RANDOM);
  return {
    clientRandom: hello.value.random,
    offeredProtocols: protocols?.ok === true ? protocols.value : [],
    server: answers.find(({ random }) => bytesToHex(random) !== retry),
  };
}

/** Handshake messages before anything encrypted. */
function clearMessages(records: readonly WireRecord[]): readonly Uint8Array[] {
  const handshake = new HandshakeMessages();
  return records.flatMap(({ type, fragment }) => (type === 22 ? handshake.add(fragment) : []));
}

export const isTls13 = ({ extensions }: ServerHello): boolean =>
  extensions.some(({ type, data }) => type === ext.supported_versions && bytesToHex(data) === '0304');

/** One direction, each record as a step of a trace: `direction` is that of the end which judges. */
export function openedRecords(
  records: readonly WireRecord[],
  sender: TlsRole,
  direction: RecordStep['direction'],
  hellos: Hellos,
  secrets: LoggedSecrets,
): readonly RecordStep[] {
  const keys = hellos.server === undefined || !isTls13(hellos.server) ? keys12 : keys13;
  const opener = new Opener(keys(sender, hellos, secrets));
  return records.map((record) => {
    const { type, version, fragment } = record;
    const told = { t: 0, type: 'record', direction, contentType: type, version, length: fragment.length } as const;
    const inner = opener.open(record);
    return inner === undefined ? { ...told, fragment: bytesToHex(fragment) } : { ...told, inner };
  });
}

/** What opens a direction, one epoch after the other; undefined where a secret is missing. */
interface Epochs {
  readonly version: '1.3' | '1.2';
  readonly handshake: RecordProtection | undefined;
  readonly application: RecordProtection | undefined;
}

function keys13(sender: TlsRole, { server }: Hellos, secrets: LoggedSecrets): Epochs {
  const suite = cipherSuites.find(({ code }) => code === server?.cipherSuite);
  const of = (label: string): RecordProtection | undefined => {
    const secret = secrets.get(`${sender.toUpperCase()}_${label}`);
    return suite === undefined || secret === undefined ? undefined : new RecordProtection13(suite, secret.slice());
  };
  return { version: '1.3', handshake: of('HANDSHAKE_TRAFFIC_SECRET'), application: of('TRAFFIC_SECRET_0') };
}

function keys12(sender: TlsRole, { server, clientRandom }: Hellos, secrets: LoggedSecrets): Epochs {
  const suite = cipherSuites12.find(({ code }) => code === server?.cipherSuite);
  const main = secrets.get('CLIENT_RANDOM');
  const handshake =
    suite === undefined || main === undefined || server === undefined
      ? undefined
      : protections(suite, main, { client: clientRandom, server: server.random })[sender];
  return { version: '1.2', handshake, application: undefined };
}

const FINISHED = HandshakeType.finished;
const KEY_UPDATE = HandshakeType.key_update;

class Opener {
  readonly #version: Epochs['version'];
  readonly #application: RecordProtection | undefined;
  readonly #handshake = new HandshakeMessages();
  #protection: RecordProtection | undefined;
  #changed = false;

  constructor({ version, handshake, application }: Epochs) {
    this.#version = version;
    this.#protection = handshake;
    this.#application = application;
  }

  /** Undefined for a record in clear. */
  open({ type, header, fragment }: WireRecord): Inner | undefined {
    const known = contentType(type);
    const encrypted = this.#version === '1.3' ? type === 23 : this.#changed;
    if (type === 20) this.#changed = true;
    if (!encrypted || known === undefined) return undefined;
    const opened = this.#protection?.open({ type: known, header, fragment });
    if (opened?.ok !== true) return { type: 'unopened' };
    return this.#content(opened.value.type, opened.value.content, fragment);
  }

  #content(type: ContentType, content: Uint8Array, fragment: Uint8Array): Inner {
    if (type !== 22 && type !== 21) return { type: 'withheld', contentType: type, length: content.length };
    if (type === 22 && this.#version === '1.3') {
      for (const [name] of this.#handshake.add(content)) {
        if (name === FINISHED) this.#protection = this.#application;
        if (name === KEY_UPDATE) this.#protection = this.#protection?.next();
      }
    }
    return { type: 'said', contentType: type, content: bytesToHex(content), fragment: bytesToHex(fragment) };
  }
}

/** RFC 9846 §4: type, 24-bit length, body; over as many records as it takes. */
class HandshakeMessages {
  #rest: Uint8Array = new Uint8Array(0);

  /** Those that are whole now. */
  add(bytes: Uint8Array): readonly Uint8Array[] {
    this.#rest = concatBytes(this.#rest, bytes);
    const whole: Uint8Array[] = [];
    for (;;) {
      const [, high, middle, low] = this.#rest;
      if (high === undefined || middle === undefined || low === undefined) return whole;
      const length = 4 + high * 65_536 + middle * 256 + low;
      if (this.#rest.length < length) return whole;
      whole.push(this.#rest.subarray(0, length));
      this.#rest = this.#rest.subarray(length);
    }
  }
}
