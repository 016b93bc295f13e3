import { bytesToHex } from '@noble/hashes/utils.js';
import {
  type ClientConfig,
  client,
  close,
  type Environment,
  peer,
  receive,
  type ServerConfig,
  type Session,
  type Step,
  send,
  server,
  type Version,
} from '../tls/index.ts';
import type { Lease } from './credentials.ts';
import { bountyProtocol, oppositeRole, probeProtocol, roleNames, type TlsRole } from './endpoints.ts';
import { trustIn } from './generation.ts';

/**
 * One of our own TLS sessions on a bounty port, in one role and one generation. It is the one place where such a session
 * is configured, and it holds the latest state of the engine, so that no older one can be stepped twice.
 */
export class BountySession {
  readonly role: TlsRole;
  readonly lease: Lease;
  /** Seconds since 1970 when the session began: what certificates are judged at. */
  readonly now: number;
  #state: Session;

  private constructor(role: TlsRole, lease: Lease, now: number, state: Session) {
    this.role = role;
    this.lease = lease;
    this.now = now;
    this.#state = state;
  }

  static server(lease: Lease, environment: Environment, versions: readonly Version[]): BountySession {
    return new BountySession('server', lease, environment.now, server(serverConfig(lease, versions), environment));
  }

  /** `out` of the step is the ClientHello. */
  static client(
    lease: Lease,
    environment: Environment,
    versions: readonly Version[],
  ): { readonly session: BountySession; readonly step: Step } {
    const step = client(clientConfig(lease, versions), environment);
    return { session: new BountySession('client', lease, environment.now, step.session), step };
  }

  get peerRole(): TlsRole {
    return oppositeRole(this.role);
  }

  /** The peer proved to hold the key that `--test-credentials` hands out. */
  get peerShowedTestLeaf(): boolean {
    const test = this.lease.generation.bounty.test;
    const leaf = peer(this.#state)?.path.leaf;
    return test !== undefined && leaf !== undefined && bytesToHex(leaf.der) === bytesToHex(test.der);
  }

  get state(): Session {
    return this.#state;
  }

  receive(bytes: Uint8Array): Step {
    return this.#advance(receive(this.#state, bytes));
  }

  send(data: Uint8Array): Step {
    return this.#advance(send(this.#state, data));
  }

  close(): Step {
    return this.#advance(close(this.#state));
  }

  #advance(step: Step): Step {
    this.#state = step.session;
    return step;
  }
}

const serverConfig = ({ certifiedKey, generation }: Lease, versions: readonly Version[]): ServerConfig => ({
  certifiedKeys: [certifiedKey],
  // Absent is tolerated so that a plain `openssl s_client` learns that it lacks a certificate, not that it lacks ALPN.
  alpn: { protocols: [bountyProtocol, probeProtocol], absent: 'tolerated' },
  clientAuthentication: { trust: trustIn('client', generation) },
  choices: { versions },
});

const clientConfig = ({ certifiedKey, generation }: Lease, versions: readonly Version[]): ClientConfig => ({
  serverName: roleNames.server,
  alpn: [bountyProtocol],
  trust: trustIn('server', generation),
  certifiedKey,
  choices: { versions },
});
