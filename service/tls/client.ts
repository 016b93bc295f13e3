import { failure, type Result, success } from '../x509/index.ts';
import { judgeCertificate } from './certificate-message.ts';
import { verifyCertificate } from './certificate-verify.ts';
import { clientHandlers12, takeServerHello12 } from './client-12.ts';
import { takeFinished } from './client-flight.ts';
import { ourClientHello } from './client-hello.ts';
import type { ClientConfig } from './contract.ts';
import type { Entropy } from './entropy.ts';
import { ExtensionType as ext } from './extension-type.ts';
import { certificateAuthorities, ExtensionBlock, nothing, signatureAlgorithms } from './extensions.ts';
import { type Fault, incompatibility, misbehaviour } from './fault.ts';
import {
  type ClientHello,
  certificateRequest,
  clientHello,
  encryptedExtensions,
  handshakeMessage,
  newSessionTicket,
} from './handshake-messages.ts';
import { equalBytes } from './hkdf.ts';
import { handshakeSecret, handshakeTrafficSecrets, mainSecret } from './key-schedule.ts';
import type { NamedGroup } from './named-group.ts';
import type { OwnSecrets } from './own-secrets.ts';
import { updateKeys } from './post-handshake.ts';
import { decode } from './presentation.ts';
import { RecordProtection13 } from './record-protection.ts';
import { askedFor, readProtocol, readServerHello, type ServerAnswer } from './server-hello.ts';
import type { ClientHandlers, ClientStates, Handled, HandshakeMessage, Outcome, Parameters } from './states.ts';
import { Transcript } from './transcript.ts';

export interface ClientContext {
  readonly config: ClientConfig;
  readonly parameters: Parameters;
  /** The groups we send a share of at once; any of `parameters.groups` may be asked for by HelloRetryRequest. */
  readonly shareGroups: readonly NamedGroup[];
  /** Seconds since 1970. */
  readonly now: number;
  readonly entropy: Entropy;
  readonly ownSecrets: OwnSecrets;
}

/** NewSessionTickets are dropped; a server has no reason to send more. */
const MAX_TICKETS = 8;

/** The first flight of RFC 9846 Appendix A.1. */
export function startClient(context: ClientContext): Outcome<ClientStates['wait_server_hello']> {
  const { config, parameters, entropy, ownSecrets, shareGroups } = context;
  // TLS 1.2 has no use for them.
  const groups = parameters.versions.includes('1.3') ? shareGroups : [];
  const keyShares = groups.map((group) => ({ group, share: ownSecrets.offer(group) }));
  const hello = ourClientHello(config, parameters, entropy, keyShares, undefined);
  const encodedHello = handshakeMessage('client_hello', clientHello, hello);
  return {
    state: { name: 'wait_server_hello', hello, encodedHello, keyShares },
    outputs: [
      { kind: 'event', event: { type: 'client_random', random: entropy.random } },
      { kind: 'message', name: 'client_hello', bytes: encodedHello },
    ],
  };
}

/** The client of RFC 9846 Appendix A.1. Each handler takes a state and a message, and says what follows. */
export const clientHandlers: ClientHandlers<ClientContext> = {
  wait_server_hello: {
    server_hello(state, message, context) {
      const answer = readAnswer(message, state.hello, context);
      if (answer.ok !== true) return answer;
      switch (answer.value.type) {
        case 'server_hello':
          return takeServerHello(state, answer.value, message, context);
        case 'hello_retry_request':
          return retry(state, answer.value, message, context);
        case 'server_hello_12':
          return takeServerHello12(state, answer.value, message);
      }
    },
  },

  wait_server_hello_after_retry: {
    server_hello(state, message, context) {
      const answer = readAnswer(message, state.hello, context);
      if (answer.ok !== true) return answer;
      if (answer.value.type === 'hello_retry_request') {
        return failure(misbehaviour('second_hello_retry_request', 'a second HelloRetryRequest'));
      }
      if (answer.value.type === 'server_hello_12') {
        return failure(misbehaviour('illegal_parameter', 'HelloRetryRequest chose TLS 1.3, ServerHello TLS 1.2'));
      }
      if (answer.value.suite.code !== state.suite.code) {
        const { suite } = answer.value;
        return failure(
          misbehaviour('illegal_parameter', `HelloRetryRequest chose ${state.suite.name}, ServerHello ${suite.name}`),
        );
      }
      return takeServerHello(state, answer.value, message, context);
    },
  },

  wait_encrypted_extensions: {
    encrypted_extensions(state, message, { config, parameters }) {
      const decoded = decode(encryptedExtensions, message.body);
      if (decoded.ok !== true) return decoded;
      const block = ExtensionBlock.from(decoded.value, 'EncryptedExtensions');
      if (block.ok !== true) return block;
      const protocol = judgeEncryptedExtensions(block.value, config.alpn, parameters);
      if (protocol.ok !== true) return protocol;
      const transcript = state.transcript.with(message.bytes);
      return success({
        state: { ...state, name: 'wait_certificate_or_request', transcript, applicationProtocol: protocol.value },
        outputs: [
          {
            kind: 'event',
            event: {
              type: 'negotiated',
              version: '1.3',
              cipherSuite: state.suite.name,
              group: state.group.name,
              applicationProtocol: protocol.value,
              serverName: config.serverName,
            },
          },
        ],
      });
    },
  },

  wait_certificate_or_request: {
    certificate_request(state, message) {
      const requested = readRequest(message.body);
      if (requested.ok !== true) return requested;
      const transcript = state.transcript.with(message.bytes);
      return success({
        state: { ...state, name: 'wait_certificate', transcript, requested: requested.value },
        outputs: [],
      });
    },
    certificate(state, message, context) {
      // With a key of ours to show, a server that does not ask for it is not the one we are looking for (design §4.1).
      if (context.config.certifiedKey !== undefined) {
        return failure(
          incompatibility('client_auth_not_requested', 'the server sent Certificate without CertificateRequest'),
        );
      }
      return takeCertificate({ ...state, name: 'wait_certificate', requested: undefined }, message, context);
    },
  },

  wait_certificate: { certificate: (state, message, context) => takeCertificate(state, message, context) },

  wait_certificate_verify: {
    certificate_verify(state, message, { parameters }) {
      const verified = verifyCertificate('server', state, message, parameters.signatureSchemes);
      if (verified.ok !== true) return verified;
      return success({ state: { ...state, ...verified.value, name: 'wait_finished' }, outputs: [] });
    },
  },

  wait_finished: { finished: (state, message, context) => takeFinished(state, message, context) },

  ...clientHandlers12,

  connected: {
    key_update: (state, message) => updateKeys(state, message),
    new_session_ticket(state, message) {
      const decoded = decode(newSessionTicket, message.body);
      if (decoded.ok !== true) return decoded;
      if (state.tickets >= MAX_TICKETS) {
        return failure(misbehaviour('too_many_tickets', `more than ${MAX_TICKETS} NewSessionTicket messages`));
      }
      return success({ state: { ...state, tickets: state.tickets + 1 }, outputs: [] });
    },
  },
};

const readAnswer = (message: HandshakeMessage, ours: ClientHello, { config, parameters }: ClientContext) =>
  readServerHello(message.body, ours, { ...parameters, alpn: config.alpn });

/** §4.1.4: a new ClientHello with what was asked for, and nothing else changed. */
function retry(
  state: ClientStates['wait_server_hello'],
  request: Extract<ServerAnswer, { type: 'hello_retry_request' }>,
  message: HandshakeMessage,
  { config, parameters, entropy, ownSecrets }: ClientContext,
): Handled<ClientStates['wait_server_hello_after_retry']> {
  const group = parameters.groups.find(({ code }) => code === request.group);
  if (request.group !== undefined && group === undefined) {
    return failure(
      misbehaviour('illegal_parameter', `HelloRetryRequest selects group ${request.group}, which was not offered`),
    );
  }
  const alreadyShared = state.keyShares.some((ours) => ours.group.code === group?.code);
  if (alreadyShared || (group === undefined && request.cookie === undefined)) {
    return failure(
      misbehaviour('hello_retry_request_pointless', 'HelloRetryRequest would change nothing in our ClientHello'),
    );
  }
  const keyShares = group === undefined ? state.keyShares : [{ group, share: ownSecrets.offer(group) }];
  if (group !== undefined) for (const { share } of state.keyShares) share.destroy();
  const hello = ourClientHello(config, parameters, entropy, keyShares, request.cookie);
  const encodedHello = handshakeMessage('client_hello', clientHello, hello);
  const { suite } = request;
  const transcript = Transcript.afterRetry(suite.hash, state.encodedHello, message.bytes).with(encodedHello);
  return success({
    state: { name: 'wait_server_hello_after_retry', hello, encodedHello, keyShares, suite, transcript },
    outputs: [{ kind: 'change_cipher_spec' }, { kind: 'message', name: 'client_hello', bytes: encodedHello }],
  });
}

/** §4.1.3, §7.1: the shared secret, and the keys of the handshake. */
function takeServerHello(
  state: ClientStates['wait_server_hello'] | ClientStates['wait_server_hello_after_retry'],
  answer: Extract<ServerAnswer, { type: 'server_hello' }>,
  message: HandshakeMessage,
  { ownSecrets }: ClientContext,
): Handled<ClientStates['wait_encrypted_extensions']> {
  const { suite, share } = answer;
  const { keyShares } = state;
  const ours = keyShares.find(({ group }) => group.code === share.group);
  if (ours === undefined) {
    return failure(
      misbehaviour('key_share_not_offered', `ServerHello holds a share of group ${share.group}, of which we sent none`),
    );
  }
  if (equalBytes(ours.share.publicValue, share.keyExchange) === true) {
    return failure(misbehaviour('reflected_key_share', 'the server sent our own key share back'));
  }
  const sharedSecret = ours.share.agree(share.keyExchange);
  for (const offered of keyShares) offered.share.destroy();
  ownSecrets.destroySeeds();
  if (sharedSecret === undefined) {
    return failure(misbehaviour('invalid_key_share', `the ${ours.group.name} share is not a valid public value`));
  }
  const retried = state.name === 'wait_server_hello_after_retry';
  const transcript = retried
    ? state.transcript.with(message.bytes)
    : Transcript.of(suite.hash, state.encodedHello, message.bytes);
  const handshake = handshakeSecret(suite.hash, sharedSecret);
  const secrets = handshakeTrafficSecrets(suite.hash, handshake, transcript.hash());
  const main = mainSecret(suite.hash, handshake);
  handshake.fill(0);
  return success({
    state: {
      name: 'wait_encrypted_extensions',
      suite,
      group: ours.group,
      transcript,
      secrets: { client: secrets.client.slice(), server: secrets.server.slice() },
      mainSecret: main,
    },
    outputs: [
      { kind: 'openWith', protection: new RecordProtection13(suite, secrets.server) },
      // Appendix E.4: once, and before anything encrypted of ours, were it an alert.
      ...(retried ? [] : [{ kind: 'change_cipher_spec' } as const]),
      { kind: 'sealWith', protection: new RecordProtection13(suite, secrets.client) },
    ],
  });
}

/** §4.3.1: of what we asked for, only this may be answered here; ALPN must be, with one of ours. */
function judgeEncryptedExtensions(
  extensions: ExtensionBlock,
  alpn: readonly string[],
  { versions }: Parameters,
): Result<string | undefined, Fault> {
  const allowed = [ext.server_name, ext.supported_groups, ext.application_layer_protocol_negotiation];
  const fault = extensions.allow('EncryptedExtensions', allowed, askedFor({ alpn, versions }));
  if (fault !== undefined) return failure(fault);
  const name = extensions.read(ext.server_name, nothing);
  if (name.ok !== true) return name;
  return readProtocol(extensions, alpn);
}

/** §4.3.2: unknown extensions are ignored, signature_algorithms must be there. */
function readRequest(body: Uint8Array): Result<{ readonly signatureSchemes: readonly number[] }, Fault> {
  const decoded = decode(certificateRequest, body);
  if (decoded.ok !== true) return decoded;
  if (decoded.value.certificateRequestContext.length > 0) {
    return failure(misbehaviour('illegal_parameter', 'certificate_request_context must be empty in the handshake'));
  }
  const block = ExtensionBlock.from(decoded.value.extensions, 'CertificateRequest');
  if (block.ok !== true) return block;
  const authorities = block.value.read(ext.certificate_authorities, certificateAuthorities);
  if (authorities.ok !== true) return authorities;
  const schemes = block.value.read(ext.signature_algorithms, signatureAlgorithms);
  if (schemes.ok !== true) return schemes;
  if (schemes.value === undefined)
    return failure(misbehaviour('missing_extension', 'CertificateRequest lacks signature_algorithms'));
  return success({ signatureSchemes: schemes.value });
}

function takeCertificate(
  state: ClientStates['wait_certificate'],
  message: HandshakeMessage,
  { config, parameters, now }: ClientContext,
): Handled<ClientStates['wait_certificate_verify']> {
  const path = judgeCertificate(message.body, { sender: 'server', trust: config.trust, now, own: parameters.own });
  if (path.ok !== true) return path;
  const transcript = state.transcript.with(message.bytes);
  return success({ state: { ...state, name: 'wait_certificate_verify', transcript, path: path.value }, outputs: [] });
}
