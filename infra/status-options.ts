import { decodeSegwitAddress } from '../service/bitcoin/index.ts';
import { hostAndPort, Misuse, parseWords, wholeNumber } from '../service/tools/command-words.ts';
import { type ChainNetwork, chainNetworks, type Outpoint } from '../status-page/chain/index.ts';

export interface StatusOptions {
  /** Of whom it is asked: an address, or a piñata that says which. */
  readonly of:
    | { readonly kind: 'address'; readonly address: string; readonly network: ChainNetwork }
    | {
        readonly kind: 'host';
        readonly host: string;
        readonly port: number;
        /** That the wallet has to be of, where it was said. */
        readonly network: ChainNetwork | undefined;
      };
  /** Base URLs; empty: the public ones of the network. */
  readonly sources: readonly string[];
  readonly bait: readonly Outpoint[];
  readonly refundHeight: number | undefined;
  readonly json: boolean;
}

/** Throws a Misuse. */
export function parseStatusOptions(argv: readonly string[]): StatusOptions {
  const { values, positionals } = parseWords({
    args: [...argv],
    allowPositionals: true,
    options: {
      chain: { type: 'string', multiple: true, default: [] },
      network: { type: 'string' },
      bait: { type: 'string', multiple: true, default: [] },
      'refund-height': { type: 'string' },
      json: { type: 'boolean', default: false },
    },
  });
  const [whose, ...more] = positionals;
  if (whose === undefined || more.length > 0) throw new Misuse('one ADDRESS or HOST is wanted');
  for (const url of values.chain) {
    if (!URL.canParse(url) || !/^https?:$/.test(new URL(url).protocol)) {
      throw new Misuse(`--chain is ${JSON.stringify(url)}; allowed are http: and https: URLs`);
    }
  }
  for (const coin of values.bait) {
    if (!/^[0-9a-f]{64}:\d{1,9}$/.test(coin))
      throw new Misuse(`--bait is ${JSON.stringify(coin)}; TXID:VOUT is wanted`);
  }
  const height = values['refund-height'];
  return {
    of: ofWhom(whose, values.network),
    sources: values.chain,
    bait: values.bait,
    refundHeight: height === undefined ? undefined : wholeHeight(height),
    json: values.json,
  };
}

function ofWhom(text: string, network: string | undefined): StatusOptions['of'] {
  const named = chainNetworks.find((name) => name === network);
  if (network !== undefined && named === undefined) {
    throw new Misuse(`--network is ${JSON.stringify(network)}; allowed are ${chainNetworks.join(', ')}`);
  }
  const decoded = decodeSegwitAddress(text);
  if (decoded === undefined) {
    if (/^(?:bc|tb|bcrt)1/i.test(text)) throw new Misuse(`${text} is no address: its checksum or its length is wrong`);
    if (/^[123mn][1-9A-HJ-NP-Za-km-z]{25,39}$/.test(text))
      throw new Misuse(`${text} looks like an address of the old kind; a piñata's begins with bc1, tb1 or bcrt1`);
    const { host, port = wholeNumber('PORT', '8080', 1, 65_535) } = hostAndPort(text);
    return { kind: 'host', host, port, network: named };
  }
  const its = { bc: ['mainnet'], tb: ['signet', 'testnet4'], bcrt: ['regtest'] } as const;
  const possible: readonly ChainNetwork[] = its[decoded.hrp];
  if (named !== undefined && !possible.includes(named)) {
    throw new Misuse(`${text} is an address of ${possible.join(' or ')}, and --network says ${named}`);
  }
  const chosen = named ?? (possible.length === 1 ? possible[0] : undefined);
  if (chosen === undefined) throw new Misuse(`${text} is of ${possible.join(' or ')}: say which with --network`);
  return { kind: 'address', address: text, network: chosen };
}

function wholeHeight(text: string): number {
  if (/^\d{1,9}$/.test(text)) return Number(text);
  throw new Misuse(`--refund-height is ${JSON.stringify(text)}; a whole number is wanted`);
}
