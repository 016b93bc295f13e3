import { startClient } from './client.ts';
import { Connection } from './connection.ts';
import type { ClientConfig, Environment, ServerConfig, SessionStatus, Step } from './contract.ts';
import type { Machine } from './dispatch.ts';
import { partition } from './entropy.ts';
import type { Fault } from './fault.ts';
import { exportKeyingMaterial } from './key-schedule.ts';
import { ownSecrets } from './own-secrets.ts';
import { parametersOf, shareGroupsOf } from './parameters.ts';
import { exportKeyingMaterial12 } from './prf.ts';
import type { TranscriptPoint } from './trace-event.ts';
import { isUnverifiedPeer, type UnverifiedPeer } from './unverified-peer.ts';
import { isVerifiedPeer, type VerifiedPeer } from './verified-peer.ts';

/*
 * The engine's face (design §3): values in, values out, no clock and no randomness inside. A Session is linear: a step
 * spends it and returns its successor, so that no state is ever sealed from twice (threats.md V3).
 */

/** A TLS session as a value. Its type is exported, its constructor is not. */
export type Session = InstanceType<typeof LinearSession>;

class LinearSession {
  #connection: Connection | undefined;
  readonly #role: 'client' | 'server';

  constructor(connection: Connection | undefined, role: 'client' | 'server') {
    this.#connection = connection;
    this.#role = role;
  }

  get role(): 'client' | 'server' {
    return this.#role;
  }

  /** Ends this value; undefined if it was ended before. */
  static spend(session: LinearSession): Connection | undefined {
    const connection = session.#connection;
    session.#connection = undefined;
    return connection;
  }

  static look(session: LinearSession): Connection | undefined {
    return session.#connection;
  }
}

/** A session that waits for a ClientHello (RFC 9846 Appendix A.2). Throws only for a config that cannot be meant. */
export function server(config: ServerConfig, environment: Environment): Session {
  if (config.certifiedKeys.length === 0) throw new RangeError('a TLS server needs at least one certified key');
  const parameters = parametersOf(config.choices, config.certifiedKeys);
  const entropy = partition(environment.entropy);
  const context = { config, parameters, now: environment.now, entropy, ownSecrets: ownSecrets(entropy) };
  const connection = new Connection({ role: 'server', state: { name: 'start' }, context }, config.paddingMultiple ?? 1);
  return new LinearSession(connection, 'server');
}

/** A session that has said its ClientHello: it is in `out` (RFC 9846 Appendix A.1). Throws only for a config that cannot be meant. */
export function client(config: ClientConfig, environment: Environment): Step {
  if (config.alpn.length === 0 && !('judgeUnverified' in config.trust))
    throw new RangeError('a TLS client needs at least one application protocol');
  const parameters = parametersOf(config.choices, config.certifiedKey === undefined ? [] : [config.certifiedKey]);
  const entropy = partition(environment.entropy);
  const context = {
    config,
    parameters,
    shareGroups: shareGroupsOf(config.choices, parameters.groups),
    now: environment.now,
    entropy,
    ownSecrets: ownSecrets(entropy),
  };
  const { state, outputs } = startClient(context);
  const connection = new Connection({ role: 'client', state, context }, config.paddingMultiple ?? 1);
  connection.perform(outputs);
  return stepOf(connection, 'client');
}

/** Whatever the peer sent. Total: never throws. */
export const receive = (session: Session, bytes: Uint8Array): Step =>
  step(session, (connection) => connection.receive(bytes));

/** Application data, once the handshake is done (RFC 9846 §5); before, it is a fault and nothing is sent. */
export const send = (session: Session, data: Uint8Array): Step => step(session, (connection) => connection.send(data));

/** close_notify (RFC 9846 §6.1). The peer may go on speaking. */
export const close = (session: Session): Step => step(session, (connection) => connection.close());

/** The peer, once its CertificateVerify and its Finished were verified (RFC 9846 §4.4); undefined before, and where none was demanded. */
export function peer(session: Session): VerifiedPeer | undefined {
  const state = connectedState(session);
  const proven = state !== undefined && 'peer' in state ? state.peer : undefined;
  return isVerifiedPeer(proven) === true ? proven : undefined;
}

/** The peer of a session that trusts what a test says, once it proved its key (RFC 9846 §4.4.3). Never one whom `peer` knows. */
export function unverifiedPeer(session: Session): UnverifiedPeer | undefined {
  const state = connectedState(session);
  const proven = state !== undefined && 'peer' in state ? state.peer : undefined;
  return isUnverifiedPeer(proven) === true ? proven : undefined;
}

/** The transcript hash (RFC 9846 §4.4.1) at a named point, once both Finished were right. */
export function transcript(session: Session, point: TranscriptPoint): Uint8Array | undefined {
  const state = connectedState(session);
  return (point === 'server_finished' ? state?.serverFinishedHash : state?.clientFinishedHash)?.slice();
}

/**
 * RFC 9846 §7.5, RFC 5705. Undefined before the handshake is done. TLS 1.2 tells no context from an empty one; to TLS 1.3
 * they are the same.
 */
export function exporter(
  session: Session,
  label: string,
  context: Uint8Array | undefined,
  length: number,
): Uint8Array | undefined {
  const state = connectedState(session);
  if (state === undefined) return undefined;
  return 'mainSecret' in state
    ? exportKeyingMaterial12(state.suite.hash, state.mainSecret, state.randoms, label, context, length)
    : exportKeyingMaterial(state.suite.hash, state.exporterMainSecret, label, context ?? new Uint8Array(0), length);
}

/** Where a session stands (contract.ts, design §3). */
export function status(session: Session): SessionStatus {
  return LinearSession.look(session)?.status ?? 'failed';
}

/** Where both Finished were right. A failed session proves nothing about its peer. */
function connectedState(session: Session): ConnectedState | undefined {
  const connection = LinearSession.look(session);
  if (connection === undefined || connection.status === 'failed') return undefined;
  const { state } = connection.machine;
  switch (state.name) {
    case 'connected':
    case 'connected_anonymous':
    case 'connected_12':
    case 'connected_12_anonymous':
      return state;
    default:
      return undefined;
  }
}

type ConnectedState = Extract<
  Machine['state'],
  { name: 'connected' | 'connected_anonymous' | 'connected_12' | 'connected_12_anonymous' }
>;

function step(session: Session, act: (connection: Connection) => void): Step {
  const connection = LinearSession.spend(session);
  if (connection === undefined) return refusedStep(session);
  try {
    act(connection);
  } catch (error) {
    // A defect of ours. The connection ends, the process goes on, and the statistics show it (threats.md J6).
    connection.fail(defect(error instanceof Error ? `${error.name}: ${error.message}` : 'something that is no Error'));
  }
  return stepOf(connection, session.role);
}

const stepOf = (connection: Connection, role: 'client' | 'server'): Step => ({
  session: new LinearSession(connection, role),
  ...connection.harvest(),
  status: connection.status,
});

/** Before anything is sealed: the state this value stood for is gone. */
const refusedStep = (session: Session): Step => ({
  session,
  out: new Uint8Array(0),
  received: new Uint8Array(0),
  events: [{ type: 'fault', fault: defect('a session value was stepped twice') }],
  status: 'failed',
});

const defect = (detail: string): Fault => ({ kind: 'internal', reason: 'internal_error', detail });
