import { bytesToHex } from '@noble/hashes/utils.js';
import { certificateFields } from '../x509/index.ts';
import {
  type Annotation,
  annotate,
  leaf,
  type Remark,
  type Room,
  takeRoom,
  unread,
  type Vocabulary,
  whole,
} from './annotation.ts';
import { suiteSection } from './code-points.ts';
import type { Version } from './contract.ts';
import { certificateStatus, explainExtension, type Holder } from './explain-extensions.ts';
import { byteCount, helloRetryRequest, number, randomWords, wordsOf } from './explain-words.ts';
import {
  certificate,
  certificateRequest,
  certificateVerify,
  clientHello,
  encryptedExtensions,
  finished,
  keyUpdate,
  newSessionTicket,
  serverHello,
} from './handshake-messages.ts';
import {
  certificate12,
  certificateRequest12,
  clientKeyExchange,
  finished12,
  serverHelloDone,
  serverKeyExchange,
} from './handshake-messages-12.ts';
import { type HandshakeName, handshakeName, handshakeType } from './handshake-type.ts';
import { type Codec, empty, opaqueVector, uint32 } from './presentation.ts';

/* What each byte of a handshake message is: RFC 9846 §4, RFC 5246 §7.4. */

/** What the connection is known to speak; before a ServerHello nothing depends on it. */
export interface Speaking {
  readonly version: Version;
  /** What may be told of it, where a stranger could ask for it. */
  readonly room?: Room;
}

interface Form {
  readonly codec: Codec<unknown>;
  readonly section: string;
  readonly holder?: Holder;
}

const form = (codec: Codec<unknown>, section: string, holder?: Holder): Form =>
  holder === undefined ? { codec, section } : { codec, section, holder };

/** RFC 5077 §3.3 */
const newSessionTicket12: Codec<unknown> = {
  name: 'NewSessionTicket',
  decode(reader) {
    reader.field(uint32('ticket_lifetime_hint'));
    reader.field(opaqueVector('ticket', 2, 0, 0xffff));
  },
  encode: () => undefined,
};

function formOf(name: HandshakeName, body: Uint8Array, version: Version): Form | undefined {
  const old = version === '1.2';
  switch (name) {
    case 'hello_request':
      return form(empty('HelloRequest'), 'RFC 5246 §7.4.1.1');
    case 'client_hello':
      return form(clientHello, 'RFC 9846 §4.1.2', 'client_hello');
    case 'server_hello':
      return bytesToHex(body.subarray(2, 34)) === helloRetryRequest
        ? form(serverHello, 'RFC 9846 §4.1.4', 'hello_retry_request')
        : form(serverHello, old ? 'RFC 5246 §7.4.1.3' : 'RFC 9846 §4.1.3', 'server_hello');
    case 'new_session_ticket':
      return old
        ? form(newSessionTicket12, 'RFC 5077 §3.3')
        : form(newSessionTicket, 'RFC 9846 §4.6.1', 'new_session_ticket');
    case 'end_of_early_data':
      return form(empty('EndOfEarlyData'), 'RFC 9846 §4.5');
    case 'encrypted_extensions':
      return form(encryptedExtensions, 'RFC 9846 §4.3.1', 'encrypted_extensions');
    case 'certificate':
      return old ? form(certificate12, 'RFC 5246 §7.4.2') : form(certificate, 'RFC 9846 §4.4.2', 'certificate');
    case 'server_key_exchange':
      return form(serverKeyExchange, 'RFC 8422 §5.4');
    case 'certificate_request':
      return old
        ? form(certificateRequest12, 'RFC 5246 §7.4.4')
        : form(certificateRequest, 'RFC 9846 §4.3.2', 'certificate_request');
    case 'server_hello_done':
      return form(serverHelloDone, 'RFC 5246 §7.4.5');
    case 'certificate_verify':
      return form(certificateVerify, old ? 'RFC 5246 §7.4.8' : 'RFC 9846 §4.4.3');
    case 'client_key_exchange':
      return form(clientKeyExchange, 'RFC 8422 §5.7');
    case 'finished':
      return old
        ? form(finished12, 'RFC 5246 §7.4.9')
        : form(finished(body.length === 48 ? 48 : 32), 'RFC 9846 §4.4.4');
    case 'certificate_status':
      return form(certificateStatus, 'RFC 6066 §8');
    case 'key_update':
      return form(keyUpdate, 'RFC 9846 §4.6.3');
    // DTLS, drafts, and what is no message on the wire.
    case 'hello_verify_request':
    case 'hello_retry_request':
    case 'certificate_url':
    case 'compressed_certificate':
    case 'message_hash':
      return undefined;
  }
}

/** RFC 9846 §4: sections of fields that more than one message has. */
const sections: ReadonlyMap<string, string> = new Map([
  ['SignatureScheme', 'RFC 9846 §4.2.3'],
  ['SignatureAndHashAlgorithm', 'RFC 5246 §7.4.1.4.1'],
  ['NamedGroup', 'RFC 9846 §4.2.7'],
  ['namedcurve', 'RFC 8422 §5.1.1'],
  ['extensions', 'RFC 9846 §4.2'],
]);

const vocabulary = (name: HandshakeName, holder: Holder | undefined, room: Room | undefined): Vocabulary => ({
  room,
  remark: (field, bytes): Remark => ({
    value: field === 'random' && name === 'server_hello' ? randomWords(bytes) : wordsOf(field, bytes),
    section: /^cipher_?suite$/i.test(field) ? suiteSection(number(bytes)) : sections.get(field),
  }),
  instead(field, bytes, at) {
    if (field === 'Extension' && holder !== undefined) return explainExtension(bytes, at, holder, room);
    if (field === 'cert_data' || field === 'ASN.1Cert') return certificateVector(field, bytes, at, room);
    return undefined;
  },
});

/** RFC 9846 §4.4.2: three bytes of length, and DER. */
function certificateVector(name: string, bytes: Uint8Array, at: number, room: Room | undefined): Annotation {
  // DER has two bytes before each value: no more of them are there than this.
  if (takeRoom(room, Math.ceil(bytes.length / 2)) !== true) return leaf(name, at, bytes.length);
  const der = certificateFields(bytes.subarray(3), at + 3);
  const length = leaf(`${name}.length`, at, 3, { value: byteCount(bytes.length - 3) });
  return whole(name, at, [length, der], { value: der.value });
}

/**
 * A handshake message (RFC 9846 §4), with the four bytes of its header, that starts at `at` of something larger. Total:
 * whatever the bytes are, each is in exactly one leaf.
 */
export function explainHandshake(bytes: Uint8Array, speaking: Speaking, at = 0): Annotation {
  if (bytes.length < 4) {
    const problem = `a handshake message has a header of 4 bytes; here are ${bytes.length}`;
    return { ...whole('handshake', at, bytes.length === 0 ? [] : [unread(at, bytes.length, undefined)]), problem };
  }
  const type = number(bytes.subarray(0, 1));
  const name = handshakeType(type);
  const said = number(bytes.subarray(1, 4));
  const body = bytes.subarray(4, 4 + said);
  const known = name === undefined ? undefined : formOf(name, body, speaking.version);
  const header = [
    leaf('msg_type', at, 1, { value: handshakeName(type), section: 'RFC 9846 §4' }),
    leaf('length', at + 1, 3, { value: byteCount(said), section: 'RFC 9846 §4' }),
  ];
  const { fields, problem } =
    name === undefined || known === undefined
      ? { fields: body.length === 0 ? [] : [leaf('body', at + 4, body.length)], problem: undefined }
      : annotate(known.codec, body, at + 4, vocabulary(name, known.holder, speaking.room));
  const beyond = bytes.subarray(4 + said);
  const after =
    beyond.length === 0 ? [] : [unread(at + 4 + said, beyond.length, 'the message ended before these bytes')];
  return {
    ...whole(handshakeName(type), at, [...header, ...fields, ...after], {
      value: titleOf(known),
      section: known?.section,
    }),
    problem:
      body.length < said ? `the message says it is ${byteCount(said)} long, and ${body.length} are here` : problem,
  };
}

function titleOf(known: Form | undefined): string | undefined {
  if (known === undefined) return undefined;
  return known.holder === 'hello_retry_request' ? 'HelloRetryRequest' : known.codec.name;
}
