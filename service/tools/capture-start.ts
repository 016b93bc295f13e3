import { cipherSuites } from '../tls/cipher-suite.ts';
import { cipherSuites12 } from '../tls/cipher-suite-12.ts';
import { startClient } from '../tls/client.ts';
import type { CertifiedKey, Choices, ClientConfig, ServerConfig, Trust } from '../tls/contract.ts';
import { ExtensionType as ext } from '../tls/extension-type.ts';
import { type Extension, protocolNameList, serverKeyShare, serverNameList } from '../tls/extensions.ts';
import {
  type ClientHello,
  certificate,
  clientHello,
  encryptedExtensions,
  type ServerHello,
} from '../tls/handshake-messages.ts';
import { certificate12, serverKeyExchange } from '../tls/handshake-messages-12.ts';
import { HandshakeType } from '../tls/handshake-type.ts';
import { namedGroup } from '../tls/named-group.ts';
import { parametersOf, shareGroupsOf } from '../tls/parameters.ts';
import { type Codec, decode } from '../tls/presentation.ts';
import { type Certificate, decodeCertificate, generatePrivateKey, privateKeyEntropyLength } from '../x509/index.ts';
import { type Hellos, isTls13 } from './capture-records.ts';
import type { Recording } from './replay-recording.ts';
import { replaySecrets, standIn } from './replay-secrets.ts';
import { type Start, sharesOf, throwawayEntropy } from './replay-session.ts';

/*
 * Our engine in the place of one end of a captured session. It is configured so that it chooses what that end chose, as far as
 * it can: what is to be seen is how it judges the other end.
 */

export interface CaptureSetting {
  readonly hellos: Hellos;
  readonly authority: Certificate;
  /** Seconds since 1970. */
  readonly now: number;
}

/** In the place of the server. */
export function startAsServer({ hellos, authority, now }: CaptureSetting, recording: Recording): Start {
  const config: ServerConfig = {
    certifiedKeys: [keyBeside(leafOf(recording))],
    alpn: { protocols: selectedProtocol(recording, hellos), absent: 'tolerated' },
    clientAuthentication:
      said(recording, HandshakeType.certificate_request) === undefined
        ? 'none'
        : { trust: trustOf(authority, 'clientAuth', undefined) },
    choices: choicesOf(recording, hellos.server),
  };
  const parameters = parametersOf(config.choices, config.certifiedKeys);
  const entropy = throwawayEntropy({ ...(hellos.server === undefined ? {} : { random: hellos.server.random }) });
  return {
    machine: {
      role: 'server',
      state: { name: 'start' },
      context: { config, parameters, now, entropy, ownSecrets: replaySecrets },
    },
    outputs: [],
  };
}

/** In the place of the client. */
export function startAsClient({ authority, now }: CaptureSetting, recording: Recording): Start {
  const encodedHello = recording.takeOurs(HandshakeType.client_hello)?.message;
  const hello = encodedHello && decode(clientHello, encodedHello.subarray(4));
  if (encodedHello === undefined || hello?.ok !== true) return { problem: 'there is no ClientHello in it' };
  const name = read(hello.value.extensions, ext.server_name, serverNameList);
  const proves = said(recording, HandshakeType.certificate_verify) !== undefined;
  const config: ClientConfig = {
    serverName: name ?? '',
    alpn: read(hello.value.extensions, ext.application_layer_protocol_negotiation, protocolNameList) ?? [],
    trust: trustOf(authority, 'serverAuth', name),
    ...(proves ? { certifiedKey: keyBeside(leafOf(recording)) } : {}),
  };
  const parameters = parametersOf(undefined, config.certifiedKey === undefined ? [] : [config.certifiedKey]);
  const entropy = throwawayEntropy(hello.value);
  const context = {
    config,
    parameters,
    shareGroups: shareGroupsOf(undefined, parameters.groups),
    now,
    entropy,
    ownSecrets: replaySecrets,
  };
  const { outputs } = startClient(context);
  const keyShares = keySharesOf(hello.value, parameters.groups);
  return {
    machine: {
      role: 'client',
      context,
      state: { name: 'wait_server_hello', hello: hello.value, encodedHello, keyShares },
    },
    outputs,
  };
}

const keySharesOf = (hello: ClientHello, groups: ReturnType<typeof parametersOf>['groups']) =>
  groups.flatMap((group) => {
    const share = sharesOf(hello).get(group.code);
    return share === undefined ? [] : [{ group, share: standIn(group, share) }];
  });

const trustOf = (anchor: Certificate, purpose: Trust['purpose'], dnsName: string | undefined): Trust => ({
  anchor,
  purpose,
  ...(dnsName === undefined ? {} : { dnsName }),
});

/** A name that is not ours is left out: then our engine says that it has nothing in common with the other end. */
function choicesOf(recording: Recording, hello: ServerHello | undefined): Choices {
  if (hello === undefined) return {};
  const is13 = isTls13(hello);
  const suite = (is13 ? cipherSuites : cipherSuites12).find(({ code }) => code === hello.cipherSuite);
  const code = is13 ? read(hello.extensions, ext.key_share, serverKeyShare)?.group : groupOfExchange(recording);
  const group = code === undefined ? undefined : namedGroup(code);
  return {
    versions: [is13 ? '1.3' : '1.2'],
    ...(suite === undefined ? {} : { cipherSuites: [suite.name] }),
    ...(group === undefined ? {} : { groups: [group.name] }),
  };
}

function groupOfExchange(recording: Recording): number | undefined {
  const message = said(recording, HandshakeType.server_key_exchange);
  const exchange = message && decode(serverKeyExchange, message.subarray(4));
  return exchange?.ok === true ? exchange.value.params.namedGroup : undefined;
}

/** What that end selected; where it selected nothing, whatever the client offers goes. */
function selectedProtocol(recording: Recording, { server, offeredProtocols }: Hellos): readonly string[] {
  const message = said(recording, HandshakeType.encrypted_extensions);
  const block = message && decode(encryptedExtensions, message.subarray(4));
  const extensions = block?.ok === true ? block.value : (server?.extensions ?? []);
  return read(extensions, ext.application_layer_protocol_negotiation, protocolNameList) ?? offeredProtocols;
}

/** The leaf that our end showed, if our decoder takes it: no peer may show it back. */
function leafOf(recording: Recording): Certificate | undefined {
  const body = said(recording, HandshakeType.certificate)?.subarray(4);
  if (body === undefined) return undefined;
  const [new13, old12] = [decode(certificate, body), decode(certificate12, body)];
  const der =
    new13.ok === true ? new13.value.certificateList[0]?.certData : old12.ok === true ? old12.value[0] : undefined;
  const leaf = der && decodeCertificate(der);
  return leaf?.ok === true ? leaf.value : undefined;
}

const keyBeside = (leaf: Certificate | undefined): CertifiedKey => ({
  chain: leaf === undefined ? [] : [leaf],
  key: generatePrivateKey('P-256', new Uint8Array(privateKeyEntropyLength('P-256')).fill(7)),
});

const said = (recording: Recording, type: number): Uint8Array | undefined =>
  recording.ours.find((message) => message[0] === type);

function read<T>(extensions: readonly Extension[], type: number, codec: Codec<T>): T | undefined {
  const data = extensions.find((extension) => extension.type === type)?.data;
  const value = data && decode(codec, data);
  return value?.ok === true ? value.value : undefined;
}
