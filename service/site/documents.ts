import type { ChainDocument } from '../../status-page/chain/index.ts';
import { type BillOfMaterials, billOfMaterials } from './cyclone-dx.ts';
import { internetDate } from './http-date.ts';
import { newestPairs } from './page-numbers.ts';
import { type AuthorityView, bundleOf, type CertificateView, type PortName, type SiteView } from './view.ts';

/*
 * What programs read. The types are the schema: docs and tests go by them, and a field may be added but not changed.
 */

export interface StatusDocument {
  readonly version: string;
  /** SHA-256 of the running program's file, null where it runs from source files. */
  readonly build: string;
  readonly source: string | null;
  /** Who computes: @noble, or the project's own kernels. */
  readonly crypto: 'noble' | 'fast';
  /** That receive the bounty's connections, in the one process, beside the thread that answers this. */
  readonly threads: number;
  readonly test: boolean;
  readonly startedAt: string;
  readonly asOf: string;
  /** Seconds. */
  readonly uptime: number;
  readonly network: string;
  readonly wallet: string;
  readonly address: string;
  readonly uri: string;
  /** Of a vault the refund is in it (BIP-380, BIP-386). */
  readonly descriptor: string;
  readonly keyOrigin: SiteView['wallet']['keyOrigin'];
  /** `none`, or the age recipient of a copy of the key. */
  readonly recovery: string;
  /** Of a vault: who may take the coins back, and the height up to which not. */
  readonly refund: { readonly height: number; readonly publicKey: string } | null;
  /** Nothing keeps the key but the process. */
  readonly ephemeral: boolean;
  readonly ports: Readonly<Record<PortName, number>>;
  readonly generation: number;
  readonly caSha256: string;
  readonly siteCaSha256: string;
  readonly connections: {
    readonly total: number;
    readonly open: number;
    readonly byPort: Readonly<Record<PortName, number>>;
    readonly byCategory: Readonly<Record<string, number>>;
  };
  /** The last statement that the wallet's key signed: when, how many seconds ago, and where it is. */
  readonly proof: { readonly time: string; readonly age: number; readonly url: string };
  /** What explorers say of the address (docs/chain.md); null where this machine asks none. It is no proof. */
  readonly chain: ChainDocument | null;
  readonly visitors: number;
  readonly successes: { readonly paired: number; readonly unpaired: number; readonly test: number };
}

export function statusDocument(view: SiteView, now: number): StatusDocument {
  const { program, wallet, endpoints, statistics, generations } = view;
  const [current] = generations;
  return {
    version: program.version,
    build: program.build,
    source: program.source ?? null,
    crypto: view.manifest.crypto,
    threads: view.threads,
    test: view.test,
    startedAt: internetDate(view.startedAt),
    asOf: internetDate(now),
    uptime: Math.max(0, now - view.startedAt),
    network: wallet.network,
    wallet: wallet.kind,
    address: wallet.address,
    uri: wallet.uri,
    descriptor: wallet.descriptor,
    keyOrigin: wallet.keyOrigin,
    recovery: wallet.recovery,
    refund: wallet.kind === 'vault' ? wallet.refund : null,
    ephemeral: wallet.ephemeral,
    ports: endpoints.ports,
    generation: current.number,
    caSha256: current.bounty.authority.sha256,
    siteCaSha256: current.website.authority.sha256,
    connections: {
      total: statistics.connections,
      open: statistics.open,
      byPort: statistics.byPort,
      // fromEntries defines properties of the object itself, also where a key is called `__proto__`.
      byCategory: Object.fromEntries(statistics.byCategory.map(({ key, count }) => [key, count])),
    },
    proof: {
      time: internetDate(view.proof.time),
      age: Math.max(0, now - view.proof.time),
      url: '/attestation.json',
    },
    chain: view.chain ?? null,
    visitors: statistics.visitors,
    successes: statistics.successes,
  };
}

export interface PairsDocument {
  /** Of all since the start; `pairs` holds the newest of them. */
  readonly total: number;
  readonly test: boolean;
  readonly pairs: readonly { readonly clientRandom: string; readonly at: string; readonly client: string }[];
}

export function pairsDocument({ statistics, test }: SiteView): PairsDocument {
  return {
    total: statistics.bridges,
    test,
    pairs: statistics.pairs
      .slice(0, newestPairs.document)
      .map(({ clientRandom, at, client }) => ({ clientRandom, at: internetDate(at), client })),
  };
}

export const manifestDocument = ({ program, manifest }: SiteView): BillOfMaterials =>
  billOfMaterials({ ...program, build: bundleOf(program), ...manifest });

const pem = ({ pem }: CertificateView): string => (pem.endsWith('\n') ? pem : `${pem}\n`);

export const bountyAuthority = ({ generations: [current] }: SiteView): string => pem(current.bounty.authority);
export const websiteAuthority = ({ generations: [current] }: SiteView): string => pem(current.website.authority);

/** RFC 7468 §5.2: text between the certificates explains them, and parsers skip it. */
export function everyCertificate({ generations }: SiteView): string {
  const titled = (title: string, certificate: CertificateView): string =>
    `# ${title}, SHA-256 ${certificate.sha256}\n${pem(certificate)}`;
  const family = (owner: string, { authority, leaves }: AuthorityView): readonly string[] => [
    titled(`${owner}: authority`, authority),
    ...leaves.map((leaf) => titled(`${owner}: ${leaf.role}`, leaf)),
  ];
  return generations
    .flatMap(({ number, bounty, website }) => [
      ...family(`Generation ${number}, bounty`, bounty),
      ...family(`Generation ${number}, website`, website),
    ])
    .join('\n');
}

const day = 86_400;

/** RFC 9116. Fresh for 90 days from whenever it is read, to the day: this page is alive, or nobody reads it. */
export function securityText({ operator }: SiteView, now: number): string | undefined {
  const { contact } = operator;
  // A line of its own each: a control sign in a value would begin another.
  if (contact === undefined || !/^(?:mailto:|https:\/\/)[!-~]+$/.test(contact)) return undefined;
  const expires = internetDate((Math.floor(now / day) + 90) * day);
  return [
    '# You may attack this machine: its page says what is in scope, and grants safe harbour.',
    '# You need not report anything. If you get in, the coins are yours.',
    `Contact: ${contact}`,
    `Expires: ${expires}`,
    'Preferred-Languages: en',
    '',
  ].join('\n');
}
