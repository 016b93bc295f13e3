import { randomBytes } from 'node:crypto';
import { cipherSuite } from '../../tls/cipher-suite.ts';
import { ExtensionType as ext } from '../../tls/extension-type.ts';
import {
  clientKeyShares,
  cookie as cookieCodec,
  type Extension,
  extensionOf,
  type KeyShareEntry,
  protocolNameList,
  selectedGroup,
  selectedVersion,
  serverKeyShare,
  signatureAlgorithms,
} from '../../tls/extensions.ts';
import {
  type ClientHello,
  certificateRequest,
  clientHello,
  encryptedExtensions,
  handshakeMessage,
  type ServerHello,
  serverHello,
} from '../../tls/handshake-messages.ts';
import { HELLO_RETRY_REQUEST_RANDOM } from '../../tls/hello-retry-request.ts';
import {
  applicationTrafficSecrets0,
  handshakeSecret,
  handshakeTrafficSecrets,
  mainSecret,
} from '../../tls/key-schedule.ts';
import { answerKeyShare, namedGroup } from '../../tls/named-group.ts';
import { decode } from '../../tls/presentation.ts';
import type { Identity } from './identity.ts';
import { type Heard, RoguePeer } from './peer.ts';
import { messageHash, seeds } from './secrets.ts';
import { type Transport, Wire } from './wire.ts';

export interface ServerHelloChoices {
  readonly cipherSuite?: number;
  readonly group?: number;
  /** A share as it is, instead of an honest one. */
  readonly keyShare?: KeyShareEntry;
  readonly random?: Uint8Array;
  readonly extensions?: readonly Extension[];
  /** The last word on it. */
  readonly change?: (hello: ServerHello) => ServerHello;
}

export interface FlightChoices extends ServerHelloChoices {
  readonly protocol?: string | 'none';
  readonly request?: boolean;
}

const AES_128 = 0x1301;
const X25519 = 0x001d;

/** The attacker of the ports that play the client: a TLS server that says what it is told. */
export class RogueServer extends RoguePeer {
  /** The latest. */
  clientHello: ClientHello | undefined;
  #main: Uint8Array | undefined;

  constructor(wire: Transport) {
    super('server', wire);
  }

  /** Opens the TCP connection on which the other side plays the TLS client. */
  static async connect(port: number, host?: string, localAddress?: string): Promise<RogueServer> {
    return new RogueServer(await Wire.connect(port, host, localAddress));
  }

  async hearClientHello(): Promise<ClientHello> {
    const decoded = decode(clientHello, await this.hearMessage('client_hello'));
    if (!decoded.ok) throw new Error(`ClientHello does not decode: ${JSON.stringify(decoded)}`);
    this.clientHello = decoded.value;
    return decoded.value;
  }

  /** RFC 9846 §4.1.3 */
  serverHelloMessage(share: KeyShareEntry, choices: ServerHelloChoices = {}): Uint8Array {
    const hello: ServerHello = {
      legacyVersion: 0x0303,
      random: choices.random ?? new Uint8Array(randomBytes(32)),
      legacySessionIdEcho: this.#client.legacySessionId,
      cipherSuite: choices.cipherSuite ?? AES_128,
      legacyCompressionMethod: 0,
      extensions: [
        extensionOf(ext.supported_versions, selectedVersion, 0x0304),
        extensionOf(ext.key_share, serverKeyShare, share),
        ...(choices.extensions ?? []),
      ],
    };
    return handshakeMessage('server_hello', serverHello, choices.change?.(hello) ?? hello);
  }

  /** ServerHello, and the keys that follow from it. */
  serverHello(choices: ServerHelloChoices = {}): void {
    const answered = this.#answer(choices.group ?? X25519);
    const suite = cipherSuite(choices.cipherSuite ?? AES_128);
    if (suite !== undefined) this.suite = suite;
    this.say(this.serverHelloMessage(choices.keyShare ?? answered.share, choices));
    const secret = handshakeSecret(this.suite.hash, answered.sharedSecret);
    this.handshakeSecrets = handshakeTrafficSecrets(this.suite.hash, secret, this.transcriptHash());
    this.#main = mainSecret(this.suite.hash, secret);
    this.useHandshakeKeys();
  }

  /** §4.1.4: asks for a share of another group, or for a cookie; the transcript is rewritten (§4.4.1). */
  helloRetryRequest(choices: {
    readonly group?: number;
    readonly cookie?: Uint8Array;
    readonly cipherSuite?: number;
  }): void {
    const suite = cipherSuite(choices.cipherSuite ?? AES_128);
    if (suite !== undefined) this.suite = suite;
    this.transcript = [messageHash(this.suite.hash, this.transcript)];
    this.say(
      handshakeMessage('server_hello', serverHello, {
        legacyVersion: 0x0303,
        random: HELLO_RETRY_REQUEST_RANDOM,
        legacySessionIdEcho: this.#client.legacySessionId,
        cipherSuite: choices.cipherSuite ?? AES_128,
        legacyCompressionMethod: 0,
        extensions: [
          extensionOf(ext.supported_versions, selectedVersion, 0x0304),
          ...(choices.group === undefined ? [] : [extensionOf(ext.key_share, selectedGroup, choices.group)]),
          ...(choices.cookie === undefined ? [] : [extensionOf(ext.cookie, cookieCodec, choices.cookie)]),
        ],
      }),
    );
  }

  /** §4.3.1 */
  encryptedExtensions(protocol: string | 'none' = 'pinata/1', extensions: readonly Extension[] = []): void {
    const alpn =
      protocol === 'none'
        ? []
        : [extensionOf(ext.application_layer_protocol_negotiation, protocolNameList, [protocol])];
    this.say(handshakeMessage('encrypted_extensions', encryptedExtensions, [...alpn, ...extensions]));
  }

  /** §4.3.2 */
  certificateRequest(signatureSchemes: readonly number[] = [0x0403], context: Uint8Array = new Uint8Array(0)): void {
    this.say(
      handshakeMessage('certificate_request', certificateRequest, {
        certificateRequestContext: context,
        extensions: [extensionOf(ext.signature_algorithms, signatureAlgorithms, signatureSchemes)],
      }),
    );
  }

  /** Everything from ServerHello up to where the server shows who it is. */
  openFlight(choices: FlightChoices = {}): void {
    this.serverHello(choices);
    this.encryptedExtensions(choices.protocol);
    if (choices.request !== false) this.certificateRequest();
  }

  /** Our Finished is out: the keys of the application follow from it. The client's flight is still under the handshake's. */
  override finished(): void {
    super.finished();
    if (this.#main === undefined) throw new Error('no main secret');
    this.applicationSecrets = applicationTrafficSecrets0(this.suite.hash, this.#main, this.transcriptHash());
    this.sealWithApplicationKeys();
  }

  /** All as it should be, up to and including our Finished. */
  async shakeHands(identity: Identity, choices: FlightChoices = {}): Promise<void> {
    await this.hearClientHello();
    this.openFlight(choices);
    this.authenticate(identity);
  }

  /** What follows the client's Finished is under the keys of the application, of which TLS 1.2 has none. */
  override async hear(): Promise<Heard> {
    const heard = await super.hear();
    const finished = heard.type === 'handshake' && heard.name === 'finished';
    if (finished && this.applicationSecrets !== undefined) this.openWithApplicationKeys();
    return heard;
  }

  get #client(): ClientHello {
    if (this.clientHello === undefined) throw new Error('there was no ClientHello');
    return this.clientHello;
  }

  #answer(code: number): { readonly share: KeyShareEntry; readonly sharedSecret: Uint8Array } {
    const group = namedGroup(code);
    const data = this.#client.extensions.find(({ type }) => type === ext.key_share)?.data;
    const shares = data === undefined ? undefined : decode(clientKeyShares, data);
    const theirs = shares?.ok === true ? shares.value.find((entry) => entry.group === code) : undefined;
    if (group === undefined || theirs === undefined) throw new Error(`the client sent no share of group ${code}`);
    const answered = answerKeyShare(group, seeds(), theirs.keyExchange);
    if (answered === undefined) throw new Error(`the client's share of group ${code} is not valid`);
    return { share: { group: code, keyExchange: answered.publicValue }, sharedSecret: answered.sharedSecret };
  }
}
