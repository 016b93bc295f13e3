import { failure, type PublicKey, type Result, success } from '../x509/index.ts';
import { encodeCertificates, judgeCertificates } from './certificate-message.ts';
import { chooseSigner, verifySigned } from './certificate-verify.ts';
import { authenticationBy, type CipherSuite12 } from './cipher-suite-12.ts';
import type { ClientContext } from './client.ts';
import { type Fault, incompatibility, misbehaviour } from './fault.ts';
import { verifyFinished12 } from './finished.ts';
import { HandshakeLog } from './handshake-log.ts';
import { certificateVerify, handshakeMessage } from './handshake-messages.ts';
import {
  ClientCertificateType,
  certificate12,
  certificateRequest12,
  clientKeyExchange,
  finished12,
  serverEcdhParams,
  serverHelloDone,
  serverKeyExchange,
} from './handshake-messages-12.ts';
import type { HandshakeName } from './handshake-type.ts';
import { isClassic, onCurveOf } from './negotiation.ts';
import { decode, encode } from './presentation.ts';
import { extendedMainSecret, verifyData12 } from './prf.ts';
import { protections } from './record-protection-12.ts';
import { signedParams } from './server-12.ts';
import type { ServerAnswer } from './server-hello.ts';
import { signatureSchemes12 } from './signature-scheme.ts';
import type { ClientHandlers, ClientStates, Handled, HandshakeMessage, Output, Parameters } from './states.ts';
import { provenPeer } from './unverified-peer.ts';

/* The client of TLS 1.2: RFC 5246 §7.3, a full handshake with ECDHE (RFC 8422) and nothing else. */

type States12 =
  | 'wait_server_certificate'
  | 'wait_server_key_exchange'
  | 'wait_certificate_request_or_done'
  | 'wait_server_hello_done'
  | 'wait_server_change_cipher_spec'
  | 'wait_server_finished'
  | 'connected_12';

export const clientHandlers12: Pick<ClientHandlers<ClientContext>, States12> = {
  wait_server_certificate: {
    certificate(state, message, { config, now, parameters }) {
      const list = decode(certificate12, message.body);
      if (list.ok !== true) return list;
      const path = judgeCertificates(list.value, { sender: 'server', trust: config.trust, now, own: parameters.own });
      if (path.ok !== true) return path;
      const unfit = judgeServerKey(path.value.leaf.publicKey, state.suite, parameters);
      if (unfit !== undefined) return failure(unfit);
      const log = state.log.with(message.bytes);
      return success({ state: { ...state, name: 'wait_server_key_exchange', log, path: path.value }, outputs: [] });
    },
  },

  wait_server_key_exchange: {
    /** RFC 8422 §5.4: a share of a group we offered, signed by the certificate, over both randoms. */
    server_key_exchange(state, message, { parameters }) {
      const decoded = decode(serverKeyExchange, message.body);
      if (decoded.ok !== true) return decoded;
      const { path, log, ...negotiated } = state;
      const { params } = decoded.value;
      const group = parameters.groups.filter(isClassic).find(({ code }) => code === params.namedGroup);
      if (group === undefined) {
        return failure(
          misbehaviour('illegal_parameter', `the server chose group ${params.namedGroup}, which was not offered`),
        );
      }
      const content = signedParams(state.randoms, encode(serverEcdhParams, params));
      const verified = verifySigned(path, signatureSchemes12(parameters.signatureSchemes), decoded.value, content);
      if (verified.ok !== true) return verified;
      return success({
        state: {
          ...negotiated,
          name: 'wait_certificate_request_or_done',
          log: log.with(message.bytes),
          certificate: verified.value,
          group,
          serverPublicValue: params.publicValue,
        },
        outputs: [],
      });
    },
  },

  wait_certificate_request_or_done: {
    certificate_request(state, message) {
      const decoded = decode(certificateRequest12, message.body);
      if (decoded.ok !== true) return decoded;
      const { certificateTypes, signatureSchemes } = decoded.value;
      const log = state.log.with(message.bytes);
      return success({
        state: { ...state, name: 'wait_server_hello_done', log, requested: { certificateTypes, signatureSchemes } },
        outputs: [],
      });
    },
    server_hello_done(state, message, context) {
      // With a key of ours to show, a server that does not ask for it is not the one we are looking for (design §4.1).
      if (context.config.certifiedKey !== undefined) {
        const detail = 'the server sent ServerHelloDone without CertificateRequest';
        return failure(incompatibility('client_auth_not_requested', detail));
      }
      return sendFlight({ ...state, name: 'wait_server_hello_done', requested: undefined }, message, context);
    },
  },

  wait_server_hello_done: { server_hello_done: (state, message, context) => sendFlight(state, message, context) },

  wait_server_change_cipher_spec: {
    change_cipher_spec: (state) =>
      success({
        state: { ...state, name: 'wait_server_finished' },
        outputs: [{ kind: 'openWith', protection: state.protections.server }],
      }),
  },

  wait_server_finished: { finished: (state, message) => takeFinished(state, message) },

  connected_12: {},
};

/** RFC 8422 §5.3: the key fits the suite, and respects our choice of curves. */
function judgeServerKey(key: PublicKey, suite: CipherSuite12, { groups }: Parameters): Fault | undefined {
  if (authenticationBy(key.algorithm) !== suite.authentication) {
    const detail = `the certificate's key is ${key.algorithm}, but the suite is ${suite.name}`;
    return misbehaviour('illegal_parameter', detail);
  }
  const offered = groups.map(({ code }) => code);
  return onCurveOf(offered, key) === true
    ? undefined
    : misbehaviour('illegal_parameter', 'the certificate is on a curve that supported_groups lacks');
}

/** After a ServerHello of TLS 1.2 (RFC 5246 §7.4.1.3). */
export function takeServerHello12(
  state: ClientStates['wait_server_hello'],
  answer: Extract<ServerAnswer, { type: 'server_hello_12' }>,
  message: HandshakeMessage,
): Handled<ClientStates['wait_server_certificate']> {
  for (const { share } of state.keyShares) share.destroy();
  const { suite, random, applicationProtocol } = answer;
  return success({
    state: {
      name: 'wait_server_certificate',
      suite,
      randoms: { client: state.hello.random, server: random },
      log: HandshakeLog.of(state.encodedHello, message.bytes),
      applicationProtocol,
    },
    outputs: [],
  });
}

/** Certificate, ClientKeyExchange, CertificateVerify, ChangeCipherSpec, Finished (RFC 5246 §7.3). */
function sendFlight(
  state: ClientStates['wait_server_hello_done'],
  message: HandshakeMessage,
  context: ClientContext,
): Handled<ClientStates['wait_server_change_cipher_spec']> {
  const decoded = decode(serverHelloDone, message.body);
  if (decoded.ok !== true) return decoded;
  const { suite, group, randoms, requested, certificate, applicationProtocol } = state;
  const { config, ownSecrets } = context;
  const share = ownSecrets.offer(group);
  const premaster = share.agree(state.serverPublicValue);
  share.destroy();
  ownSecrets.destroySeeds();
  if (premaster === undefined) {
    return failure(misbehaviour('invalid_key_share', `the ${group.name} share is not a valid public value`));
  }

  const flight: Output[] = [{ kind: 'event', event: negotiatedEvent(state, config.serverName) }];
  let log = state.log.with(message.bytes);
  const say = (name: HandshakeName, bytes: Uint8Array): void => {
    log = log.with(bytes);
    flight.push({ kind: 'message', name, bytes });
  };
  const signer = requested === undefined ? success(undefined) : signerFor(requested, context);
  if (signer.ok !== true) return signer;
  if (requested !== undefined) {
    say('certificate', handshakeMessage('certificate', certificate12, encodeCertificates(config.certifiedKey)));
  }
  say('client_key_exchange', handshakeMessage('client_key_exchange', clientKeyExchange, share.publicValue));
  const mainSecret = extendedMainSecret(suite.hash, premaster, log.hash(suite.hash));
  const both = protections(suite, mainSecret, randoms);
  if (signer.value !== undefined) {
    const { code } = signer.value.scheme;
    const signed = { algorithm: code, signature: ownSecrets.sign(signer.value, log.bytes()) };
    say('certificate_verify', handshakeMessage('certificate_verify', certificateVerify, signed));
  }
  flight.push({ kind: 'change_cipher_spec' }, { kind: 'sealWith', protection: both.client });
  const data = verifyData12(suite.hash, mainSecret, 'client', log.hash(suite.hash));
  say('finished', handshakeMessage('finished', finished12, data));
  const clientFinishedHash = log.hash(suite.hash);
  flight.push({
    kind: 'event',
    event: { type: 'transcript', point: 'client_finished', direction: 'sent', hash: clientFinishedHash },
  });
  return success({
    state: {
      name: 'wait_server_change_cipher_spec',
      suite,
      randoms,
      log,
      applicationProtocol,
      certificate,
      mainSecret,
      protections: both,
      mutual: signer.value !== undefined,
      clientFinishedHash,
    },
    outputs: flight,
  });
}

/** Undefined without a key of ours: then Certificate is empty, and nothing is signed (RFC 5246 §7.4.6). */
function signerFor(
  { certificateTypes, signatureSchemes }: Requested,
  { config, parameters }: ClientContext,
): Result<Signer | undefined, Fault> {
  if (config.certifiedKey === undefined) return success(undefined);
  const { algorithm } = config.certifiedKey.key.publicKey;
  // RFC 5246 §7.4.6: the key must be of a type that was asked for.
  if (!certificateTypes.includes(ClientCertificateType[`${authenticationBy(algorithm)}_sign`])) {
    const detail = `the server takes certificates of type ${certificateTypes.join(', ')}; our key is ${algorithm}`;
    return failure(incompatibility('no_signature_scheme', detail));
  }
  return chooseSigner([config.certifiedKey], parameters.signatureSchemes, signatureSchemes);
}

type Requested = NonNullable<ClientStates['wait_server_hello_done']['requested']>;

type Signer = Extract<ReturnType<typeof chooseSigner>, { ok: true }>['value'];

const negotiatedEvent = (state: ClientStates['wait_server_hello_done'], serverName: string) =>
  ({
    type: 'negotiated',
    version: '1.2',
    cipherSuite: state.suite.name,
    group: state.group.name,
    applicationProtocol: state.applicationProtocol,
    serverName,
  }) as const;

/** RFC 5246 §7.4.9 */
function takeFinished(
  state: ClientStates['wait_server_finished'],
  message: HandshakeMessage,
): Handled<ClientStates['connected_12']> {
  const { suite, randoms, mainSecret, mutual, applicationProtocol, clientFinishedHash } = state;
  const decoded = decode(finished12, message.body);
  if (decoded.ok !== true) return decoded;
  const proof = verifyFinished12(suite.hash, mainSecret, 'server', clientFinishedHash, decoded.value);
  if (proof.ok !== true) return proof;
  const serverFinishedHash = state.log.with(message.bytes).hash(suite.hash);
  const peer = provenPeer(state.certificate, proof.value, { role: 'server', mutual, applicationProtocol });
  return success({
    state: { name: 'connected_12', suite, randoms, mainSecret, serverFinishedHash, clientFinishedHash, peer },
    outputs: [
      {
        kind: 'event',
        event: { type: 'transcript', point: 'server_finished', direction: 'verified', hash: serverFinishedHash },
      },
      { kind: 'event', event: { type: 'established' } },
    ],
  });
}
