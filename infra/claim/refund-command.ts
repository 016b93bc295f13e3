import { hexToBytes } from '@noble/hashes/utils.js';
import type { PublicDescriptor } from '../../service/bitcoin/descriptor.ts';
import type { NetworkName } from '../../service/bitcoin/network.ts';
import { Misuse } from '../../service/tools/command-words.ts';
import { counted } from './amount.ts';
import { deliver, expectNewFile } from './deliver.ts';
import { refundLock } from './lock.ts';
import { explorerOf, namedExplorer, prepare } from './prepare.ts';
import { Refusal } from './refusal.ts';
import { exits, runVerb } from './run-verb.ts';
import { readSecret } from './secret-input.ts';
import { SigningKey } from './signing-key.ts';
import { parseSweepOptions, type SweepOptions } from './sweep-options.ts';

/** `btc-pinata refund`. */
export const refundCommand = (argv: readonly string[]): Promise<number> =>
  runVerb('refund', async () => {
    const options = parseSweepOptions(argv, 'with the refund key');
    expectNewFile(options);
    const vault = vaultIn(options);
    const key = readKey(options.source);
    try {
      return await refund(key, vault, options);
    } finally {
      key.destroy();
    }
  });

type Vault = Extract<PublicDescriptor, { kind: 'vault' }>;

async function refund(key: SigningKey, { publicKey, refund: terms }: Vault, options: SweepOptions): Promise<number> {
  const network = networkOf(key, options);
  const lock = refundLock(key, hexToBytes(publicKey), terms, network);
  const explorer = options.utxos.length > 0 ? namedExplorer(options) : explorerOf(network, options);
  const tip = await explorer?.tipHeight();
  // A transaction may be in a block whose height is greater than its nLockTime, so the next one may be that block.
  const missing = tip === undefined ? 0 : Math.max(0, terms.height - tip);
  const early = missing > 0;
  await deliver(await prepare(lock, options), options, {
    title: `The refund of a vault on ${network}, by the operator's leaf.`,
    warnings: [
      ...(tip === undefined
        ? [`Nodes take it once they have block ${terms.height}: nobody was asked which they have.`]
        : []),
      ...(early ? [] : ['Until it is confirmed, a winner can still replace it by a claim that pays more.']),
    ],
    ...(early ? { withheld: waiting(missing, terms.height) } : {}),
    facts: { verb: 'refund', refundHeight: terms.height, ...(tip === undefined ? {} : { tip, missing }) },
  });
  return early ? exits.tooEarly : exits.done;
}

/** Ten minutes a block. */
function waiting(blocks: number, height: number): string {
  const days = blocks / 144;
  const about = days < 2 ? `${Math.max(1, Math.round(blocks / 6))} hours` : `${Math.round(days)} days`;
  return `Too early, and not sent: nodes take it once they have block ${height}, which is ${counted(blocks, 'block')} from now, about ${about}.`;
}

function vaultIn({ descriptor }: SweepOptions): Vault {
  if (descriptor === undefined)
    throw new Misuse('which vault? Give --wallet FILE, with the /attestation.json of its piñata, or --descriptor DESC');
  if (descriptor.kind === 'classic')
    throw new Misuse('a classic wallet has no refund: whoever has its key moves it with claim');
  return descriptor;
}

function networkOf(key: SigningKey, { network }: SweepOptions): NetworkName {
  if (network === undefined && key.test)
    throw new Misuse('a key of a test network does not say of which: add --network testnet4, signet or regtest');
  if (network !== undefined && key.test !== (network !== 'mainnet'))
    throw new Refusal(`this key is one of ${key.test ? 'a test network' : 'mainnet'}, and --network says ${network}`);
  return network ?? 'mainnet';
}

/** Of a line of WIF. */
export function readKey(source: string): SigningKey {
  const text = readSecret(source, { owned: true });
  let end = text.length;
  while (end > 0 && (text[end - 1] ?? 0) <= 0x20) end -= 1;
  try {
    return SigningKey.fromWif(text.subarray(0, end));
  } finally {
    text.fill(0);
  }
}
