import type { Machine } from '../tls/dispatch.ts';
import { type Dispatch, dispatch } from '../tls/dispatcher.ts';
import { type ClientHello, clientHello } from '../tls/handshake-messages.ts';
import { HandshakeType } from '../tls/handshake-type.ts';
import { verifyData } from '../tls/key-schedule.ts';
import { decode } from '../tls/presentation.ts';
import { verifyData12 } from '../tls/prf.ts';
import type { HandshakeMessage, Output } from '../tls/states.ts';
import { success } from '../x509/index.ts';
import { messageDifference } from './replay-message.ts';
import { Messages } from './replay-messages.ts';
import { RecordedProtection } from './replay-protection.ts';
import type { Recording } from './replay-recording.ts';
import { standIn } from './replay-secrets.ts';
import { sharesOf } from './replay-session.ts';

/*
 * The engine's dispatcher, between a recorded message and the handlers. The handlers judge the message as they always do; what
 * they made with throwaway secrets of ours, and no trace could hold the like of, is replaced by what is on record:
 *
 *   before   the verify_data of a Finished: right, unless it is on record as wrong
 *   after    our own messages, the transcript over them, and the protection of records
 *
 * So a CertificateVerify of the peer is verified over the messages that it signed.
 */

/** How a message of ours differs from the one on record, for `differs`. */
export interface MessageDifference {
  readonly message: string;
  readonly recorded: string;
  readonly replayed: string;
}

export class ReplayDispatcher {
  readonly #recording: Recording;
  readonly #messages = new Messages();
  readonly differences: MessageDifference[] = [];

  constructor(recording: Recording) {
    this.#recording = recording;
  }

  /** The first words of a client: what it said, under the name of what it would say. */
  begin(machine: Machine, outputs: readonly Output[]): readonly Output[] {
    if (machine.role !== 'client' || machine.state.name !== 'wait_server_hello') return outputs;
    const { encodedHello } = machine.state;
    this.#messages.add(encodedHello);
    return outputs.map((output) => {
      if (output.kind !== 'message') return output;
      this.#compare(output.name, output.bytes, encodedHello);
      return { ...output, bytes: encodedHello };
    });
  }

  readonly dispatch: Dispatch = (machine, message) => {
    const handled = dispatch(machine, this.#judgedFinished(machine, message));
    if (handled.ok !== true) return handled;
    this.#messages.add(message.bytes);
    const { machine: next, outputs } = handled.value;
    if (isRetry(next)) this.#messages.retried = true;
    const replaced = outputs.map((output) => this.#stands(output, next));
    return success({ machine: this.#onRecord(next), outputs: replaced });
  };

  /** RFC 9846 §4.4.4, RFC 5246 §7.4.9: no MAC of the peer's can be computed anew. One of another length is left to be refused. */
  #judgedFinished(machine: Machine, message: HandshakeMessage): HandshakeMessage {
    if (message.name !== 'finished' || this.#recording.finishedWasWrong) return message;
    const expected = expectedVerifyData(machine);
    return expected?.length === message.body.length ? { ...message, body: expected } : message;
  }

  #stands(output: Output, machine: Machine): Output {
    switch (output.kind) {
      case 'message': {
        const type = output.name === 'hello_retry_request' ? HandshakeType.server_hello : HandshakeType[output.name];
        const recorded = this.#recording.takeOurs(type);
        // It may never have been said: the peer's bytes behind its own message forbade it. The steps show it.
        if (recorded === undefined) return output;
        for (const message of recorded.before) this.#messages.add(message);
        this.#compare(output.name, output.bytes, recorded.message);
        this.#messages.add(recorded.message);
        return { ...output, bytes: recorded.message };
      }
      case 'sealWith':
      case 'openWith':
        return { ...output, protection: new RecordedProtection(output.protection, this.#recording) };
      case 'event': {
        const { event } = output;
        if (event.type !== 'transcript') return output;
        const hash = this.#messages.hash(machine);
        return { kind: 'event', event: hash === undefined ? event : { ...event, hash } };
      }
      case 'change_cipher_spec':
      case 'nextOpeningKey':
      case 'oweKeyUpdate':
        return output;
    }
  }

  #compare(name: string, replayed: Uint8Array, recorded: Uint8Array): void {
    const difference = messageDifference(name, recorded, replayed);
    if (difference !== undefined) this.differences.push({ message: name, ...difference });
  }

  /** The state with the messages on record in place of ours. Where nothing of ours was said, it has them already. */
  #onRecord(machine: Machine): Machine {
    return machine.role === 'server' ? this.#serverOnRecord(machine) : this.#clientOnRecord(machine);
  }

  #serverOnRecord(machine: Machine & { readonly role: 'server' }): Machine {
    const { role, context, state } = machine;
    switch (state.name) {
      case 'wait_second_client_hello':
        return { role, context, state: { ...state, transcript: this.#messages.transcript(state.suite.hash) } };
      case 'wait_certificate':
      case 'wait_finished_anonymous': {
        const transcript = this.#messages.transcript(state.suite.hash);
        return { role, context, state: { ...state, transcript, serverFinishedHash: transcript.hash() } };
      }
      case 'wait_client_certificate':
      case 'wait_client_key_exchange_anonymous': {
        const said = this.#messages.shareOfServerKeyExchange;
        const share = said === undefined ? state.share : standIn(state.group, said);
        return { role, context, state: { ...state, log: this.#messages.log(), share } };
      }
      default:
        return machine;
    }
  }

  #clientOnRecord(machine: Machine & { readonly role: 'client' }): Machine {
    const { role, context, state } = machine;
    switch (state.name) {
      case 'wait_server_hello_after_retry': {
        const encodedHello = this.#messages.last;
        const hello = encodedHello && decode(clientHello, encodedHello.subarray(4));
        if (encodedHello === undefined || hello?.ok !== true) return machine;
        const keyShares = this.#sharesOnRecord(hello.value, machine);
        const transcript = this.#messages.transcript(state.suite.hash);
        return { role, context, state: { ...state, hello: hello.value, encodedHello, keyShares, transcript } };
      }
      case 'wait_server_change_cipher_spec': {
        const log = this.#messages.log();
        return { role, context, state: { ...state, log, clientFinishedHash: log.hash(state.suite.hash) } };
      }
      default:
        return machine;
    }
  }

  #sharesOnRecord(hello: ClientHello, { context }: Machine & { readonly role: 'client' }) {
    return [...sharesOf(hello)].flatMap(([code, publicValue]) => {
      const group = context.parameters.groups.find((candidate) => candidate.code === code);
      return group === undefined ? [] : [{ group, share: standIn(group, publicValue) }];
    });
  }
}

const isRetry = ({ state: { name } }: Machine): boolean =>
  name === 'wait_second_client_hello' || name === 'wait_server_hello_after_retry';

/** What the peer's verify_data has to be, under the secrets of the replay; undefined where no Finished may come. */
function expectedVerifyData({ role, state }: Machine): Uint8Array | undefined {
  switch (state.name) {
    case 'wait_finished':
      return 'secrets' in state
        ? verifyData(state.suite.hash, state.secrets.server, state.transcript.hash())
        : verifyData(state.suite.hash, state.clientHandshakeTrafficSecret, state.transcript.hash());
    case 'wait_finished_anonymous':
      return verifyData(state.suite.hash, state.clientHandshakeTrafficSecret, state.transcript.hash());
    case 'wait_client_finished':
    case 'wait_client_finished_anonymous':
      return verifyData12(state.suite.hash, state.mainSecret, 'client', state.log.hash(state.suite.hash));
    case 'wait_server_finished':
      return verifyData12(
        state.suite.hash,
        state.mainSecret,
        role === 'client' ? 'server' : 'client',
        state.clientFinishedHash,
      );
    default:
      return undefined;
  }
}
