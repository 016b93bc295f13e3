import type { Certificate, PathRequest, PrivateKey, PublicKey, Refusal, Result } from '../x509/index.ts';
import type { Session } from './session.ts';
import type { TraceEvent } from './trace-event.ts';

/* The engine's contract (design §3). Pure and synchronous: same state, same bytes, same result. */

/** A chain, leaf first and without the anchor, and the key of its leaf. */
export interface CertifiedKey {
  readonly chain: readonly Certificate[];
  readonly key: PrivateKey;
}

/** Whom to trust: one anchor, one role, one name. The time is the session's own. */
export type Trust = Omit<PathRequest, 'now'>;

/**
 * In place of an anchor, whatever a test says of the certificates that came: which key the leaf holds, or why not. What it
 * lets pass is no ValidatedPath, so the session yields an UnverifiedPeer and never a VerifiedPeer. Made in test code alone:
 * test/architecture.test.ts.
 */
export interface UnverifiedTrust {
  readonly judgeUnverified: (certificates: readonly Uint8Array[]) => Result<PublicKey, Refusal>;
  /** What fills certificate_authorities (DER Names). */
  readonly authorityNames: readonly Uint8Array[];
}

export type Version = '1.3' | '1.2';

/** Narrows what a session offers or takes, by the RFC's names and in the order given; an unknown name is a RangeError. */
export interface Choices {
  /** Both, unless said otherwise. */
  readonly versions?: readonly Version[];
  readonly cipherSuites?: readonly string[];
  readonly groups?: readonly string[];
  /** As client: the groups of which a share is sent at once. */
  readonly shareGroups?: readonly string[];
  readonly signatureSchemes?: readonly string[];
}

export interface ServerConfig {
  /** The first whose key fits the client's signature_algorithms is used. */
  readonly certifiedKeys: readonly CertifiedKey[];
  /** In our order of preference. `absent`: what becomes of a ClientHello without ALPN. */
  readonly alpn: { readonly protocols: readonly string[]; readonly absent: 'tolerated' | 'refused' };
  /** 'none' never makes a VerifiedPeer. `authorityNames` fills certificate_authorities (DER Names). */
  readonly clientAuthentication: 'none' | { readonly trust: Trust | UnverifiedTrust };
  readonly choices?: Choices;
  /** Application data is padded to a multiple of so many bytes (RFC 9846 §5.4). */
  readonly paddingMultiple?: number;
}

export interface ClientConfig {
  /** Sent as SNI. Which name the certificate must hold is in `trust`. */
  readonly serverName: string;
  /** The server must select one of these. None is no ALPN, and for an UnverifiedTrust alone. */
  readonly alpn: readonly string[];
  readonly trust: Trust | UnverifiedTrust;
  /** With a key, the server must ask for it: no CertificateRequest is a fault. */
  readonly certifiedKey?: CertifiedKey;
  readonly choices?: Choices;
  readonly paddingMultiple?: number;
}

export interface Environment {
  /** Seconds since 1970, captured at the start of the session. */
  readonly now: number;
  /** `entropyLength` bytes from the system's generator. The session takes them over and zeroes them when they are spent. */
  readonly entropy: Uint8Array;
}

export interface Step {
  readonly session: Session;
  /** To be written in this order and as a whole. */
  readonly out: Uint8Array;
  /** Application data of the peer, after its Finished was verified. */
  readonly received: Uint8Array;
  readonly events: readonly TraceEvent[];
  readonly status: SessionStatus;
}

/**
 * `handshaking`: Finished of the peer still to come. `established`: both may send.
 * `peerClosed`: the peer said close_notify, nothing more comes in; `closed`: we did, nothing more goes out.
 * `failed`: a fault, or a fatal alert of the peer; `out` holds our alert, then the transport is to be ended.
 */
export type SessionStatus = 'handshaking' | 'established' | 'peerClosed' | 'closed' | 'failed';
