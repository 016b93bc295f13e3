import { utf8ToBytes } from '@noble/hashes/utils.js';
import { describe, expect, test } from 'vitest';
import { createSite, type SiteView } from '../../service/site/index.ts';
import { Representations, roomFor } from '../../service/site/representations.ts';
import { sampleArchive, sampleAttempts } from './sample-archive.ts';
import { sampleNow, sampleView } from './sample-view.ts';

/* However many pages there are, what is remembered of them is bounded, and those that everybody asks for are made once. */

describe('what is kept', () => {
  test('of one of many, the latest, and no more than there is room for', () => {
    const kept = new Representations();
    let made = 0;
    const make = (key: string) =>
      kept.oneOfMany(key, () => {
        made += 1;
        return key.repeat(10);
      });
    for (let i = 0; i < 1000; i += 1) make(`/attempts/${i}`);
    expect(kept.many).toBe(roomFor.representations);
    expect(kept.bytes).toBeLessThanOrEqual(roomFor.representations * 140);
    make('/attempts/999');
    expect(made).toBe(1000);
    make('/attempts/0');
    expect(made).toBe(1001);
  });

  test('counts bytes: a page that is larger than all the room is made each time', () => {
    const kept = new Representations();
    const large = 'x'.repeat(roomFor.bytes / 2);
    for (const key of ['/a', '/b', '/c']) kept.oneOfMany(key, () => large);
    expect([kept.many, kept.bytes]).toEqual([2, roomFor.bytes]);
    kept.oneOfMany('/d', () => 'x'.repeat(roomFor.bytes + 1));
    expect([kept.many, kept.bytes]).toEqual([0, 0]);
  });

  test('what there is not is not kept', () => {
    const kept = new Representations();
    expect(kept.oneOfMany('/attempts/9', () => undefined)).toBeUndefined();
    expect([kept.many, kept.bytes]).toEqual([0, 0]);
  });
});

test('a flood of pages that differ leaves those that everybody asks for as they are', () => {
  const asked = { summary: 0, attempt: 0 };
  const view: SiteView = {
    ...sampleView,
    archive: {
      ...sampleArchive,
      summary: () => {
        asked.summary += 1;
        return sampleArchive.summary();
      },
      attempt: (number) => {
        asked.attempt += 1;
        return sampleAttempts[number - 1];
      },
    },
  };
  const site = createSite({ now: () => sampleNow, revision: () => 0, view: () => view });
  const ask = (path: string): number | undefined =>
    site.step(site.open(), utf8ToBytes(`GET ${path} HTTP/1.1\r\nHost: h\r\n\r\n`)).events[0]?.status;
  expect(ask('/statistics')).toBe(200);
  const before = asked.summary;
  for (let i = 1; i <= 200; i += 1) expect(ask(`/attempts/${i}`)).toBe(200);
  for (let i = 0; i < 50; i += 1) expect(ask('/statistics')).toBe(200);
  expect(asked.summary).toBe(before);
  expect(asked.attempt).toBe(200);
  expect(ask('/attempts/9999')).toBe(404);
});

test('a page that shows nothing of the past asks nothing of it', () => {
  const untouched = new Proxy(sampleArchive, {
    get: (_, name) => {
      throw new Error(`the archive was asked for ${String(name)}`);
    },
  });
  const site = createSite({
    now: () => sampleNow,
    revision: () => 0,
    view: () => ({ ...sampleView, archive: untouched }),
  });
  for (const path of ['/', '/status.json', '/healthz', '/certificates.pem', '/scope', '/incidents', '/handshake']) {
    const step = site.step(site.open(), utf8ToBytes(`GET ${path} HTTP/1.1\r\nHost: h\r\n\r\n`));
    expect([path, step.events]).toEqual([path, [{ status: 200 }]]);
  }
});
