import { concatBytes } from '@noble/hashes/utils.js';
import { failure, type Result, success } from '../x509/index.ts';
import { authorityNames, encodeCertificates, judgeCertificates } from './certificate-message.ts';
import { verifySigned } from './certificate-verify.ts';
import type { CipherSuite12 } from './cipher-suite-12.ts';
import type { ClientOffer12 } from './client-offer.ts';
import { ExtensionType as ext } from './extension-type.ts';
import {
  type Extension,
  ecPointFormats,
  extensionOf,
  nothing,
  protocolNameList,
  renegotiatedConnection,
} from './extensions.ts';
import { type Fault, misbehaviour } from './fault.ts';
import { verifyFinished12 } from './finished.ts';
import { HandshakeLog } from './handshake-log.ts';
import { certificateVerify, handshakeMessage, serverHello } from './handshake-messages.ts';
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
import { type Choice12, choose12 } from './negotiation.ts';
import { decode, encode } from './presentation.ts';
import { extendedMainSecret, type Randoms, verifyData12 } from './prf.ts';
import { ProtocolVersion } from './protocol-version.ts';
import { protections } from './record-protection-12.ts';
import type { ServerContext } from './server.ts';
import { signatureSchemes12 } from './signature-scheme.ts';
import type { Handled, HandshakeMessage, Output, ServerHandlers, ServerStates } from './states.ts';
import { provenPeer } from './unverified-peer.ts';

/* The server of TLS 1.2: RFC 5246 §7.3, a full handshake with ECDHE (RFC 8422) and nothing else. */

type States12 =
  | 'wait_client_certificate'
  | 'wait_client_key_exchange'
  | 'wait_client_key_exchange_anonymous'
  | 'wait_client_certificate_verify'
  | 'wait_client_change_cipher_spec'
  | 'wait_client_change_cipher_spec_anonymous'
  | 'wait_client_finished'
  | 'wait_client_finished_anonymous'
  | 'connected_12'
  | 'connected_12_anonymous';

export const serverHandlers12: Pick<ServerHandlers<ServerContext>, States12> = {
  wait_client_certificate: {
    certificate(state, message, { config, now, parameters }) {
      if (config.clientAuthentication === 'none') return failure(unreachable('a Certificate that was never requested'));
      const list = decode(certificate12, message.body);
      if (list.ok !== true) return list;
      const { trust } = config.clientAuthentication;
      const path = judgeCertificates(list.value, { sender: 'client', trust, now, own: parameters.own });
      if (path.ok !== true) return path;
      const log = state.log.with(message.bytes);
      return success({ state: { ...state, name: 'wait_client_key_exchange', log, path: path.value }, outputs: [] });
    },
  },

  wait_client_key_exchange: {
    client_key_exchange(state, message) {
      const keyed = exchangeKeys(state, message);
      if (keyed.ok !== true) return keyed;
      const { path } = state;
      return success({ state: { ...keyed.value, name: 'wait_client_certificate_verify', path }, outputs: [] });
    },
  },

  wait_client_key_exchange_anonymous: {
    client_key_exchange(state, message) {
      const keyed = exchangeKeys(state, message);
      if (keyed.ok !== true) return keyed;
      return success({ state: { ...keyed.value, name: 'wait_client_change_cipher_spec_anonymous' }, outputs: [] });
    },
  },

  wait_client_certificate_verify: {
    /** RFC 5246 §7.4.8: over all messages so far. */
    certificate_verify(state, message, { parameters }) {
      const decoded = decode(certificateVerify, message.body);
      if (decoded.ok !== true) return decoded;
      const { path, log, ...keyed } = state;
      const offered = signatureSchemes12(parameters.signatureSchemes);
      const verified = verifySigned(path, offered, decoded.value, log.bytes());
      if (verified.ok !== true) return verified;
      const certificate = verified.value;
      return success({
        state: { ...keyed, name: 'wait_client_change_cipher_spec', log: log.with(message.bytes), certificate },
        outputs: [],
      });
    },
  },

  wait_client_change_cipher_spec: {
    change_cipher_spec: (state) =>
      success({
        state: { ...state, name: 'wait_client_finished' },
        outputs: [{ kind: 'openWith', protection: state.protections.client }],
      }),
  },

  wait_client_change_cipher_spec_anonymous: {
    change_cipher_spec: (state) =>
      success({
        state: { ...state, name: 'wait_client_finished_anonymous' },
        outputs: [{ kind: 'openWith', protection: state.protections.client }],
      }),
  },

  wait_client_finished: {
    finished(state, message) {
      const end = readFinished(state, message);
      if (end.ok !== true) return end;
      const { proof, connected, outputs } = end.value;
      const facts = { role: 'client', mutual: true, applicationProtocol: state.applicationProtocol } as const;
      const peer = provenPeer(state.certificate, proof, facts);
      return success({ state: { ...connected, name: 'connected_12', peer }, outputs });
    },
  },

  wait_client_finished_anonymous: {
    finished(state, message) {
      const end = readFinished(state, message);
      if (end.ok !== true) return end;
      return success({ state: { ...end.value.connected, name: 'connected_12_anonymous' }, outputs: end.value.outputs });
    },
  },

  connected_12: {},
  connected_12_anonymous: {},
};

const unreachable = (detail: string): Fault => ({ kind: 'internal', reason: 'internal_error', detail });

/** ServerHello to ServerHelloDone (RFC 5246 §7.3). */
export function answer12(
  offer: ClientOffer12,
  message: HandshakeMessage,
  context: ServerContext,
): Handled<ServerStates['wait_client_certificate'] | ServerStates['wait_client_key_exchange_anonymous']> {
  const { config, parameters, entropy, ownSecrets } = context;
  const choice = choose12(offer, config, parameters);
  if (choice.ok !== true) return choice;
  const { suite, group, signer, applicationProtocol } = choice.value;
  const randoms: Randoms = { client: offer.hello.random, server: serverRandom(entropy.random, parameters.versions) };

  const flight: Output[] = [{ kind: 'event', event: { type: 'client_random', random: randoms.client } }];
  let log = HandshakeLog.of(message.bytes);
  const say = (name: HandshakeName, bytes: Uint8Array): void => {
    log = log.with(bytes);
    flight.push({ kind: 'message', name, bytes });
  };

  say('server_hello', handshakeMessage('server_hello', serverHello, helloOf(offer, choice.value, randoms)));
  flight.push({ kind: 'event', event: negotiatedEvent(offer, suite, group.name, applicationProtocol) });
  const chain = encodeCertificates(signer.certifiedKey);
  say('certificate', handshakeMessage('certificate', certificate12, chain));

  const share = ownSecrets.offer(group);
  ownSecrets.destroySeeds();
  const params = { namedGroup: group.code, publicValue: share.publicValue };
  const signature = ownSecrets.sign(signer, signedParams(randoms, encode(serverEcdhParams, params)));
  const exchange = { params, algorithm: signer.scheme.code, signature };
  say('server_key_exchange', handshakeMessage('server_key_exchange', serverKeyExchange, exchange));

  const anonymous = config.clientAuthentication === 'none';
  if (config.clientAuthentication !== 'none') {
    const request = {
      certificateTypes: [ClientCertificateType.ecdsa_sign, ClientCertificateType.rsa_sign],
      signatureSchemes: signatureSchemes12(parameters.signatureSchemes).map(({ code }) => code),
      authorities: authorityNames(config.clientAuthentication.trust),
    };
    say('certificate_request', handshakeMessage('certificate_request', certificateRequest12, request));
  }
  say('server_hello_done', handshakeMessage('server_hello_done', serverHelloDone, true));
  const sent = { suite, group, randoms, log, share, applicationProtocol };
  return success({
    state: anonymous
      ? { ...sent, name: 'wait_client_key_exchange_anonymous' }
      : { ...sent, name: 'wait_client_certificate' },
    outputs: flight,
  });
}

/** RFC 9846 §4.1.3: a client that could do TLS 1.3 and is led down to 1.2 finds this, and goes. */
function serverRandom(random: Uint8Array, versions: readonly string[]): Uint8Array {
  if (!versions.includes('1.3')) return random;
  return concatBytes(random.subarray(0, 24), Uint8Array.of(0x44, 0x4f, 0x57, 0x4e, 0x47, 0x52, 0x44, 1));
}

function helloOf({ hello, serverName }: ClientOffer12, { suite, applicationProtocol }: Choice12, randoms: Randoms) {
  const extensions: Extension[] = [
    extensionOf(ext.renegotiation_info, renegotiatedConnection, new Uint8Array(0)),
    extensionOf(ext.extended_main_secret, nothing, true),
  ];
  if (hello.extensions.some(({ type }) => type === ext.ec_point_formats)) {
    extensions.push(extensionOf(ext.ec_point_formats, ecPointFormats, [0]));
  }
  if (serverName !== undefined) extensions.push(extensionOf(ext.server_name, nothing, true));
  if (applicationProtocol !== undefined) {
    extensions.push(extensionOf(ext.application_layer_protocol_negotiation, protocolNameList, [applicationProtocol]));
  }
  return {
    legacyVersion: ProtocolVersion.tls12,
    random: randoms.server,
    // Empty: a session that cannot be resumed.
    legacySessionIdEcho: new Uint8Array(0),
    cipherSuite: suite.code,
    legacyCompressionMethod: 0,
    extensions,
  };
}

const negotiatedEvent = (
  { serverName }: ClientOffer12,
  suite: CipherSuite12,
  group: string,
  applicationProtocol: string | undefined,
) => ({ type: 'negotiated', version: '1.2', cipherSuite: suite.name, group, applicationProtocol, serverName }) as const;

/** RFC 8422 §5.4: both randoms, then the parameters. */
export const signedParams = ({ client, server }: Randoms, params: Uint8Array): Uint8Array =>
  concatBytes(client, server, params);

type KeyExchangeAwaited = ServerStates['wait_client_key_exchange'] | ServerStates['wait_client_key_exchange_anonymous'];

/** RFC 8422 §5.7, §5.10; RFC 7627 §4. */
function exchangeKeys(state: KeyExchangeAwaited, message: HandshakeMessage) {
  const decoded = decode(clientKeyExchange, message.body);
  if (decoded.ok !== true) return decoded;
  const { suite, group, share, randoms, applicationProtocol } = state;
  const premaster = share.agree(decoded.value);
  share.destroy();
  if (premaster === undefined) {
    return failure(misbehaviour('invalid_key_share', `the ${group.name} share is not a valid public value`));
  }
  const log = state.log.with(message.bytes);
  const mainSecret = extendedMainSecret(suite.hash, premaster, log.hash(suite.hash));
  return success({
    suite,
    randoms,
    log,
    applicationProtocol,
    mainSecret,
    protections: protections(suite, mainSecret, randoms),
  });
}

type FinishedAwaited = ServerStates['wait_client_finished'] | ServerStates['wait_client_finished_anonymous'];

interface Ended {
  readonly proof: Parameters<typeof provenPeer>[1];
  readonly connected: Omit<ServerStates['connected_12_anonymous'], 'name'>;
  readonly outputs: readonly Output[];
}

/** RFC 5246 §7.4.9: the client's Finished, then ours. */
function readFinished(state: FinishedAwaited, message: HandshakeMessage): Result<Ended, Fault> {
  const { suite, randoms, mainSecret, protections: both } = state;
  const decoded = decode(finished12, message.body);
  if (decoded.ok !== true) return decoded;
  const proof = verifyFinished12(suite.hash, mainSecret, 'client', state.log.hash(suite.hash), decoded.value);
  if (proof.ok !== true) return proof;
  let log = state.log.with(message.bytes);
  const clientFinishedHash = log.hash(suite.hash);
  const data = verifyData12(suite.hash, mainSecret, 'server', clientFinishedHash);
  const ours = handshakeMessage('finished', finished12, data);
  log = log.with(ours);
  const serverFinishedHash = log.hash(suite.hash);
  const outputs: readonly Output[] = [
    {
      kind: 'event',
      event: { type: 'transcript', point: 'client_finished', direction: 'verified', hash: clientFinishedHash },
    },
    { kind: 'change_cipher_spec' },
    { kind: 'sealWith', protection: both.server },
    { kind: 'message', name: 'finished', bytes: ours },
    {
      kind: 'event',
      event: { type: 'transcript', point: 'server_finished', direction: 'sent', hash: serverFinishedHash },
    },
    { kind: 'event', event: { type: 'established' } },
  ];
  const connected = { suite, randoms, mainSecret, serverFinishedHash, clientFinishedHash };
  return success({ proof: proof.value, connected, outputs });
}
