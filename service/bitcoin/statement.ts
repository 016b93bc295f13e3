import { utf8ToBytes } from '@noble/hashes/utils.js';
import { decodeInternetDate, encodeInternetDate } from './internet-date.ts';
import { type NetworkName, networkNames } from './network.ts';
import { isRecovery, type KeyOrigin, keyOrigins, type Recovery } from './public-wallet.ts';

/*
 * The one text that the wallet's key signs beside transactions of its winner: what this piñata says it is, and the root of
 * the challenges it answers (docs/proofs.md). ASCII, a key a line, in one order and one spelling: two statements that say
 * the same are the same bytes, and no text of anybody else is one.
 */

const format = 'btc-pinata/attest/v1';
const longestText = 8192;

const doors = ['http', 'https', 'server', 'dialback', 'reverse'] as const;

export interface StatementFields {
  readonly network: NetworkName;
  readonly address: string;
  readonly wallet: StatementWallet;
  readonly keyOrigin: KeyOrigin;
  /** An age recipient who holds an encrypted copy of the key, or nobody. */
  readonly recovery: Recovery;
  /** Test credentials exist: whoever holds them is let in. */
  readonly test: boolean;
  readonly service: {
    /** The name or address under which it is reached. */
    readonly host: string;
    readonly ports: Readonly<Record<(typeof doors)[number], number>>;
  };
  /** Of the two authorities' DER, as 64 lower-case hex digits. */
  readonly caSha256: string;
  readonly siteCaSha256: string;
  /** Of attest/build-identity.ts: 64 hex digits, or `source-` and 64. */
  readonly buildSha256: string;
  /** SHA-256 of the manifest of what the process is confined to, as 64 lower-case hex digits; or that it is not. */
  readonly sandbox: string;
  /** Whole seconds since 1970, as `time`. */
  readonly startedAt: number;
  /** 64 lower-case hex digits. */
  readonly challengeRoot: string;
  readonly time: number;
}

/** The descriptor is with its checksum (BIP-380). */
export interface StatementWallet {
  readonly kind: 'classic' | 'vault';
  readonly descriptor: string;
}

const hex32 = '[0-9a-f]{64}';
const checksum = '#[02-9ac-hj-np-z]{8}';
const port = '(?:0|[1-9][0-9]{0,4})';
const date = '[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}Z';

/** Key, and what may stand behind it. The order is that of the text. Each is linear: nothing in it can match twice. */
const lines = [
  ['network', networkNames.join('|')],
  ['address', '(?:bc|tb|bcrt)1[02-9ac-hj-np-z]{6,87}'],
  [
    'wallet',
    `classic wpkh\\(0[23]${hex32}\\)${checksum}|` +
      `vault tr\\(${hex32},and_v\\(v:pk\\(${hex32}\\),after\\([1-9][0-9]{0,8}\\)\\)\\)${checksum}`,
  ],
  ['key-origin', keyOrigins.join('|')],
  ['recovery', 'none|age1[02-9ac-hj-np-z]{58,4000}'],
  ['test', 'true|false'],
  ['service', `[0-9A-Za-z.:_%-]{1,253}${doors.map((door) => ` ${door}=${port}`).join('')}`],
  ['ca-sha256', hex32],
  ['site-ca-sha256', hex32],
  ['build-sha256', `(?:source-)?${hex32}`],
  ['sandbox', `none|${hex32}`],
  ['started-at', date],
  ['challenge-root', hex32],
  ['time', date],
] as const satisfies readonly (readonly [key: string, pattern: string])[];

type Key = (typeof lines)[number][0];

const patterns: ReadonlyMap<string, RegExp> = new Map(
  lines.map(([key, pattern]): [string, RegExp] => [key, new RegExp(`^(?:${pattern})$`)]),
);

const spelled = (fields: StatementFields): Readonly<Record<Key, string>> => ({
  network: fields.network,
  address: fields.address,
  wallet: `${fields.wallet.kind} ${fields.wallet.descriptor}`,
  'key-origin': fields.keyOrigin,
  recovery: fields.recovery,
  test: String(fields.test),
  service: [fields.service.host, ...doors.map((door) => `${door}=${fields.service.ports[door]}`)].join(' '),
  'ca-sha256': fields.caSha256,
  'site-ca-sha256': fields.siteCaSha256,
  'build-sha256': fields.buildSha256,
  sandbox: fields.sandbox,
  'started-at': encodeInternetDate(fields.startedAt),
  'challenge-root': fields.challengeRoot,
  time: encodeInternetDate(fields.time),
});

let textOf: (statement: StatementText) => string;

/**
 * A statement in its canonical form. Whoever makes one, and be it by the constructor of another, has made a statement: it
 * takes fields, never a text.
 */
class StatementText {
  readonly #text: string;
  readonly #fields: StatementFields;

  static {
    textOf = (statement) => {
      // A brand check that a forged prototype, a proxy or a look-alike does not pass.
      if (typeof statement !== 'object' || statement === null || !(#text in statement)) {
        throw new TypeError('not a statement: the wallet key signs nothing but what encodeStatement made');
      }
      return statement.#text;
    };
  }

  constructor(fields: StatementFields) {
    const values = spelled(fields);
    for (const [key] of lines) {
      if (patterns.get(key)?.test(values[key]) !== true) {
        throw new RangeError(`no statement says ${key}: ${JSON.stringify(values[key].slice(0, 200))}`);
      }
    }
    const text = [format, ...lines.map(([key]) => `${key}: ${values[key]}`), ''].join('\n');
    const read = readFields(text);
    if (read === undefined) throw new RangeError('a statement that does not read back as it was written');
    this.#text = text;
    this.#fields = read;
  }

  get text(): string {
    return this.#text;
  }

  get fields(): StatementFields {
    return this.#fields;
  }
}

export type { StatementText };

/** Throws a RangeError that names the key and the value which cannot be said. */
export const encodeStatement = (fields: StatementFields): StatementText => new StatementText(fields);

/** Undefined for every text that `encodeStatement` does not write, down to the byte. */
export function decodeStatement(text: string): StatementText | undefined {
  const fields = readFields(text);
  if (fields === undefined) return undefined;
  const statement = new StatementText(fields);
  return statement.text === text ? statement : undefined;
}

/** What is signed. Throws a TypeError on everything that is not a statement, whatever it looks like. */
export const statementBytes = (statement: StatementText): Uint8Array => utf8ToBytes(textOf(statement));

function readFields(text: string): StatementFields | undefined {
  if (text.length > longestText) return undefined;
  const values = readLines(text);
  if (values === undefined) return undefined;
  const value = (key: Key): string => values.get(key) ?? '';
  const network = networkNames.find((name) => name === value('network'));
  const keyOrigin = keyOrigins.find((name) => name === value('key-origin'));
  const recovery = value('recovery');
  const [kind, descriptor = ''] = value('wallet').split(' ');
  const [host = '', ...ports] = value('service').split(' ');
  const [http, https, server, dialback, reverse] = ports.map((door) => Number(door.slice(door.indexOf('=') + 1)));
  const startedAt = decodeInternetDate(value('started-at'));
  const time = decodeInternetDate(value('time'));
  if (network === undefined || keyOrigin === undefined || startedAt === undefined || time === undefined)
    return undefined;
  if ((kind !== 'classic' && kind !== 'vault') || !isRecovery(recovery)) return undefined;
  if (!isPort(http) || !isPort(https) || !isPort(server) || !isPort(dialback) || !isPort(reverse)) return undefined;
  return {
    network,
    address: value('address'),
    wallet: { kind, descriptor },
    keyOrigin,
    recovery,
    test: value('test') === 'true',
    service: { host, ports: { http, https, server, dialback, reverse } },
    caSha256: value('ca-sha256'),
    siteCaSha256: value('site-ca-sha256'),
    buildSha256: value('build-sha256'),
    sandbox: value('sandbox'),
    startedAt,
    challengeRoot: value('challenge-root'),
    time,
  };
}

const isPort = (value: number | undefined): value is number => value !== undefined && value <= 0xffff;

/** Each key once, in its place, with a value of its kind; and the last line ends as the others do. */
function readLines(text: string): ReadonlyMap<Key, string> | undefined {
  const [first, ...rest] = text.split('\n');
  if (first !== format || rest.length !== lines.length + 1 || rest.at(-1) !== '') return undefined;
  const values = new Map<Key, string>();
  for (const [index, [key]] of lines.entries()) {
    const line = rest[index] ?? '';
    const value = line.slice(key.length + 2);
    if (!line.startsWith(`${key}: `) || patterns.get(key)?.test(value) !== true) return undefined;
    values.set(key, value);
  }
  return values;
}
