import * as v from 'valibot';
import { type StatusDocument, statusSchema } from '../../status-page/document/index.ts';
import type { Patience } from '../../status-page/poller/look.ts';
import { MemoryStore } from '../../status-page/poller/memory-store.ts';
import { type RunReport, run } from '../../status-page/poller/run.ts';
import { type Settings, watchedSchema } from '../../status-page/poller/settings.ts';
import type { Store } from '../../status-page/poller/store.ts';
import type { SiteAssets } from '../../status-page/site/index.ts';

/* What the tests of the poller share: settings, a page's own files, and one run after the other. */

export const assets: SiteAssets = {
  style: 'assets/page-0000.css',
  script: 'assets/page-0000.js',
  cards: {},
  files: new Map([
    ['assets/page-0000.css', new TextEncoder().encode('body{}')],
    ['assets/page-0000.js', new TextEncoder().encode('export {};')],
  ]),
};

/** Nobody listens there: the discard port of the loopback, which nothing of these tests opens. */
export const nobody = { http: 9, https: 9, server: 9, dialback: 9, reverse: 9 };

export const settingsWith = (parts: Readonly<Record<string, unknown>>): Settings =>
  v.parse(watchedSchema, {
    network: 'regtest',
    host: '127.0.0.1',
    ports: nobody,
    name: 'a test',
    pageUrl: 'http://127.0.0.1:8088',
    sources: [],
    ...parts,
  });

/** On a machine that is busy: nothing here is to be unknown because it was slow. */
export const patient: Patience = {
  chain: 120_000,
  page: 120_000,
  door: 120_000,
  proof: 120_000,
  archive: 120_000,
  notice: 120_000,
};

export class Polled {
  readonly store: Store;
  readonly settings: Settings;
  now = Math.floor(Date.now() / 1000);

  constructor(settings: Settings, store: Store = new MemoryStore()) {
    this.settings = settings;
    this.store = store;
  }

  /** The clock is that of the machine, and so much ahead of it. */
  async run(ahead = 0, patience: Partial<Patience> = patient): Promise<RunReport> {
    const clock = () => Math.floor(Date.now() / 1000) + ahead;
    return run({ settings: this.settings, store: this.store, assets, world: { clock, patience } });
  }

  async status(): Promise<StatusDocument> {
    return v.parse(statusSchema, JSON.parse(await textOf(this.store, 'public/status.json')));
  }
}

export async function textOf(store: Store, key: string): Promise<string> {
  const stored = await store.get(key);
  if (stored === undefined) throw new Error(`${key} is not there`);
  return new TextDecoder().decode(stored.bytes);
}
