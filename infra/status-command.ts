import type { Writable } from 'node:stream';
import { setTimeout as pause } from 'node:timers/promises';
import * as v from 'valibot';
import { decodeSegwitAddress } from '../service/bitcoin/index.ts';
import { Misuse } from '../service/tools/command-words.ts';
import {
  askWith,
  ChainWatch,
  chainDocument,
  chainNetworks,
  publicSources,
  SourceFailure,
  type Verdict,
  type Watched,
} from '../status-page/chain/index.ts';
import { parseStatusOptions, type StatusOptions } from './status-options.ts';
import { statusText } from './status-text.ts';

const [FAILED, MISUSED] = [1, 2];

interface Terminal {
  readonly stdout: Pick<Writable, 'write'>;
  readonly stderr: Pick<Writable, 'write'>;
}

const exitStatus: Readonly<Record<Verdict['type'], number>> = {
  live: 0,
  live_refundable: 0,
  disagreement: 1,
  stale: 1,
  spend_seen: 3,
  spend_confirmed: 3,
  claimed: 4,
  spent: 4,
  refunded: 4,
  unfunded: 5,
};

const now = (): number => Math.floor(Date.now() / 1000);
const ask = askWith({ fetch, timeout: (milliseconds) => AbortSignal.timeout(milliseconds) });

/** `btc-pinata status`: the exit status is that of its usage text. */
export async function statusCommand(argv: readonly string[], terminal: Terminal = process): Promise<number> {
  const { stdout, stderr } = terminal;
  try {
    const options = parseStatusOptions(argv);
    const watched = await watchedOf(options);
    const sources = options.sources.length > 0 ? options.sources : publicSources[watched.network];
    if (sources.length === 0) throw new Misuse(`no public explorer has ${watched.network}: name one with --chain`);
    const watch = new ChainWatch({ watched, sources, ask, random: Math.random, now: now() });
    await looked(watch);
    const document = chainDocument(watch.view, watch.failures());
    stdout.write(options.json ? `${JSON.stringify(document, undefined, 2)}\n` : statusText(document, now()));
    return exitStatus[watch.view.verdict.type];
  } catch (error) {
    if (error instanceof Misuse) {
      stderr.write(`btc-pinata status: ${error.message}\n\`btc-pinata status --help\` says more.\n`);
      return MISUSED;
    }
    if (!(error instanceof SourceFailure)) throw error;
    stderr.write(`btc-pinata status: ${error.message}\n`);
    return FAILED;
  }
}

/** Once, and twice more where a block came in between. */
async function looked(watch: ChainWatch): Promise<void> {
  for (let attempt = 1; ; attempt += 1) {
    await watch.look(now());
    const torn = [...watch.failures().values()].some(({ reason }) => reason === 'torn');
    if (!torn || attempt === 3) return;
    await pause(Math.max(0, watch.next - now()) * 1000);
  }
}

/** What of a piñata's /status.json is read. */
const hostSchema = v.object({
  address: v.string(),
  network: v.picklist(chainNetworks),
  wallet: v.picklist(['classic', 'vault']),
  refund: v.nullish(v.object({ height: v.pipe(v.number(), v.integer()) })),
});

async function watchedOf({ of, bait, refundHeight }: StatusOptions): Promise<Watched> {
  if (of.kind === 'address') {
    const { address, network } = of;
    const isTaproot = decodeSegwitAddress(address)?.version === 1;
    return { network, address, wallet: isTaproot ? { kind: 'vault', refundHeight } : { kind: 'classic' }, bait };
  }
  const host = of.host.includes(':') ? `[${of.host}]` : of.host;
  const url = `http://${host}:${of.port}/status.json`;
  const { status, body } = await ask(url).catch((error: unknown) => {
    throw error instanceof SourceFailure ? new SourceFailure(error.reason, `${url} ${error.message}`) : error;
  });
  const parsed = v.safeParse(hostSchema, status === 200 ? jsonOf(body) : undefined);
  if (!parsed.success) throw new SourceFailure('malformed', `${url} names no wallet: is it a piñata?`);
  const { address, network, wallet, refund } = parsed.output;
  if (of.network !== undefined && of.network !== network)
    throw new Misuse(`${url} names a wallet on ${network}, and --network says ${of.network}`);
  if (decodeSegwitAddress(address) === undefined) throw new SourceFailure('malformed', `${url} names no address`);
  return {
    network,
    address,
    wallet: wallet === 'vault' ? { kind: 'vault', refundHeight: refundHeight ?? refund?.height } : { kind: 'classic' },
    bait,
  };
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
