import type { ClientConfig, Version } from './contract.ts';
import type { Entropy } from './entropy.ts';
import { ExtensionType as ext } from './extension-type.ts';
import {
  clientKeyShares,
  clientSupportedVersions,
  cookie as cookieCodec,
  type Extension,
  ecPointFormats,
  extensionOf,
  nothing,
  protocolNameList,
  renegotiatedConnection,
  serverNameList,
  signatureAlgorithms,
  supportedGroups,
} from './extensions.ts';
import type { ClientHello } from './handshake-messages.ts';
import { isClassic } from './negotiation.ts';
import { ProtocolVersion } from './protocol-version.ts';
import { certificateSignatureCodes, signatureSchemes12 } from './signature-scheme.ts';
import type { ClientKeyShare, Parameters } from './states.ts';

/** Our ClientHello (RFC 9846 §4.1.2): the same extensions in the same order every time, a cookie only as an echo. */
export function ourClientHello(
  config: ClientConfig,
  parameters: Parameters,
  entropy: Entropy,
  keyShares: readonly ClientKeyShare[],
  cookie: Uint8Array | undefined,
): ClientHello {
  const codes = { '1.3': ProtocolVersion.tls13, '1.2': ProtocolVersion.tls12 } as const;
  const offers = (version: Version): boolean => parameters.versions.includes(version);
  const schemes = offers('1.2') ? signatureSchemes12(parameters.signatureSchemes) : parameters.signatureSchemes;
  const extensions: Extension[] = [
    extensionOf(ext.server_name, serverNameList, config.serverName),
    extensionOf(
      ext.supported_versions,
      clientSupportedVersions,
      parameters.versions.map((version) => codes[version]),
    ),
    extensionOf(
      ext.supported_groups,
      supportedGroups,
      parameters.groups.filter((group) => offers('1.3') || isClassic(group)).map(({ code }) => code),
    ),
    extensionOf(
      ext.signature_algorithms,
      signatureAlgorithms,
      schemes.map(({ code }) => code),
    ),
    extensionOf(ext.signature_algorithms_cert, signatureAlgorithms, certificateSignatureCodes),
    ...(config.alpn.length > 0
      ? [extensionOf(ext.application_layer_protocol_negotiation, protocolNameList, config.alpn)]
      : []),
  ];
  if (offers('1.3')) {
    const shares = keyShares.map(({ group, share }) => ({ group: group.code, keyExchange: share.publicValue }));
    extensions.push(extensionOf(ext.key_share, clientKeyShares, shares));
  }
  if (offers('1.2')) {
    extensions.push(
      extensionOf(ext.renegotiation_info, renegotiatedConnection, new Uint8Array(0)),
      extensionOf(ext.extended_main_secret, nothing, true),
      extensionOf(ext.ec_point_formats, ecPointFormats, [0]),
    );
  }
  if (cookie !== undefined) extensions.push(extensionOf(ext.cookie, cookieCodec, cookie));
  return {
    legacyVersion: ProtocolVersion.tls12,
    random: entropy.random,
    // Appendix E.4 wants one for TLS 1.3; TLS 1.2 would take it for a session to resume.
    legacySessionId: offers('1.3') ? entropy.legacySessionId : new Uint8Array(0),
    cipherSuites: [
      ...(offers('1.3') ? parameters.cipherSuites : []),
      ...(offers('1.2') ? parameters.cipherSuites12 : []),
    ].map(({ code }) => code),
    legacyCompressionMethods: Uint8Array.of(0),
    extensions,
  };
}
