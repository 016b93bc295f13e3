import { randomBytes } from 'node:crypto';
import { bytesToHex } from '@noble/hashes/utils.js';
import { cipherSuite, cipherSuites } from '../../tls/cipher-suite.ts';
import { ExtensionType as ext } from '../../tls/extension-type.ts';
import {
  clientKeyShares,
  clientSupportedVersions,
  type Extension,
  extensionOf,
  type KeyShareEntry,
  protocolNameList,
  selectedGroup,
  serverKeyShare,
  serverNameList,
  signatureAlgorithms,
  supportedGroups,
} from '../../tls/extensions.ts';
import {
  type ClientHello,
  clientHello,
  finished,
  handshakeMessage,
  type ServerHello,
  serverHello,
} from '../../tls/handshake-messages.ts';
import { HELLO_RETRY_REQUEST_RANDOM } from '../../tls/hello-retry-request.ts';
import { hashLength } from '../../tls/hkdf.ts';
import {
  applicationTrafficSecrets0,
  handshakeSecret,
  handshakeTrafficSecrets,
  mainSecret,
  verifyData,
} from '../../tls/key-schedule.ts';
import { namedGroup, type OfferedKeyShare, offerKeyShare } from '../../tls/named-group.ts';
import { type Codec, decode } from '../../tls/presentation.ts';
import type { Identity } from './identity.ts';
import { RoguePeer } from './peer.ts';
import { messageHash, seeds } from './secrets.ts';
import { type Transport, Wire } from './wire.ts';

export interface ClientHelloChoices {
  readonly versions?: readonly number[];
  readonly cipherSuites?: readonly number[];
  readonly groups?: readonly number[];
  /** Groups to send a share of. */
  readonly shares?: readonly number[];
  /** Shares as they are, instead of our own. */
  readonly keyShares?: readonly KeyShareEntry[];
  readonly signatureSchemes?: readonly number[];
  readonly protocols?: readonly string[] | 'none';
  readonly serverName?: string;
  readonly random?: Uint8Array;
  readonly extensions?: readonly Extension[];
  /** The last word on it. */
  readonly change?: (hello: ClientHello) => ClientHello;
}

const X25519 = 0x001d;

/** The attacker of port 10000: a TLS client that says what it is told. */
export class RogueClient extends RoguePeer {
  readonly #shares = new Map<number, OfferedKeyShare>();
  #main: Uint8Array | undefined;

  constructor(wire: Transport) {
    super('client', wire);
  }

  static async connect(port: number, host?: string, localAddress?: string): Promise<RogueClient> {
    return new RogueClient(await Wire.connect(port, host, localAddress));
  }

  /** RFC 9846 §4.1.2 */
  clientHelloMessage(choices: ClientHelloChoices = {}): Uint8Array {
    const shares = (choices.shares ?? [X25519]).map((group) => ({ group, keyExchange: this.#share(group) }));
    const protocols = choices.protocols ?? ['pinata/1'];
    const extensions: Extension[] = [
      extensionOf(ext.supported_versions, clientSupportedVersions, choices.versions ?? [0x0304]),
      extensionOf(ext.supported_groups, supportedGroups, choices.groups ?? choices.shares ?? [X25519]),
      extensionOf(ext.signature_algorithms, signatureAlgorithms, choices.signatureSchemes ?? [0x0403, 0x0807, 0x0804]),
      extensionOf(ext.key_share, clientKeyShares, choices.keyShares ?? shares),
      extensionOf(ext.server_name, serverNameList, choices.serverName ?? 'server.btc-pinata.invalid'),
      ...(protocols === 'none'
        ? []
        : [extensionOf(ext.application_layer_protocol_negotiation, protocolNameList, protocols)]),
      ...(choices.extensions ?? []),
    ];
    const hello: ClientHello = {
      legacyVersion: 0x0303,
      random: choices.random ?? new Uint8Array(randomBytes(32)),
      legacySessionId: new Uint8Array(0),
      cipherSuites: choices.cipherSuites ?? cipherSuites.map(({ code }) => code),
      legacyCompressionMethods: Uint8Array.of(0),
      extensions,
    };
    return handshakeMessage('client_hello', clientHello, choices.change?.(hello) ?? hello);
  }

  hello(choices: ClientHelloChoices = {}): void {
    this.say(this.clientHelloMessage(choices));
  }

  /** ServerHello, and the keys that follow from it; a HelloRetryRequest rewrites the transcript (§4.4.1). */
  async serverHello(): Promise<{ readonly hello: ServerHello; readonly retryGroup: number | undefined }> {
    const hello = must(serverHello, await this.hearMessage('server_hello'));
    const suite = cipherSuite(hello.cipherSuite);
    if (suite === undefined) throw new Error(`the server chose cipher suite ${hello.cipherSuite}`);
    this.suite = suite;
    const keyShare = hello.extensions.find(({ type }) => type === ext.key_share)?.data;
    if (keyShare === undefined) throw new Error('ServerHello without key_share');
    if (bytesToHex(hello.random) === bytesToHex(HELLO_RETRY_REQUEST_RANDOM)) {
      this.transcript = [messageHash(suite.hash, this.transcript.slice(0, -1)), ...this.transcript.slice(-1)];
      return { hello, retryGroup: must(selectedGroup, keyShare) };
    }
    const { group, keyExchange } = must(serverKeyShare, keyShare);
    const shared = this.#shares.get(group)?.agree(keyExchange);
    if (shared === undefined) throw new Error(`no key share of group ${group} is ours`);
    this.useSharedSecret(shared);
    return { hello, retryGroup: undefined };
  }

  /** The handshake keys, of whatever was agreed. */
  useSharedSecret(shared: Uint8Array): void {
    const secret = handshakeSecret(this.suite.hash, shared);
    this.handshakeSecrets = handshakeTrafficSecrets(this.suite.hash, secret, this.transcriptHash());
    this.#main = mainSecret(this.suite.hash, secret);
    this.useHandshakeKeys();
  }

  /** The server's flight from ServerHello to Finished, which is checked: a driver that is wrong itself proves nothing. */
  async serverFlight(): Promise<{ readonly requested: boolean; readonly messages: ReadonlyMap<string, Uint8Array> }> {
    await this.serverHello();
    const messages = new Map<string, Uint8Array>();
    for (;;) {
      const expected = verifyData(
        this.suite.hash,
        this.handshakeSecrets?.server ?? new Uint8Array(0),
        this.transcriptHash(),
      );
      const heard = await this.hear();
      if (heard.type === 'change_cipher_spec') continue;
      if (heard.type !== 'handshake') throw new Error(`in the server's flight came ${JSON.stringify(heard)}`);
      messages.set(heard.name, heard.body);
      if (heard.name !== 'finished') continue;
      const verify = must(finished(hashLength(this.suite.hash)), heard.body);
      if (bytesToHex(verify) !== bytesToHex(expected)) throw new Error("the server's Finished is wrong");
      if (this.#main === undefined) throw new Error('no main secret');
      this.applicationSecrets = applicationTrafficSecrets0(this.suite.hash, this.#main, this.transcriptHash());
      this.openWithApplicationKeys();
      return { requested: messages.has('certificate_request'), messages };
    }
  }

  /** All as it should be, up to and including our Finished. */
  async shakeHands(identity: Identity, choices: ClientHelloChoices = {}): Promise<void> {
    this.hello(choices);
    await this.serverFlight();
    this.authenticate(identity);
    this.sealWithApplicationKeys();
  }

  #share(code: number): Uint8Array {
    const known = this.#shares.get(code);
    if (known !== undefined) return known.publicValue;
    const group = namedGroup(code);
    if (group === undefined) throw new RangeError(`no group ${code}`);
    const share = offerKeyShare(group, seeds());
    this.#shares.set(code, share);
    return share.publicValue;
  }
}

function must<T>(codec: Codec<T>, bytes: Uint8Array): T {
  const decoded = decode(codec, bytes);
  if (!decoded.ok) throw new Error(`${codec.name} does not decode: ${JSON.stringify(decoded)}`);
  return decoded.value;
}
