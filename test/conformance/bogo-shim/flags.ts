/*
 * The runner's flags, as far as this shim knows them. What is not in the table is not implemented: exit status 89, which
 * the runner counts apart. A flag that asks for nothing but what the engine does anyway stands here as `ignored`.
 */

type Kind = 'flag' | 'text' | 'number' | 'numbers' | 'ignored';

const kinds = {
  '-port': 'number',
  '-shim-id': 'text',
  '-ipv6': 'flag',
  '-server': 'flag',
  '-is-handshaker-supported': 'flag',

  '-cert-file': 'text',
  '-key-file': 'text',
  '-require-any-client-certificate': 'flag',
  '-verify-peer': 'flag',
  '-verify-fail': 'flag',
  '-use-client-ca-list': 'text',
  '-expect-selected-credential': 'text', // -1 is the one before any -new-x509-credential

  '-min-version': 'number',
  '-max-version': 'number',
  '-no-tls13': 'flag',
  '-no-tls12': 'flag',
  '-curves': 'numbers',
  '-key-shares': 'numbers',
  '-signing-prefs': 'numbers',
  '-verify-prefs': 'numbers',
  '-host-name': 'text',
  '-advertise-alpn': 'text',
  '-select-alpn': 'text',
  '-reject-alpn': 'flag',

  '-shim-writes-first': 'flag',
  '-shim-shuts-down': 'flag',
  '-check-close-notify': 'flag',
  '-resume-count': 'number',
  '-export-keying-material': 'number',
  '-export-label': 'text',
  '-export-context': 'text',
  '-use-export-context': 'flag',
  '-use-exporter-between-reads': 'flag',

  '-expect-version': 'number',
  '-expect-curve-id': 'number',
  '-expect-cipher': 'number',
  '-expect-alpn': 'text',
  '-expect-advertised-alpn': 'text',
  '-expect-server-name': 'text',
  '-expect-peer-signature-algorithm': 'number',
  '-expect-peer-cert-file': 'text',
  '-expect-client-ca-list': 'text',
  '-expect-hrr': 'flag',
  '-expect-no-hrr': 'flag',
  '-expect-session-miss': 'flag',
  '-expect-no-secure-renegotiation': 'flag',

  // We make one socket and one path through the engine, so that these change nothing about it.
  '-async': 'ignored',
  '-implicit-handshake': 'ignored',
  '-no-op-extra-handshake': 'ignored',
  '-handshake-twice': 'ignored',
  '-use-old-client-cert-callback': 'ignored',
  '-use-custom-verify-callback': 'ignored',
  '-partial-write': 'ignored',
  '-peek-then-read': 'ignored',
  '-use-early-callback': 'ignored',
  '-install-ddos-callback': 'ignored', // one that lets everybody in
  '-server-preference': 'ignored', // the order of cipher suites is always the server's
  // Never there, or always.
  '-no-tls1': 'ignored',
  '-no-tls11': 'ignored',
  '-no-ticket': 'ignored',
  '-expect-no-session': 'ignored',
  '-expect-no-session-id': 'ignored',
  '-expect-extended-master-secret': 'ignored',
  '-expect-secure-renegotiation': 'ignored',
  // Of the verifier there is no more than -verify-fail says, and then there is no handshake to ask after.
  '-expect-verify-result': 'ignored',
} as const satisfies Record<string, Kind>;

/** Known, and of no use here: they take a value. */
const ignoredWithValue: readonly string[] = [
  '-trust-cert', // the runner wants it trusted; our verifier trusts whatever comes
  '-read-size', // how much SSL_read is to return at once
  '-allow-hint-mismatch', // a handshaker in a process of its own, which we say we are not
];

const ofCredential: readonly string[] = ['-cert-file', '-key-file', '-signing-prefs'];

type Flag = keyof typeof kinds;
type FlagOf<K extends Kind> = { [F in Flag]: (typeof kinds)[F] extends K ? F : never }[Flag];

/** What was given, by its kind; of a flag that may be repeated, all of it. */
type Given = { [F in FlagOf<'flag' | 'ignored'>]?: true } & { [F in FlagOf<'text'>]?: string } & {
  [F in FlagOf<'number'>]?: number;
} & { [F in FlagOf<'numbers'>]?: readonly number[] };

/** A certificate and its key, and what it may sign with. */
export type CredentialFlags = Readonly<Pick<Given, '-cert-file' | '-key-file' | '-signing-prefs'>>;
export type Flags = Readonly<Given> & {
  /** What followed each -new-x509-credential. */
  readonly more: readonly CredentialFlags[];
};

/** Exit status 89. */
export class Unimplemented extends Error {}

const isFlag = (name: string): name is Flag => Object.hasOwn(kinds, name);
const isOf = <const K extends Kind>(kind: K, name: Flag): name is FlagOf<K> => kinds[name] === kind;

/** Throws Unimplemented for what is not in the table. */
export function parseFlags(argv: readonly string[]): Flags {
  const flags: Given = {};
  const rest = [...argv];
  const more: Given[] = [];
  for (let name = rest.shift(); name !== undefined; name = rest.shift()) {
    // Of several connections, the first: a second one as another session is all that -resume-count means to us.
    const plain = name.replace(/^-on-initial-/, '-');
    if (ignoredWithValue.includes(plain)) rest.shift();
    else if (plain === '-new-x509-credential') more.push({});
    else if (isFlag(plain)) take(plain, rest, (ofCredential.includes(plain) ? more.at(-1) : undefined) ?? flags);
    else throw new Unimplemented(`the flag ${name} is not known`);
  }
  return { ...flags, more };
}

function take(name: Flag, rest: string[], into: Given): void {
  if (isOf('flag', name) || isOf('ignored', name)) {
    into[name] = true;
    return;
  }
  const value = rest.shift();
  if (value === undefined) throw new Unimplemented(`the flag ${name} lacks its value`);
  if (isOf('text', name)) {
    into[name] = value;
    return;
  }
  if (!/^\d+$/.test(value)) throw new Unimplemented(`${name} ${value} is no number`);
  if (isOf('number', name)) into[name] = Number(value);
  else into[name] = [...(into[name] ?? []), Number(value)];
}
