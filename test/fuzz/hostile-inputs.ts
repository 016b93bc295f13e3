import { concatBytes } from '@noble/hashes/utils.js';
import { encodeCertificate } from '../../service/tls/certificate-message.ts';
import type { Extension } from '../../service/tls/extensions.ts';
import {
  type ClientHello,
  certificate,
  certificateRequest,
  clientHello,
  encryptedExtensions,
  handshakeMessage,
  serverHello,
} from '../../service/tls/handshake-messages.ts';
import { certificate12, certificateRequest12, clientKeyExchange } from '../../service/tls/handshake-messages-12.ts';
import type { Session } from '../../service/tls/index.ts';
import { decode } from '../../service/tls/presentation.ts';
import { ContentType } from '../../service/tls/record.ts';
import { movesAgainst } from '../../service/tools/explore-moves.ts';
import type { Role, Subject } from '../../service/tools/explore-world.ts';
import { chains } from './hostile-certificates.ts';
import { before, cut, inClear, MAX_FRAGMENT, sealed, waiting, world } from './hostile-sessions.ts';

/*
 * What costs most for its length, by size. An attacker pays for bytes; what we pay for them must not grow faster than they do.
 */

/** An input for one session: pieces as the network hands them over. */
export interface Hostile {
  readonly subject: Subject;
  readonly session: Session;
  readonly pieces: readonly Uint8Array[];
}

export interface Case {
  readonly name: string;
  readonly role: Role;
  /** About so many bytes, in the order they are measured: each twice the one before. */
  readonly sizes: readonly number[];
  /** An input of about `size` bytes, for a session that waits for it. */
  make(size: number): Hostile;
}

/* Hellos */

/** A genuine hello of the opposite end, with something added. */
function hello(role: Role, add: (genuine: ClientHello) => Partial<ClientHello>): Uint8Array {
  const { exchange } = waiting(role, []);
  const name = role === 'server' ? 'client_hello' : 'server_hello';
  const record = movesAgainst(role, '1.3', world)
    .find((move) => move.name === name)
    ?.record(exchange);
  const body = record?.bytes.subarray(9) ?? new Uint8Array(0);
  if (role === 'server') {
    const decoded = decode(clientHello, body);
    if (decoded.ok !== true) throw new Error(decoded.fault.detail);
    return handshakeMessage('client_hello', clientHello, { ...decoded.value, ...add(decoded.value) });
  }
  const decoded = decode(serverHello, body);
  if (decoded.ok !== true) throw new Error(decoded.fault.detail);
  const { extensions } = add({
    ...decoded.value,
    legacySessionId: new Uint8Array(0),
    cipherSuites: [],
    legacyCompressionMethods: new Uint8Array(0),
  });
  return handshakeMessage('server_hello', serverHello, {
    ...decoded.value,
    extensions: extensions ?? decoded.value.extensions,
  });
}

/** Unknown extensions without content: four bytes each. */
const emptyExtensions = (size: number): readonly Extension[] =>
  Array.from({ length: size / 4 }, (_, i) => ({ type: 0x1000 + i, data: new Uint8Array(0) }));

const padded =
  (size: number) =>
  ({ extensions }: ClientHello) => ({
    extensions: [...extensions, { type: 21, data: new Uint8Array(size) }],
  });

const replaced =
  (type: number, data: Uint8Array) =>
  ({ extensions }: ClientHello) => ({
    extensions: extensions.map((one) => (one.type === type ? { type, data } : one)),
  });

const numbers = (count: number, from: number): number[] => Array.from({ length: count }, (_, i) => from + i);
const u16 = (...values: readonly number[]): Uint8Array =>
  Uint8Array.from(values.flatMap((value) => [value >> 8, value & 0xff]));
const vector16 = (content: Uint8Array): Uint8Array => concatBytes(u16(content.length), content);

/** Groups that nobody knows, and a share of one byte of each: in the order of the groups, as is right. */
const keyShares =
  (size: number) =>
  ({ extensions }: ClientHello) => {
    const groups = numbers(size / 7, 0x1000);
    return {
      extensions: extensions.map(({ type, data }) => {
        if (type === 10) return { type, data: vector16(u16(...groups, 29)) };
        if (type !== 51) return { type, data };
        return {
          type,
          data: vector16(
            concatBytes(...groups.map((group) => concatBytes(u16(group, 1), Uint8Array.of(0))), data.subarray(2)),
          ),
        };
      }),
    };
  };

const certificateMessage = (chain: readonly Uint8Array[]): Uint8Array =>
  handshakeMessage('certificate', certificate, {
    ...encodeCertificate(undefined),
    certificateList: chain.map((certData) => ({ certData, extensions: [] })),
  });

/* The cases */

const doubling = (from: number, to: number): readonly number[] => (from > to ? [] : [from, ...doubling(2 * from, to)]);
const HELLO = doubling(1 << 10, 1 << 15).map((size) => size - 1024);
const roles = ['server', 'client'] as const;

function clear(
  name: string,
  role: Role,
  message: (size: number) => Uint8Array,
  pieces = (bytes: Uint8Array) => [bytes] as readonly Uint8Array[],
  fragment?: number,
): Case {
  return {
    name,
    role,
    sizes: HELLO.slice(1),
    make: (size) => ({ ...waiting(role, []), pieces: pieces(inClear(message(size), fragment)) }),
  };
}

function encrypted(
  name: string,
  role: Role,
  point: keyof typeof before,
  message: (size: number) => Uint8Array,
  sizes: readonly number[],
  fragment?: number,
  type: ContentType = ContentType.handshake,
): Case {
  return {
    name,
    role,
    sizes,
    make(size) {
      const at = waiting(role, before[point][role]);
      return { ...at, pieces: [sealed(at.exchange, type, message(size), fragment)] };
    },
  };
}

/** TLS 1.2, where the handshake goes on in clear. */
function clear12(
  name: string,
  role: Role,
  said: readonly string[],
  message: (size: number) => Uint8Array,
  fragment?: number,
): Case {
  return {
    name: `TLS 1.2: ${name}`,
    role,
    sizes: doubling(1 << 11, 1 << 14).map((size) => size - 900),
    make: (size) => ({ ...waiting(role, said, '1.2'), pieces: [inClear(message(size), fragment)] }),
  };
}

const certificates12 = (list: readonly Uint8Array[]): Uint8Array =>
  handshakeMessage('certificate', certificate12, list);

const cases12: readonly Case[] = [
  ...roles.flatMap((role): readonly Case[] => {
    const said = role === 'server' ? ['client_hello'] : ['server_hello'];
    return [
      clear12('Certificate in records of one byte', role, said, (size) => certificates12([new Uint8Array(size)]), 1),
      clear12('more certificates than are taken', role, said, (size) =>
        certificates12(Array.from({ length: size / 4 }, () => Uint8Array.of(0x30))),
      ),
      clear12('five certificates of one name', role, said, (size) =>
        certificates12(chains['five certificates of one name']?.(size, role) ?? []),
      ),
    ];
  }),
  clear12(
    'CertificateRequest of many authorities',
    'client',
    ['server_hello', 'certificate', 'server_key_exchange'],
    (size) =>
      handshakeMessage('certificate_request', certificateRequest12, {
        certificateTypes: [64],
        signatureSchemes: [0x0807],
        authorities: Array.from({ length: size / 3 }, () => Uint8Array.of(0x30)),
      }),
  ),
  clear12('ClientKeyExchange of another length', 'server', ['client_hello', 'certificate'], (size) =>
    concatBytes(handshakeMessage('client_key_exchange', clientKeyExchange, new Uint8Array(255)), new Uint8Array(size)),
  ),
];

export const cases: readonly Case[] = [
  ...cases12,
  ...roles.flatMap((role): readonly Case[] => [
    clear(
      'a hello, one byte at a time',
      role,
      (size) => hello(role, padded(size)),
      (bytes) => cut(bytes, 1),
    ),
    clear('a hello in records of one byte', role, (size) => hello(role, padded(size)), undefined, 1),
    clear(
      'a hello in records of one byte, one byte at a time',
      role,
      (size) => hello(role, padded(size)),
      (bytes) => cut(bytes, 1),
      1,
    ),
    clear('a hello of empty extensions', role, (size) =>
      hello(role, ({ extensions }) => ({ extensions: [...extensions, ...emptyExtensions(size)] })),
    ),
    encrypted(
      'Certificate in sealed records of one byte',
      role,
      'certificate',
      (size) => certificateMessage([new Uint8Array(size)]),
      doubling(1 << 8, 1 << 12),
      1,
    ),
    encrypted(
      'application data in sealed records of one byte',
      role,
      'data',
      (size) => new Uint8Array(size),
      doubling(1 << 8, 1 << 12),
      1,
      ContentType.application_data,
    ),
    encrypted(
      'application data in whole records',
      role,
      'data',
      (size) => new Uint8Array(size),
      doubling(1 << 14, 1 << 18),
      MAX_FRAGMENT,
      ContentType.application_data,
    ),
    ...Object.entries(chains).map(([name, chain]) =>
      encrypted(
        name,
        role,
        'certificate',
        (size) => certificateMessage(chain(size, role)),
        doubling(1 << 11, 1 << 14).map((size) => size - 900),
      ),
    ),
  ]),
  clear('a hello of unknown cipher suites', 'server', (size) =>
    hello('server', ({ cipherSuites }) => ({ cipherSuites: [...numbers(size / 2, 0x2000), ...cipherSuites] })),
  ),
  clear('a hello of unknown groups', 'server', (size) =>
    hello('server', replaced(10, vector16(u16(...numbers(size / 2, 0x1000))))),
  ),
  clear('a hello of key shares', 'server', (size) => hello('server', keyShares(size))),
  clear('a hello of unknown signature schemes', 'server', (size) =>
    hello('server', replaced(13, vector16(u16(...numbers(size / 2, 0x1000))))),
  ),
  clear('a hello of application protocols', 'server', (size) =>
    hello('server', replaced(16, vector16(new Uint8Array(2 * Math.floor(size / 2)).fill(1)))),
  ),
  encrypted(
    'EncryptedExtensions of empty extensions',
    'client',
    'extensions',
    (size) => handshakeMessage('encrypted_extensions', encryptedExtensions, emptyExtensions(size)),
    HELLO.slice(1),
  ),
  encrypted(
    'CertificateRequest of unknown extensions',
    'client',
    'request',
    (size) =>
      handshakeMessage('certificate_request', certificateRequest, {
        certificateRequestContext: new Uint8Array(0),
        extensions: [...emptyExtensions(size), { type: 13, data: vector16(u16(0x0807)) }],
      }),
    HELLO.slice(1),
  ),
  encrypted(
    'CertificateRequest of unknown signature schemes',
    'client',
    'request',
    (size) =>
      handshakeMessage('certificate_request', certificateRequest, {
        certificateRequestContext: new Uint8Array(0),
        extensions: [{ type: 13, data: vector16(u16(...numbers(size / 2, 0x1000))) }],
      }),
    HELLO.slice(1),
  ),
];
