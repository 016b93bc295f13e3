import { decodeSegwitAddress } from '../../service/bitcoin/index.ts';
import { Misuse } from '../../service/tools/command-words.ts';
import {
  type Ask,
  type ChainNetwork,
  publicSources,
  SourceFailure,
  type Watched,
} from '../../status-page/chain/index.ts';
import type { Deployment } from '../deploy/deployment.ts';
import { deploymentIn } from './here.ts';
import { type HostDocument, hostDocument } from './host.ts';
import type { Compare } from './live-page.ts';
import type { StatusOptions } from './options.ts';
import { PageWatch } from './page-watch.ts';

/** Of what it is asked, once it is known who has to be asked what. */
export interface Subject {
  /** Undefined: no explorer is asked. */
  readonly chain: { readonly watched: Watched; readonly sources: readonly string[] } | undefined;
  readonly page: PageWatch | undefined;
  /** The wallet that a page has to be of, by a file of our own or by what the page said first. */
  readonly expected: Pick<Watched, 'network' | 'address'> | undefined;
  /** Where it was found, if nobody named it. */
  readonly found: string | undefined;
}

export interface Surroundings {
  readonly ask: Ask;
  /** The present folder: its deployment.json is meant where nothing else is named. */
  readonly folder: string;
  /** A piñata that `run` started on this machine, by default. */
  readonly local: { readonly host: string; readonly port: number };
  readonly compare: Compare;
  /** Seconds since 1970. */
  readonly now: () => number;
}

/** Nothing is known of what was named, through no fault of the words. */
export class NothingKnown extends Error {}

/** Throws a Misuse or NothingKnown, or rejects with a SourceFailure. */
export async function subjectOf(options: StatusOptions, surroundings: Surroundings): Promise<Subject> {
  const { of } = options;
  switch (of.kind) {
    case 'address': {
      const { address, network } = of;
      const isTaproot = decodeSegwitAddress(address)?.version === 1;
      const wallet = isTaproot ? ({ kind: 'vault', refundHeight: undefined } as const) : ({ kind: 'classic' } as const);
      return ofWallet({ network, address, wallet }, options);
    }
    case 'host': {
      return ofWallet(ofHost(await hostDocument(surroundings.ask, of.host, of.port)), options);
    }
    case 'page':
      return ofPage(of.url, options, surroundings);
    case 'whatever is here':
      return ofHere(options, surroundings);
    default:
      return of satisfies never;
  }
}

type Wallet = Pick<Watched, 'network' | 'address' | 'wallet'>;

const ofWallet = (wallet: Wallet, options: StatusOptions, known: readonly string[] = [], found?: string): Subject => ({
  chain: chainOf(wallet, options, known),
  page: undefined,
  expected: undefined,
  found,
});

/** `sources`: where neither `--chain` nor the network names any. `otherwise`: what else who has none can do. */
function chainOf(
  { network, address, wallet }: Wallet,
  options: StatusOptions,
  sources: readonly string[] = [],
  otherwise = '',
) {
  if (options.network !== undefined && options.network !== network)
    throw new Misuse(`the wallet is on ${network}, and --network says ${options.network}`);
  const refundHeight = options.refundHeight ?? (wallet.kind === 'vault' ? wallet.refundHeight : undefined);
  const watched: Watched = {
    network,
    address,
    wallet: wallet.kind === 'vault' ? { kind: 'vault', refundHeight } : wallet,
    bait: options.bait,
  };
  return { watched, sources: sourcesOf(network, options, sources, otherwise) };
}

function sourcesOf(
  network: ChainNetwork,
  { sources: named }: StatusOptions,
  known: readonly string[],
  otherwise: string,
) {
  const sources = [named, known, publicSources[network]].find(({ length }) => length > 0);
  if (sources === undefined)
    throw new Misuse(
      `no public explorer has ${network}: name one with --chain (\`btc-pinata esplora\` makes one of your own node${network === 'regtest' ? ', and beside `npm run status` it is http://127.0.0.1:3002/api' : ''})${otherwise}`,
    );
  return sources;
}

const ofHost = ({ network, address, wallet, refund }: HostDocument): Wallet => ({
  network,
  address,
  wallet: wallet === 'vault' ? { kind: 'vault', refundHeight: refund?.height } : { kind: 'classic' },
});

const pageAlone = ', or ask nobody but the page with --no-explorers';

async function ofPage(url: string, options: StatusOptions, { ask, compare, now }: Surroundings): Promise<Subject> {
  const page = new PageWatch({ url, ask, compare });
  await page.look(now());
  const { read, failure = '' } = page.seen;
  if (read === undefined) throw new SourceFailure('malformed', failure);
  const { network, address, wallet } = read.document.watched;
  if (options.network !== undefined && options.network !== network)
    throw new Misuse(`the wallet of ${url} is on ${network}, and --network says ${options.network}`);
  const chain =
    !options.explorers || address === null
      ? undefined
      : chainOf({ network, address, wallet: walletEnd(wallet) }, options, [], pageAlone);
  return { chain, page, expected: address === null ? undefined : { network, address }, found: undefined };
}

const walletEnd = (
  wallet: { readonly kind: 'classic' } | { readonly kind: 'vault'; readonly refundHeight: number | null } | null,
): Watched['wallet'] =>
  wallet?.kind === 'vault' ? { kind: 'vault', refundHeight: wallet.refundHeight ?? undefined } : { kind: 'classic' };

async function ofHere(options: StatusOptions, surroundings: Surroundings): Promise<Subject> {
  const deployment = deploymentIn(surroundings.folder);
  if (deployment !== undefined) return ofDeployment(deployment, options, surroundings);
  const { host, port } = surroundings.local;
  const document = await hostDocument(surroundings.ask, host, port).catch((error: unknown) => {
    if (!(error instanceof SourceFailure)) throw error;
    throw new Misuse(
      `there is no deployment.json in ${surroundings.folder}, and no piñata at ${host}:${port}. Name an ADDRESS, a HOST or a URL`,
    );
  });
  if (!options.explorers) throw new Misuse('--no-explorers is of a status page, and this piñata has none here');
  // Those that it was told to ask on this machine, where it was: regtest has no others.
  const its = document.chain?.sources.map(({ source }) => source).filter((url) => URL.canParse(url)) ?? [];
  const known = publicSources[document.network].length > 0 ? [] : its;
  return ofWallet(ofHost(document), options, known, `the piñata at ${host}:${port}`);
}

/** The file is its operator's own: what the page and the explorers say is held against the wallet that it names. */
async function ofDeployment(
  { name, state, wallet, status, chosen }: Deployment,
  options: StatusOptions,
  { ask, compare, now }: Surroundings,
): Promise<Subject> {
  const found = `the deployment ${name} (${state}) of deployment.json`;
  if (wallet === null) throw new NothingKnown(`${found} has no wallet yet`);
  if (status === null && !options.explorers) throw new Misuse(`--no-explorers: ${found} has no status page`);
  const page = status === null ? undefined : new PageWatch({ url: status.url.replace(/\/$/, ''), ask, compare });
  await page?.look(now());
  const { network, address, kind, refundHeight } = wallet;
  const its: Wallet = { network, address, wallet: walletEnd({ kind, refundHeight }) };
  const chain = options.explorers
    ? chainOf(its, options, chosen.sources, page === undefined ? '' : pageAlone)
    : undefined;
  return { chain, page, expected: { network, address }, found };
}
