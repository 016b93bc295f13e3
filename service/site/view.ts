import type { ChainDocument } from '../../status-page/chain/index.ts';
import type { Signed } from '../attest/index.ts';
import type { PublicWallet } from '../bitcoin/index.ts';
import type { CategoryView, IncidentLogView, Reading, TraceArchive } from './archive-view.ts';
import type { LogLineView } from './management-view.ts';

export type { NetworkName } from '../bitcoin/index.ts';
export type * from './archive-view.ts';

/*
 * What the site shows, as plain data. The host fills it in; nothing here is a secret. What strangers sent is in the archive.
 * Times are whole seconds since 1970, digests are lower-case hex. Every string is text: the page escapes it, whatever it
 * holds.
 */

/** The five doors, by the names that the configuration, the counters and status.json share. */
export const portNames = ['http', 'https', 'server', 'dialback', 'reverse'] as const;
export type PortName = (typeof portNames)[number];

export interface SiteView {
  readonly program: ProgramView;
  /** True where test credentials exist: a success then proves nothing, and every page says so. */
  readonly test: boolean;
  readonly startedAt: number;
  /** That receive the bounty's connections beside the one that has the page; 0 where one does all. */
  readonly threads: number;
  readonly wallet: WalletView;
  /** The last statement that the wallet's key signed. */
  readonly proof: Signed;
  /** What explorers say of the address; absent where this machine asks none. */
  readonly chain?: ChainDocument;
  readonly endpoints: EndpointsView;
  /** The generation new sessions begin in comes first; those before it follow, and stay published (design §4.4). */
  readonly generations: readonly [GenerationView, ...GenerationView[]];
  readonly statistics: StatisticsView;
  readonly dialBack: DialBackView;
  readonly manifest: ManifestView;
  /** The text of what this process says it is confined to; undefined where nothing confines it. */
  readonly sandbox?: string | undefined;
  readonly operator: OperatorView;
  /** The past, asked for by the pages that show it and by no other. */
  readonly archive: TraceArchive;
  /** All there are, in the order of the table. */
  readonly categories: readonly CategoryView[];
  readonly reading: Reading;
  readonly incidents: () => IncidentLogView;
  /** The newest lines of the log, the newest first; what of them is shown, the site decides. Undefined: nobody keeps them. */
  readonly log?: (() => readonly LogLineView[]) | undefined;
  /** From a breach to the publication of its trace. */
  readonly breachDelayHours: number;
}

export interface ProgramView {
  /** Of package.json. */
  readonly version: string;
  /** As in statements: SHA-256 of the program's own file, read at start, or `source-` and a hash over its source files. */
  readonly build: string;
  /** Where the source of this version is published: an absolute https URL; undefined where the operator does not say. */
  readonly source: string | undefined;
}

/** The build that a release may name; undefined where the program runs from source files, unbundled. */
export const bundleOf = ({ build }: Pick<ProgramView, 'build'>): string | undefined =>
  build.startsWith('source-') ? undefined : build;

/** `ephemeral`: nothing keeps the key, and it is gone with the process. */
export type WalletView = PublicWallet & { readonly ephemeral: boolean };

export interface EndpointsView {
  /** The name or address under which this machine is reached from outside, for the commands on the page. */
  readonly host: string;
  /** The ports bound (never 0). */
  readonly ports: Readonly<Record<PortName, number>>;
  /** The port on the caller's host that a dial-back connects to (40001). */
  readonly dialBackTarget: number;
  /** What both ends of the bounty say by ALPN. */
  readonly protocol: string;
  readonly roles: Readonly<Record<'server' | 'client', RoleView>>;
}

/** What a certificate has to say of its holder, in one of the bounty's two roles. */
export interface RoleView {
  /** In subjectAltName. */
  readonly name: string;
  /** Beside the standard one in extendedKeyUsage: an OID, dotted. */
  readonly keyPurpose: string;
}

export interface GenerationView {
  /** 1 is the one made at start. */
  readonly number: number;
  readonly bounty: AuthorityView;
  readonly website: AuthorityView;
}

export interface AuthorityView {
  readonly authority: CertificateView;
  readonly leaves: readonly LeafView[];
}

export interface LeafView extends CertificateView {
  readonly role: 'server' | 'client' | 'website' | 'test';
}

export interface CertificateView {
  readonly pem: string;
  /** SHA-256 over the DER. */
  readonly sha256: string;
  readonly notBefore: number;
  readonly notAfter: number;
}

export interface StatisticsView {
  /** Since this process started. */
  readonly connections: number;
  readonly byPort: Readonly<Record<PortName, number>>;
  /** Each connection that ended is in exactly one; in the order of the table. Those at 0 may be left out or not. */
  readonly byCategory: readonly CategoryCount[];
  /** Connections still open, which have no category yet. */
  readonly open: number;
  /** Distinct address prefixes that came (an upper bound of people, a lower bound of nothing). */
  readonly visitors: number;
  readonly successes: SuccessesView;
  /** Bridges that succeeded, each once, though both of its ends may be among the successes. */
  readonly bridges: number;
  /** The newest first; the site shows as many as `newestPairs`. */
  readonly pairs: readonly PairView[];
}

export interface CategoryCount {
  /** The key of the statistics, such as `cert.none`. */
  readonly key: string;
  /** One sentence for people. */
  readonly description: string;
  readonly count: number;
}

export interface SuccessesView {
  /** Both ends were ours: somebody joined two of our ports. Harmless by design. Each end that succeeds is one. */
  readonly paired: number;
  /** No other end of ours: the piñata is broken. */
  readonly unpaired: number;
  /** Made with test credentials; always 0 unless `test`. */
  readonly test: number;
}

/** One bridge that succeeded, by what both of its ends have in clear. */
export interface PairView {
  /** 32 bytes as hex: ClientHello.random (RFC 9846 §4.1.2). */
  readonly clientRandom: string;
  readonly at: number;
  /** The port our TLS client ran on. */
  readonly client: 'dialback' | 'reverse';
}

export interface DialBackView {
  /** Whether loopback and private addresses are called too (the local default, never on a public host). */
  readonly allowPrivate: boolean;
  readonly timeoutSeconds: number;
  /** At most this many calls a minute to one prefix. */
  readonly perPrefixPerMinute: number;
}

export interface ManifestView {
  /** Such as `v24.21.0`. */
  readonly node: string;
  /** Who computes X25519, P-256, key agreement on P-384, Ed25519 and the AEADs: @noble, or the project's own kernels. */
  readonly crypto: 'noble' | 'fast';
  readonly packages: readonly PackageView[];
}

export interface PackageView {
  readonly name: string;
  readonly version: string;
  /** Of the lockfile: `sha512-...`; undefined for our own code. */
  readonly integrity?: string;
  readonly license?: string;
  /** In one phrase: what it is used for here. */
  readonly purpose?: string;
}

export interface OperatorView {
  /** Of whom the machine is; free text. */
  readonly name?: string;
  /** A `mailto:` or `https:` URI. Without one there is no security.txt. */
  readonly contact?: string;
  /** The serverless page that watches the chain: an https URL. */
  readonly statusPage?: string;
}
