import { failure, type Result, success } from '../x509/index.ts';
import type { Version } from './contract.ts';
import { ExtensionType as ext } from './extension-type.ts';
import {
  certificateAuthorities,
  clientKeyShares,
  clientSupportedVersions,
  ExtensionBlock,
  ecPointFormats,
  type KeyShareEntry,
  nothing,
  protocolNameList,
  pskKeyExchangeModes,
  renegotiatedConnection,
  serverNameList,
  signatureAlgorithms,
  supportedGroups,
} from './extensions.ts';
import { type Fault, incompatibility, misbehaviour } from './fault.ts';
import type { ClientHello } from './handshake-messages.ts';
import { ProtocolVersion, versionName } from './protocol-version.ts';

/* A ClientHello that is well-formed by itself and offers a version of ours: what a server chooses from. */

interface Offer {
  readonly hello: ClientHello;
  readonly serverName: string | undefined;
  readonly groups: readonly number[];
  readonly signatureSchemes: readonly number[];
  readonly applicationProtocols: readonly string[] | undefined;
}

export interface ClientOffer13 extends Offer {
  readonly version: '1.3';
  readonly keyShares: readonly KeyShareEntry[];
}

export interface ClientOffer12 extends Offer {
  readonly version: '1.2';
}

export type ClientOffer = ClientOffer13 | ClientOffer12;

/** RFC 7507 */
const TLS_FALLBACK_SCSV = 0x5600;
/** RFC 5746 §3.3 */
const TLS_EMPTY_RENEGOTIATION_INFO_SCSV = 0x00ff;

/**
 * Reads the extensions of a ClientHello (RFC 9846 §4.2, §9.2; RFC 5246 §7.4.1.4). In the order of the original's
 * statistics: version first (failures.md §3.3). What is unknown or unwanted is ignored, as the RFCs demand.
 */
export function readOffer(hello: ClientHello, versions: readonly Version[]): Result<ClientOffer, Fault> {
  const block = ExtensionBlock.from(hello.extensions, 'ClientHello');
  if (block.ok !== true) return block;
  const extensions = block.value;

  const supported = extensions.read(ext.supported_versions, clientSupportedVersions);
  if (supported.ok !== true) return supported;
  const version = chooseVersion(hello, supported.value, versions);
  if (version.ok !== true) return version;

  if (version.value === '1.2') {
    const secure = judgeRenegotiation(hello, extensions) ?? judgeMainSecret(extensions);
    if (secure !== undefined) return failure(secure);
  }
  const offer = readCommon(hello, extensions, version.value);
  if (offer.ok !== true) return offer;
  if (version.value === '1.2') return success({ ...offer.value, version: '1.2' });

  const psk = judgePreSharedKey(hello, extensions);
  if (psk !== undefined) return failure(psk);
  const shares = extensions.read(ext.key_share, clientKeyShares);
  if (shares.ok !== true) return shares;
  if (shares.value === undefined) return failure(missing('key_share'));
  // Nothing is chosen by it; what is defined must be well-formed all the same.
  const authorities = extensions.read(ext.certificate_authorities, certificateAuthorities);
  if (authorities.ok !== true) return authorities;
  const shareFault = judgeKeyShares(shares.value, offer.value.groups);
  if (shareFault !== undefined) return failure(shareFault);
  return success({ ...offer.value, version: '1.3', keyShares: shares.value });
}

const missing = (name: string): Fault =>
  misbehaviour('missing_extension', `ClientHello lacks ${name}, which is demanded without a PSK`);

/** What both versions have in common. */
function readCommon(hello: ClientHello, extensions: ExtensionBlock, version: Version): Result<Offer, Fault> {
  const compression = judgeCompression(hello, version);
  if (compression !== undefined) return failure(compression);
  const groups = extensions.read(ext.supported_groups, supportedGroups);
  if (groups.ok !== true) return groups;
  const schemes = extensions.read(ext.signature_algorithms, signatureAlgorithms);
  if (schemes.ok !== true) return schemes;
  const protocols = extensions.read(ext.application_layer_protocol_negotiation, protocolNameList);
  if (protocols.ok !== true) return protocols;
  const serverName = extensions.read(ext.server_name, serverNameList);
  if (serverName.ok !== true) return serverName;
  const formats = extensions.read(ext.ec_point_formats, ecPointFormats);
  if (formats.ok !== true) return formats;
  // RFC 8422 §5.1.2: uncompressed must be among them. TLS 1.3 does not look at them.
  if (version === '1.2' && formats.value?.includes(0) === false) {
    return failure(misbehaviour('illegal_parameter', 'ec_point_formats lacks uncompressed (0)'));
  }
  // TLS 1.2 would take SHA-1 and any curve for granted here; we do not, and nobody honest has left these out for years.
  if (groups.value === undefined) return failure(missing('supported_groups'));
  if (schemes.value === undefined) return failure(missing('signature_algorithms'));
  return success({
    hello,
    serverName: serverName.value,
    groups: groups.value,
    signatureSchemes: schemes.value,
    applicationProtocols: protocols.value,
  });
}

/** RFC 9846 §4.2.1, RFC 7507 §3. */
function chooseVersion(
  hello: ClientHello,
  supported: readonly number[] | undefined,
  ours: readonly Version[],
): Result<Version, Fault> {
  const offers = (version: number): boolean =>
    supported?.includes(version) ?? (version === ProtocolVersion.tls12 && hello.legacyVersion >= version);
  if (ours.includes('1.3') && offers(ProtocolVersion.tls13)) return success('1.3');
  const known = supported?.filter((version) => version <= ProtocolVersion.tls13) ?? [hello.legacyVersion];
  const best = Math.max(...known, 0);
  const detail = `the client offers ${versionName(best)} at most; we speak TLS ${ours.join(' and ')}`;
  const highest = ours.includes('1.3') ? ProtocolVersion.tls13 : ProtocolVersion.tls12;
  if (hello.cipherSuites.includes(TLS_FALLBACK_SCSV) && best < highest)
    return failure(incompatibility('inappropriate_fallback', `the client fell back: ${detail}`));
  if (ours.includes('1.2') && offers(ProtocolVersion.tls12)) return success('1.2');
  if (best === ProtocolVersion.ssl3) return failure(incompatibility('version_ssl3', detail));
  if (best === ProtocolVersion.tls10 || best === ProtocolVersion.tls11)
    return failure(incompatibility('version_legacy', detail));
  return failure(incompatibility('version_unsupported', detail));
}

function judgeCompression({ legacyCompressionMethods: methods }: ClientHello, version: Version): Fault | undefined {
  if (version === '1.3' && methods.length === 1 && methods[0] === 0) return undefined;
  if (version === '1.2' && methods.includes(0)) return undefined;
  const wanted = version === '1.3' ? 'must be one zero in TLS 1.3' : 'must hold zero';
  return misbehaviour('illegal_parameter', `legacy_compression_methods ${wanted}`);
}

/** RFC 5746 §3.6: the signal must be there, and empty. */
function judgeRenegotiation(hello: ClientHello, extensions: ExtensionBlock): Fault | undefined {
  const info = extensions.read(ext.renegotiation_info, renegotiatedConnection);
  if (info.ok !== true) return info.fault;
  if (info.value !== undefined && info.value.length > 0) {
    return incompatibility('renegotiation_info_missing', 'renegotiation_info is not empty in a first handshake');
  }
  if (info.value !== undefined || hello.cipherSuites.includes(TLS_EMPTY_RENEGOTIATION_INFO_SCSV)) return undefined;
  return incompatibility(
    'renegotiation_info_missing',
    'neither renegotiation_info nor its SCSV; TLS 1.2 needs one of them here',
  );
}

/** RFC 7627 §5.2: mandatory here, or a man in the middle makes two sessions agree (threats.md X6). */
function judgeMainSecret(extensions: ExtensionBlock): Fault | undefined {
  const extended = extensions.read(ext.extended_main_secret, nothing);
  if (extended.ok !== true) return extended.fault;
  return extended.value === true
    ? undefined
    : incompatibility('extended_main_secret_missing', 'no extended_main_secret; TLS 1.2 needs it here');
}

/** RFC 9846 §4.2.8: one share a group, each group offered, in the order of supported_groups. */
function judgeKeyShares(shares: readonly KeyShareEntry[], groups: readonly number[]): Fault | undefined {
  // By a table: thousands of both fit into a ClientHello. Of a group that stands there twice, its first place counts.
  const order = new Map(groups.map((group, index) => [group, index] as const).toReversed());
  let last = -1;
  for (const { group } of shares) {
    const index = order.get(group);
    if (index === undefined)
      return misbehaviour('illegal_parameter', `a key share of group ${group}, which supported_groups lacks`);
    if (index <= last) {
      return misbehaviour('illegal_parameter', `key shares repeat or reorder supported_groups (group ${group})`);
    }
    last = index;
  }
  return undefined;
}

/** RFC 9846 §4.2.11: there is no PSK here to be accepted, but what a client may not send it may not send. */
function judgePreSharedKey(hello: ClientHello, extensions: ExtensionBlock): Fault | undefined {
  const early = extensions.read(ext.early_data, nothing);
  if (early.ok !== true) return early.fault;
  if (!extensions.has(ext.pre_shared_key)) {
    return early.value === true ? misbehaviour('illegal_parameter', 'early_data without pre_shared_key') : undefined;
  }
  if (hello.extensions.at(-1)?.type !== ext.pre_shared_key) {
    return misbehaviour('illegal_parameter', 'pre_shared_key is not the last extension');
  }
  const modes = extensions.read(ext.psk_key_exchange_modes, pskKeyExchangeModes);
  if (modes.ok !== true) return modes.fault;
  return modes.value === undefined
    ? misbehaviour('missing_extension', 'pre_shared_key without psk_key_exchange_modes')
    : undefined;
}
