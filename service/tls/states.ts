import type { Certificate, Result } from '../x509/index.ts';
import type { JudgedPath } from './certificate-message.ts';
import type { CertificateVerified } from './certificate-verify.ts';
import type { CipherSuite } from './cipher-suite.ts';
import type { CipherSuite12 } from './cipher-suite-12.ts';
import type { Version } from './contract.ts';
import type { Fault } from './fault.ts';
import type { HandshakeLog } from './handshake-log.ts';
import type { ClientHello } from './handshake-messages.ts';
import type { HandshakeName } from './handshake-type.ts';
import type { TrafficSecrets } from './key-schedule.ts';
import type { NamedGroup, OfferedKeyShare } from './named-group.ts';
import type { Randoms } from './prf.ts';
import type { RecordProtection } from './record-protection.ts';
import type { Protections } from './record-protection-12.ts';
import type { SignatureScheme } from './signature-scheme.ts';
import type { TraceEvent } from './trace-event.ts';
import type { Transcript } from './transcript.ts';
import type { UnverifiedPeer } from './unverified-peer.ts';
import type { VerifiedPeer } from './verified-peer.ts';

/** A ChangeCipherSpec is no handshake message; in TLS 1.2 it has a place in the table all the same. */
export type TableMessage = HandshakeName | 'change_cipher_spec';

/*
 * The state machines of TLS 1.3, RFC 9846 Appendix A, and of TLS 1.2, RFC 5246 §7.3 (full handshake alone), as data: for every state the messages allowed, and the states that
 * may follow. What is not here is unexpected_message. The handlers' types are derived from this table, and the states
 * carry the proofs: wait_finished holds a CertificateVerified, connected a VerifiedPeer. A handler that skips
 * CertificateVerify does not compile. States of TLS 1.2 say whose message they wait for.
 */
type Table = Record<'server' | 'client', Record<string, Partial<Record<TableMessage, readonly string[]>>>>;

const transitions13 = {
  server: {
    start: {
      client_hello: [
        'wait_second_client_hello',
        'wait_certificate',
        'wait_finished_anonymous',
        'wait_client_certificate',
        'wait_client_key_exchange_anonymous',
      ],
    },
    wait_second_client_hello: { client_hello: ['wait_certificate', 'wait_finished_anonymous'] },
    wait_certificate: { certificate: ['wait_certificate_verify'] },
    wait_certificate_verify: { certificate_verify: ['wait_finished'] },
    wait_finished: { finished: ['connected'] },
    wait_finished_anonymous: { finished: ['connected_anonymous'] },
    connected: { key_update: ['connected'] },
    connected_anonymous: { key_update: ['connected_anonymous'] },
  },
  client: {
    wait_server_hello: {
      server_hello: ['wait_server_hello_after_retry', 'wait_encrypted_extensions', 'wait_server_certificate'],
    },
    wait_server_hello_after_retry: { server_hello: ['wait_encrypted_extensions'] },
    wait_encrypted_extensions: { encrypted_extensions: ['wait_certificate_or_request'] },
    wait_certificate_or_request: {
      certificate_request: ['wait_certificate'],
      certificate: ['wait_certificate_verify'],
    },
    wait_certificate: { certificate: ['wait_certificate_verify'] },
    wait_certificate_verify: { certificate_verify: ['wait_finished'] },
    wait_finished: { finished: ['connected'] },
    connected: { key_update: ['connected'], new_session_ticket: ['connected'] },
  },
} as const satisfies Table;

const transitions12 = {
  server: {
    wait_client_certificate: { certificate: ['wait_client_key_exchange'] },
    wait_client_key_exchange: { client_key_exchange: ['wait_client_certificate_verify'] },
    wait_client_key_exchange_anonymous: { client_key_exchange: ['wait_client_change_cipher_spec_anonymous'] },
    wait_client_certificate_verify: { certificate_verify: ['wait_client_change_cipher_spec'] },
    wait_client_change_cipher_spec: { change_cipher_spec: ['wait_client_finished'] },
    wait_client_change_cipher_spec_anonymous: { change_cipher_spec: ['wait_client_finished_anonymous'] },
    wait_client_finished: { finished: ['connected_12'] },
    wait_client_finished_anonymous: { finished: ['connected_12_anonymous'] },
    connected_12: {},
    connected_12_anonymous: {},
  },
  client: {
    wait_server_certificate: { certificate: ['wait_server_key_exchange'] },
    wait_server_key_exchange: { server_key_exchange: ['wait_certificate_request_or_done'] },
    wait_certificate_request_or_done: {
      certificate_request: ['wait_server_hello_done'],
      server_hello_done: ['wait_server_change_cipher_spec'],
    },
    wait_server_hello_done: { server_hello_done: ['wait_server_change_cipher_spec'] },
    wait_server_change_cipher_spec: { change_cipher_spec: ['wait_server_finished'] },
    wait_server_finished: { finished: ['connected_12'] },
    connected_12: {},
  },
} as const satisfies Table;

export const transitions = {
  server: { ...transitions13.server, ...transitions12.server },
  client: { ...transitions13.client, ...transitions12.client },
} as const;

/** Of which version a state is; a server's start and a client's first wait are of either, and count as TLS 1.3. */
export const versionOf = (role: 'server' | 'client', state: string): Version =>
  Object.hasOwn(transitions12[role], state) ? '1.2' : '1.3';

type ServerTable = (typeof transitions)['server'];
type ClientTable = (typeof transitions)['client'];
export type ServerStateName = keyof ServerTable;
export type ClientStateName = keyof ClientTable;

/* Server */

/** What ServerHello fixed, and what it takes to check the client's flight. */
interface ServerFlightSent {
  readonly suite: CipherSuite;
  readonly transcript: Transcript;
  readonly applicationProtocol: string | undefined;
  readonly clientHandshakeTrafficSecret: Uint8Array;
  readonly clientApplicationTrafficSecret0: Uint8Array;
  readonly exporterMainSecret: Uint8Array;
  readonly serverFinishedHash: Uint8Array;
}

/** An UnverifiedPeer where a verifier made for tests let the certificates pass, and only there. */
type ProvenPeer = VerifiedPeer | UnverifiedPeer;

/** Both Finished were right. */
interface Connected {
  readonly suite: CipherSuite;
  readonly exporterMainSecret: Uint8Array;
  readonly serverFinishedHash: Uint8Array;
  readonly clientFinishedHash: Uint8Array;
}

/** TLS 1.2: what ServerHello fixed. */
interface Hellos12 {
  readonly suite: CipherSuite12;
  readonly randoms: Randoms;
  readonly log: HandshakeLog;
  readonly applicationProtocol: string | undefined;
}

/** TLS 1.2: the key exchange is done, and the records of both directions have their keys. */
interface Keyed12 extends Hellos12 {
  readonly mainSecret: Uint8Array;
  readonly protections: Protections;
}

interface ServerFlightSent12 extends Hellos12 {
  readonly group: NamedGroup;
  readonly share: OfferedKeyShare;
}

interface Connected12 {
  readonly suite: CipherSuite12;
  readonly randoms: Randoms;
  readonly mainSecret: Uint8Array;
  readonly serverFinishedHash: Uint8Array;
  readonly clientFinishedHash: Uint8Array;
}

export interface ServerStates {
  start: { readonly name: 'start' };
  wait_second_client_hello: {
    readonly name: 'wait_second_client_hello';
    readonly suite: CipherSuite;
    readonly group: NamedGroup;
    readonly first: ClientHello;
    readonly transcript: Transcript;
  };
  wait_certificate: ServerFlightSent & { readonly name: 'wait_certificate' };
  wait_certificate_verify: ServerFlightSent & {
    readonly name: 'wait_certificate_verify';
    readonly path: JudgedPath;
  };
  wait_finished: ServerFlightSent & { readonly name: 'wait_finished'; readonly certificate: CertificateVerified };
  wait_finished_anonymous: ServerFlightSent & { readonly name: 'wait_finished_anonymous' };
  connected: Connected & { readonly name: 'connected'; readonly peer: ProvenPeer };
  connected_anonymous: Connected & { readonly name: 'connected_anonymous' };

  wait_client_certificate: ServerFlightSent12 & { readonly name: 'wait_client_certificate' };
  wait_client_key_exchange: ServerFlightSent12 & {
    readonly name: 'wait_client_key_exchange';
    readonly path: JudgedPath;
  };
  wait_client_key_exchange_anonymous: ServerFlightSent12 & { readonly name: 'wait_client_key_exchange_anonymous' };
  wait_client_certificate_verify: Keyed12 & {
    readonly name: 'wait_client_certificate_verify';
    readonly path: JudgedPath;
  };
  wait_client_change_cipher_spec: Keyed12 & {
    readonly name: 'wait_client_change_cipher_spec';
    readonly certificate: CertificateVerified;
  };
  wait_client_change_cipher_spec_anonymous: Keyed12 & { readonly name: 'wait_client_change_cipher_spec_anonymous' };
  wait_client_finished: Keyed12 & { readonly name: 'wait_client_finished'; readonly certificate: CertificateVerified };
  wait_client_finished_anonymous: Keyed12 & { readonly name: 'wait_client_finished_anonymous' };
  connected_12: Connected12 & { readonly name: 'connected_12'; readonly peer: ProvenPeer };
  connected_12_anonymous: Connected12 & { readonly name: 'connected_12_anonymous' };
}

/* Client */

/** A share of ours that waits for the server's. */
export interface ClientKeyShare {
  readonly group: NamedGroup;
  readonly share: OfferedKeyShare;
}

interface HelloSent {
  readonly hello: ClientHello;
  readonly encodedHello: Uint8Array;
  readonly keyShares: readonly ClientKeyShare[];
}

interface ServerHelloReceived {
  readonly suite: CipherSuite;
  readonly transcript: Transcript;
  readonly secrets: TrafficSecrets;
  readonly mainSecret: Uint8Array;
  readonly group: NamedGroup;
}

/** What the server's CertificateRequest takes; undefined where none came. */
interface Requested {
  readonly applicationProtocol: string | undefined;
  readonly requested: { readonly signatureSchemes: readonly number[] } | undefined;
}

/** TLS 1.2: ALPN is settled in ServerHello already. */
type Negotiated12 = Hellos12;

/** TLS 1.2: the server's key exchange is signed by the certificate that it showed. */
interface Exchanged12 extends Negotiated12 {
  readonly certificate: CertificateVerified;
  readonly group: NamedGroup;
  readonly serverPublicValue: Uint8Array;
}

interface Requested12 {
  readonly requested:
    | { readonly certificateTypes: readonly number[]; readonly signatureSchemes: readonly number[] }
    | undefined;
}

interface ClientFlightSent12 extends Keyed12 {
  readonly certificate: CertificateVerified;
  /** A certificate was asked for, and a key of ours has signed. */
  readonly mutual: boolean;
  readonly clientFinishedHash: Uint8Array;
}

export interface ClientStates {
  wait_server_hello: HelloSent & { readonly name: 'wait_server_hello' };
  wait_server_hello_after_retry: HelloSent & {
    readonly name: 'wait_server_hello_after_retry';
    readonly suite: CipherSuite;
    readonly transcript: Transcript;
  };
  wait_encrypted_extensions: ServerHelloReceived & { readonly name: 'wait_encrypted_extensions' };
  wait_certificate_or_request: ServerHelloReceived & {
    readonly name: 'wait_certificate_or_request';
    readonly applicationProtocol: string | undefined;
  };
  wait_certificate: ServerHelloReceived & Requested & { readonly name: 'wait_certificate' };
  wait_certificate_verify: ServerHelloReceived &
    Requested & { readonly name: 'wait_certificate_verify'; readonly path: JudgedPath };
  wait_finished: ServerHelloReceived &
    Requested & { readonly name: 'wait_finished'; readonly certificate: CertificateVerified };
  connected: Connected & { readonly name: 'connected'; readonly peer: ProvenPeer; readonly tickets: number };

  wait_server_certificate: Negotiated12 & { readonly name: 'wait_server_certificate' };
  wait_server_key_exchange: Negotiated12 & { readonly name: 'wait_server_key_exchange'; readonly path: JudgedPath };
  wait_certificate_request_or_done: Exchanged12 & { readonly name: 'wait_certificate_request_or_done' };
  wait_server_hello_done: Exchanged12 & Requested12 & { readonly name: 'wait_server_hello_done' };
  wait_server_change_cipher_spec: ClientFlightSent12 & { readonly name: 'wait_server_change_cipher_spec' };
  wait_server_finished: ClientFlightSent12 & { readonly name: 'wait_server_finished' };
  connected_12: Connected12 & { readonly name: 'connected_12'; readonly peer: ProvenPeer };
}

export type ServerState = ServerStates[ServerStateName];
export type ClientState = ClientStates[ClientStateName];

/* Handlers */

/** What a handler wants done, in this order. Only the engine touches records. */
export type Output =
  | { readonly kind: 'message'; readonly name: HandshakeName | 'hello_retry_request'; readonly bytes: Uint8Array }
  | { readonly kind: 'change_cipher_spec' }
  | { readonly kind: 'sealWith' | 'openWith'; readonly protection: RecordProtection }
  | { readonly kind: 'nextOpeningKey' }
  | { readonly kind: 'oweKeyUpdate' }
  | { readonly kind: 'event'; readonly event: TraceEvent };

export interface Outcome<State> {
  readonly state: State;
  readonly outputs: readonly Output[];
}

export type Handled<State> = Result<Outcome<State>, Fault>;

/** A received message: its name in the table, its body, and all of it as it enters the transcript (empty for ChangeCipherSpec). */
export interface HandshakeMessage {
  readonly name: TableMessage;
  readonly body: Uint8Array;
  readonly bytes: Uint8Array;
}

/** One handler for each cell of the table; it may lead nowhere but where the table says. */
type Handlers<Table, States, Context> = {
  readonly [S in keyof Table & keyof States]: {
    readonly [M in keyof Table[S]]: (
      state: States[S],
      message: HandshakeMessage,
      context: Context,
    ) => Handled<Table[S][M] extends readonly (infer Next)[] ? States[Next & keyof States] : never>;
  };
};

export type ServerHandlers<Context> = Handlers<ServerTable, ServerStates, Context>;
export type ClientHandlers<Context> = Handlers<ClientTable, ClientStates, Context>;

/** What both roles know beside their state; `own` holds the leaves of ours that no peer may show us. */
export interface Parameters {
  readonly versions: readonly Version[];
  readonly cipherSuites: readonly CipherSuite[];
  readonly cipherSuites12: readonly CipherSuite12[];
  readonly groups: readonly NamedGroup[];
  readonly signatureSchemes: readonly SignatureScheme[];
  readonly own: readonly Certificate[];
}
