import { failure } from '../x509/index.ts';
import { type ClientContext, clientHandlers } from './client.ts';
import { type Fault, misbehaviour } from './fault.ts';
import { type ServerContext, serverHandlers } from './server.ts';
import {
  type ClientState,
  type Handled,
  type HandshakeMessage,
  type ServerState,
  type TableMessage,
  transitions,
} from './states.ts';

/** One end of a connection: its role, where it stands, and what it knows. */
export type Machine =
  | { readonly role: 'server'; readonly state: ServerState; readonly context: ServerContext }
  | { readonly role: 'client'; readonly state: ClientState; readonly context: ClientContext };

/** The messages that each state allows, from the table: what else comes is refused at its first byte. */
const allowed: ReadonlyMap<string, ReadonlySet<string>> = new Map(
  Object.entries(transitions).flatMap(([role, states]) =>
    Object.entries(states).map(([state, messages]) => [`${role} ${state}`, new Set(Object.keys(messages))] as const),
  ),
);

/** Whether the table has a cell for this message in this state. */
export const allows = ({ role, state }: Machine, name: TableMessage): boolean =>
  allowed.get(`${role} ${state.name}`)?.has(name) === true;

interface Place {
  readonly role: string;
  readonly state: { readonly name: string };
}

export const unexpected = ({ role, state }: Place, name: string): Fault =>
  misbehaviour('unexpected_message', `${name} in state ${state.name} of the ${role}`);

/** From a message to its handler (RFC 9846 Appendix A.2). A pair that the table does not know ends in `unexpected`, a forgotten state does not compile. */
export function dispatchToServer(
  state: ServerState,
  message: HandshakeMessage,
  context: ServerContext,
): Handled<ServerState> {
  const { name } = message;
  const none = () => failure(unexpected({ role: 'server', state }, name));
  const on = serverHandlers;
  switch (state.name) {
    case 'start':
      return name === 'client_hello' ? on.start.client_hello(state, message, context) : none();
    case 'wait_second_client_hello':
      return name === 'client_hello' ? on.wait_second_client_hello.client_hello(state, message, context) : none();
    case 'wait_certificate':
      return name === 'certificate' ? on.wait_certificate.certificate(state, message, context) : none();
    case 'wait_certificate_verify':
      return name === 'certificate_verify'
        ? on.wait_certificate_verify.certificate_verify(state, message, context)
        : none();
    case 'wait_finished':
      return name === 'finished' ? on.wait_finished.finished(state, message, context) : none();
    case 'wait_finished_anonymous':
      return name === 'finished' ? on.wait_finished_anonymous.finished(state, message, context) : none();
    case 'connected':
      return name === 'key_update' ? on.connected.key_update(state, message, context) : none();
    case 'connected_anonymous':
      return name === 'key_update' ? on.connected_anonymous.key_update(state, message, context) : none();
    case 'wait_client_certificate':
      return name === 'certificate' ? on.wait_client_certificate.certificate(state, message, context) : none();
    case 'wait_client_key_exchange':
      return name === 'client_key_exchange'
        ? on.wait_client_key_exchange.client_key_exchange(state, message, context)
        : none();
    case 'wait_client_key_exchange_anonymous':
      return name === 'client_key_exchange'
        ? on.wait_client_key_exchange_anonymous.client_key_exchange(state, message, context)
        : none();
    case 'wait_client_certificate_verify':
      return name === 'certificate_verify'
        ? on.wait_client_certificate_verify.certificate_verify(state, message, context)
        : none();
    case 'wait_client_change_cipher_spec':
      return name === 'change_cipher_spec'
        ? on.wait_client_change_cipher_spec.change_cipher_spec(state, message, context)
        : none();
    case 'wait_client_change_cipher_spec_anonymous':
      return name === 'change_cipher_spec'
        ? on.wait_client_change_cipher_spec_anonymous.change_cipher_spec(state, message, context)
        : none();
    case 'wait_client_finished':
      return name === 'finished' ? on.wait_client_finished.finished(state, message, context) : none();
    case 'wait_client_finished_anonymous':
      return name === 'finished' ? on.wait_client_finished_anonymous.finished(state, message, context) : none();
    case 'connected_12':
    case 'connected_12_anonymous':
      return none();
  }
}

/** The same for a client (RFC 9846 Appendix A.1). */
export function dispatchToClient(
  state: ClientState,
  message: HandshakeMessage,
  context: ClientContext,
): Handled<ClientState> {
  const { name } = message;
  const none = () => failure(unexpected({ role: 'client', state }, name));
  const on = clientHandlers;
  switch (state.name) {
    case 'wait_server_hello':
      return name === 'server_hello' ? on.wait_server_hello.server_hello(state, message, context) : none();
    case 'wait_server_hello_after_retry':
      return name === 'server_hello' ? on.wait_server_hello_after_retry.server_hello(state, message, context) : none();
    case 'wait_encrypted_extensions':
      return name === 'encrypted_extensions'
        ? on.wait_encrypted_extensions.encrypted_extensions(state, message, context)
        : none();
    case 'wait_certificate_or_request':
      if (name === 'certificate_request')
        return on.wait_certificate_or_request.certificate_request(state, message, context);
      return name === 'certificate' ? on.wait_certificate_or_request.certificate(state, message, context) : none();
    case 'wait_certificate':
      return name === 'certificate' ? on.wait_certificate.certificate(state, message, context) : none();
    case 'wait_certificate_verify':
      return name === 'certificate_verify'
        ? on.wait_certificate_verify.certificate_verify(state, message, context)
        : none();
    case 'wait_finished':
      return name === 'finished' ? on.wait_finished.finished(state, message, context) : none();
    case 'connected':
      if (name === 'new_session_ticket') return on.connected.new_session_ticket(state, message, context);
      return name === 'key_update' ? on.connected.key_update(state, message, context) : none();
    case 'wait_server_certificate':
      return name === 'certificate' ? on.wait_server_certificate.certificate(state, message, context) : none();
    case 'wait_server_key_exchange':
      return name === 'server_key_exchange'
        ? on.wait_server_key_exchange.server_key_exchange(state, message, context)
        : none();
    case 'wait_certificate_request_or_done':
      if (name === 'certificate_request')
        return on.wait_certificate_request_or_done.certificate_request(state, message, context);
      return name === 'server_hello_done'
        ? on.wait_certificate_request_or_done.server_hello_done(state, message, context)
        : none();
    case 'wait_server_hello_done':
      return name === 'server_hello_done'
        ? on.wait_server_hello_done.server_hello_done(state, message, context)
        : none();
    case 'wait_server_change_cipher_spec':
      return name === 'change_cipher_spec'
        ? on.wait_server_change_cipher_spec.change_cipher_spec(state, message, context)
        : none();
    case 'wait_server_finished':
      return name === 'finished' ? on.wait_server_finished.finished(state, message, context) : none();
    case 'connected_12':
      return none();
  }
}
