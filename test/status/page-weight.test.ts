import { gzipSync } from 'node:zlib';
import { type Browser, type Page, chromium as playwright } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { buildAssets } from '../../status-page/site/build.ts';
import { renderSite, type SiteObject } from '../../status-page/site/index.ts';
import { required } from '../support/required.ts';
import { liveHistory } from './sample-history.ts';
import { sampleAsOf, sampleProof } from './sample-proof.ts';
import { liveStatus } from './sample-status.ts';
import { serveSite } from './serve-site.ts';

/*
 * What makes the page quick, of what Lighthouse measures, in numbers that are the same on every machine: bytes, requests,
 * shifts, and calls of functions in place of milliseconds.
 */

const chromium = required.tool('chromium');

describe.skipIf(chromium.missing)('in Chromium', () => {
  let browser: Browser;
  let site: Awaited<ReturnType<typeof serveSite>>;
  let objects: ReadonlyMap<string, SiteObject>;
  let needed: readonly string[];

  beforeAll(async () => {
    const assets = await buildAssets();
    needed = ['/', `/${assets.style}`];
    const bytes = new TextEncoder().encode(sampleProof.text);
    const proof = { bytes, contentType: 'application/json', cacheControl: 'no-store' };
    objects = new Map([...renderSite(liveStatus, liveHistory, assets), [sampleProof.path, proof]]);
    site = await serveSite(objects, liveStatus.page.explorers);
    browser = await playwright.launch({ executablePath: chromium.path, args: ['--no-sandbox', '--disable-gpu'] });
  });

  afterAll(async () => {
    await browser?.close();
    await site?.close();
  });

  async function onPage(width: number, act: (page: Page) => Promise<void>): Promise<void> {
    const context = await browser.newContext({ viewport: { width, height: 900 } });
    // A loaded machine takes its time; what never comes ends with the test.
    context.setDefaultTimeout(300_000);
    const page = await context.newPage();
    await act(page);
    await context.close();
  }

  /** At the time of the sample, by a clock that Playwright puts in place of all that tells time: of paints, too. */
  const visit = async (page: Page): Promise<void> => {
    await page.clock.setFixedTime((sampleAsOf + 40) * 1000);
    await page.goto(site.origin);
  };

  const verified = async (page: Page): Promise<void> => {
    await page.waitForSelector('.check[data-proof] strong');
    expect(await page.textContent('.check[data-proof] strong')).toMatch(/^Your browser verified it/);
  };

  test('weighs less than 100 KB, with all that its script loads unasked', async () => {
    await onPage(1440, async (page) => {
      const before = site.requests.length;
      await visit(page);
      await verified(page);
      const paths = new Set(site.requests.slice(before).map((path) => (path === '/' ? 'index.html' : path.slice(1))));
      expect([...paths].some((path) => path.includes('proof-worker'))).toBe(true);
      expect([...paths].some((path) => path.includes('evidence'))).toBe(false);
      const weigh = (path: string): number => gzipSync(objects.get(path)?.bytes ?? new Uint8Array()).length;
      const total = [...paths].reduce((sum, path) => sum + weigh(path), 0);
      expect(total).toBeGreaterThan(10_000);
      expect(total).toBeLessThan(100_000);
    });
  });

  test('is painted with the document and its stylesheet alone, whatever else does not come', async () => {
    await onPage(390, async (page) => {
      const asked: string[] = [];
      await page.route('**/*', async (route) => {
        const path = new URL(route.request().url()).pathname;
        asked.push(path);
        // The rest is never answered.
        if (needed.includes(path)) await route.continue();
      });
      await page.goto(site.origin, { waitUntil: 'commit' });
      await page.waitForFunction(() => performance.getEntriesByName('first-contentful-paint').length > 0);
      expect(await page.textContent('h1')).toContain('No. It still hangs.');
      // Its own script is the one other thing that it asks for before: whatever that loads is not missed.
      const others = asked.filter((path) => !needed.includes(path) && path !== '/favicon.svg');
      expect(others.filter((path) => !/^\/assets\/page-[\w-]{16}\.js$/.test(path))).toEqual([]);
    });
  });

  test.each([390, 1440])('nothing moves at %i pixels, while it loads and after what the script adds', async (width) => {
    await onPage(width, async (page) => {
      await page.addInitScript(() => {
        const shifts: number[] = [];
        Object.assign(globalThis, { shifts });
        new PerformanceObserver((list) => {
          for (const entry of list.getEntries()) shifts.push('value' in entry ? Number(entry.value) : Number.NaN);
        }).observe({ type: 'layout-shift', buffered: true });
      });
      await visit(page);
      await verified(page);
      expect(await page.evaluate('shifts')).toEqual([]);
      // The observer sees what there is.
      await page.evaluate(() => {
        document.body.style.paddingTop = '300px';
      });
      await expect.poll(() => page.evaluate('shifts.length'), { timeout: 300_000 }).toBeGreaterThan(0);
    });
  });

  test('its own script does next to nothing on the thread that paints, until the statement is verified', async () => {
    await onPage(390, async (page) => {
      await page.coverage.startJSCoverage({ resetOnNavigation: false });
      await visit(page);
      await verified(page);
      const scripts = (await page.coverage.stopJSCoverage()).filter(({ url }) => url.startsWith(site.origin));
      expect(scripts.some(({ url }) => url.includes('/assets/page-'))).toBe(true);
      const calls = scripts
        .flatMap(({ functions }) => functions)
        .reduce((sum, { ranges }) => sum + (ranges[0]?.count ?? 0), 0);
      expect(calls).toBeGreaterThan(10);
      // One signature verified takes some hundred thousand.
      expect(calls).toBeLessThan(3000);
    });
  });
});
