import { clientHelloExtensions, type Extension, extensions } from './extensions.ts';
import { HandshakeType } from './handshake-type.ts';
import { type Codec, opaque, opaqueVector, uint8, uint16, uint32, vector, written } from './presentation.ts';

/* The messages of TLS 1.3, RFC 9846 §4, in the order they are sent. */

export interface ClientHello {
  readonly legacyVersion: number;
  readonly random: Uint8Array;
  readonly legacySessionId: Uint8Array;
  readonly cipherSuites: readonly number[];
  readonly legacyCompressionMethods: Uint8Array;
  readonly extensions: readonly Extension[];
}

/** §4.1.2 */
export const clientHello: Codec<ClientHello> = {
  name: 'ClientHello',
  decode: (reader) => ({
    legacyVersion: reader.field(uint16('legacy_version')),
    random: reader.field(opaque('random', 32)),
    legacySessionId: reader.field(opaqueVector('legacy_session_id', 1, 0, 32)),
    cipherSuites: reader.field(vector(uint16('CipherSuite'), 'cipher_suites', 2, 2, 0xfffe)),
    legacyCompressionMethods: reader.field(opaqueVector('legacy_compression_methods', 1, 1, 255)),
    extensions: reader.field(clientHelloExtensions),
  }),
  encode(writer, hello) {
    uint16('legacy_version').encode(writer, hello.legacyVersion);
    opaque('random', 32).encode(writer, hello.random);
    opaqueVector('legacy_session_id', 1, 0, 32).encode(writer, hello.legacySessionId);
    vector(uint16('CipherSuite'), 'cipher_suites', 2, 2, 0xfffe).encode(writer, hello.cipherSuites);
    opaqueVector('legacy_compression_methods', 1, 1, 255).encode(writer, hello.legacyCompressionMethods);
    extensions.encode(writer, hello.extensions);
  },
};

export interface ServerHello {
  readonly legacyVersion: number;
  readonly random: Uint8Array;
  readonly legacySessionIdEcho: Uint8Array;
  readonly cipherSuite: number;
  readonly legacyCompressionMethod: number;
  readonly extensions: readonly Extension[];
}

/** §4.1.3; a HelloRetryRequest has the same form and a random of its own. */
export const serverHello: Codec<ServerHello> = {
  name: 'ServerHello',
  decode: (reader) => ({
    legacyVersion: reader.field(uint16('legacy_version')),
    random: reader.field(opaque('random', 32)),
    legacySessionIdEcho: reader.field(opaqueVector('legacy_session_id_echo', 1, 0, 32)),
    cipherSuite: reader.field(uint16('cipher_suite')),
    legacyCompressionMethod: reader.field(uint8('legacy_compression_method')),
    extensions: reader.field(clientHelloExtensions),
  }),
  encode(writer, hello) {
    uint16('legacy_version').encode(writer, hello.legacyVersion);
    opaque('random', 32).encode(writer, hello.random);
    opaqueVector('legacy_session_id_echo', 1, 0, 32).encode(writer, hello.legacySessionIdEcho);
    uint16('cipher_suite').encode(writer, hello.cipherSuite);
    uint8('legacy_compression_method').encode(writer, hello.legacyCompressionMethod);
    extensions.encode(writer, hello.extensions);
  },
};

/** §4.3.1 */
export const encryptedExtensions: Codec<readonly Extension[]> = { ...extensions, name: 'EncryptedExtensions' };

export interface CertificateRequest {
  readonly certificateRequestContext: Uint8Array;
  readonly extensions: readonly Extension[];
}

/** §4.3.2 */
export const certificateRequest: Codec<CertificateRequest> = {
  name: 'CertificateRequest',
  decode: (reader) => ({
    certificateRequestContext: reader.field(opaqueVector('certificate_request_context', 1, 0, 255)),
    extensions: reader.field(extensions),
  }),
  encode(writer, request) {
    opaqueVector('certificate_request_context', 1, 0, 255).encode(writer, request.certificateRequestContext);
    extensions.encode(writer, request.extensions);
  },
};

export interface CertificateEntry {
  readonly certData: Uint8Array;
  readonly extensions: readonly Extension[];
}

const certificateEntry: Codec<CertificateEntry> = {
  name: 'CertificateEntry',
  decode: (reader) => ({
    certData: reader.field(opaqueVector('cert_data', 3, 1, 0xffffff)),
    extensions: reader.field(extensions),
  }),
  encode(writer, entry) {
    opaqueVector('cert_data', 3, 1, 0xffffff).encode(writer, entry.certData);
    extensions.encode(writer, entry.extensions);
  },
};

export interface CertificateMessage {
  readonly certificateRequestContext: Uint8Array;
  readonly certificateList: readonly CertificateEntry[];
}

/** §4.4.2 */
export const certificate: Codec<CertificateMessage> = {
  name: 'Certificate',
  decode: (reader) => ({
    certificateRequestContext: reader.field(opaqueVector('certificate_request_context', 1, 0, 255)),
    certificateList: reader.field(vector(certificateEntry, 'certificate_list', 3, 0, 0xffffff)),
  }),
  encode(writer, message) {
    opaqueVector('certificate_request_context', 1, 0, 255).encode(writer, message.certificateRequestContext);
    vector(certificateEntry, 'certificate_list', 3, 0, 0xffffff).encode(writer, message.certificateList);
  },
};

export interface CertificateVerify {
  readonly algorithm: number;
  readonly signature: Uint8Array;
}

/** §4.4.3 */
export const certificateVerify: Codec<CertificateVerify> = {
  name: 'CertificateVerify',
  decode: (reader) => ({
    algorithm: reader.field(uint16('SignatureScheme')),
    signature: reader.field(opaqueVector('signature', 2, 0, 0xffff)),
  }),
  encode(writer, message) {
    uint16('SignatureScheme').encode(writer, message.algorithm);
    opaqueVector('signature', 2, 0, 0xffff).encode(writer, message.signature);
  },
};

/** §4.4.4: as long as the hash; a wrong length is a decoding error. */
export const finished = (hashLength: number): Codec<Uint8Array> => ({
  ...opaque('verify_data', hashLength),
  name: 'Finished',
});

export interface NewSessionTicket {
  readonly ticketLifetime: number;
  readonly ticketAgeAdd: number;
  readonly ticketNonce: Uint8Array;
  readonly ticket: Uint8Array;
  readonly extensions: readonly Extension[];
}

/** §4.6.1; parsed to see that it is one, then dropped. */
export const newSessionTicket: Codec<NewSessionTicket> = {
  name: 'NewSessionTicket',
  decode: (reader) => ({
    ticketLifetime: reader.field(uint32('ticket_lifetime')),
    ticketAgeAdd: reader.field(uint32('ticket_age_add')),
    ticketNonce: reader.field(opaqueVector('ticket_nonce', 1, 0, 255)),
    ticket: reader.field(opaqueVector('ticket', 2, 1, 0xffff)),
    extensions: reader.field(extensions),
  }),
  encode(writer, message) {
    uint32('ticket_lifetime').encode(writer, message.ticketLifetime);
    uint32('ticket_age_add').encode(writer, message.ticketAgeAdd);
    opaqueVector('ticket_nonce', 1, 0, 255).encode(writer, message.ticketNonce);
    opaqueVector('ticket', 2, 1, 0xffff).encode(writer, message.ticket);
    extensions.encode(writer, message.extensions);
  },
};

export const KeyUpdateRequest = { update_not_requested: 0, update_requested: 1 } as const;

/** §4.6.3 */
export const keyUpdate: Codec<number> = {
  name: 'KeyUpdate',
  decode(reader) {
    const request = reader.field(uint8('request_update'));
    if (request > 1) reader.invalid(`request_update is ${request}, allowed are 0 and 1`);
    return request;
  },
  encode: (writer, request) => void writer.uint(1, request),
};

/** §4: type, 24-bit length, body. */
export function handshakeMessage<T>(name: keyof typeof HandshakeType, codec: Codec<T>, value: T): Uint8Array {
  return written((writer) => writer.uint(1, HandshakeType[name]).vector(3, (body) => codec.encode(body, value)));
}
