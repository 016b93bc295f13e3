import { sha256 } from '@noble/hashes/sha2.js';
import { bytesToHex, utf8ToBytes } from '@noble/hashes/utils.js';
import { extensionTypeName, groupName, signatureSchemeName, suiteName } from '../tls/code-points.ts';
import { ExtensionType } from '../tls/extension-type.ts';
import {
  clientKeyShares,
  clientSupportedVersions,
  type Extension,
  protocolNameList,
  selectedGroup,
  selectedVersion,
  serverKeyShare,
  serverNameList,
  signatureAlgorithms,
  supportedGroups,
} from '../tls/extensions.ts';
import type { ClientHello, ServerHello } from '../tls/handshake-messages.ts';
import { type Codec, decode } from '../tls/presentation.ts';
import { versionName } from '../tls/protocol-version.ts';

/** One line about a hello: what it says in clear, in words. */
export interface Fact {
  readonly name: string;
  readonly value: string;
}

export interface Negotiated {
  readonly version: string;
  readonly cipherSuite: string;
  readonly group: string | undefined;
}

/** RFC 9846 §4.1.3: the random that makes a ServerHello a HelloRetryRequest. */
const helloRetryRequestRandom = bytesToHex(sha256(utf8ToBytes('HelloRetryRequest')));

export const isHelloRetryRequest = ({ random }: ServerHello): boolean => bytesToHex(random) === helloRetryRequestRandom;

/** What a ClientHello offers (RFC 9846 §4.1.2). */
export function clientHelloFacts(hello: ClientHello): readonly Fact[] {
  const { extensions } = hello;
  const versions = read(extensions, ExtensionType.supported_versions, clientSupportedVersions);
  const shares = read(extensions, ExtensionType.key_share, clientKeyShares);
  return facts([
    ['random', bytesToHex(hello.random)],
    ['server name', read(extensions, ExtensionType.server_name, serverNameList)],
    ['ALPN', list(read(extensions, ExtensionType.application_layer_protocol_negotiation, protocolNameList))],
    ['versions', list((versions ?? [hello.legacyVersion]).map(versionName))],
    ['cipher suites', list(hello.cipherSuites.map(suiteName))],
    ['groups', list(read(extensions, ExtensionType.supported_groups, supportedGroups)?.map(groupName))],
    ['key shares', list(shares?.map(({ group, keyExchange }) => `${groupName(group)} (${keyExchange.length} bytes)`))],
    [
      'signatures',
      list(read(extensions, ExtensionType.signature_algorithms, signatureAlgorithms)?.map(signatureSchemeName)),
    ],
    ['also', list(others(extensions))],
  ]);
}

/** What a ServerHello, or a HelloRetryRequest, settles (§4.1.3, §4.1.4). */
export function serverHelloFacts(hello: ServerHello): {
  readonly facts: readonly Fact[];
  readonly negotiated: Negotiated;
} {
  const { extensions } = hello;
  const retry = isHelloRetryRequest(hello);
  const share = retry ? undefined : read(extensions, ExtensionType.key_share, serverKeyShare);
  const group = retry ? read(extensions, ExtensionType.key_share, selectedGroup) : share?.group;
  const negotiated: Negotiated = {
    version: versionName(read(extensions, ExtensionType.supported_versions, selectedVersion) ?? hello.legacyVersion),
    cipherSuite: suiteName(hello.cipherSuite),
    group: group === undefined ? undefined : groupName(group),
  };
  const named = facts([
    ['random', retry ? undefined : bytesToHex(hello.random)],
    ['version', negotiated.version],
    ['cipher suite', negotiated.cipherSuite],
    [retry ? 'wants a share of' : 'group', negotiated.group],
    ['key share', share === undefined ? undefined : `${share.keyExchange.length} bytes`],
    ['also', list(others(extensions))],
  ]);
  return { facts: named, negotiated };
}

/** Extensions that no line of their own is about, by name. */
function others(extensions: readonly Extension[]): readonly string[] {
  const told: readonly number[] = [
    ExtensionType.server_name,
    ExtensionType.application_layer_protocol_negotiation,
    ExtensionType.supported_versions,
    ExtensionType.supported_groups,
    ExtensionType.key_share,
    ExtensionType.signature_algorithms,
  ];
  return extensions
    .map(({ type }) => type)
    .filter((type) => !told.includes(type))
    .map(extensionTypeName);
}

/** The content of an extension; one that does not decode is as if it were absent: the endpoints will say so. */
function read<T>(extensions: readonly Extension[], type: number, codec: Codec<T>): T | undefined {
  const extension = extensions.find((candidate) => candidate.type === type);
  if (extension === undefined) return undefined;
  const content = decode(codec, extension.data);
  return content.ok ? content.value : undefined;
}

const list = (items: readonly string[] | undefined): string | undefined =>
  items === undefined || items.length === 0 ? undefined : items.join(', ');

const facts = (pairs: readonly (readonly [string, string | undefined])[]): readonly Fact[] =>
  pairs.flatMap(([name, value]) => (value === undefined ? [] : [{ name, value }]));
