import { Misuse } from '../../service/tools/command-words.ts';
import { type Ask, ChainWatch, inBitcoin, publicSources, type WalletEnd } from '../../status-page/chain/index.ts';
import { Refusal } from '../claim/refusal.ts';
import type { Deployment } from './deployment.ts';

/* Whether anything would be lost if the host went: by the chain, and never by silence. */

export interface Chain {
  readonly ask: Ask;
  /** Of the command line; none: those of the deployment, or the public ones. */
  readonly sources: readonly string[];
  /** Seconds since 1970. */
  readonly now: () => number;
  readonly pause: (milliseconds: number) => Promise<void>;
}

/** Throws a Refusal while the wallet holds coins, or nobody can say; gives back what is known, in words. */
export async function nothingHeld(
  wallet: NonNullable<Deployment['wallet']>,
  { chosen }: Pick<Deployment, 'chosen'>,
  chain: Chain,
  abandonUntil: number | undefined,
): Promise<string> {
  if (abandonUntil !== undefined && abandonUntil !== wallet.refundHeight) {
    throw new Misuse(
      wallet.refundHeight === null
        ? '--abandon-until is for a vault, and this wallet has no refund: its coins would be lost'
        : `--abandon-until is ${abandonUntil}, and the height of this vault is ${wallet.refundHeight}`,
    );
  }
  const given = chain.sources.length > 0 ? chain.sources : chosen.sources;
  const sources = given.length > 0 ? given : publicSources[wallet.network];
  const held = await heldBy(wallet, sources, chain);
  if (held === 0) return `${wallet.address} holds nothing.`;
  const what = held === undefined ? 'nobody can say whether' : `${inBitcoin(held)} are held by`;
  const them = held === undefined ? `${wallet.address} holds coins` : wallet.address;
  if (abandonUntil !== undefined) {
    return `${what} ${them}: they stay where they are until block ${abandonUntil}, and then your refund key alone can move them.`;
  }
  const ways =
    wallet.refundHeight === null
      ? 'the key is on this host alone: let somebody win it first'
      : `from block ${wallet.refundHeight} on \`btc-pinata refund\` moves them; or --abandon-until ${wallet.refundHeight} leaves them locked until then`;
  const which = held === undefined ? 'name explorers that answer with --chain, or ' : '';
  throw new Refusal(`${what} ${them}, and nothing was removed: ${which}${ways}`);
}

/** Confirmed or on their way in; undefined where the explorers do not agree or do not answer. */
async function heldBy(
  { network, address, kind, refundHeight }: NonNullable<Deployment['wallet']>,
  sources: readonly string[],
  { ask, now, pause }: Chain,
): Promise<number | undefined> {
  if (sources.length === 0) return undefined;
  const walletEnd: WalletEnd = kind === 'vault' && refundHeight !== null ? { kind, refundHeight } : { kind: 'classic' };
  const watch = new ChainWatch({
    watched: { network, address, wallet: walletEnd, bait: [] },
    sources,
    ask,
    random: Math.random,
    now: now(),
  });
  for (let attempt = 1; ; attempt += 1) {
    await watch.look(now());
    const { verdict, funds, support } = watch.view;
    const torn = [...watch.failures().values()].some(({ reason }) => reason === 'torn');
    if (torn && attempt < 3) {
      await pause(Math.max(0, watch.next - now()) * 1000);
      continue;
    }
    if (verdict.type === 'stale' || verdict.type === 'disagreement' || funds === undefined) return undefined;
    // Where several were to be asked, the word of the one that is left is not enough to throw a key away by.
    if (support !== 'quorum' && sources.length > 1) return undefined;
    // What is going out has not gone: until it is in a block it may come back.
    return funds.balance.confirmed + funds.balance.incoming;
  }
}
