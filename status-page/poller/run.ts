import * as v from 'valibot';
import { type DayDocument, daySchema } from '../document/index.ts';
import { renderSite, type SiteAssets } from '../site/index.ts';
import { compose, dayOf, evidencePath, proofPath } from './compose.ts';
import { missing } from './finding.ts';
import type { Findings } from './findings.ts';
import { dayAfter, pollOf, withSum } from './history.ts';
import { look, type World } from './look.ts';
import { publish } from './publish.ts';
import type { Settings } from './settings.ts';
import { decodeState, encodeState, type State } from './state.ts';
import { longestObject, type Put, type Store, type Stored, StoreFailure } from './store.ts';

/*
 * One run: look, remember, show. What is found is written first, each thing once and under a name of its own; then its line in
 * the day; then the state, on the condition that nobody wrote it meanwhile; then the page. A run may die after any of these, be
 * tried again, or overlap with others: nothing is lost, and the page is never older than it was.
 */

export interface RunOptions {
  readonly settings: Settings;
  readonly store: Store;
  readonly assets: SiteAssets;
  readonly world: World;
}

export interface RunReport {
  readonly asOf: number;
  /** `superseded`: a run that began later has shown more than this one knew. */
  readonly outcome: 'published' | 'superseded';
  readonly verdict: string;
  /** Parts that are unknown, and why. */
  readonly unknown: Readonly<Record<string, string>>;
}

/** Rejects with a StoreFailure where what was found could not be kept. */
export async function run({ settings, store, assets, world }: RunOptions): Promise<RunReport> {
  const loaded = await load(store);
  const findings = await look(loaded.state, settings, store, world);
  const { state, outcome } = await remember(store, loaded, findings, settings);
  const shown =
    outcome === 'superseded'
      ? outcome
      : await publish({
          store,
          asOf: state.document.asOf,
          objects: renderSite(state.document, state.history, assets),
        });
  return { asOf: findings.at, outcome: shown, verdict: pollOf(state.document).verdict, unknown: unknownIn(state) };
}

interface Loaded {
  readonly state: State | undefined;
  readonly ifVersion: Put['ifVersion'];
}

const stateKey = 'state/poller.json';
const privately = { contentType: 'application/json', cacheControl: 'no-store' } as const;
/** Of one object, in the presence of other runs. */
const mostTries = 12;

/** What cannot be read is put aside and begun anew: a page that says what it sees is worth more than none. */
export async function load(store: Store): Promise<Loaded> {
  const stored = await store.get(stateKey);
  if (stored === undefined) return { state: undefined, ifVersion: 'absent' };
  const state = decodeState(stored.bytes);
  if (state === undefined) await putAside(store, 'poller', stored);
  return { state, ifVersion: { version: stored.version } };
}

/** For whoever wants to know what it was. */
async function putAside(store: Store, what: string, { bytes, version }: Stored): Promise<void> {
  const key = `state/unreadable-${what}-${version.replace(/[^0-9A-Za-z]/g, '').slice(0, 64)}`;
  await store.put(key, bytes, { ...privately, ifVersion: 'any' });
}

export async function remember(
  store: Store,
  loaded: Loaded,
  findings: Findings,
  settings: Settings,
): Promise<{ readonly state: State; readonly outcome: 'remembered' | 'superseded' }> {
  await keep(store, findings);
  let { state: before, ifVersion } = loaded;
  const day = await recordDay(store, dayOf(findings.at), readably(before, findings, settings));
  for (let tries = 0; tries < mostTries; tries += 1) {
    // The same run, tried again or answered twice, or a later one.
    if (before !== undefined && before.document.asOf >= findings.at) {
      return { state: before, outcome: before.document.asOf > findings.at ? 'superseded' : 'remembered' };
    }
    const composed = readably(before, findings, settings);
    const state = { ...composed, history: withSum(composed.history, day) };
    const put = await store.put(stateKey, encodeState(state), { ...privately, ifVersion });
    if (put !== 'conflict') return { state, outcome: 'remembered' };
    ({ state: before, ifVersion } = await load(store));
  }
  throw new StoreFailure(`${stateKey}: others wrote it ${mostTries} times while it was to be written`);
}

/** Of a name of its own each; what is there already was written by this run, or says the same. */
async function keep(store: Store, { proof, archive, retirement }: Findings): Promise<void> {
  const text = (key: string, content: string, contentType: string, ifVersion: Put['ifVersion'], cacheControl: string) =>
    store.put(key, new TextEncoder().encode(content), { contentType, cacheControl, ifVersion });
  const forever = 'public, max-age=31536000, immutable';
  if (proof.seen)
    await text(`public${proofPath(proof.value)}`, proof.value.text, 'application/json', 'absent', forever);
  if (proof.seen && proof.value.evidence !== undefined)
    await text(`public${evidencePath(proof.value)}`, proof.value.evidence, 'application/json', 'absent', forever);
  if (archive?.seen === true) {
    for (const { key, text: lines } of archive.value.segments) {
      await text(key, lines, 'application/jsonl', 'absent', forever);
    }
  }
  if (retirement.seen && retirement.value !== undefined) {
    await text('public/retirement.json', retirement.value.document, 'application/json', 'any', 'public, max-age=30');
  }
}

/**
 * What could not be read again would be put aside by the next run, and with it which address is watched and what is open: so
 * where the words of a host make such a state, the host was not heard. Throws a StoreFailure where that does not help.
 */
function readably(before: State | undefined, findings: Findings, settings: Settings): State {
  const composed = compose(before, findings, settings);
  if (isReadable(composed)) return composed;
  const unheard = missing('what the host says cannot be kept');
  const without = compose(before, { ...findings, page: unheard, proof: unheard, archive: undefined }, settings);
  if (isReadable(without)) return without;
  throw new StoreFailure(`${stateKey}: what was found could not be read again, and is not written`);
}

/** With room for the sum of a day. */
function isReadable(state: State): boolean {
  const bytes = encodeState(state);
  return bytes.length < longestObject / 2 && decodeState(bytes) !== undefined;
}

async function recordDay(store: Store, day: string, { document }: State): Promise<DayDocument> {
  const key = `public/history/${day}.json`;
  const poll = pollOf(document);
  for (let tries = 0; tries < mostTries; tries += 1) {
    const stored = await store.get(key);
    const before = stored === undefined ? undefined : decodeDay(stored.bytes);
    if (stored !== undefined && before === undefined) await putAside(store, `day-${day}`, stored);
    const after = dayAfter(before, day, poll);
    if (before !== undefined && after.polls.length === before.polls.length) return before;
    const put = await store.put(key, new TextEncoder().encode(JSON.stringify(after)), {
      contentType: 'application/json',
      cacheControl: 'public, max-age=30',
      ifVersion: stored === undefined ? 'absent' : { version: stored.version },
    });
    if (put !== 'conflict') return after;
  }
  throw new StoreFailure(`${key}: others wrote it ${mostTries} times while it was to be written`);
}

function decodeDay(bytes: Uint8Array): DayDocument | undefined {
  try {
    const read = v.safeParse(daySchema, JSON.parse(new TextDecoder().decode(bytes)));
    return read.success ? read.output : undefined;
  } catch {
    return undefined;
  }
}

function unknownIn({ document }: State): Readonly<Record<string, string>> {
  const { chain, proof, counters, archive } = document;
  const parts = {
    chain,
    proof,
    counters,
    archive,
    build: document.build.reported,
    authorities: document.authorities.current,
  };
  return Object.fromEntries(
    Object.entries(parts).flatMap(([name, part]) => (part.state === 'unknown' ? [[name, part.reason] as const] : [])),
  );
}
