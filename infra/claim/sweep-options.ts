import { readFileSync } from 'node:fs';
import { type PublicDescriptor, readPublicDescriptor } from '../../service/bitcoin/descriptor.ts';
import { type NetworkName, networkNames } from '../../service/bitcoin/network.ts';
import { Misuse, parseWords } from '../../service/tools/command-words.ts';
import { refuseKey, secretSource } from './secret-input.ts';
import type { Coin } from './sweep.ts';

/* The options that `claim` and `refund` share. */

export interface SweepOptions {
  /** The file with the key, or `-`. */
  readonly source: string;
  readonly to: string;
  /** sat/vB */
  readonly feeRate: number | undefined;
  readonly network: NetworkName | undefined;
  readonly descriptor: PublicDescriptor | undefined;
  /** An Esplora REST API. */
  readonly chain: string | undefined;
  /** What is spent, where no explorer is to be asked. */
  readonly utxos: readonly Coin[];
  readonly unconfirmed: boolean;
  readonly out: string | undefined;
  readonly broadcast: boolean;
  readonly json: boolean;
}

/** Throws a Misuse. `wanted`: what the file of the verb holds. */
export function parseSweepOptions(argv: readonly string[], wanted: string): SweepOptions {
  const { values, positionals } = parseWords({
    args: [...argv],
    allowPositionals: true,
    options: {
      to: { type: 'string' },
      'fee-rate': { type: 'string' },
      network: { type: 'string' },
      descriptor: { type: 'string' },
      wallet: { type: 'string' },
      chain: { type: 'string' },
      utxo: { type: 'string', multiple: true, default: [] },
      unconfirmed: { type: 'boolean', default: false },
      out: { type: 'string' },
      broadcast: { type: 'boolean', default: false },
      json: { type: 'boolean', default: false },
    },
  });
  const [word, ...more] = positionals;
  const source = secretSource(word, more.length, wanted);
  if (values.to === undefined) throw new Misuse('--to ADDRESS is wanted: where the coins are to go');
  for (const word of [values.to, values.descriptor, values.wallet, values.chain, values.out, values.network])
    if (word !== undefined) refuseKey(word);
  if (values.descriptor !== undefined && values.wallet !== undefined)
    throw new Misuse('--descriptor and --wallet say the same thing: give one of them');
  const wallet = values.wallet === undefined ? undefined : walletIn(values.wallet);
  return {
    source,
    to: values.to,
    feeRate: values['fee-rate'] === undefined ? undefined : rate(values['fee-rate']),
    network: oneNetwork(values.network === undefined ? undefined : networkName(values.network), wallet?.network),
    descriptor: values.descriptor === undefined ? wallet?.descriptor : readDescriptor(values.descriptor),
    chain: values.chain === undefined ? undefined : url(values.chain),
    utxos: distinct(values.utxo.map(coin)),
    unconfirmed: values.unconfirmed,
    out: values.out,
    broadcast: values.broadcast,
    json: values.json,
  };
}

export function networkName(text: string): NetworkName {
  const found = networkNames.find((name) => name === text);
  if (found !== undefined) return found;
  throw new Misuse(`--network is ${JSON.stringify(text)}; allowed are ${networkNames.join(', ')}`);
}

function rate(text: string): number {
  const value = /^\d{1,5}(?:\.\d{1,3})?$/.test(text) ? Number(text) : Number.NaN;
  if (value >= 0.1 && value <= 10_000) return value;
  throw new Misuse(`--fee-rate is ${JSON.stringify(text)}; allowed are numbers from 0.1 to 10000, in sat/vB`);
}

function readDescriptor(text: string): PublicDescriptor {
  const descriptor = readPublicDescriptor(text);
  if (descriptor !== undefined) return descriptor;
  throw new Misuse(
    '--descriptor is none of a piñata, or its checksum does not fit; it looks like tr(KEY,and_v(v:pk(KEY),after(HEIGHT)))#checksum or wpkh(KEY)#checksum, with public keys as hex',
  );
}

interface WalletFile {
  readonly descriptor: PublicDescriptor;
  /** Where the file names one: a descriptor alone does not say. */
  readonly network: NetworkName | undefined;
}

/** A statement, alone or in its JSON, what `wallet show` prints in either form, or /status.json. */
function walletIn(path: string): WalletFile {
  const text = textOf(path);
  const found = new Set(text.match(/(?:wpkh\(0[23][0-9a-f]{64}\)|tr\([0-9a-f]{64},[\w(),:]{1,150}\))#[a-z0-9]{8}/g));
  const [only, ...more] = found;
  if (only === undefined)
    throw new Misuse(`--wallet: ${JSON.stringify(path)} holds no descriptor of a piñata's wallet`);
  if (more.length > 0)
    throw new Misuse(
      `--wallet: ${JSON.stringify(path)} holds ${found.size} descriptors; give the right one as --descriptor`,
    );
  const named = new Set(
    [...text.matchAll(/(?:network"?: ?"?|wallet +(?:classic|vault) on )([a-z0-9]+)/g)].map(([, name = '']) => name),
  );
  const network = networkNames.find((name) => named.size === 1 && named.has(name));
  return { descriptor: readDescriptor(only), network };
}

function oneNetwork(told: NetworkName | undefined, written: NetworkName | undefined): NetworkName | undefined {
  if (told === undefined || written === undefined || told === written) return told ?? written;
  throw new Misuse(`--wallet is a file of ${written}, and --network says ${told}`);
}

function textOf(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? String(error.code) : 'unreadable';
    throw new Misuse(`--wallet: ${JSON.stringify(path)} cannot be read (${code})`);
  }
}

function url(text: string): string {
  const parsed = URL.parse(text);
  if (parsed !== null && /^https?:$/.test(parsed.protocol) && parsed.search === '' && parsed.hash === '') return text;
  throw new Misuse(
    `--chain is ${JSON.stringify(text)}; wanted is the address of an Esplora REST API, as https://mempool.space/api`,
  );
}

function coin(text: string): Coin {
  const [, txid, vout, sats] = /^([0-9a-f]{64}):(\d{1,9}):(\d{1,16})$/.exec(text) ?? [];
  if (txid !== undefined && Number(sats) <= 21e14) return { txid, vout: Number(vout), sats: Number(sats) };
  throw new Misuse(`--utxo is ${JSON.stringify(text)}; wanted is TXID:VOUT:SATS, the amount in satoshis`);
}

function distinct(coins: readonly Coin[]): readonly Coin[] {
  const places = coins.map(({ txid, vout }) => `${txid}:${vout}`);
  const twice = places.find((place, index) => places.indexOf(place) !== index);
  if (twice === undefined) return coins;
  throw new Misuse(`--utxo ${twice} is there twice`);
}
