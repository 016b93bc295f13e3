import { createHash, randomBytes } from 'node:crypto';
import { bytesToHex, concatBytes } from '@noble/hashes/utils.js';
import { alertName } from '../../tls/alert.ts';
import { type CipherSuite12, cipherSuites12 } from '../../tls/cipher-suite-12.ts';
import { ExtensionType as ext } from '../../tls/extension-type.ts';
import {
  type Extension,
  extensionOf,
  nothing,
  protocolNameList,
  renegotiatedConnection,
  serverNameList,
  signatureAlgorithms,
  supportedGroups,
} from '../../tls/extensions.ts';
import {
  type ClientHello,
  certificateVerify,
  clientHello,
  handshakeMessage,
  serverHello,
} from '../../tls/handshake-messages.ts';
import { certificate12, clientKeyExchange, finished12, serverKeyExchange } from '../../tls/handshake-messages-12.ts';
import { handshakeName } from '../../tls/handshake-type.ts';
import { namedGroup, type OfferedKeyShare, offerKeyShare } from '../../tls/named-group.ts';
import { type Codec, decode } from '../../tls/presentation.ts';
import { extendedMainSecret, type Randoms, verifyData12 } from '../../tls/prf.ts';
import { ContentType, HEADER_LENGTH, recordHeader } from '../../tls/record.ts';
import type { Identity, Signer } from './identity.ts';
import type { Ending, Heard, Watcher } from './peer.ts';
import { type Protection12, sessionKeys } from './protection-12.ts';
import { seeds } from './secrets.ts';
import { type Transport, Wire } from './wire.ts';

/*
 * The attacker of port 10000 who speaks TLS 1.2: each message is a method, in whatever order it is told to, right or
 * wrong. The transcript and the keys are kept as an honest client would keep them, and are open to be changed.
 */

export interface ClientHello12Choices {
  readonly legacyVersion?: number;
  readonly cipherSuites?: readonly number[];
  readonly groups?: readonly number[];
  readonly signatureSchemes?: readonly number[];
  readonly protocols?: readonly string[];
  /** What goes without saying today. */
  readonly extendedMainSecret?: boolean;
  readonly renegotiationInfo?: Uint8Array | 'none';
  readonly extensions?: readonly Extension[];
  /** The last word on it. */
  readonly change?: (hello: ClientHello) => ClientHello;
}

const X25519 = 0x001d;
const P256 = 0x0017;
const TLS12 = 0x0303;

export class RogueClient12 {
  readonly wire: Transport;
  /** Every handshake message so far, in both directions; HelloRequest is none of them (RFC 5246 §7.4.1.1). */
  transcript: Uint8Array[] = [];
  sealing: Protection12 | undefined;
  opening: Protection12 | undefined;
  mainSecret: Uint8Array | undefined;
  watcher: Watcher | undefined;
  #heardSealed = false;
  #suite: CipherSuite12 | undefined;
  #share: OfferedKeyShare | undefined;
  #serverValue: Uint8Array | undefined;
  #randoms: Randoms = { client: new Uint8Array(randomBytes(32)), server: new Uint8Array(0) };
  #keys: { readonly own: Protection12; readonly other: Protection12 } | undefined;
  #fragments = new Uint8Array(0);

  constructor(wire: Transport) {
    this.wire = wire;
  }

  static async connect(port: number): Promise<RogueClient12> {
    return new RogueClient12(await Wire.connect(port));
  }

  /* Speaking */

  /** A record under the key of the moment, or in clear while there is none. */
  record(type: number, content: Uint8Array): void {
    if (this.sealing === undefined) return this.clearRecord(type, content);
    this.watcher?.sent({ type: 'record', contentType: type, content, sealed: true });
    this.wire.write(this.sealing.seal(type, content));
  }

  clearRecord(type: number, fragment: Uint8Array): void {
    this.watcher?.sent({ type: 'record', contentType: type, content: fragment, sealed: false });
    // The codec's type knows only the types there are; a rogue's do not end there.
    this.wire.write(concatBytes(recordHeader(type as ContentType, fragment.length), fragment));
  }

  /** Bytes as they are, whatever they are; `what` is for the picture. */
  raw(bytes: Uint8Array, what = 'bytes'): void {
    this.watcher?.sent({ type: 'raw', length: bytes.length, what });
    this.wire.write(bytes);
  }

  /** Leaves: by FIN, or by RST. */
  leave(how: 'fin' | 'reset' = 'fin'): void {
    this.watcher?.sent({ type: 'left', how });
    if (how === 'fin') this.wire.end();
    else this.wire.reset();
  }

  say(message: Uint8Array): void {
    this.transcript.push(message);
    this.record(ContentType.handshake, message);
  }

  hello(choices: ClientHello12Choices = {}): void {
    this.say(this.helloMessage(choices));
  }

  /** RFC 5246 §7.4.1.2, with what RFC 5746 and RFC 7627 add. */
  helloMessage(choices: ClientHello12Choices = {}): Uint8Array {
    const { renegotiationInfo = new Uint8Array(0) } = choices;
    const extensions: Extension[] = [
      extensionOf(ext.supported_groups, supportedGroups, choices.groups ?? [X25519, P256]),
      extensionOf(ext.signature_algorithms, signatureAlgorithms, choices.signatureSchemes ?? [0x0403, 0x0807, 0x0804]),
      extensionOf(ext.server_name, serverNameList, 'server.btc-pinata.invalid'),
      extensionOf(ext.application_layer_protocol_negotiation, protocolNameList, choices.protocols ?? ['pinata/1']),
      ...(choices.extendedMainSecret === false ? [] : [extensionOf(ext.extended_main_secret, nothing, true)]),
      ...(renegotiationInfo === 'none'
        ? []
        : [extensionOf(ext.renegotiation_info, renegotiatedConnection, renegotiationInfo)]),
      ...(choices.extensions ?? []),
    ];
    const hello: ClientHello = {
      legacyVersion: choices.legacyVersion ?? TLS12,
      random: this.#randoms.client,
      legacySessionId: new Uint8Array(0),
      cipherSuites: choices.cipherSuites ?? cipherSuites12.map(({ code }) => code),
      legacyCompressionMethods: Uint8Array.of(0),
      extensions,
    };
    return handshakeMessage('client_hello', clientHello, choices.change?.(hello) ?? hello);
  }

  /** §7.4.2 */
  certificate(chain: readonly Uint8Array[]): void {
    this.say(handshakeMessage('certificate', certificate12, chain));
  }

  /** RFC 8422 §5.7; the keys follow from it, unless the value is none of ours. */
  clientKeyExchange(publicValue?: Uint8Array): void {
    if (this.#share === undefined || this.#serverValue === undefined) throw new Error('the server sent no share yet');
    this.say(handshakeMessage('client_key_exchange', clientKeyExchange, publicValue ?? this.#share.publicValue));
    if (publicValue !== undefined) return;
    const premaster = this.#share.agree(this.#serverValue);
    if (premaster === undefined) throw new Error("the server's share is not valid");
    this.mainSecret = extendedMainSecret(this.suite.hash, premaster, this.transcriptHash());
    const { client, server } = sessionKeys(this.suite, this.mainSecret, this.#randoms);
    this.#keys = { own: client, other: server };
  }

  /** §7.4.8: over the transcript as it stands, or over something else. */
  certificateVerify(signer: Signer, choices: { readonly content?: Uint8Array; readonly scheme?: number } = {}): void {
    const signature = signer.sign(choices.content ?? concatBytes(...this.transcript));
    const algorithm = choices.scheme ?? signer.scheme;
    this.say(handshakeMessage('certificate_verify', certificateVerify, { algorithm, signature }));
  }

  /** ChangeCipherSpec, and what follows it is sealed. */
  changeCipherSpec(): void {
    this.sayChangeCipherSpec();
    this.sealing = this.keys.own;
  }

  /** The record alone: what follows it is not sealed. */
  sayChangeCipherSpec(content: Uint8Array = Uint8Array.of(1)): void {
    this.record(ContentType.change_cipher_spec, content);
  }

  /** §7.4.9 */
  finished(verify: Uint8Array = this.verifyData('client')): void {
    this.say(handshakeMessage('finished', finished12, verify));
  }

  /** Certificate to Finished, as they should be. */
  authenticate({ chain, signer }: Identity): void {
    this.certificate(chain);
    this.clientKeyExchange();
    this.certificateVerify(signer);
    this.changeCipherSpec();
    this.finished();
  }

  verifyData(sender: 'client' | 'server'): Uint8Array {
    if (this.mainSecret === undefined) throw new Error('there are no keys yet');
    return verifyData12(this.suite.hash, this.mainSecret, sender, this.transcriptHash());
  }

  /* Listening */

  /** ServerHello to ServerHelloDone. */
  async serverFlight(): Promise<{ readonly requested: boolean; readonly messages: ReadonlyMap<string, Uint8Array> }> {
    const messages = new Map<string, Uint8Array>();
    while (!messages.has('server_hello_done')) {
      const heard = await this.hear();
      if (heard.type !== 'handshake') throw new Error(`in the server's flight came ${JSON.stringify(heard)}`);
      messages.set(heard.name, heard.body);
    }
    const hello = must(serverHello, messages.get('server_hello'));
    this.#suite = cipherSuites12.find(({ code }) => code === hello.cipherSuite);
    this.#randoms = { ...this.#randoms, server: hello.random };
    const { params } = must(serverKeyExchange, messages.get('server_key_exchange'));
    const group = namedGroup(params.namedGroup);
    if (group === undefined) throw new Error(`the server chose group ${params.namedGroup}`);
    this.#share = offerKeyShare(group, seeds());
    this.#serverValue = params.publicValue;
    return { requested: messages.has('certificate_request'), messages };
  }

  /** The server's ChangeCipherSpec and Finished, which is checked: a driver that is wrong itself proves nothing. */
  async serverFinished(): Promise<void> {
    const change = await this.hear();
    if (change.type !== 'change_cipher_spec') throw new Error(`waited for a change, heard ${JSON.stringify(change)}`);
    this.opening = this.keys.other;
    const expected = this.verifyData('server');
    const heard = await this.hear();
    if (heard.type !== 'handshake' || heard.name !== 'finished') throw new Error(`heard ${JSON.stringify(heard)}`);
    if (bytesToHex(heard.body) !== bytesToHex(expected)) throw new Error("the server's Finished is wrong");
  }

  async hear(): Promise<Heard> {
    const heard = await this.#hear();
    this.watcher?.heard(heard, this.#heardSealed);
    return heard;
  }

  async #hear(): Promise<Heard> {
    for (;;) {
      const message = this.#nextMessage();
      if (message !== undefined) return message;
      const header = await this.wire.read(HEADER_LENGTH);
      if (typeof header === 'string') return { type: 'left', how: header };
      const fragment = await this.wire.read((header[3] ?? 0) * 256 + (header[4] ?? 0));
      if (typeof fragment === 'string') return { type: 'left', how: fragment };
      const type = header[0] ?? -1;
      this.#heardSealed = this.opening !== undefined;
      const content = this.opening?.open(type, fragment) ?? fragment;
      if (type === ContentType.handshake) this.#fragments = concatBytes(this.#fragments, content);
      else return this.#heardOf(type, content);
    }
  }

  /** Everything until the other side leaves. */
  async ending(): Promise<Ending> {
    const alerts: string[] = [];
    const data: Uint8Array[] = [];
    for (;;) {
      const heard = await this.hear();
      if (heard.type === 'alert') alerts.push(heard.name);
      if (heard.type === 'data') data.push(heard.bytes);
      if (heard.type === 'left') return { alerts, data: concatBytes(...data), how: heard.how };
    }
  }

  get suite(): CipherSuite12 {
    if (this.#suite === undefined) throw new Error('the server chose no suite of TLS 1.2 yet');
    return this.#suite;
  }

  get keys(): { readonly own: Protection12; readonly other: Protection12 } {
    if (this.#keys === undefined) throw new Error('there are no keys yet');
    return this.#keys;
  }

  transcriptHash(): Uint8Array {
    const hash = createHash(this.suite.hash).update(concatBytes(...this.transcript));
    return new Uint8Array(hash.digest());
  }

  #nextMessage(): Heard | undefined {
    const [type = 0, high = 0, middle = 0, low = 0] = this.#fragments;
    const length = 4 + high * 65536 + middle * 256 + low;
    if (this.#fragments.length < 4 || this.#fragments.length < length) return undefined;
    const bytes = this.#fragments.slice(0, length);
    this.#fragments = this.#fragments.slice(length);
    this.transcript.push(bytes);
    return { type: 'handshake', name: handshakeName(type), body: bytes.subarray(4), bytes };
  }

  #heardOf(type: number, content: Uint8Array): Heard {
    switch (type) {
      case ContentType.alert: {
        const encrypted = this.opening !== undefined;
        return { type: 'alert', name: alertName(content[1] ?? -1), level: content[0] ?? -1, encrypted };
      }
      case ContentType.change_cipher_spec:
        return { type: 'change_cipher_spec' };
      case ContentType.application_data:
        return { type: 'data', bytes: content };
      default:
        throw new Error(`a record of content type ${type} came`);
    }
  }
}

function must<T>(codec: Codec<T>, bytes: Uint8Array | undefined): T {
  if (bytes === undefined) throw new Error(`${codec.name} did not come`);
  const decoded = decode(codec, bytes);
  if (!decoded.ok) throw new Error(`${codec.name} does not decode: ${JSON.stringify(decoded)}`);
  return decoded.value;
}
