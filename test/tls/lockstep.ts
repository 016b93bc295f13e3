import { startClient } from '../../service/tls/client.ts';
import { allows, dispatchToClient, dispatchToServer, type Machine } from '../../service/tls/dispatch.ts';
import { partition } from '../../service/tls/entropy.ts';
import type { Fault } from '../../service/tls/fault.ts';
import { handshakeType } from '../../service/tls/handshake-type.ts';
import type { ClientConfig, ServerConfig } from '../../service/tls/index.ts';
import { ownSecrets } from '../../service/tls/own-secrets.ts';
import { parametersOf, shareGroupsOf } from '../../service/tls/parameters.ts';
import type { HandshakeMessage, Output } from '../../service/tls/states.ts';
import { environment } from './pair.ts';

/** One lawful step of a handshake, at the level of messages: where a machine stood, what came, what it said. */
export interface Moment {
  readonly machine: Machine;
  readonly message: HandshakeMessage;
  readonly next: string;
}

const messageOf = (bytes: Uint8Array): HandshakeMessage => {
  const name = handshakeType(bytes[0] ?? -1);
  if (name === undefined) throw new Error(`a message of type ${bytes[0]}`);
  return { name, body: bytes.slice(4), bytes };
};

const CHANGE_CIPHER_SPEC: HandshakeMessage = {
  name: 'change_cipher_spec',
  body: Uint8Array.of(1),
  bytes: new Uint8Array(0),
};

const said = (outputs: readonly Output[]): HandshakeMessage[] =>
  outputs.flatMap((output) => {
    if (output.kind === 'change_cipher_spec') return [CHANGE_CIPHER_SPEC];
    return output.kind === 'message' ? [messageOf(output.bytes)] : [];
  });

export function machines(
  server: ServerConfig,
  client: ClientConfig,
): { server: Machine; client: Machine; hello: HandshakeMessage[] } {
  const env = { server: environment(), client: environment() };
  const clientParameters = parametersOf(client.choices, client.certifiedKey === undefined ? [] : [client.certifiedKey]);
  const entropy = { client: partition(env.client.entropy), server: partition(env.server.entropy) };
  const context = {
    config: client,
    parameters: clientParameters,
    shareGroups: shareGroupsOf(client.choices, clientParameters.groups),
    now: env.client.now,
    entropy: entropy.client,
    ownSecrets: ownSecrets(entropy.client),
  };
  const started = startClient(context);
  return {
    client: { role: 'client', state: started.state, context },
    hello: said(started.outputs),
    server: {
      role: 'server',
      state: { name: 'start' },
      context: {
        config: server,
        parameters: parametersOf(server.choices, server.certifiedKeys),
        now: env.server.now,
        entropy: entropy.server,
        ownSecrets: ownSecrets(entropy.server),
      },
    },
  };
}

export type Dispatched =
  | { readonly ok: true; readonly machine: Machine; readonly said: HandshakeMessage[] }
  | { readonly ok: false; readonly fault: Fault };

/** One message to one machine, without records. */
export function dispatch(machine: Machine, message: HandshakeMessage): Dispatched {
  if (machine.role === 'server') {
    const handled = dispatchToServer(machine.state, message, machine.context);
    if (handled.ok !== true) return handled;
    return { ok: true, machine: { ...machine, state: handled.value.state }, said: said(handled.value.outputs) };
  }
  const handled = dispatchToClient(machine.state, message, machine.context);
  if (handled.ok !== true) return handled;
  return { ok: true, machine: { ...machine, state: handled.value.state }, said: said(handled.value.outputs) };
}

/** Runs a handshake up to message number `stop` and returns the moment before it; undefined once all are done. */
export function momentAt(
  server: ServerConfig,
  client: ClientConfig,
  stop: number,
): { machine: Machine; message: HandshakeMessage } | undefined {
  const ends = machines(server, client);
  const machine: { server: Machine; client: Machine } = { server: ends.server, client: ends.client };
  const waiting: { to: 'server' | 'client'; message: HandshakeMessage }[] = ends.hello.map((message) => ({
    to: 'server',
    message,
  }));
  for (let count = 0; ; count++) {
    const next = waiting.shift();
    if (next === undefined) return undefined;
    // What TLS 1.3 drops is no moment of its own.
    if (next.message.name === 'change_cipher_spec' && !allows(machine[next.to], 'change_cipher_spec')) {
      count--;
      continue;
    }
    if (count === stop) return { machine: machine[next.to], message: next.message };
    const result = dispatch(machine[next.to], next.message);
    if (result.ok !== true) throw new Error(`${result.fault.reason}: ${result.fault.detail}`);
    machine[next.to] = result.machine;
    const other = next.to === 'server' ? 'client' : 'server';
    waiting.push(...result.said.map((message) => ({ to: other, message }) as const));
  }
}
