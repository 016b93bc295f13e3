import { createHash } from 'node:crypto';
import fc from 'fast-check';
import * as v from 'valibot';
import { beforeAll, describe, expect, test } from 'vitest';
import { historySchema, type StatusDocument, statusSchema } from '../../status-page/document/index.ts';
import { buildAssets } from '../../status-page/site/build.ts';
import {
  answerNames,
  answerOf,
  assetHashes,
  renderSite,
  type SiteAssets,
  type SiteObject,
} from '../../status-page/site/index.ts';
import { hostileStrings } from '../site/hostile-strings.ts';
import { liveHistory, newbornHistory } from './sample-history.ts';
import { sampleFields } from './sample-proof.ts';
import { scenes } from './sample-scenes.ts';
import { liveStatus, newborn } from './sample-status.ts';

/* The page as bytes: what it says in every state, what it may never say, and that no word of a stranger becomes markup. */

let assets: SiteAssets;
beforeAll(async () => {
  assets = await buildAssets();
});

const every = Object.entries({ ...scenes, newborn });
const historyOf = (name: string) => (name === 'newborn' ? newbornHistory : liveHistory);
const textOf = (objects: ReadonlyMap<string, SiteObject>, path: string): string =>
  new TextDecoder().decode(objects.get(path)?.bytes);
const indexOf = (status: StatusDocument, history = liveHistory): string =>
  textOf(renderSite(status, history, assets), 'index.html');

/** Balanced, with nothing that the page has no use for; not a parser of all HTML, but of what we write. */
function tagsOf(page: string): readonly string[] {
  const open: string[] = [];
  const names: string[] = [];
  const empty = new Set(['meta', 'link', 'br', 'img', '!doctype']);
  for (const [, close, name = '', , selfClosed] of page.matchAll(
    /<(\/?)([a-zA-Z!][a-zA-Z0-9]*)((?:[^<>"]|"[^"]*")*?)(\/?)>/g,
  )) {
    const tag = name.toLowerCase();
    if (close === '/') expect(open.pop(), `</${tag}>`).toBe(tag);
    else {
      names.push(tag);
      if (selfClosed !== '/' && !empty.has(tag)) open.push(tag);
    }
  }
  expect(open).toEqual([]);
  return names;
}

describe('the model', () => {
  test.each(every)('%s is what its schema says', (name, status) => {
    expect(v.parse(statusSchema, status)).toEqual(status);
    expect(v.parse(historySchema, historyOf(name))).toEqual(historyOf(name));
  });

  test('every verdict has a scene', () => {
    const seen = new Set(every.map(([, status]) => answerOf(status).name));
    expect(seen).toEqual(new Set(answerNames));
  });
});

describe('the page', () => {
  test.each(every)('%s: one heading, its landmarks, and nothing left open', (name, status) => {
    const page = indexOf(status, historyOf(name));
    const tags = tagsOf(page);
    expect(tags.filter((tag) => tag === 'h1')).toHaveLength(1);
    expect(tags.filter((tag) => tag === 'main')).toHaveLength(1);
    expect(page).toContain(answerOf(status).pill);
    expect(page).not.toMatch(/undefined|NaN|\[object|null</);
    expect(page).not.toMatch(/ style=| on[a-z]+="/);
    const ids = [...page.matchAll(/ id="([^"]+)"/g)].map(([, id]) => id);
    expect(new Set(ids).size).toBe(ids.length);
    const anchors = [...page.matchAll(/href="#([^"]+)"/g)].map(([, id]) => id);
    expect(anchors.filter((id) => !ids.includes(id))).toEqual([]);
  });

  test.each(every)('%s: whatever it links to on its own site is there', (name, status) => {
    const objects = renderSite(status, historyOf(name), assets);
    // The poller's: the archive and the notice.
    const elsewhere = /^(?:proofs\/|retirement\.json$)/;
    for (const path of ['index.html', 'incidents.html', 'history.html']) {
      const page = textOf(objects, path);
      const links = [...page.matchAll(/(?:href|src)="\/([^"#]*)/g)].map(([, link = '']) =>
        link === '' ? 'index.html' : link,
      );
      expect(links.length).toBeGreaterThan(3);
      expect(links.filter((link) => !objects.has(link) && !elsewhere.test(link))).toEqual([]);
    }
  });

  test('the same documents give the same bytes', () => {
    const [one, other] = [renderSite(liveStatus, liveHistory, assets), renderSite(liveStatus, liveHistory, assets)];
    expect([...other]).toEqual([...one]);
  });

  test('what is kept forever comes first, and the page last', () => {
    const kept = [...renderSite(liveStatus, liveHistory, assets)].map(([path, { cacheControl }]) => ({
      path,
      forever: cacheControl.includes('immutable'),
    }));
    expect(kept.findLastIndex(({ forever }) => forever)).toBe(assets.files.size - 1);
    expect(kept.at(-1)?.path).toBe('index.html');
  });

  test('what is not known is never green', () => {
    const { chain } = liveStatus;
    const last = chain.state === 'known' ? { at: chain.at - 60, value: chain.value } : null;
    const unknown: StatusDocument = {
      ...liveStatus,
      chain: { state: 'unknown', since: liveStatus.asOf, reason: 'no time', last },
    };
    const page = indexOf(unknown);
    expect(page).toContain('data-tone="grey"');
    expect(page).toContain('UNKNOWN');
    expect(page).not.toContain('It still hangs');
    expect(page).not.toContain('class="deposit ');
  });

  test('says that its owner can replace it, and the command that trusts neither it nor the machine', () => {
    const page = indexOf(liveStatus);
    expect(page).toContain('can replace all of it');
    expect(page).toContain('npx btc-pinata status https://status.pinata.example.org');
    expect(page).toContain('npx btc-pinata verify pinata.example.org');
    expect(page).toContain('# the machine: its key, its program, its hardware<');
  });

  test('of a host that runs source files says how far that command gets', () => {
    const reported = {
      state: 'known',
      at: liveStatus.asOf,
      value: { version: '0.1.0', sha256: `source-${'5'.repeat(64)}` },
    } as const;
    const page = indexOf({ ...liveStatus, build: { ...liveStatus.build, reported } });
    expect(page).toContain('# the machine: its key alone, since source files are no release’s<');
  });

  test('names the block of a challenge, and says where none was known', () => {
    const { proof } = liveStatus;
    if (proof.state !== 'known') throw new Error('the sample has a proof');
    const asked = (blockHash: string): string =>
      indexOf({ ...liveStatus, proof: { ...proof, value: { ...proof.value, blockHash } } });
    expect(asked('1b'.repeat(32))).toContain(`commits to block <code title="${'1b'.repeat(32)}">`);
    expect(asked('0'.repeat(64))).toContain('<dd>commits to no block: none was known</dd>');
  });

  test('its commands find the host and the coins as they are written', () => {
    const told = (watched: Partial<StatusDocument['watched']>): string =>
      indexOf({ ...liveStatus, watched: { ...liveStatus.watched, ...watched } });
    const at = (http: number) => ({ ports: { ...liveStatus.watched.ports, http } });
    expect(told(at(8080))).toMatch(/verify pinata\.example\.org\n/);
    expect(told(at(80))).toMatch(/verify pinata\.example\.org:80\n/); // the command asks 8080 unless it is told
    const [address, url] = [`${liveStatus.watched.address}`, liveStatus.page.url];
    expect(told({ network: 'mainnet' })).toContain(`status ${address}\n`);
    expect(told({ network: 'signet' })).toContain(`status ${address} --network signet\n`);
    const source = liveStatus.chain.state === 'known' ? liveStatus.chain.value.sources[0]?.source : undefined;
    expect(told({ network: 'regtest' })).toContain(`status ${address} --chain ${source}\n`);
    expect(told({ network: 'regtest' })).toContain(`status ${url} --chain ${source}\n`);
  });

  test('nothing of it may ask the host', () => {
    const page = indexOf(liveStatus);
    const policy = /http-equiv="Content-Security-Policy" content="([^"]+)"/.exec(page)?.[1] ?? '';
    expect(policy).toContain('connect-src &#39;self&#39; https://mempool.space https://blockstream.info;');
    expect(policy).not.toContain('//pinata.example.org');
    const named = [...page.matchAll(/(?:src|href)="(https?:[^"]+)"/g)].map(([, url = '']) => url);
    expect(named.filter((url) => !url.startsWith(liveStatus.page.url))).toEqual([]);
  });
});

describe('the address', () => {
  const provenAgo = (seconds: number): StatusDocument => {
    if (liveStatus.proof.state !== 'known') throw new Error('the sample has a proof');
    const at = liveStatus.asOf - seconds;
    return {
      ...liveStatus,
      proof: {
        state: 'unknown',
        since: at,
        reason: 'no answer',
        last: { at, value: { ...liveStatus.proof.value, answeredAt: at } },
      },
    };
  };

  test.each([
    [0, true],
    [3599, true],
    [3600, false],
    [90_000, false],
  ])('beside a proof of %i seconds: %s', (seconds, shown) => {
    const page = indexOf(provenAgo(seconds));
    expect(page.includes(`bitcoin:${sampleFields.address}`)).toBe(shown);
    expect(page.includes('QR code of the address')).toBe(shown);
  });

  test('only where coins may still come in', () => {
    for (const [name, status] of every) {
      const open = ['live', 'unfunded', 'retiring', 'mismatch'].includes(name);
      expect(indexOf(status, historyOf(name)).includes('class="deposit '), name).toBe(open);
    }
  });

  test('goes by the stylesheet alone within the hour', () => {
    const [, minutes] = /class="deposit within-(\d+)"/.exec(indexOf(provenAgo(3000))) ?? [];
    expect(minutes).toBe('10');
    const style = new TextDecoder().decode(assets.files.get(assets.style));
    for (let within = 5; within <= 60; within += 5) expect(style).toContain(`.within-${within}{`);
  });
});

describe('words of strangers', () => {
  const marked = [...hostileStrings, '<script>alert(1)</script>', '"><img src=x onerror=alert(1)>', "'onload='x"];

  const filledWith = (text: string): StatusDocument => {
    const word = text.slice(0, 180) === '' ? 'x' : text.slice(0, 180);
    if (liveStatus.chain.state !== 'known') throw new Error('the sample is known');
    const chain = liveStatus.chain.value;
    return {
      ...liveStatus,
      page: { ...liveStatus.page, name: word.slice(0, 80) },
      watched: { ...liveStatus.watched, descriptor: word },
      chain: {
        state: 'known',
        at: liveStatus.asOf,
        value: {
          ...chain,
          title: word,
          sentence: word,
          sources: chain.sources.map((source) => ({
            ...source,
            source: word,
            failure: { reason: 'malformed', message: word, at: 0 },
          })),
        },
      },
      host: { ...liveStatus.host, server: { ...liveStatus.host.server, state: 'down', sentence: word } },
      build: {
        ...liveStatus.build,
        reported: { state: 'known', at: 0, value: { version: word.slice(0, 64), sha256: null } },
      },
      evidence: { state: 'unknown', since: 0, reason: word, last: null },
      counters: { state: 'unknown', since: 0, reason: word, last: null },
      archive: { state: 'unknown', since: 0, reason: word, last: null },
      incidents: liveStatus.incidents.map((incident) => ({
        ...incident,
        title: word,
        updates: incident.updates.map((update) => ({ ...update, text: word })),
      })),
      retirement: { announcedAt: 0, effectiveAt: liveStatus.asOf + 9, text: word, url: null },
    };
  };

  test('are text on every page', () => {
    const usual = tagsOf(indexOf(filledWith('x')));
    for (const text of marked) {
      const objects = renderSite(filledWith(text), liveHistory, assets);
      expect(tagsOf(textOf(objects, 'index.html'))).toEqual(usual);
      expect(textOf(objects, 'incidents.html')).not.toMatch(/<script>|<img/);
    }
  });

  test('whatever they are', () => {
    const usual = tagsOf(indexOf(filledWith('x')));
    fc.assert(
      fc.property(fc.string({ unit: 'binary', minLength: 1, maxLength: 120 }), (text) => {
        expect(tagsOf(indexOf(filledWith(text)))).toEqual(usual);
      }),
      { numRuns: 20 },
    );
  });

  test('are text in the feed and harmless in the documents', () => {
    for (const text of marked) {
      const objects = renderSite(filledWith(text), liveHistory, assets);
      expect(textOf(objects, 'feed.xml')).not.toMatch(/<script>|<img/);
      expect(textOf(objects, 'status.json')).not.toMatch(/[<>]/);
      expect(textOf(objects, 'api/v2/summary.json')).not.toMatch(/[<>]/);
    }
  });
});

describe('the assets', () => {
  test('their names have their hashes, and two builds are the same', async () => {
    const again = await buildAssets();
    expect(new Map(assetHashes(again))).toEqual(new Map(assetHashes(assets)));
    const [[path = '', bytes = new Uint8Array()] = []] = assets.files;
    expect(assetHashes(assets).get(path)).toBe(createHash('sha256').update(bytes).digest('hex'));
    for (const path of assets.files.keys()) expect(path).toMatch(/-[0-9A-Za-z_-]{16}\.(?:js|css|png)$/);
  });

  test('every state has its card, 1200 by 630', () => {
    for (const name of answerNames) {
      const bytes = assets.files.get(assets.cards[name] ?? '');
      expect(bytes, name).toBeDefined();
      if (bytes === undefined) continue;
      const view = new DataView(bytes.buffer, bytes.byteOffset);
      expect([view.getUint32(16), view.getUint32(20)]).toEqual([1200, 630]);
    }
  });
});
