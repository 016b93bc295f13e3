import type { Version } from '../../../service/tls/index.ts';
import type { ForeignCredential, ForeignKeyType, OwnKeyType } from '../../support/foreign-pki.ts';
import type { PeerProcess } from '../../support/peer-process.ts';
import type { Requirement } from '../../support/required.ts';

/* What a foreign TLS program can do, and how it is told to. The matrices of client.ts and server.ts run over these. */

export const versions = ['1.3', '1.2'] as const satisfies readonly Version[];
export const suites = ['TLS_AES_128_GCM_SHA256', 'TLS_AES_256_GCM_SHA384', 'TLS_CHACHA20_POLY1305_SHA256'] as const;
const aeads12 = ['AES_128_GCM_SHA256', 'AES_256_GCM_SHA384', 'CHACHA20_POLY1305_SHA256'] as const;
export type GroupName = 'x25519' | 'secp256r1' | 'secp384r1' | 'X25519MLKEM768';

export const exporterLabel = 'EXPORTER-pinata-interop';
export const exporterLength = 32;

export interface Abilities {
  readonly name: string;
  readonly requires: readonly Requirement[];
  readonly groups: readonly GroupName[];
  /** Of its own certificates. */
  readonly keyTypes: readonly ForeignKeyType[];
  /** Of ours. */
  readonly ownKeyTypes: readonly OwnKeyType[];
  /** The protocol it can be told to speak; undefined where it knows no ALPN. */
  readonly alpn: string | undefined;
  /** Its exporter's output, in hexadecimal, as it prints it. Undefined where it cannot print one. */
  readonly exported: RegExp | undefined;
  /** Suites with which its exporter fails, as it says itself. */
  readonly exporterFails?: RegExp;
  /** Its library is met in full elsewhere: here each suite meets each key and each group, and no more. */
  readonly inBrief?: true;
  /** What to type for a KeyUpdate that asks for ours. */
  readonly keyUpdate: string | undefined;
}

/** A handshake of a matrix. `offered` holds the group and, in TLS 1.2, the curves of both certificates beside it. */
export interface Combination {
  readonly version: Version;
  readonly suite: string;
  readonly group: GroupName;
  /** Of its certificate, and of ours. */
  readonly keyType: ForeignKeyType;
  readonly ownKeyType: OwnKeyType;
  readonly offered: readonly GroupName[];
}

/**
 * TLS 1.3: every suite, group and type of key, or in brief; ours take turns. TLS 1.2: any two meet, by a square of suites and
 * keys with turning groups. There the server's certificate goes into the suite's name, and groups that RFC 8422 §5.4
 * has no room for are left out.
 */
export function combinationsOf(version: Version, able: Abilities, certifiedByKeyOf: 'us' | 'them'): Combination[] {
  const chosen = version === '1.2' ? combinations12(able, certifiedByKeyOf) : combinations13(able);
  return chosen.map((combination, turn) => {
    const ownKeyType = inTurn(able.ownKeyTypes, turn);
    return { version, ...combination, ownKeyType, offered: offeredWith(version, combination, ownKeyType) };
  });
}

type Chosen = Pick<Combination, 'suite' | 'group' | 'keyType'>;

function combinations13({ groups, keyTypes, inBrief }: Abilities): Chosen[] {
  if (inBrief === true) return square(suites, groups, keyTypes);
  return suites.flatMap((suite) => groups.flatMap((group) => keyTypes.map((keyType) => ({ suite, group, keyType }))));
}

function combinations12({ groups, keyTypes }: Abilities, certifiedByKeyOf: 'us' | 'them'): Chosen[] {
  return square(aeads12, groups.filter(isClassic), keyTypes).map(({ suite, ...rest }) => {
    const rsa = certifiedByKeyOf === 'them' && rest.keyType.startsWith('rsa');
    return { ...rest, suite: `TLS_ECDHE_${rsa ? 'RSA' : 'ECDSA'}_WITH_${suite}` };
  });
}

const square = (rows: readonly string[], groups: readonly GroupName[], columns: readonly ForeignKeyType[]): Chosen[] =>
  rows.flatMap((suite, row) =>
    columns.map((keyType, column) => ({ suite, group: inTurn(groups, row + column), keyType })),
  );

const isClassic = (group: GroupName): boolean => group !== 'X25519MLKEM768';

/** What it is to say its exporter made, if it can say so with this suite. */
export const exportedWith = ({ exported, exporterFails }: Abilities, suite: string): RegExp | undefined =>
  exporterFails?.test(suite) === true ? undefined : exported;

/** RFC 8422 §5.1.1: in TLS 1.2 supported_groups speaks of the curves of certificates, too. */
function offeredWith(
  version: Version,
  { group, keyType }: { readonly group: GroupName; readonly keyType: ForeignKeyType },
  ownKeyType: OwnKeyType,
): readonly GroupName[] {
  const curves = { p256: 'secp256r1', p384: 'secp384r1' } as const;
  const needed = [keyType, ownKeyType].flatMap((type) => (type === 'p256' || type === 'p384' ? [curves[type]] : []));
  return version === '1.3' ? [group] : [...new Set([group, ...needed])];
}

function inTurn<T>(items: readonly T[], turn: number): T {
  const item = items[turn % items.length];
  if (item === undefined) throw new RangeError('nothing to take in turn');
  return item;
}

export interface Start {
  readonly version: Version;
  readonly credential: ForeignCredential;
  /** PEM file of the authorities to trust. */
  readonly authorities: string;
  /** In order of preference. A client sends a share of the first alone, where it can be told to. */
  readonly groups: readonly GroupName[];
  /** A folder for what it needs. */
  readonly folder: string;
}

export interface ClientPeer extends Abilities {
  connect(port: number, start: Start): Promise<PeerProcess>;
  /** What makes it say close_notify: the end of its input, or nothing but ours. */
  readonly leaves: 'at the end of its input' | 'after us';
}

export interface ServerPeer extends Abilities {
  /** Demands a certificate of every client. */
  listen(start: Start): Promise<{ port: number; peer: PeerProcess }>;
  /** Its HelloRetryRequest holds a cookie. */
  readonly sendsCookie: boolean;
  /** Answers what it is sent by itself, or repeats on the connection what is typed. */
  readonly answers: { readonly to: string; readonly with: RegExp } | 'typed';
}
