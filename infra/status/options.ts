import { decodeSegwitAddress } from '../../service/bitcoin/index.ts';
import { hostAndPort, Misuse, parseWords, wholeNumber } from '../../service/tools/command-words.ts';
import { type ChainNetwork, chainNetworks, type Outpoint } from '../../status-page/chain/index.ts';

/** Of what it is asked: an address, a piñata that says which, a status page, or whatever is at hand. */
export type Whose =
  | { readonly kind: 'address'; readonly address: string; readonly network: ChainNetwork }
  | { readonly kind: 'host'; readonly host: string; readonly port: number }
  /** Without a slash at its end. */
  | { readonly kind: 'page'; readonly url: string }
  | { readonly kind: 'whatever is here' };

export interface StatusOptions {
  readonly of: Whose;
  /** That the wallet has to be of, where it was said. */
  readonly network: ChainNetwork | undefined;
  /** Base URLs; empty: the public ones of the network. */
  readonly sources: readonly string[];
  readonly explorers: boolean;
  readonly releaseFile: string | undefined;
  readonly bait: readonly Outpoint[];
  readonly refundHeight: number | undefined;
  readonly watch: boolean;
  readonly json: boolean;
}

/** Throws a Misuse. */
export function parseStatusOptions(argv: readonly string[]): StatusOptions {
  const { values, positionals } = parseWords({
    args: [...argv],
    allowPositionals: true,
    options: {
      chain: { type: 'string', multiple: true, default: [] },
      'no-explorers': { type: 'boolean', default: false },
      release: { type: 'string' },
      network: { type: 'string' },
      bait: { type: 'string', multiple: true, default: [] },
      'refund-height': { type: 'string' },
      watch: { type: 'boolean', default: false },
      json: { type: 'boolean', default: false },
    },
  });
  const [whose, ...more] = positionals;
  if (more.length > 0) throw new Misuse('one ADDRESS, HOST or URL is wanted, or none');
  for (const url of values.chain) {
    if (!isHttp(url)) throw new Misuse(`--chain is ${JSON.stringify(url)}; allowed are http: and https: URLs`);
  }
  for (const coin of values.bait) {
    if (!/^[0-9a-f]{64}:\d{1,9}$/.test(coin))
      throw new Misuse(`--bait is ${JSON.stringify(coin)}; TXID:VOUT is wanted`);
  }
  const network = networkNamed(values.network);
  const of = ofWhom(whose, network);
  const silent = values['no-explorers'];
  if (of.kind === 'address' || of.kind === 'host') {
    if (silent) throw new Misuse('--no-explorers is of a status page: of an address only explorers know anything');
    if (values.release !== undefined) throw new Misuse('--release is of a status page; of a host `verify` compares it');
  }
  if (silent && values.chain.length > 0) throw new Misuse('--no-explorers and --chain exclude each other');
  const height = values['refund-height'];
  return {
    of,
    network,
    sources: values.chain,
    explorers: !silent,
    releaseFile: values.release,
    bait: values.bait,
    refundHeight: height === undefined ? undefined : wholeHeight(height),
    watch: values.watch,
    json: values.json,
  };
}

const isHttp = (url: string): boolean => URL.canParse(url) && /^https?:$/.test(new URL(url).protocol);

function networkNamed(name: string | undefined): ChainNetwork | undefined {
  const named = chainNetworks.find((known) => known === name);
  if (name === undefined || named !== undefined) return named;
  throw new Misuse(`--network is ${JSON.stringify(name)}; allowed are ${chainNetworks.join(', ')}`);
}

function ofWhom(text: string | undefined, network: ChainNetwork | undefined): Whose {
  if (text === undefined) return { kind: 'whatever is here' };
  if (/^https?:\/\//i.test(text)) return { kind: 'page', url: pageUrl(text) };
  const decoded = decodeSegwitAddress(text);
  if (decoded === undefined) {
    if (/^(?:bc|tb|bcrt)1/i.test(text)) throw new Misuse(`${text} is no address: its checksum or its length is wrong`);
    if (/^[123mn][1-9A-HJ-NP-Za-km-z]{25,39}$/.test(text))
      throw new Misuse(`${text} looks like an address of the old kind; a piñata's begins with bc1, tb1 or bcrt1`);
    const { host, port = wholeNumber('PORT', '8080', 1, 65_535) } = hostAndPort(text);
    return { kind: 'host', host, port };
  }
  const its = { bc: ['mainnet'], tb: ['signet', 'testnet4'], bcrt: ['regtest'] } as const;
  const possible: readonly ChainNetwork[] = its[decoded.hrp];
  if (network !== undefined && !possible.includes(network)) {
    throw new Misuse(`${text} is an address of ${possible.join(' or ')}, and --network says ${network}`);
  }
  const chosen = network ?? (possible.length === 1 ? possible[0] : undefined);
  if (chosen === undefined) throw new Misuse(`${text} is of ${possible.join(' or ')}: say which with --network`);
  return { kind: 'address', address: text, network: chosen };
}

/** Where the page's objects begin, also where its document or its HTML was named. */
function pageUrl(text: string): string {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (url === undefined) throw new Misuse(`${JSON.stringify(text)} is no URL`);
  if (url.username !== '' || url.password !== '') throw new Misuse('a status page has no user and no password');
  return `${url.origin}${url.pathname}`.replace(/\/(?:index\.html|status\.json)?$/, '');
}

function wholeHeight(text: string): number {
  if (/^\d{1,9}$/.test(text)) return Number(text);
  throw new Misuse(`--refund-height is ${JSON.stringify(text)}; a whole number is wanted`);
}
