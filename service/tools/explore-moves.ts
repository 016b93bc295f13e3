import { concatBytes } from '@noble/hashes/utils.js';
import { AlertDescription, AlertLevel } from '../tls/alert.ts';
import { HandshakeType } from '../tls/handshake-type.ts';
import type { CertifiedKey } from '../tls/index.ts';
import { ContentType, recordHeader } from '../tls/record.ts';
import { Contents } from './explore-contents.ts';
import type { Exchange } from './explore-exchange.ts';
import { type KeyChoice, OppositeKeys } from './explore-keys.ts';
import type { Role, Version, World } from './explore-world.ts';

/*
 * What the opposite end can do at any moment. Names of genuine messages are the RFC's own; what is wrong with the others
 * stands in brackets. The opposite end holds the genuine key and a stranger's, so that an acceptance of what only the
 * stranger signed is seen, too.
 */

export interface Move {
  readonly name: string;
  /** Said first, it opens a handshake of the version that is not explored. */
  readonly opensOther: boolean;
  /**
   * The record, and whether it is sealed; undefined where this cannot be said, or is what another move says. `change`
   * lays hands on the content before it is sealed: what a fuzzer wants.
   */
  record(exchange: Exchange, change?: Change): { readonly bytes: Uint8Array; readonly sealed: boolean } | undefined;
}

export type Change = (content: Uint8Array) => Uint8Array;
type Body = (exchange: Exchange) => Uint8Array;

export function movesAgainst(role: Role, version: Version, world: World): readonly Move[] {
  const keys = new OppositeKeys();
  const contents = new Contents(world, keys);
  const other: Version = version === '1.3' ? '1.2' : '1.3';
  const opposite: Role = role === 'server' ? 'client' : 'server';
  const genuine = world[opposite];
  const stranger = world.stranger[opposite];
  const writes = recordWriter(keys);

  const certificates =
    (of: CertifiedKey | undefined): Body =>
    () =>
      contents.certificate(version, of);
  const verifies =
    (of: Version, as: Role, by: CertifiedKey): Body =>
    (exchange) =>
      contents.certificateVerify(exchange, of, as, by);
  const finishes =
    (of: Version, as: Role): Body =>
    (exchange) =>
      contents.finished(exchange, of, as);
  const own: Readonly<Record<string, Body>> = {
    client_hello: () => contents.clientHello(version, 'share'),
    server_hello: (exchange) => contents.serverHello(version, exchange),
    encrypted_extensions: () => contents.encryptedExtensions(),
    certificate_request: () => contents.certificateRequest(version),
    certificate: certificates(genuine),
    server_key_exchange: (exchange) => contents.serverKeyExchange(exchange, genuine),
    server_hello_done: () => contents.serverHelloDone(),
    client_key_exchange: () => contents.clientKeyExchange(),
    certificate_verify: verifies(version, opposite, genuine),
    finished: finishes(version, opposite),
    key_update: () => contents.keyUpdate(0),
    new_session_ticket: () => contents.newSessionTicket(),
  };
  const variants: Readonly<Record<string, Body>> = {
    'client_hello (of the other version)': () => contents.clientHello(other, 'share'),
    'client_hello (without a key share)': () => contents.clientHello(version, 'no share'),
    'server_hello (of the other version)': (exchange) => contents.serverHello(other, exchange),
    'server_hello (retry)': (exchange) => contents.helloRetryRequest(exchange),
    'certificate_request (of the other version)': () => contents.certificateRequest(other),
    'certificate (of the other version)': () => contents.certificate(other, genuine),
    'certificate (empty)': certificates(undefined),
    "certificate (a stranger's)": certificates(stranger),
    'certificate (of the very end)': certificates(world[role]),
    "server_key_exchange (a stranger's)": (exchange) => contents.serverKeyExchange(exchange, stranger),
    'certificate_verify (of the other version)': verifies(other, opposite, genuine),
    'certificate_verify (as the other role)': verifies(version, role, genuine),
    "certificate_verify (a stranger's)": verifies(version, opposite, stranger),
    'finished (of the other version)': finishes(other, opposite),
    'finished (as the other role)': finishes(version, role),
    'finished (of zeros)': (exchange) => zeroed(contents.finished(exchange, version, opposite)),
    'key_update (asks for one)': () => contents.keyUpdate(1),
  };
  const unsolicited = Object.entries(HandshakeType).filter(([name]) => !(name in own));
  const bodies = [
    ...Object.entries(own),
    ...Object.entries(variants),
    ...unsolicited.map(([name, type]): [string, Body] => [name, () => message(type, unsolicitedBody(name))]),
    ['handshake_type_99', () => message(99, new Uint8Array(0))] as [string, Body],
  ];
  const opensOther = (name: string): boolean =>
    /hello.*other version/.test(name) || (version === '1.2' && name.includes('(retry)'));
  return [
    ...bodies.map(([name, body]): Named => ({ name, record: writes(ContentType.handshake, body, 'due') })),
    ...['certificate', 'certificate_verify', 'finished', 'key_update'].flatMap((name): Named[] => {
      const body = own[name] ?? zeroLength;
      return [
        { name: `${name} (in clear)`, record: inClear(keys, ContentType.handshake, body) },
        { name: `${name} (sealed early)`, record: early(keys, ContentType.handshake, body) },
      ];
    }),
    ...records(keys, writes),
  ].map((move) => ({ ...move, opensOther: opensOther(move.name) }));
}

type Named = Omit<Move, 'opensOther'>;

type Writer = (type: ContentType, body: Body, choice: KeyChoice) => Move['record'];

/** In clear, or sealed where the exchange has come so far. */
const recordWriter =
  (keys: OppositeKeys): Writer =>
  (type, body, choice) =>
  (exchange, change = unchanged) => {
    const content = change(body(exchange));
    const protection = keys.protection(exchange, choice);
    return protection === undefined
      ? { bytes: concatBytes(recordHeader(type, content.length), content), sealed: false }
      : { bytes: protection.seal(type, content, 0), sealed: true };
  };

const inClear =
  (keys: OppositeKeys, type: ContentType, body: Body): Move['record'] =>
  (exchange, change = unchanged) => {
    if (keys.protection(exchange, 'due') === undefined) return undefined;
    const content = change(body(exchange));
    return { bytes: concatBytes(recordHeader(type, content.length), content), sealed: false };
  };

/** Under keys that are due only after the opposite end's own Finished (1.3) or ChangeCipherSpec (1.2). */
const early =
  (keys: OppositeKeys, type: ContentType, body: Body): Move['record'] =>
  (exchange, change = unchanged) => {
    if (!keys.isEarly(exchange)) return undefined;
    const protection = keys.protection(exchange, 'application');
    return protection && { bytes: protection.seal(type, change(body(exchange)), 0), sealed: true };
  };

const APPLICATION_DATA = Uint8Array.of(0x68, 0x69);

/** What is no handshake message. ChangeCipherSpec is in clear always. */
function records(keys: OppositeKeys, writes: Writer): readonly Named[] {
  const clear = (type: ContentType, ...content: number[]): Move['record'] => {
    const bytes = concatBytes(recordHeader(type, content.length), Uint8Array.from(content));
    return () => ({ bytes, sealed: false });
  };
  const alert = (level: number, description: number): Move['record'] =>
    writes(ContentType.alert, () => Uint8Array.of(level, description), 'due');
  return [
    { name: 'change_cipher_spec', record: clear(ContentType.change_cipher_spec, 1) },
    { name: 'change_cipher_spec (of 02)', record: clear(ContentType.change_cipher_spec, 2) },
    { name: 'alert user_canceled', record: alert(AlertLevel.warning, AlertDescription.user_canceled) },
    { name: 'alert close_notify', record: alert(AlertLevel.warning, AlertDescription.close_notify) },
    { name: 'alert handshake_failure', record: alert(AlertLevel.fatal, AlertDescription.handshake_failure) },
    { name: 'application_data', record: writes(ContentType.application_data, () => APPLICATION_DATA, 'due') },
    {
      name: 'application_data (sealed early)',
      record: early(keys, ContentType.application_data, () => APPLICATION_DATA),
    },
    { name: 'heartbeat', record: writes(ContentType.heartbeat, () => Uint8Array.of(1, 0, 0), 'due') },
    { name: 'handshake (of no bytes)', record: writes(ContentType.handshake, zeroLength, 'due') },
  ];
}

const unchanged: Change = (content) => content;
const zeroLength: Body = () => new Uint8Array(0);
const zeroed = (bytes: Uint8Array): Uint8Array => concatBytes(bytes.slice(0, 4), new Uint8Array(bytes.length - 4));
const message = (type: number, body: Uint8Array): Uint8Array =>
  concatBytes(Uint8Array.of(type, 0, body.length >> 8, body.length & 0xff), body);

/** HelloRequest, EndOfEarlyData and their like are empty; the rest has no form here that an honest peer could mean. */
const unsolicitedBody = (name: string): Uint8Array => new Uint8Array(name === 'message_hash' ? 32 : 0);
