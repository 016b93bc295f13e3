import { failure, type Result, success } from '../x509/index.ts';
import { extensionName } from './extension-type.ts';
import { type Fault, misbehaviour } from './fault.ts';
import {
  type Codec,
  decode,
  empty,
  encode,
  opaqueVector,
  type Reader,
  uint8,
  uint16,
  vector,
  type Writer,
} from './presentation.ts';

/* Extensions, RFC 9846 §4.2: their framing, and the contents of those that this stack understands. */

export interface Extension {
  readonly type: number;
  readonly data: Uint8Array;
}

export interface KeyShareEntry {
  readonly group: number;
  readonly keyExchange: Uint8Array;
}

const extension: Codec<Extension> = {
  name: 'Extension',
  decode: (reader) => ({
    type: reader.field(uint16('extension_type')),
    data: reader.field(opaqueVector('extension_data', 2, 0, 0xffff)),
  }),
  encode(writer, { type, data }) {
    uint16('extension_type').encode(writer, type);
    opaqueVector('extension_data', 2, 0, 0xffff).encode(writer, data);
  },
};

export const extensions = vector(extension, 'extensions', 2, 0, 0xffff);

/** The block of a ClientHello: before TLS 1.3 it may be missing altogether. */
export const clientHelloExtensions: Codec<readonly Extension[]> = {
  ...extensions,
  decode: (reader) => (reader.remaining === 0 ? [] : reader.field(extensions)),
};

/* Contents */

const namedGroup = uint16('NamedGroup');
const signatureScheme = uint16('SignatureScheme');

export const supportedGroups = vector(namedGroup, 'named_group_list', 2, 2, 0xfffe);
export const signatureAlgorithms = vector(signatureScheme, 'supported_signature_algorithms', 2, 2, 0xfffe);
export const clientSupportedVersions = vector(uint16('ProtocolVersion'), 'versions', 1, 2, 254);
export const selectedVersion = uint16('selected_version');
export const cookie = opaqueVector('cookie', 2, 1, 0xffff);
export const pskKeyExchangeModes = vector(uint8('PskKeyExchangeMode'), 'ke_modes', 1, 1, 255);
export const certificateAuthorities = vector(
  opaqueVector('DistinguishedName', 2, 1, 0xffff),
  'authorities',
  2,
  3,
  0xffff,
);
export const nothing = empty('empty');
/** RFC 8422 §5.1.2 */
export const ecPointFormats = vector(uint8('ECPointFormat'), 'ec_point_format_list', 1, 1, 255);
/** RFC 5746 §3.2: empty but in a renegotiation, and there is none. */
export const renegotiatedConnection = opaqueVector('renegotiated_connection', 1, 0, 255);

const keyShareEntry: Codec<KeyShareEntry> = {
  name: 'KeyShareEntry',
  decode: (reader) => ({
    group: reader.field(namedGroup),
    keyExchange: reader.field(opaqueVector('key_exchange', 2, 1, 0xffff)),
  }),
  encode(writer, { group, keyExchange }) {
    namedGroup.encode(writer, group);
    opaqueVector('key_exchange', 2, 1, 0xffff).encode(writer, keyExchange);
  },
};
export const clientKeyShares = vector(keyShareEntry, 'client_shares', 2, 0, 0xffff);
export const serverKeyShare = keyShareEntry;
export const selectedGroup = namedGroup;

const ascii = (bytes: Uint8Array): string => String.fromCharCode(...bytes);

/** By a loop: `Uint8Array.from` with a function takes ten times as long. */
function bytesOf(text: string): Uint8Array {
  const bytes = new Uint8Array(text.length);
  for (let i = 0; i < bytes.length; i++) bytes[i] = text.charCodeAt(i);
  return bytes;
}

const protocolName: Codec<string> = {
  name: 'ProtocolName',
  decode: (reader) => ascii(opaqueVector('ProtocolName', 1, 1, 255).decode(reader)),
  encode: (writer, name) => opaqueVector('ProtocolName', 1, 1, 255).encode(writer, bytesOf(name)),
};
/** RFC 7301 §3.1 */
export const protocolNameList = vector(protocolName, 'protocol_name_list', 2, 2, 0xffff);

const HOST_NAME = 0;
/** RFC 6066 §3: a list that may hold one host_name, and in practice holds nothing else. */
export const serverNameList: Codec<string> = {
  name: 'ServerNameList',
  decode(reader: Reader) {
    const list = reader.vector(2, 1, 0xffff, 'server_name_list');
    const type = list.field(uint8('name_type'));
    if (type !== HOST_NAME) list.malformed(`server name of type ${type}; only host_name (0) is defined`);
    const name = list.field(opaqueVector('HostName', 2, 1, 0xffff));
    list.finish('server_name_list');
    if (name.some((byte) => byte <= 0x20 || byte >= 0x7f))
      list.malformed('HostName holds bytes outside printable ASCII');
    return ascii(name);
  },
  encode: (writer: Writer, name) =>
    void writer.vector(2, (list) => {
      list.uint(1, HOST_NAME);
      list.vector(2, (inner) => inner.opaque(bytesOf(name)));
    }),
};

/* Blocks */

/** An extension with its content encoded (RFC 9846 §4.2). */
export const extensionOf = <T>(type: number, codec: Codec<T>, value: T): Extension => ({
  type,
  data: encode(codec, value),
});

/** A block of extensions by type: no type twice (§4.2). */
export class ExtensionBlock {
  readonly #byType: ReadonlyMap<number, Uint8Array>;

  private constructor(byType: ReadonlyMap<number, Uint8Array>) {
    this.#byType = byType;
  }

  static from(list: readonly Extension[], message: string): Result<ExtensionBlock, Fault> {
    const byType = new Map<number, Uint8Array>();
    for (const { type, data } of list) {
      if (byType.has(type)) {
        return failure(misbehaviour('duplicate_extension', `${message} holds ${extensionName(type)} twice`));
      }
      byType.set(type, data);
    }
    return success(new ExtensionBlock(byType));
  }

  has(type: number): boolean {
    return this.#byType.has(type);
  }

  types(): Iterable<number> {
    return this.#byType.keys();
  }

  /** The content of an extension, undefined where it is absent. */
  read<T>(type: number, codec: Codec<T>): Result<T | undefined, Fault> {
    const data = this.#byType.get(type);
    return data === undefined ? success(undefined) : decode(codec, data);
  }

  /**
   * Of an answer: what we did not ask for is unsupported_extension; what we asked for but does not belong into this
   * message is illegal_parameter (§4.2).
   */
  allow(message: string, allowed: readonly number[], offered: readonly number[]): Fault | undefined {
    for (const type of this.#byType.keys()) {
      if (allowed.includes(type) && offered.includes(type)) continue;
      const detail = `${message} holds ${extensionName(type)}`;
      return offered.includes(type)
        ? misbehaviour('forbidden_extension', `${detail}, which does not belong there`)
        : misbehaviour('unsolicited_extension', `${detail}, which was not asked for`);
    }
    return undefined;
  }
}
