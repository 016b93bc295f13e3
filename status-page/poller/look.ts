import { bytesToHex } from '@noble/hashes/utils.js';
import { readRetirement } from '../../service/attest/retirement-notice.ts';
import { politeness } from '../chain/allowance.ts';
import { type Ask, askWith, ChainWatch, chainDocument, type Retirement } from '../chain/index.ts';
import type { SourceMemory } from '../chain/source-watch.ts';
import type { Door } from '../document/index.ts';
import { type Finding, found, missing, within } from './finding.ts';
import type { Findings, RetirementSeen } from './findings.ts';
import { lookAtArchive } from './look-archive.ts';
import { type DoorSeen, lookAtDialback, lookAtHttp, lookAtHttps, lookAtReverse, lookAtServer } from './look-doors.ts';
import { lookAtPage, type PageSeen } from './look-page.ts';
import { lookAtProof } from './look-proof.ts';
import type { Settings } from './settings.ts';
import type { Pems, State } from './state.ts';
import type { Store } from './store.ts';

/*
 * One look at everything: the chain, the doors, the page, a proof, the traces, a notice of the operator. Each part has a deadline
 * of its own, and none waits for another longer than for that; what fails is said, and keeps nothing else.
 */

export interface World {
  /** Whole seconds since 1970. */
  readonly clock: () => number;
  /** Of explorers; the platform's where it is left out. */
  readonly ask?: Ask;
  /** They are ours, and asked for all at each look: nobody's patience is used up. */
  readonly ownExplorers?: boolean;
  /** Milliseconds, for a machine that is slower or faster than usual. */
  readonly patience?: Partial<Patience>;
}

export interface Patience {
  readonly chain: number;
  readonly page: number;
  readonly door: number;
  readonly proof: number;
  readonly archive: number;
  readonly notice: number;
}

/** The page and what comes after it take 26 s together, which is the longest that a look takes. */
export const patience: Patience = {
  chain: 24_000,
  page: 8000,
  door: 8000,
  proof: 18_000,
  archive: 18_000,
  notice: 5000,
};

const hourly = 3600;
/** Of a host whose traces are gone when it stops. */
const everyFiveMinutes = 300;

export async function look(
  before: State | undefined,
  settings: Settings,
  store: Store,
  world: World,
): Promise<Findings> {
  const at = world.clock();
  const limits = { ...patience, ...world.patience };
  const { host, ports } = settings;
  const base = new URL(`http://${host.includes(':') ? `[${host}]` : host}:${ports.http}/`);
  const retirement = within(limits.notice, 'the notice of retirement', () => noticeOf(store, before, settings));
  const chain = retirement.then((notice) =>
    within(limits.chain, 'the explorers', () => chainOf(before, settings, world, notice, at)),
  );
  // Of another wallet that was watched here before, nothing can go back.
  const same = settings.address === undefined || before?.earlier?.address === settings.address;
  const earlier = same ? before?.earlier : undefined;
  const proof = within(limits.proof, 'a proof', (signal) =>
    lookAtProof(base, { blockHash: newestBlock(before), earlier, clock: world.clock }, signal),
  );
  const page = await within(limits.page, 'the page', (signal) => lookAtPage(base, signal));
  const pems = page.seen ? page.value.authorities : before?.authorities;
  // Where the page is gone the rest may be: an answer of an hour ago is not shown as one of now.
  const due = !page.seen || hourlyDue(before, at);
  const [doors, archive] = await Promise.all([
    doorsOf(settings, base, pems, due, limits.door),
    archiveOf(before, page, base, at, limits.archive),
  ]);
  const findings = { at, chain: await chain, doors, page, proof: await proof, archive, retirement: await retirement };
  return isolated(findings) ? blind(findings) : findings;
}

/** Once an hour, for each leaves a trace that is kept; at every look until both are up, or a fault would be shown long after it. */
function hourlyDue(before: State | undefined, at: number): boolean {
  if (before?.hourlyAt === undefined || at - before.hourlyAt >= hourly || at < before.hourlyAt) return true;
  const { dialback, reverse } = before.document.host;
  return dialback.state !== 'up' || reverse.state !== 'up';
}

/** What a challenge commits to: it is younger than this block, for all to see. Zeros where no explorer was believed yet. */
function newestBlock(before: State | undefined): string {
  const chain = before?.document.chain;
  const known = chain?.state === 'known' ? chain.value : chain?.last?.value;
  return known?.common?.hash ?? bytesToHex(new Uint8Array(32));
}

async function chainOf(
  before: State | undefined,
  settings: Settings,
  { ask, ownExplorers = false }: World,
  notice: Finding<RetirementSeen | undefined>,
  now: number,
) {
  const { network, sources } = settings;
  const known = before?.document.watched;
  if (sources.length === 0) throw new Error('no explorer is configured that could be asked');
  const address = settings.address ?? known?.address ?? undefined;
  if (address === undefined) throw new Error('nobody said which address, and the host was not heard yet');
  const wallet = known?.address === address ? known.wallet : null;
  const memory = known?.address === address ? before?.chain : undefined;
  const retirement: Retirement | undefined = notice.seen ? notice.value : undefined;
  const watch = new ChainWatch({
    watched: {
      network,
      address,
      wallet:
        wallet?.kind === 'vault'
          ? { kind: 'vault', refundHeight: wallet.refundHeight ?? undefined }
          : { kind: 'classic' },
      bait: [],
      ...(retirement === undefined
        ? {}
        : {
            retirement: {
              announcedAt: retirement.announcedAt,
              effectiveAt: retirement.effectiveAt,
              url: `${settings.pageUrl}/retirement.json`,
            },
          }),
    },
    sources,
    ask: ask ?? askWith({ fetch, timeout: (milliseconds) => AbortSignal.timeout(milliseconds) }, explorerLimits),
    // Whoever looks once a minute is spread by what it waits for before.
    random: () => 0,
    // On a chain of one's own the explorer is one's own too: it may be asked at each poll.
    every: network === 'regtest' ? 10 : undefined,
    now,
    known: memory?.known,
    memories: (memory?.sources ?? []).map((source) => (ownExplorers ? rested(source, now) : source)),
  });
  if (ownExplorers) watch.hint(now);
  const view = await watch.look(now);
  const document = chainDocument(view, watch.failures());
  return { document, memory: { known: watch.known, sources: watch.sources.map((source) => source.memory) } };
}

/** As if it had not been asked for long. */
const rested = (source: SourceMemory, now: number): SourceMemory => ({
  ...source,
  next: 0,
  allowance: { left: politeness.burst, at: now },
});

/** One answer; several of them are in one look. */
const explorerLimits = { bytes: 4 * 1024 * 1024, milliseconds: 12_000 } as const;

async function doorsOf(
  { host, ports }: Settings,
  base: URL,
  pems: Pems | undefined,
  due: boolean,
  patience: number,
): Promise<Findings['doors']> {
  const look = (
    door: Door,
    what: string,
    act: (at: { host: string; port: number }, signal: AbortSignal) => Promise<DoorSeen>,
  ) => within(patience, what, (signal) => act({ host, port: ports[door] }, signal)).then(lateIsDown);
  const blindly = missing('the page did not publish an authority yet that it could be held against');
  const [http, https, server, dialback, reverse] = await Promise.all([
    look('http', 'the page', (_, signal) => lookAtHttp(base, signal)),
    pems === undefined
      ? blindly
      : look('https', 'the page over HTTPS', (at, signal) => lookAtHttps(at, pems.site, signal)),
    pems === undefined
      ? blindly
      : look('server', 'the TLS server', (at, signal) => lookAtServer(at, pems.bounty, signal)),
    due ? look('dialback', 'the port that calls back', lookAtDialback) : undefined,
    due ? look('reverse', 'the TLS client', lookAtReverse) : undefined,
  ]);
  return {
    http,
    https,
    server,
    ...(dialback === undefined ? {} : { dialback }),
    ...(reverse === undefined ? {} : { reverse }),
  };
}

/** A door that says nothing in time is down: so it is for everybody. */
const lateIsDown = (finding: Finding<DoorSeen>): Finding<DoorSeen> =>
  finding.seen ? finding : found({ state: 'down', sentence: finding.reason });

async function archiveOf(
  before: State | undefined,
  page: Finding<PageSeen>,
  base: URL,
  now: number,
  patience: number,
): Promise<Findings['archive']> {
  if (!page.seen) return undefined;
  const { days } = page.value;
  const proof = before?.document.proof;
  const live = proof?.state === 'known' && proof.value.keyOrigin === 'measured-image';
  const ends = days.flatMap(({ chain }) => (chain !== null && (live || chain.closed) ? [chain] : []));
  const goal = Math.max(0, ...ends.map(({ last }) => last));
  const archived = before?.archive;
  if (archived !== undefined) {
    const waits = live && now - archived.at < everyFiveMinutes && now >= archived.at;
    const same = ends.every(({ last, digest }) => last !== archived.number || digest === archived.digest);
    if (waits || (goal === archived.number && same)) return undefined;
  } else if (goal === 0) return undefined;
  return within(patience, 'the traces', (signal) => lookAtArchive({ base, before: archived, days, live, now, signal }));
}

async function noticeOf(
  store: Store,
  before: State | undefined,
  { refundKey, address: configured }: Settings,
): Promise<RetirementSeen | undefined> {
  const address = configured ?? before?.document.watched.address ?? undefined;
  if (refundKey === undefined || address === undefined) return undefined;
  const stored = await store.get('state/retire.json');
  if (stored === undefined) return undefined;
  const text = new TextDecoder().decode(stored.bytes);
  const notice = readRetirement(text, { address, refundKey });
  if ('fault' in notice) throw new Error(`the notice of retirement is not believed: ${notice.fault}`);
  const { announcedAt, effectiveAt, reason } = notice;
  return { announcedAt, effectiveAt, text: reason ?? 'No reason was given.', document: text };
}

/** Neither the host nor any explorer could be reached: then it is we who are cut off, and nothing is known of anybody. */
function isolated({ chain, doors, page, proof }: Findings): boolean {
  const up = Object.values(doors).some((finding) => finding.seen && finding.value.state === 'up');
  if (up || page.seen || proof.seen || !chain.seen) return false;
  const { sources } = chain.value.document;
  return sources.length > 0 && sources.every(({ failure }) => failure?.reason === 'unreachable');
}

function blind(findings: Findings): Findings {
  const nothing = missing('nothing at all could be reached from here, the explorers neither: it may be us');
  const { http, https, server, dialback, reverse } = findings.doors;
  return {
    ...findings,
    doors: {
      ...(http && { http: nothing }),
      ...(https && { https: nothing }),
      ...(server && { server: nothing }),
      ...(dialback && { dialback: nothing }),
      ...(reverse && { reverse: nothing }),
    },
  };
}
