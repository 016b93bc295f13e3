import { failure, type Result, success } from '../x509/index.ts';
import type { CipherSuite } from './cipher-suite.ts';
import type { CipherSuite12 } from './cipher-suite-12.ts';
import type { Version } from './contract.ts';
import { ExtensionType as ext } from './extension-type.ts';
import {
  cookie,
  ExtensionBlock,
  ecPointFormats,
  type KeyShareEntry,
  nothing,
  protocolNameList,
  renegotiatedConnection,
  selectedGroup,
  selectedVersion,
  serverKeyShare,
} from './extensions.ts';
import { type Fault, incompatibility, misbehaviour } from './fault.ts';
import { type ClientHello, type ServerHello, serverHello } from './handshake-messages.ts';
import { HELLO_RETRY_REQUEST_RANDOM } from './hello-retry-request.ts';
import { equalBytes } from './hkdf.ts';
import { decode } from './presentation.ts';
import { ProtocolVersion, versionName } from './protocol-version.ts';

/* What a server answers our ClientHello with, RFC 9846 §4.1.3 and §4.1.4, checked against what we said. */

export type ServerAnswer =
  | { readonly type: 'server_hello'; readonly suite: CipherSuite; readonly share: KeyShareEntry }
  | {
      readonly type: 'hello_retry_request';
      readonly suite: CipherSuite;
      readonly group: number | undefined;
      readonly cookie: Uint8Array | undefined;
    }
  | {
      readonly type: 'server_hello_12';
      readonly suite: CipherSuite12;
      readonly random: Uint8Array;
      readonly applicationProtocol: string | undefined;
    };

/** What we offered, as far as the answer must fit it. */
export interface Offered {
  readonly versions: readonly Version[];
  readonly cipherSuites: readonly CipherSuite[];
  readonly cipherSuites12: readonly CipherSuite12[];
  readonly alpn: readonly string[];
}

/** RFC 9846 §4.1.3: which of the three answers it is, and whether it fits what we offered. */
export function readServerHello(body: Uint8Array, ours: ClientHello, offered: Offered): Result<ServerAnswer, Fault> {
  const decoded = decode(serverHello, body);
  if (decoded.ok !== true) return decoded;
  const hello = decoded.value;
  const block = ExtensionBlock.from(hello.extensions, 'ServerHello');
  if (block.ok !== true) return block;
  const extensions = block.value;

  const version = extensions.read(ext.supported_versions, selectedVersion);
  if (version.ok !== true) return version;
  if (version.value === undefined) return readOldHello(hello, extensions, ours, offered);
  if (version.value !== ProtocolVersion.tls13) {
    const chosen = versionName(version.value);
    return failure(misbehaviour('illegal_parameter', `ServerHello selects ${chosen}; only TLS 1.3 was offered`));
  }
  const echo = judgeEcho(hello, ours);
  if (echo !== undefined) return failure(echo);
  const suite = (offered.versions.includes('1.3') ? offered.cipherSuites : []).find(
    ({ code }) => code === hello.cipherSuite,
  );
  if (suite === undefined) {
    return failure(notOffered(hello.cipherSuite));
  }
  return equalBytes(hello.random, HELLO_RETRY_REQUEST_RANDOM) === true
    ? readRetry(extensions, suite, askedFor(offered))
    : readHello(extensions, suite, askedFor(offered));
}

/** §4.1.3: a server that could do better says so in its random when it was led down to an older version. */
function judgeOldServer(hello: ServerHello, versions: readonly Version[]): Fault | undefined {
  const tail = String.fromCharCode(...hello.random.subarray(24, 31));
  const last = hello.random[31];
  if (tail === 'DOWNGRD' && (last === 0 || (last === 1 && versions.includes('1.3')))) {
    return misbehaviour(
      'downgrade_sentinel',
      'ServerHello carries the downgrade sentinel: somebody changed our ClientHello',
    );
  }
  const version = versionName(hello.legacyVersion);
  const detail = `the server chose ${version}; we speak TLS ${versions.join(' and ')}`;
  if (hello.legacyVersion === ProtocolVersion.tls12 && versions.includes('1.2')) return undefined;
  if (hello.legacyVersion === ProtocolVersion.ssl3) return incompatibility('version_ssl3', detail);
  if (hello.legacyVersion < ProtocolVersion.tls12) return incompatibility('version_legacy', detail);
  return incompatibility('version_unsupported', detail);
}

/** RFC 5246 §7.4.1.3, with extended main secret (RFC 7627 §5.2) and secure renegotiation (RFC 5746 §3.4) demanded. */
function readOldHello(
  hello: ServerHello,
  extensions: ExtensionBlock,
  ours: ClientHello,
  offered: Offered,
): Result<ServerAnswer, Fault> {
  const old = judgeOldServer(hello, offered.versions);
  if (old !== undefined) return failure(old);
  const suite = offered.cipherSuites12.find(({ code }) => code === hello.cipherSuite);
  if (suite === undefined) return failure(notOffered(hello.cipherSuite));
  if (hello.legacyCompressionMethod !== 0) return failure(compressed(hello.legacyCompressionMethod));
  // An echo of our session id would be a resumption, and there is nothing to resume.
  if (hello.legacySessionIdEcho.length > 0 && equalBytes(hello.legacySessionIdEcho, ours.legacySessionId) === true) {
    return failure(misbehaviour('illegal_parameter', 'the server resumes a session that we never had'));
  }
  const fault = extensions.allow('ServerHello', allowed12, askedFor(offered));
  if (fault !== undefined) return failure(fault);
  const renegotiation = extensions.read(ext.renegotiation_info, renegotiatedConnection);
  if (renegotiation.ok !== true) return renegotiation;
  if (renegotiation.value === undefined || renegotiation.value.length > 0) {
    return failure(incompatibility('renegotiation_info_missing', 'ServerHello lacks an empty renegotiation_info'));
  }
  const extended = extensions.read(ext.extended_main_secret, nothing);
  if (extended.ok !== true) return extended;
  if (extended.value !== true) {
    return failure(incompatibility('extended_main_secret_missing', 'ServerHello lacks extended_main_secret'));
  }
  const formats = extensions.read(ext.ec_point_formats, ecPointFormats);
  if (formats.ok !== true) return formats;
  if (formats.value?.includes(0) === false) {
    return failure(misbehaviour('illegal_parameter', 'ec_point_formats of ServerHello lacks uncompressed (0)'));
  }
  const name = extensions.read(ext.server_name, nothing);
  if (name.ok !== true) return name;
  const protocol = readProtocol(extensions, offered.alpn);
  if (protocol.ok !== true) return protocol;
  return success({ type: 'server_hello_12', suite, random: hello.random, applicationProtocol: protocol.value });
}

/**
 * RFC 7301 §3.2: one, and one of ours; any other breaks the rules, and no_application_protocol is for a server to say.
 * None at all is for a session alone that asks for none (the alert is that of RFC 9001 §8.1: RFC 7301 has no case for it).
 */
export function readProtocol(extensions: ExtensionBlock, alpn: readonly string[]): Result<string | undefined, Fault> {
  const protocols = extensions.read(ext.application_layer_protocol_negotiation, protocolNameList);
  if (protocols.ok !== true) return protocols;
  const wanted = alpn.join(' or ');
  if (protocols.value === undefined) {
    return alpn.length === 0
      ? success(undefined)
      : failure(incompatibility('alpn_missing', `the server selected no ALPN; wanted is ${wanted}`));
  }
  const [protocol, ...more] = protocols.value;
  if (protocol === undefined || more.length > 0) {
    const detail = `the server selected ${protocols.value.length} application protocols, not one`;
    return failure(misbehaviour('illegal_parameter', detail));
  }
  if (alpn.includes(protocol)) return success(protocol);
  const detail = `the server selected ${JSON.stringify(protocol)}, which was not offered; offered is ${wanted || 'none'}`;
  return failure(misbehaviour('alpn_not_offered', detail));
}

const notOffered = (code: number): Fault =>
  misbehaviour(
    'illegal_parameter',
    `ServerHello selects cipher suite 0x${code.toString(16).padStart(4, '0')}, which was not offered`,
  );

const compressed = (method: number): Fault =>
  misbehaviour('illegal_parameter', `ServerHello selects compression ${method}; it must be 0`);

function judgeEcho(hello: ServerHello, ours: ClientHello): Fault | undefined {
  if (hello.legacyVersion !== ProtocolVersion.tls12) {
    return misbehaviour(
      'illegal_parameter',
      `legacy_version of ServerHello is ${versionName(hello.legacyVersion)}, not 0x0303`,
    );
  }
  if (equalBytes(hello.legacySessionIdEcho, ours.legacySessionId) !== true) {
    return misbehaviour('illegal_parameter', 'ServerHello does not echo our legacy_session_id');
  }
  if (hello.legacyCompressionMethod !== 0) {
    return compressed(hello.legacyCompressionMethod);
  }
  return undefined;
}

function readHello(
  extensions: ExtensionBlock,
  suite: CipherSuite,
  asked: readonly number[],
): Result<ServerAnswer, Fault> {
  const allowed = [ext.supported_versions, ext.key_share];
  const fault = extensions.allow('ServerHello', allowed, asked);
  if (fault !== undefined) return failure(fault);
  const share = extensions.read(ext.key_share, serverKeyShare);
  if (share.ok !== true) return share;
  if (share.value === undefined) return failure(misbehaviour('missing_extension', 'ServerHello lacks key_share'));
  return success({ type: 'server_hello', suite, share: share.value });
}

function readRetry(
  extensions: ExtensionBlock,
  suite: CipherSuite,
  asked: readonly number[],
): Result<ServerAnswer, Fault> {
  const allowed = [ext.supported_versions, ext.key_share, ext.cookie];
  const fault = extensions.allow('HelloRetryRequest', allowed, [...asked, ext.cookie]);
  if (fault !== undefined) return failure(fault);
  const group = extensions.read(ext.key_share, selectedGroup);
  if (group.ok !== true) return group;
  const echo = extensions.read(ext.cookie, cookie);
  if (echo.ok !== true) return echo;
  return success({ type: 'hello_retry_request', suite, group: group.value, cookie: echo.value });
}

/** What our ClientHello holds (client-hello.ts, RFC 9846 §4.2). */
export const askedFor = ({ alpn, versions }: Pick<Offered, 'alpn' | 'versions'>): readonly number[] => [
  ...(versions.includes('1.2') ? askedFor12 : []),
  ...(alpn.length > 0 ? [ext.application_layer_protocol_negotiation] : []),
  ext.server_name,
  ext.supported_versions,
  ext.supported_groups,
  ext.signature_algorithms,
  ext.signature_algorithms_cert,
  ext.key_share,
];

/** What it holds beside that where TLS 1.2 is offered too. */
const askedFor12: readonly number[] = [ext.renegotiation_info, ext.extended_main_secret, ext.ec_point_formats];

const allowed12: readonly number[] = [...askedFor12, ext.server_name, ext.application_layer_protocol_negotiation];
