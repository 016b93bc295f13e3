import { type Annotation, annotate, leaf, type Remark, type Room, whole } from './annotation.ts';
import { extensionTypeName, isGrease } from './code-points.ts';
import { byteCount, number, wordsOf } from './explain-words.ts';
import { ExtensionType as ext } from './extension-type.ts';
import {
  certificateAuthorities,
  clientKeyShares,
  clientSupportedVersions,
  cookie,
  ecPointFormats,
  nothing,
  protocolNameList,
  pskKeyExchangeModes,
  renegotiatedConnection,
  selectedGroup,
  selectedVersion,
  serverKeyShare,
  serverNameList,
  signatureAlgorithms,
  supportedGroups,
} from './extensions.ts';
import { type Codec, opaqueVector, type Reader, uint8, uint16, uint32, vector } from './presentation.ts';

/* What is in an extension (RFC 9846 §4.2), by the message it stands in: those of this stack by its own codecs, others by their RFC's. */

/** The messages of RFC 9846 §4.2 that hold extensions. */
export type Holder =
  | 'client_hello'
  | 'server_hello'
  | 'hello_retry_request'
  | 'encrypted_extensions'
  | 'certificate_request'
  | 'certificate'
  | 'new_session_ticket';

/** For explaining alone: the engine takes nothing of what these read, and nothing is written with them. */
const shown = (name: string, read: (reader: Reader) => void): Codec<unknown> => ({
  name,
  decode: read,
  encode: () => undefined,
});

const rest = (name: string): Codec<unknown> =>
  shown(name, (reader) => {
    reader.opaque(reader.remaining, name);
  });

/** RFC 6066 §8 */
const certificateStatusRequest = shown('CertificateStatusRequest', (reader) => {
  reader.field(uint8('CertificateStatusType'));
  reader.field(vector(opaqueVector('ResponderID', 2, 1, 0xffff), 'responder_id_list', 2, 0, 0xffff));
  reader.field(opaqueVector('request_extensions', 2, 0, 0xffff));
});
/** RFC 6066 §8 */
export const certificateStatus: Codec<unknown> = shown('CertificateStatus', (reader) => {
  reader.field(uint8('CertificateStatusType'));
  reader.field(opaqueVector('OCSPResponse', 3, 1, 0xffffff));
});
/** RFC 9846 §4.2.11 */
const pskIdentity = shown('PskIdentity', (reader) => {
  reader.field(opaqueVector('identity', 2, 1, 0xffff));
  reader.field(uint32('obfuscated_ticket_age'));
});
const offeredPsks = shown('OfferedPsks', (reader) => {
  reader.field(vector(pskIdentity, 'identities', 2, 7, 0xffff));
  reader.field(vector(opaqueVector('PskBinderEntry', 1, 32, 255), 'binders', 2, 33, 0xffff));
});
const certificateTypes = vector(uint8('CertificateType'), 'certificate_types', 1, 1, 255);
const compressionAlgorithms = vector(uint16('CertificateCompressionAlgorithm'), 'algorithms', 1, 2, 254);

interface Explained {
  readonly section: string;
  /** By holder; `else` in every other. */
  readonly body: { readonly [In in Holder | 'else']?: Codec<unknown> };
}

const always = (section: string, codec: Codec<unknown>): Explained => ({ section, body: { else: codec } });

const explained: ReadonlyMap<number, Explained> = new Map([
  [ext.server_name, { section: 'RFC 6066 §3', body: { client_hello: serverNameList, else: nothing } }],
  [ext.max_fragment_length, always('RFC 6066 §4', uint8('MaxFragmentLength'))],
  [
    ext.status_request,
    {
      section: 'RFC 6066 §8',
      body: {
        client_hello: certificateStatusRequest,
        certificate_request: certificateStatusRequest,
        certificate: certificateStatus,
        else: nothing,
      },
    },
  ],
  [ext.supported_groups, always('RFC 9846 §4.2.7', supportedGroups)],
  [ext.ec_point_formats, always('RFC 8422 §5.1.2', ecPointFormats)],
  [ext.signature_algorithms, always('RFC 9846 §4.2.3', signatureAlgorithms)],
  [ext.use_srtp, always('RFC 5764 §4.1', rest('UseSRTPData'))],
  [ext.heartbeat, always('RFC 6520 §2', uint8('HeartbeatMode'))],
  [ext.application_layer_protocol_negotiation, always('RFC 7301 §3.1', protocolNameList)],
  [
    ext.signed_certificate_timestamp,
    {
      section: 'RFC 6962 §3.3.1',
      body: { client_hello: nothing, certificate_request: nothing, else: rest('SignedCertificateTimestampList') },
    },
  ],
  [
    ext.client_certificate_type,
    { section: 'RFC 7250 §3', body: { client_hello: certificateTypes, else: uint8('CertificateType') } },
  ],
  [
    ext.server_certificate_type,
    { section: 'RFC 7250 §3', body: { client_hello: certificateTypes, else: uint8('CertificateType') } },
  ],
  [ext.padding, always('RFC 7685 §3', rest('padding'))],
  [22, always('RFC 7366 §2', nothing)],
  [ext.extended_main_secret, always('RFC 7627 §5.1', nothing)],
  [27, always('RFC 8879 §3', compressionAlgorithms)],
  [ext.record_size_limit, always('RFC 8449 §4', uint16('record_size_limit'))],
  [34, { section: 'RFC 9345 §4.1', body: { client_hello: signatureAlgorithms } }],
  [35, always('RFC 5077 §3.2', rest('ticket'))],
  [
    ext.pre_shared_key,
    { section: 'RFC 9846 §4.2.11', body: { client_hello: offeredPsks, else: uint16('selected_identity') } },
  ],
  [
    ext.early_data,
    { section: 'RFC 9846 §4.2.10', body: { new_session_ticket: uint32('max_early_data_size'), else: nothing } },
  ],
  [
    ext.supported_versions,
    { section: 'RFC 9846 §4.2.1', body: { client_hello: clientSupportedVersions, else: selectedVersion } },
  ],
  [ext.cookie, always('RFC 9846 §4.2.2', cookie)],
  [ext.psk_key_exchange_modes, always('RFC 9846 §4.2.9', pskKeyExchangeModes)],
  [ext.certificate_authorities, always('RFC 9846 §4.2.4', certificateAuthorities)],
  [ext.oid_filters, always('RFC 9846 §4.2.5', rest('filters'))],
  [ext.post_handshake_auth, always('RFC 9846 §4.2.6', nothing)],
  [ext.signature_algorithms_cert, always('RFC 9846 §4.2.3', signatureAlgorithms)],
  [
    ext.key_share,
    {
      section: 'RFC 9846 §4.2.8',
      body: { client_hello: clientKeyShares, hello_retry_request: selectedGroup, else: serverKeyShare },
    },
  ],
  [17_513, always('draft-vvv-tls-alps §4', protocolNameList)],
  [17_613, always('draft-vvv-tls-alps §4', protocolNameList)],
  [0xfe0d, { section: 'RFC 9849 §5', body: {} }],
  [ext.renegotiation_info, always('RFC 5746 §3.2', renegotiatedConnection)],
]);

const grease: Explained = { section: 'RFC 8701 §3.1', body: {} };

const remark = (name: string, bytes: Uint8Array): Remark => ({ value: wordsOf(name, bytes) });

/** A whole Extension (RFC 9846 §4.2) of a message: type, length, and its content by the RFC it comes from. */
export function explainExtension(bytes: Uint8Array, at: number, holder: Holder, room?: Room): Annotation {
  const type = number(bytes.subarray(0, 2));
  const data = bytes.subarray(4);
  const value = extensionTypeName(type);
  const known = explained.get(type) ?? (isGrease(type) ? grease : undefined);
  const codec = known?.body[holder] ?? known?.body.else;
  const { fields, problem } =
    codec === undefined
      ? { fields: data.length === 0 ? [] : [leaf('extension_data', at + 4, data.length)], problem: undefined }
      : annotate(codec, data, at + 4, { remark, room });
  const header = [
    leaf('extension_type', at, 2, { value, section: 'RFC 9846 §4.2' }),
    leaf('extension_data.length', at + 2, 2, { value: byteCount(data.length), section: 'RFC 9846 §4.2' }),
  ];
  return { ...whole('Extension', at, [...header, ...fields], { value, section: known?.section }), problem };
}
