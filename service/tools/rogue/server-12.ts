import { randomBytes } from 'node:crypto';
import { concatBytes } from '@noble/hashes/utils.js';
import { ExtensionType as ext } from '../../tls/extension-type.ts';
import {
  type Extension,
  extensionOf,
  nothing,
  protocolNameList,
  renegotiatedConnection,
} from '../../tls/extensions.ts';
import { handshakeMessage, type ServerHello, serverHello } from '../../tls/handshake-messages.ts';
import {
  certificate12,
  certificateRequest12,
  serverEcdhParams,
  serverHelloDone,
  serverKeyExchange,
} from '../../tls/handshake-messages-12.ts';
import { namedGroup, offerKeyShare } from '../../tls/named-group.ts';
import { encode } from '../../tls/presentation.ts';
import type { Signer } from './identity.ts';
import { seeds } from './secrets.ts';
import { RogueServer } from './server.ts';
import { Wire } from './wire.ts';

/*
 * The attacker of port 10002 who speaks TLS 1.2. All that a server says before ChangeCipherSpec is in clear, and without a
 * genuine key nobody gets further: the keys that would follow are not here.
 */

export interface ServerHello12Choices {
  readonly cipherSuite?: number;
  readonly random?: Uint8Array;
  readonly protocol?: string | 'none';
  readonly extendedMainSecret?: boolean;
  readonly renegotiationInfo?: Uint8Array | 'none';
  readonly extensions?: readonly Extension[];
  readonly change?: (hello: ServerHello) => ServerHello;
}

const ECDSA_AES_128 = 0xc02b;
const X25519 = 0x001d;

export class RogueServer12 extends RogueServer {
  #random = new Uint8Array(randomBytes(32));

  static override async connect(port: number): Promise<RogueServer12> {
    return new RogueServer12(await Wire.connect(port));
  }

  /** RFC 5246 §7.4.1.3, with what RFC 5746, RFC 7627 and RFC 7301 add. */
  hello12(choices: ServerHello12Choices = {}): void {
    const { protocol = 'pinata/1', renegotiationInfo = new Uint8Array(0) } = choices;
    if (choices.random !== undefined) this.#random = choices.random.slice();
    const hello: ServerHello = {
      legacyVersion: 0x0303,
      random: this.#random,
      legacySessionIdEcho: new Uint8Array(0),
      cipherSuite: choices.cipherSuite ?? ECDSA_AES_128,
      legacyCompressionMethod: 0,
      extensions: [
        ...(renegotiationInfo === 'none'
          ? []
          : [extensionOf(ext.renegotiation_info, renegotiatedConnection, renegotiationInfo)]),
        ...(choices.extendedMainSecret === false ? [] : [extensionOf(ext.extended_main_secret, nothing, true)]),
        ...(protocol === 'none'
          ? []
          : [extensionOf(ext.application_layer_protocol_negotiation, protocolNameList, [protocol])]),
        ...(choices.extensions ?? []),
      ],
    };
    this.say(handshakeMessage('server_hello', serverHello, choices.change?.(hello) ?? hello));
  }

  certificate12(chain: readonly Uint8Array[]): void {
    this.say(handshakeMessage('certificate', certificate12, chain));
  }

  /** RFC 8422 §5.4: signed over both randoms and the parameters, or over something else. */
  keyExchange12(
    signer: Signer,
    choices: { readonly group?: number; readonly publicValue?: Uint8Array; readonly content?: Uint8Array } = {},
  ): void {
    const group = namedGroup(choices.group ?? X25519);
    const publicValue =
      choices.publicValue ?? (group && offerKeyShare(group, seeds()).publicValue) ?? new Uint8Array(32);
    const params = { namedGroup: choices.group ?? X25519, publicValue };
    const client = this.clientHello?.random ?? new Uint8Array(32);
    const content = choices.content ?? concatBytes(client, this.#random, encode(serverEcdhParams, params));
    const signed = { params, algorithm: signer.scheme, signature: signer.sign(content) };
    this.say(handshakeMessage('server_key_exchange', serverKeyExchange, signed));
  }

  certificateRequest12(): void {
    const request = { certificateTypes: [64], signatureSchemes: [0x0403], authorities: [] };
    this.say(handshakeMessage('certificate_request', certificateRequest12, request));
  }

  helloDone12(): void {
    this.say(handshakeMessage('server_hello_done', serverHelloDone, true));
  }
}
