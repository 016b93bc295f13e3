import { createHash, randomBytes } from 'node:crypto';
import { concatBytes } from '@noble/hashes/utils.js';
import { type CipherSuite12, cipherSuites12 } from '../../tls/cipher-suite-12.ts';
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
  clientKeyExchange,
  finished12,
  serverEcdhParams,
  serverHelloDone,
  serverKeyExchange,
} from '../../tls/handshake-messages-12.ts';
import { namedGroup, type OfferedKeyShare, offerKeyShare } from '../../tls/named-group.ts';
import { decode, encode } from '../../tls/presentation.ts';
import { extendedMainSecret, verifyData12 } from '../../tls/prf.ts';
import type { Identity, Signer } from './identity.ts';
import type { Heard } from './peer.ts';
import { type Protection12, sessionKeys } from './protection-12.ts';
import { seeds } from './secrets.ts';
import { RogueServer } from './server.ts';
import { Wire } from './wire.ts';

/*
 * The attacker of port 10002 who speaks TLS 1.2. All that a server says before ChangeCipherSpec is in clear. Without a
 * genuine key nobody gets further; who has one finds the keys of the session here, as an honest server would have them.
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
  #suite: CipherSuite12 | undefined;
  #share: OfferedKeyShare | undefined;
  #mainSecret: Uint8Array | undefined;
  #keys: { readonly own: Protection12; readonly other: Protection12 } | undefined;
  #opening: Protection12 | undefined;
  #sealing: Protection12 | undefined;

  static override async connect(port: number): Promise<RogueServer12> {
    return new RogueServer12(await Wire.connect(port));
  }

  /** RFC 5246 §7.4.1.3, with what RFC 5746, RFC 7627 and RFC 7301 add. */
  hello12(choices: ServerHello12Choices = {}): void {
    const { protocol = 'pinata/1', renegotiationInfo = new Uint8Array(0) } = choices;
    if (choices.random !== undefined) this.#random = choices.random.slice();
    this.#suite = cipherSuites12.find(({ code }) => code === (choices.cipherSuite ?? ECDSA_AES_128));
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
    this.#share = group && offerKeyShare(group, seeds());
    const publicValue = choices.publicValue ?? this.#share?.publicValue ?? new Uint8Array(32);
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

  /** Certificate to ServerHelloDone, as they should be. */
  authenticate12({ chain, signer }: Identity): void {
    this.certificate12(chain);
    this.keyExchange12(signer);
    this.certificateRequest12();
    this.helloDone12();
  }

  /** ChangeCipherSpec, and what follows it is sealed. */
  sealFromHere(): void {
    this.changeCipherSpec();
    this.#sealing = this.#sessionKeys.own;
  }

  /** §7.4.9, over the transcript as it stands. */
  verifyData12(sender: 'client' | 'server' = 'server'): Uint8Array {
    if (this.#mainSecret === undefined) throw new Error('there are no keys yet');
    return verifyData12(this.#chosen.hash, this.#mainSecret, sender, this.transcriptHash());
  }

  finished12(verify: Uint8Array = this.verifyData12()): void {
    this.say(handshakeMessage('finished', finished12, verify));
  }

  override record(type: number, content: Uint8Array): void {
    if (this.#sealing === undefined) return this.clearRecord(type, content);
    this.watcher?.sent({ type: 'record', contentType: type, content, sealed: true });
    this.wire.write(this.#sealing.seal(type, content));
  }

  override transcriptHash(): Uint8Array {
    const hash = createHash(this.#chosen.hash).update(concatBytes(...this.transcript));
    return new Uint8Array(hash.digest());
  }

  /** The keys follow from ClientKeyExchange, and what follows the client's ChangeCipherSpec is under them. */
  override async hear(): Promise<Heard> {
    const heard = await super.hear();
    if (heard.type === 'handshake' && heard.name === 'client_key_exchange') this.#agree(heard.body);
    if (heard.type === 'change_cipher_spec') this.#opening = this.#sessionKeys.other;
    return heard;
  }

  protected override open(header: Uint8Array, fragment: Uint8Array) {
    const type = header[0] ?? -1;
    return this.#opening && { type, content: this.#opening.open(type, fragment) };
  }

  #agree(body: Uint8Array): void {
    const theirs = decode(clientKeyExchange, body);
    const premaster = theirs.ok === true ? this.#share?.agree(theirs.value) : undefined;
    if (premaster === undefined) throw new Error("the client's share is not valid");
    const suite = this.#chosen;
    this.#mainSecret = extendedMainSecret(suite.hash, premaster, this.transcriptHash());
    const randoms = { client: this.clientHello?.random ?? new Uint8Array(32), server: this.#random };
    const { client, server } = sessionKeys(suite, this.#mainSecret, randoms);
    this.#keys = { own: server, other: client };
  }

  get #chosen(): CipherSuite12 {
    if (this.#suite === undefined) throw new Error('no suite of TLS 1.2 was chosen');
    return this.#suite;
  }

  get #sessionKeys() {
    if (this.#keys === undefined) throw new Error('there are no keys yet');
    return this.#keys;
  }
}
