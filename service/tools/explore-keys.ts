import { cipherSuites } from '../tls/cipher-suite.ts';
import { cipherSuites12 } from '../tls/cipher-suite-12.ts';
import { ExtensionType as ext } from '../tls/extension-type.ts';
import { clientKeyShares, ExtensionBlock, serverKeyShare } from '../tls/extensions.ts';
import { clientHello, serverHello } from '../tls/handshake-messages.ts';
import { clientKeyExchange, serverKeyExchange } from '../tls/handshake-messages-12.ts';
import {
  applicationTrafficSecrets0,
  handshakeSecret,
  handshakeTrafficSecrets,
  mainSecret,
  nextTrafficSecret,
  type TrafficSecrets,
  verifyData,
} from '../tls/key-schedule.ts';
import { type NamedGroup, namedGroups, type OfferedKeyShare, offerKeyShare } from '../tls/named-group.ts';
import { type Codec, decode } from '../tls/presentation.ts';
import { extendedMainSecret, type Randoms, verifyData12 } from '../tls/prf.ts';
import { ContentType } from '../tls/record.ts';
import type { RecordProtection } from '../tls/record-protection.ts';
import { RecordProtection13 } from '../tls/record-protection.ts';
import { protections } from '../tls/record-protection-12.ts';
import { type Exchange, HASH, randomOf, remembered, type Said, transcriptHash } from './explore-exchange.ts';
import { choices, fixedBytes, type Role } from './explore-world.ts';

/*
 * What the opposite end derives from an exchange as it really went, lawful or not: whatever order the messages came in,
 * its keys and its Finished fit them. This is the attacker of SMACK, not one that replays.
 */

/** Which key a record is sealed with: the one that is due, or the one of application data ahead of its time. */
export type KeyChoice = 'due' | 'application';

export class OppositeKeys {
  readonly share: OfferedKeyShare = offerKeyShare(x25519, seeds());
  readonly #agree = remembered((peer) => this.share.agree(peer) ?? new Uint8Array(32));

  /** A record in clear or sealed, as the exchange demands at this point; undefined where there is no such key yet. */
  protection(exchange: Exchange, choice: KeyChoice): RecordProtection | undefined {
    const protection =
      exchange.version === '1.3' ? this.#writing13(exchange, choice) : this.#writing12(exchange, choice);
    const burnt = choice === 'due' ? exchange.sealed : 0;
    // The sequence number is where a record layer that had sealed so many would have it.
    for (let i = 0; i < burnt; i++) protection?.seal(ContentType.alert, new Uint8Array(0), 0);
    return protection;
  }

  /** Whether the keys of application data are not due yet. */
  isEarly(exchange: Exchange): boolean {
    return exchange.version === '1.3'
      ? exchange.first('finished', exchange.opposite) === undefined
      : !exchange.changedCipherSpec;
  }

  /** RFC 9846 §4.4.4, RFC 5246 §7.4.9, over everything that was exchanged. */
  verifyData(exchange: Exchange, role: Role, version = exchange.version): Uint8Array {
    const hash = transcriptHash(exchange.messages);
    if (version === '1.2') return verifyData12(HASH, this.#main12(exchange), role, hash);
    return verifyData(HASH, this.#handshake(exchange)?.traffic[role] ?? new Uint8Array(32), hash);
  }

  #writing13(exchange: Exchange, choice: KeyChoice): RecordProtection | undefined {
    const { opposite } = exchange;
    const due = exchange.first('finished', opposite) === undefined ? 'handshake' : 'application';
    if (due === 'application' || choice === 'application') {
      const secret = this.#application(exchange)?.[opposite];
      return secret && new RecordProtection13(suite13, updated(secret, exchange.count('key_update', opposite)));
    }
    const secret = this.#handshake(exchange)?.traffic[opposite];
    return secret && new RecordProtection13(suite13, secret);
  }

  #writing12(exchange: Exchange, choice: KeyChoice): RecordProtection | undefined {
    if (choice === 'due' && !exchange.changedCipherSpec) return undefined;
    return protections(suite12, this.#main12(exchange), randoms(exchange))[exchange.opposite];
  }

  #handshake(exchange: Exchange): { readonly traffic: TrafficSecrets; readonly main: Uint8Array } | undefined {
    const hello = exchange.first('server_hello');
    const peer = publicValue13(exchange);
    if (hello === undefined || peer === undefined) return undefined;
    const secret = handshakeSecret(HASH, this.#agree(peer));
    return {
      traffic: handshakeTrafficSecrets(HASH, secret, transcriptHash(hello.upTo)),
      main: mainSecret(HASH, secret),
    };
  }

  #application(exchange: Exchange): TrafficSecrets | undefined {
    const main = this.#handshake(exchange)?.main;
    // Before the server's Finished there is no such key: what was said so far stands in for it.
    const { upTo } = exchange.first('finished', 'server') ?? { upTo: exchange.messages };
    return main && applicationTrafficSecrets0(HASH, main, transcriptHash(upTo));
  }

  /** Without a ClientKeyExchange it is empty: with such keys CVE-2014-0224 worked. */
  #main12(exchange: Exchange): Uint8Array {
    const exchanged = exchange.first('client_key_exchange');
    const peer = publicValue12(exchange);
    if (exchanged === undefined || peer === undefined) return new Uint8Array(0);
    return extendedMainSecret(HASH, this.#agree(peer), transcriptHash(exchanged.upTo));
  }
}

const only = <T extends { readonly name: string }>(all: readonly T[], names: readonly string[] | undefined): T => {
  const [one] = all.filter(({ name }) => names?.includes(name));
  if (one === undefined) throw new RangeError(`none of ${names?.join(', ')} is known`);
  return one;
};
export const suite13 = only(cipherSuites, choices.cipherSuites);
export const suite12 = only(cipherSuites12, choices.cipherSuites);
export const x25519: NamedGroup = only(namedGroups, choices.groups);

function seeds() {
  const seed = (length: number): Uint8Array => fixedBytes('key share of the opposite end', length);
  return { x25519: seed(32), mlkem: seed(64), p256: seed(48), p384: seed(72) };
}

const updated = (secret: Uint8Array, times: number): Uint8Array =>
  times === 0 ? secret : updated(nextTrafficSecret(suite13, secret), times - 1);

export const randoms = (exchange: Exchange): Randoms => ({
  client: randomOf(exchange.messages.findLast(({ name }) => name === 'client_hello')),
  server: randomOf(exchange.first('server_hello')?.message),
});

const decoded = <T>(codec: Codec<T>, said: Said | undefined): T | undefined => {
  const value = said && decode(codec, said.bytes.subarray(4));
  return value?.ok === true ? value.value : undefined;
};

const extension = <T>(
  list: Parameters<typeof ExtensionBlock.from>[0],
  type: number,
  codec: Codec<T>,
): T | undefined => {
  const block = ExtensionBlock.from(list, 'hello');
  const value = block.ok === true ? block.value.read(type, codec) : undefined;
  return value?.ok === true ? value.value : undefined;
};

/** Of the end that is explored. */
function publicValue13(exchange: Exchange): Uint8Array | undefined {
  if (exchange.role === 'server') {
    const hello = decoded(serverHello, exchange.first('server_hello')?.message);
    return hello && extension(hello.extensions, ext.key_share, serverKeyShare)?.keyExchange;
  }
  const hello = decoded(
    clientHello,
    exchange.messages.findLast(({ name }) => name === 'client_hello'),
  );
  const shares = hello && extension(hello.extensions, ext.key_share, clientKeyShares);
  return shares?.find(({ group }) => group === x25519.code)?.keyExchange;
}

function publicValue12(exchange: Exchange): Uint8Array | undefined {
  return exchange.role === 'server'
    ? decoded(serverKeyExchange, exchange.first('server_key_exchange')?.message)?.params.publicValue
    : decoded(clientKeyExchange, exchange.first('client_key_exchange')?.message);
}
