import { failure, type Result, success } from '../x509/index.ts';
import { authorityNames, encodeCertificate, judgeCertificate } from './certificate-message.ts';
import { signCertificateVerify, verifyCertificate } from './certificate-verify.ts';
import { type ClientOffer, type ClientOffer13, readOffer } from './client-offer.ts';
import type { ServerConfig } from './contract.ts';
import type { Entropy } from './entropy.ts';
import { ExtensionType as ext } from './extension-type.ts';
import {
  certificateAuthorities,
  type Extension,
  extensionOf,
  nothing,
  protocolNameList,
  selectedVersion,
  serverKeyShare,
  signatureAlgorithms,
} from './extensions.ts';
import { type Fault, misbehaviour } from './fault.ts';
import { verifyFinished } from './finished.ts';
import {
  certificate,
  certificateRequest,
  certificateVerify,
  clientHello,
  encryptedExtensions,
  finished,
  handshakeMessage,
  serverHello,
} from './handshake-messages.ts';
import type { HandshakeName } from './handshake-type.ts';
import { helloRetryRequest, judgeSecondClientHello } from './hello-retry-request.ts';
import { hashLength } from './hkdf.ts';
import {
  applicationTrafficSecrets0,
  exporterMainSecret,
  handshakeSecret,
  handshakeTrafficSecrets,
  mainSecret,
  verifyData,
} from './key-schedule.ts';
import { type Choice13, choose13 } from './negotiation.ts';
import type { OwnSecrets } from './own-secrets.ts';
import { updateKeys } from './post-handshake.ts';
import { decode } from './presentation.ts';
import { ProtocolVersion } from './protocol-version.ts';
import { RecordProtection13 } from './record-protection.ts';
import { answer12, serverHandlers12 } from './server-12.ts';
import { certificateSignatureCodes } from './signature-scheme.ts';
import type { Handled, HandshakeMessage, Output, Parameters, ServerHandlers, ServerStates } from './states.ts';
import { Transcript } from './transcript.ts';
import { provenPeer } from './unverified-peer.ts';

export interface ServerContext {
  readonly config: ServerConfig;
  readonly parameters: Parameters;
  /** Seconds since 1970. */
  readonly now: number;
  readonly entropy: Entropy;
  readonly ownSecrets: OwnSecrets;
}

/** The server of RFC 9846 Appendix A.2. Each handler takes a state and a message, and says what follows. */
export const serverHandlers: ServerHandlers<ServerContext> = {
  start: {
    client_hello(_state, message, context) {
      const offer = readHello(message, context);
      if (offer.ok !== true) return offer;
      if (offer.value.version === '1.2') return answer12(offer.value, message, context);
      const choice = choose13(offer.value, context.config, context.parameters);
      if (choice.ok !== true) return choice;
      const { hello } = offer.value;
      const understood: Output = { kind: 'event', event: { type: 'client_random', random: hello.random } };
      if (choice.value.share === undefined) return retry(offer.value, choice.value, message, understood);
      return answer(offer.value, choice.value, context, {
        transcript: Transcript.of(choice.value.suite.hash, message.bytes),
        before: [understood],
        afterServerHello: compatibility(hello.legacySessionId),
      });
    },
  },

  wait_second_client_hello: {
    client_hello(state, message, context) {
      const offer = readHello(message, context);
      if (offer.ok !== true) return offer;
      const changed = judgeSecondClientHello(state.first, offer.value.hello);
      if (changed !== undefined) return failure(changed);
      if (offer.value.version !== '1.3') return failure(unreachable('a second ClientHello of another version'));
      const choice = choose13(offer.value, context.config, context.parameters);
      if (choice.ok !== true) return choice;
      const shares = offer.value.keyShares;
      if (shares.length !== 1 || shares[0]?.group !== state.group.code) {
        return failure(
          misbehaviour(
            'second_client_hello_changed',
            `the second ClientHello must hold one key share, of ${state.group.name}`,
          ),
        );
      }
      const fixed = { ...choice.value, suite: state.suite, group: state.group, share: shares[0] };
      const transcript = state.transcript.with(message.bytes);
      return answer(offer.value, fixed, context, { transcript, before: [], afterServerHello: [] });
    },
  },

  wait_certificate: {
    certificate(state, message, context) {
      const { clientAuthentication } = context.config;
      if (clientAuthentication === 'none') return failure(unreachable('a Certificate that was never requested'));
      const path = judgeCertificate(message.body, {
        sender: 'client',
        trust: clientAuthentication.trust,
        now: context.now,
        own: context.parameters.own,
      });
      if (path.ok !== true) return path;
      const transcript = state.transcript.with(message.bytes);
      return success({
        state: { ...state, name: 'wait_certificate_verify', transcript, path: path.value },
        outputs: [],
      });
    },
  },

  wait_certificate_verify: {
    certificate_verify(state, message, { parameters }) {
      const verified = verifyCertificate('client', state, message, parameters.signatureSchemes);
      if (verified.ok !== true) return verified;
      return success({ state: { ...state, ...verified.value, name: 'wait_finished' }, outputs: [] });
    },
  },

  wait_finished: {
    finished(state, message) {
      const end = readFinished(state, message);
      if (end.ok !== true) return end;
      const peer = provenPeer(state.certificate, end.value.proof, {
        role: 'client',
        mutual: true,
        applicationProtocol: state.applicationProtocol,
      });
      return success({ state: { ...end.value.connected, name: 'connected', peer }, outputs: end.value.outputs });
    },
  },

  wait_finished_anonymous: {
    finished(state, message) {
      const end = readFinished(state, message);
      if (end.ok !== true) return end;
      return success({ state: { ...end.value.connected, name: 'connected_anonymous' }, outputs: end.value.outputs });
    },
  },

  ...serverHandlers12,

  connected: { key_update: (state, message) => updateKeys(state, message) },
  connected_anonymous: { key_update: (state, message) => updateKeys(state, message) },
};

const unreachable = (detail: string): Fault => ({ kind: 'internal', reason: 'internal_error', detail });

function readHello(message: HandshakeMessage, { parameters }: ServerContext): Result<ClientOffer, Fault> {
  const hello = decode(clientHello, message.body);
  return hello.ok === true ? readOffer(hello.value, parameters.versions) : hello;
}

/** §4.1.4 */
function retry(
  { hello }: ClientOffer13,
  { suite, group }: Choice13,
  message: HandshakeMessage,
  understood: Output,
): Handled<ServerStates['wait_second_client_hello']> {
  const request = helloRetryRequest(hello, suite.code, group.code);
  return success({
    state: {
      name: 'wait_second_client_hello',
      suite,
      group,
      first: hello,
      transcript: Transcript.afterRetry(suite.hash, message.bytes, request),
    },
    outputs: [
      understood,
      { kind: 'message', name: 'hello_retry_request', bytes: request },
      ...compatibility(hello.legacySessionId),
    ],
  });
}

/** Appendix E.4: a client that sends a session id expects a ChangeCipherSpec after our first message, once. */
const compatibility = (legacySessionId: Uint8Array): readonly Output[] =>
  legacySessionId.length > 0 ? [{ kind: 'change_cipher_spec' }] : [];

interface Opening {
  /** ClientHello, or what stands for it after a HelloRetryRequest. */
  readonly transcript: Transcript;
  readonly before: readonly Output[];
  readonly afterServerHello: readonly Output[];
}

/** The whole server flight, ServerHello to Finished, and the keys on its way (§2, §4.3, §4.4). */
function answer(
  offer: ClientOffer13,
  choice: Choice13,
  context: ServerContext,
  opening: Opening,
): Handled<ServerStates['wait_certificate'] | ServerStates['wait_finished_anonymous']> {
  const { hello } = offer;
  const { suite, group, share, signer, applicationProtocol } = choice;
  if (share === undefined) return failure(unreachable('an answer without a key share'));
  const agreed = context.ownSecrets.answer(group, share.keyExchange);
  context.ownSecrets.destroySeeds();
  if (agreed === undefined)
    return failure(misbehaviour('invalid_key_share', `the ${group.name} share is not a valid public value`));

  const flight: Output[] = [...opening.before];
  let transcript = opening.transcript;
  const say = (name: HandshakeName, bytes: Uint8Array): void => {
    transcript = transcript.with(bytes);
    flight.push({ kind: 'message', name, bytes });
  };

  say(
    'server_hello',
    handshakeMessage('server_hello', serverHello, {
      legacyVersion: ProtocolVersion.tls12,
      random: context.entropy.random,
      legacySessionIdEcho: hello.legacySessionId,
      cipherSuite: suite.code,
      legacyCompressionMethod: 0,
      extensions: [
        extensionOf(ext.supported_versions, selectedVersion, ProtocolVersion.tls13),
        extensionOf(ext.key_share, serverKeyShare, { group: group.code, keyExchange: agreed.publicValue }),
      ],
    }),
  );
  const handshake = handshakeSecret(suite.hash, agreed.sharedSecret);
  const secrets = handshakeTrafficSecrets(suite.hash, handshake, transcript.hash());
  const main = mainSecret(suite.hash, handshake);
  handshake.fill(0);
  flight.push(...opening.afterServerHello);
  flight.push(
    { kind: 'sealWith', protection: new RecordProtection13(suite, secrets.server) },
    { kind: 'openWith', protection: new RecordProtection13(suite, secrets.client) },
  );
  flight.push({
    kind: 'event',
    event: {
      type: 'negotiated',
      version: '1.3',
      cipherSuite: suite.name,
      group: group.name,
      applicationProtocol,
      serverName: offer.serverName,
    },
  });

  const authentication = context.config.clientAuthentication;
  say(
    'encrypted_extensions',
    handshakeMessage('encrypted_extensions', encryptedExtensions, agreedExtensions(offer, choice)),
  );
  if (authentication !== 'none') {
    say('certificate_request', requestCertificate(context, authorityNames(authentication.trust)));
  }
  say('certificate', handshakeMessage('certificate', certificate, encodeCertificate(signer.certifiedKey)));
  const signature = signCertificateVerify('server', signer, transcript.hash(), context.ownSecrets);
  say('certificate_verify', handshakeMessage('certificate_verify', certificateVerify, signature));
  const data = verifyData(suite.hash, secrets.server, transcript.hash());
  say('finished', handshakeMessage('finished', finished(data.length), data));

  const serverFinishedHash = transcript.hash();
  const application = applicationTrafficSecrets0(suite.hash, main, serverFinishedHash);
  flight.push(
    {
      kind: 'event',
      event: { type: 'transcript', point: 'server_finished', direction: 'sent', hash: serverFinishedHash },
    },
    { kind: 'sealWith', protection: new RecordProtection13(suite, application.server) },
  );
  const sent = {
    suite,
    transcript,
    applicationProtocol,
    clientHandshakeTrafficSecret: secrets.client.slice(),
    clientApplicationTrafficSecret0: application.client,
    exporterMainSecret: exporterMainSecret(suite.hash, main, serverFinishedHash),
    serverFinishedHash,
  };
  main.fill(0);
  return success({
    state:
      authentication === 'none' ? { ...sent, name: 'wait_finished_anonymous' } : { ...sent, name: 'wait_certificate' },
    outputs: flight,
  });
}

/** §4.3.1: the answers to what the client asked. */
function agreedExtensions({ serverName }: ClientOffer13, { applicationProtocol }: Choice13): readonly Extension[] {
  const list: Extension[] = [];
  if (serverName !== undefined) list.push(extensionOf(ext.server_name, nothing, true));
  if (applicationProtocol !== undefined) {
    list.push(extensionOf(ext.application_layer_protocol_negotiation, protocolNameList, [applicationProtocol]));
  }
  return list;
}

/** §4.3.2, with the authorities we take (§4.2.4). */
function requestCertificate({ parameters }: ServerContext, authorities: readonly Uint8Array[]): Uint8Array {
  const codes = parameters.signatureSchemes.map(({ code }) => code);
  return handshakeMessage('certificate_request', certificateRequest, {
    certificateRequestContext: new Uint8Array(0),
    extensions: [
      extensionOf(ext.signature_algorithms, signatureAlgorithms, codes),
      extensionOf(ext.signature_algorithms_cert, signatureAlgorithms, certificateSignatureCodes),
      ...(authorities.length > 0
        ? [extensionOf(ext.certificate_authorities, certificateAuthorities, authorities)]
        : []),
    ],
  });
}

type FlightAnswered = ServerStates['wait_finished'] | ServerStates['wait_finished_anonymous'];

/** §4.4.4: the client's Finished, the last thing that proves the handshake; then its application keys. */
function readFinished(state: FlightAnswered, message: HandshakeMessage) {
  const { suite, transcript, clientHandshakeTrafficSecret } = state;
  const decoded = decode(finished(hashLength(suite.hash)), message.body);
  if (decoded.ok !== true) return decoded;
  const proof = verifyFinished(suite.hash, clientHandshakeTrafficSecret, transcript.hash(), decoded.value);
  if (proof.ok !== true) return proof;
  clientHandshakeTrafficSecret.fill(0);
  const clientFinishedHash = transcript.with(message.bytes).hash();
  const outputs: readonly Output[] = [
    { kind: 'openWith', protection: new RecordProtection13(suite, state.clientApplicationTrafficSecret0) },
    {
      kind: 'event',
      event: { type: 'transcript', point: 'client_finished', direction: 'verified', hash: clientFinishedHash },
    },
    { kind: 'event', event: { type: 'established' } },
  ];
  const { exporterMainSecret: exporter, serverFinishedHash } = state;
  return success({
    proof: proof.value,
    connected: { suite, exporterMainSecret: exporter, serverFinishedHash, clientFinishedHash },
    outputs,
  });
}
