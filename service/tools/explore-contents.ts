import { concatBytes } from '@noble/hashes/utils.js';
import { encodeCertificate, encodeCertificates } from '../tls/certificate-message.ts';
import { signedContent } from '../tls/certificate-verify.ts';
import { ourClientHello } from '../tls/client-hello.ts';
import { ExtensionType as ext } from '../tls/extension-type.ts';
import {
  certificateAuthorities,
  cookie,
  type Extension,
  ecPointFormats,
  extensionOf,
  nothing,
  protocolNameList,
  renegotiatedConnection,
  selectedVersion,
  serverKeyShare,
  signatureAlgorithms,
} from '../tls/extensions.ts';
import {
  certificate,
  certificateRequest,
  certificateVerify,
  clientHello,
  encryptedExtensions,
  finished,
  handshakeMessage,
  keyUpdate,
  newSessionTicket,
  serverHello,
} from '../tls/handshake-messages.ts';
import {
  certificate12,
  certificateRequest12,
  clientKeyExchange,
  finished12,
  serverEcdhParams,
  serverHelloDone,
  serverKeyExchange,
} from '../tls/handshake-messages-12.ts';
import { HELLO_RETRY_REQUEST_RANDOM } from '../tls/hello-retry-request.ts';
import type { CertifiedKey } from '../tls/index.ts';
import { parametersOf } from '../tls/parameters.ts';
import { encode } from '../tls/presentation.ts';
import { ProtocolVersion } from '../tls/protocol-version.ts';
import { signedParams } from '../tls/server-12.ts';
import { type Exchange, remembered, transcript, transcriptHash } from './explore-exchange.ts';
import { type OppositeKeys, randoms, suite12, suite13, x25519 } from './explore-keys.ts';
import { choices, fixedBytes, protocol, type Role, serverName, type Version, type World } from './explore-world.ts';

const ED25519 = 0x0807;
const random = (role: Role): Uint8Array => fixedBytes(`random of the opposite ${role}`, 32);

/** Every handshake message there is, as the opposite end would say it at this point of this exchange. */
export class Contents {
  readonly #world: World;
  readonly #keys: OppositeKeys;
  readonly #signers = new Map<CertifiedKey, (content: Uint8Array) => Uint8Array>();

  constructor(world: World, keys: OppositeKeys) {
    this.#world = world;
    this.#keys = keys;
  }

  clientHello(version: Version, share: 'share' | 'no share'): Uint8Array {
    const entropy = { random: random('client'), legacySessionId: fixedBytes('session id', 32), keyShares: noSeeds };
    const parameters = parametersOf({ ...choices, versions: version === '1.3' ? ['1.3', '1.2'] : ['1.2'] }, []);
    const shares = version === '1.3' && share === 'share' ? [{ group: x25519, share: this.#keys.share }] : [];
    const trust = { anchor: this.#world.authority, purpose: 'serverAuth', dnsName: serverName } as const;
    const config = { serverName, alpn: [protocol], trust };
    return handshakeMessage(
      'client_hello',
      clientHello,
      ourClientHello(config, parameters, entropy, shares, undefined),
    );
  }

  /** Of TLS 1.3 it echoes the session id of the ClientHello. */
  serverHello(version: Version, exchange: Exchange): Uint8Array {
    const extensions =
      version === '1.3'
        ? [
            extensionOf(ext.supported_versions, selectedVersion, ProtocolVersion.tls13),
            extensionOf(ext.key_share, serverKeyShare, {
              group: x25519.code,
              keyExchange: this.#keys.share.publicValue,
            }),
          ]
        : [
            extensionOf(ext.renegotiation_info, renegotiatedConnection, new Uint8Array(0)),
            extensionOf(ext.extended_main_secret, nothing, true),
            extensionOf(ext.ec_point_formats, ecPointFormats, [0]),
            extensionOf(ext.application_layer_protocol_negotiation, protocolNameList, [protocol]),
          ];
    return hello(random('server'), version === '1.3' ? sessionId(exchange) : new Uint8Array(0), version, extensions);
  }

  /** Asks for a cookie alone: what costs nothing to answer. */
  helloRetryRequest(exchange: Exchange): Uint8Array {
    return hello(HELLO_RETRY_REQUEST_RANDOM, sessionId(exchange), '1.3', [
      extensionOf(ext.supported_versions, selectedVersion, ProtocolVersion.tls13),
      extensionOf(ext.cookie, cookie, Uint8Array.of(1, 2, 3)),
    ]);
  }

  encryptedExtensions(): Uint8Array {
    const alpn = extensionOf(ext.application_layer_protocol_negotiation, protocolNameList, [protocol]);
    return handshakeMessage('encrypted_extensions', encryptedExtensions, [alpn]);
  }

  certificateRequest(version: Version): Uint8Array {
    const authority = this.#world.authority.subject;
    if (version === '1.3') {
      return handshakeMessage('certificate_request', certificateRequest, {
        certificateRequestContext: new Uint8Array(0),
        extensions: [
          extensionOf(ext.signature_algorithms, signatureAlgorithms, [ED25519]),
          extensionOf(ext.certificate_authorities, certificateAuthorities, [authority]),
        ],
      });
    }
    const request = { certificateTypes: [64], signatureSchemes: [ED25519], authorities: [authority] };
    return handshakeMessage('certificate_request', certificateRequest12, request);
  }

  certificate(version: Version, of: CertifiedKey | undefined): Uint8Array {
    return version === '1.3'
      ? handshakeMessage('certificate', certificate, encodeCertificate(of))
      : handshakeMessage('certificate', certificate12, encodeCertificates(of));
  }

  /** RFC 8422 §5.4, over the randoms of this exchange. */
  serverKeyExchange(exchange: Exchange, by: CertifiedKey): Uint8Array {
    const params = { namedGroup: x25519.code, publicValue: this.#keys.share.publicValue };
    const signature = this.#sign(by, signedParams(randoms(exchange), encode(serverEcdhParams, params)));
    return handshakeMessage('server_key_exchange', serverKeyExchange, { params, algorithm: ED25519, signature });
  }

  serverHelloDone(): Uint8Array {
    return handshakeMessage('server_hello_done', serverHelloDone, true);
  }

  clientKeyExchange(): Uint8Array {
    return handshakeMessage('client_key_exchange', clientKeyExchange, this.#keys.share.publicValue);
  }

  /** RFC 9846 §4.4.3, RFC 5246 §7.4.8, over everything that was exchanged. */
  certificateVerify(exchange: Exchange, version: Version, as: Role, by: CertifiedKey): Uint8Array {
    const { messages } = exchange;
    const content = version === '1.3' ? signedContent(as, transcriptHash(messages)) : transcript(messages);
    const signed = { algorithm: ED25519, signature: this.#sign(by, content) };
    return handshakeMessage('certificate_verify', certificateVerify, signed);
  }

  finished(exchange: Exchange, version: Version, as: Role): Uint8Array {
    const data = this.#keys.verifyData(exchange, as, version);
    return handshakeMessage('finished', version === '1.3' ? finished(data.length) : finished12, data);
  }

  keyUpdate(request: 0 | 1): Uint8Array {
    return handshakeMessage('key_update', keyUpdate, request);
  }

  newSessionTicket(): Uint8Array {
    return handshakeMessage('new_session_ticket', newSessionTicket, {
      ticketLifetime: 7200,
      ticketAgeAdd: 1,
      ticketNonce: Uint8Array.of(0),
      ticket: fixedBytes('ticket', 32),
      extensions: [],
    });
  }

  #sign(by: CertifiedKey, content: Uint8Array): Uint8Array {
    const sign = this.#signers.get(by) ?? remembered((bytes) => by.key.sign(bytes));
    this.#signers.set(by, sign);
    return sign(content);
  }
}

/** A ClientHello wants shares, not what they were made from. */
const noSeeds = {
  x25519: new Uint8Array(32),
  mlkem: new Uint8Array(64),
  p256: new Uint8Array(48),
  p384: new Uint8Array(72),
};

function hello(
  serverRandom: Uint8Array,
  legacySessionIdEcho: Uint8Array,
  version: Version,
  extensions: readonly Extension[],
) {
  return handshakeMessage('server_hello', serverHello, {
    legacyVersion: ProtocolVersion.tls12,
    random: serverRandom,
    legacySessionIdEcho,
    cipherSuite: version === '1.3' ? suite13.code : suite12.code,
    legacyCompressionMethod: 0,
    extensions,
  });
}

/** Of a ClientHello: behind type, length, version and random, with a length of its own. */
function sessionId({ messages }: Exchange): Uint8Array {
  const bytes = messages.findLast(({ name }) => name === 'client_hello')?.bytes ?? new Uint8Array(0);
  return concatBytes(bytes.slice(39, 39 + (bytes[38] ?? 0)));
}
