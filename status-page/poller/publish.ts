import { createHash } from 'node:crypto';
import * as v from 'valibot';
import type { SiteObject } from '../site/index.ts';
import { type Store, StoreFailure, type Version } from './store.ts';

/*
 * Rendered objects to where the world reads them. A run claims what it is about to write, under its time, and writes each object
 * on the condition that it is what it was: so what an older run has not written when a newer one claims, it never writes.
 * Objects that did not change are not written at all. `index.html` is the last: a run that dies halfway leaves the page before it.
 */

const recordKey = 'state/published.json';
/** Of one object, in the presence of others who write it. */
const mostTries = 8;

const recordSchema = v.object({
  asOf: v.number(),
  /** What stands there as far as nobody is writing it. */
  objects: v.record(v.string(), v.object({ sha256: v.string(), version: v.string(), at: v.number() })),
});
type PublishedRecord = v.InferOutput<typeof recordSchema>;
type Entry = PublishedRecord['objects'][string];

export interface PublishOptions {
  readonly store: Store;
  readonly asOf: number;
  /** By path without a slash before it, in the order in which they are to be written. */
  readonly objects: ReadonlyMap<string, SiteObject>;
}

/** Seconds for which these may stay as they are while only their time changes: each write costs. */
const lazily = 300;
/** Seconds after which an object is written again, the same or not. */
const hourly = 3600;
const lazy: ReadonlySet<string> = new Set([
  'sitemap.xml',
  'history.html',
  'history.json',
  'incidents.html',
  'feed.xml',
]);

/** `superseded`: a newer run has claimed the page meanwhile. Rejects with a StoreFailure. */
export async function publish({ store, asOf, objects }: PublishOptions): Promise<'published' | 'superseded'> {
  const digests = new Map([...objects].map(([path, { bytes }]) => [path, sha256(bytes)] as const));
  const claim = await claimed(store, asOf, digests);
  if (claim === 'superseded') return 'superseded';
  const { kept, known } = claim;
  const entries: Record<string, Entry> = { ...kept };
  const pending = [...objects].filter(([path]) => kept[path] === undefined);
  const write = async ([path, object]: readonly [string, SiteObject]): Promise<boolean> => {
    const version = await written(store, path, object, asOf, known[path]?.version);
    if (version === 'superseded') return false;
    entries[path] = { sha256: digests.get(path) ?? '', version, at: asOf };
    return true;
  };
  const last = pending.filter(([path]) => path === 'status.json' || path === 'index.html');
  const others = pending.filter((entry) => !last.includes(entry));
  for (let at = 0; at < others.length; at += together) {
    const done = await Promise.all(others.slice(at, at + together).map(write));
    if (done.includes(false)) return 'superseded';
  }
  for (const entry of last) if (!(await write(entry))) return 'superseded';
  const record = encoded({ asOf, objects: entries });
  const put = await store.put(recordKey, record, { ...privately, ifVersion: { version: claim.version } });
  return put === 'conflict' ? 'superseded' : 'published';
}

/** Writes under way at once. */
const together = 6;
const privately = { contentType: 'application/json', cacheControl: 'no-store' } as const;

interface Claim {
  readonly version: Version;
  /** What stays as it is. */
  readonly kept: Readonly<Record<string, Entry>>;
  /** What was there, as far as it was known. */
  readonly known: Readonly<Record<string, Entry>>;
}

async function claimed(
  store: Store,
  asOf: number,
  digests: ReadonlyMap<string, string>,
): Promise<Claim | 'superseded'> {
  for (let tries = 0; tries < mostTries; tries += 1) {
    const stored = await store.get(recordKey);
    const record = stored === undefined ? undefined : decoded(stored.bytes);
    if (record !== undefined && record.asOf > asOf) return 'superseded';
    const known = record?.objects ?? {};
    const kept = Object.fromEntries(Object.entries(known).filter(([path, entry]) => stays(path, entry, digests, asOf)));
    const version = await store.put(recordKey, encoded({ asOf, objects: kept }), {
      ...privately,
      ifVersion: stored === undefined ? 'absent' : { version: stored.version },
    });
    if (version !== 'conflict') return { version, kept, known };
  }
  throw new StoreFailure(`${recordKey}: others wrote it ${mostTries} times while it was to be written`);
}

/** What no page names any more is not written again, and not taken away: somebody may have the page that does. */
function stays(path: string, { sha256, at }: Entry, digests: ReadonlyMap<string, string>, asOf: number): boolean {
  const digest = digests.get(path);
  // The ETag of S3 is of the content: an older run may write what it knew over a newer one's that is what was there before both.
  // Of page and status that cannot be, for no two are the same; anything else is right again within the hour.
  const old = !path.startsWith('assets/') && (asOf - at >= hourly || asOf < at);
  if (digest !== undefined && old) return false;
  return digest === undefined || digest === sha256 || (lazy.has(path) && asOf - at < lazily && asOf >= at);
}

async function written(
  store: Store,
  path: string,
  { bytes, contentType, cacheControl }: SiteObject,
  asOf: number,
  known: Version | undefined,
): Promise<Version | 'superseded'> {
  const key = `public/${path}`;
  let expected = known;
  for (let tries = 0; tries < mostTries; tries += 1) {
    const ifVersion = expected === undefined ? 'absent' : { version: expected };
    const version = await store.put(key, bytes, { contentType, cacheControl, ifVersion });
    if (version !== 'conflict') return version;
    const there = await store.get(key);
    // Asked after it: whoever wrote what is there had claimed it before.
    if (await isSuperseded(store, asOf)) return 'superseded';
    // Written also where it is the same: its version is then another, and an older run meets a conflict.
    expected = there?.version;
  }
  throw new StoreFailure(`${key}: others wrote it ${mostTries} times while it was to be written`);
}

async function isSuperseded(store: Store, asOf: number): Promise<boolean> {
  const stored = await store.get(recordKey);
  const record = stored === undefined ? undefined : decoded(stored.bytes);
  return record !== undefined && record.asOf > asOf;
}

const encoded = (record: PublishedRecord): Uint8Array => new TextEncoder().encode(JSON.stringify(record));

/** A record that cannot be read is none: then everything is written again. */
function decoded(bytes: Uint8Array): PublishedRecord | undefined {
  try {
    const read = v.safeParse(recordSchema, JSON.parse(new TextDecoder().decode(bytes)));
    return read.success ? read.output : undefined;
  } catch {
    return undefined;
  }
}

const sha256 = (bytes: Uint8Array): string => createHash('sha256').update(bytes).digest('hex');
