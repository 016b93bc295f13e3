import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import type { AxeResults } from 'axe-core';
import { type Browser, type BrowserContext, type Page, chromium as playwright } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { StatusDocument } from '../../status-page/document/index.ts';
import { buildAssets } from '../../status-page/site/build.ts';
import { renderSite, type SiteObject } from '../../status-page/site/index.ts';
import { required } from '../support/required.ts';
import { liveHistory, newbornHistory } from './sample-history.ts';
import { sampleAsOf, sampleFields, sampleProof } from './sample-proof.ts';
import { scenes } from './sample-scenes.ts';
import { liveStatus, newborn } from './sample-status.ts';
import { serveSite } from './serve-site.ts';

/* The page as a browser has it: readable by everybody, its policy kept, nothing asked of anybody unasked, and it grows old. */

const chromium = required.tool('chromium');
const axe = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');

/** An explorer of loopback stands in for the public ones, which no test may ask. */
type Served = Awaited<ReturnType<typeof serveSite>>;

describe.skipIf(chromium.missing)('in Chromium', () => {
  let browser: Browser;
  let explorer: Served;
  const sites = new Map<string, Served>();

  const proofObject = (text: string) => ({ bytes: new TextEncoder().encode(text), contentType: 'application/json' });

  beforeAll(async () => {
    const assets = await buildAssets();
    const sums = { funded_txo_sum: 1_002_500_700, spent_txo_sum: 0 };
    const answer = { chain_stats: sums, mempool_stats: { funded_txo_sum: 0, spent_txo_sum: 0 } };
    explorer = await serveSite(
      new Map([[`api/address/${sampleFields.address}`, proofObject(JSON.stringify(answer))]]),
      [],
    );
    const withExplorer = (status: StatusDocument): StatusDocument => ({
      ...status,
      page: { ...status.page, explorers: [`${explorer.origin}/api`] },
    });
    const serve = async (name: string, status: StatusDocument, history = liveHistory, proof = sampleProof.text) => {
      const rendered = renderSite(withExplorer(status), history, assets);
      const objects = new Map<string, Pick<SiteObject, 'bytes' | 'contentType'>>(rendered);
      objects.set(sampleProof.path, proofObject(proof));
      sites.set(name, await serveSite(objects, [explorer.origin]));
    };
    for (const [name, status] of Object.entries(scenes)) await serve(name, status);
    await serve('newborn', newborn, newbornHistory);
    await serve(
      'forged',
      liveStatus,
      liveHistory,
      sampleProof.text.replace(/"signature": "smp[^"]{8}/, '"signature": "smpAAAAAAAA'),
    );
    await serve('no proof', liveStatus, liveHistory, '<html>not here</html>');
    browser = await playwright.launch({
      executablePath: chromium.path,
      args: [
        '--no-sandbox',
        '--disable-gpu',
        '--disable-quic',
        '--no-first-run',
        '--disable-background-networking',
        '--disable-component-update',
        '--disable-sync',
      ],
    });
  });

  afterAll(async () => {
    await browser?.close();
    for (const { close } of [...sites.values(), ...(explorer === undefined ? [] : [explorer])]) await close();
  });

  interface Visit {
    readonly context: BrowserContext;
    readonly page: Page;
    readonly complaints: readonly string[];
    readonly requests: readonly string[];
    readonly origin: string;
  }

  /** `later`: seconds after the poll, by the visitor's clock. */
  async function visit(
    name: string,
    {
      scheme = 'light',
      width = 1440,
      script = true,
      later = 40,
      path = '/',
    }: {
      readonly scheme?: 'light' | 'dark';
      readonly width?: number;
      readonly script?: boolean;
      readonly later?: number;
      readonly path?: string;
    } = {},
  ): Promise<Visit> {
    const context = await browser.newContext({
      viewport: { width, height: 900 },
      colorScheme: scheme,
      reducedMotion: 'reduce',
      javaScriptEnabled: script,
    });
    // A loaded machine takes its time; what never comes ends with the test.
    context.setDefaultTimeout(300_000);
    const page = await context.newPage();
    const complaints: string[] = [];
    const requests: string[] = [];
    page.on('console', (message) => complaints.push(message.text()));
    page.on('pageerror', (error) => complaints.push(error.message));
    page.on('request', (request) => requests.push(request.url()));
    if (script) await page.clock.install({ time: (sampleAsOf + later) * 1000 });
    const origin = sites.get(name)?.origin ?? '';
    const response = await page.goto(`${origin}${path}`);
    expect(response?.status()).toBe(200);
    return { context, page, complaints, requests, origin };
  }

  const verified = async (page: Page): Promise<string | null> => {
    // The check waits for an idle moment, which a clock that stands still has none of.
    await page.clock.runFor(5000);
    await page.waitForSelector('.check[data-proof] strong');
    return page.textContent('.check[data-proof] strong');
  };

  async function violations(page: Page): Promise<readonly string[]> {
    await page.evaluate(axe);
    const results = await page.evaluate(
      async (): Promise<AxeResults> => (globalThis as unknown as { axe: { run(): Promise<AxeResults> } }).axe.run(),
    );
    expect(results.passes.length).toBeGreaterThan(15);
    return results.violations.map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html).join(' ')}`);
  }

  test.each(['unfunded', 'live', 'live_refundable', 'spend_seen', 'claimed', 'unknown', 'silent', 'newborn'])(
    '%s: nothing that axe finds fault with, in either theme',
    async (name) => {
      for (const scheme of ['light', 'dark'] as const) {
        const { context, page, complaints } = await visit(name, { scheme, width: scheme === 'light' ? 1440 : 390 });
        if (name !== 'newborn') await verified(page);
        expect(await violations(page)).toEqual([]);
        expect(complaints).toEqual([]);
        await context.close();
      }
    },
  );

  test.each(['/history.html', '/incidents.html'])('%s: nor there', async (path) => {
    const { context, page, complaints } = await visit('silent', { path });
    expect(await violations(page)).toEqual([]);
    expect(complaints).toEqual([]);
    await context.close();
  });

  test('a page that is out of date, and one with everything open, have no fault either', async () => {
    for (const scheme of ['light', 'dark'] as const) {
      const { context, page } = await visit('silent', { scheme, later: 4000 });
      await page.evaluate(() => {
        for (const details of document.querySelectorAll('details')) details.open = true;
      });
      expect(await violations(page)).toEqual([]);
      await context.close();
    }
  });

  test.each([320, 390, 768, 1024, 1440])('nothing sticks out at %i pixels', async (width) => {
    for (const name of ['live', 'silent', 'claimed', 'newborn']) {
      const { context, page } = await visit(name, { width });
      const widest = await page.evaluate(() => document.documentElement.scrollWidth);
      expect(widest, name).toBeLessThanOrEqual(width);
      await context.close();
    }
  });

  test('loads nothing but what is its own', async () => {
    const { context, page, requests, origin, complaints } = await visit('live');
    await verified(page);
    expect(requests.length).toBeGreaterThan(3);
    expect(requests.filter((url) => !url.startsWith(`${origin}/`))).toEqual([]);
    expect(explorer.requests).toEqual([]);
    expect(complaints).toEqual([]);
    await context.close();
  });

  test('is complete without script', async () => {
    const { context, page, requests, origin } = await visit('live', { script: false });
    expect((await page.textContent('h1'))?.trim()).toBe('No. It still hangs.');
    expect(await page.isVisible('.deposit svg')).toBe(true);
    expect(await page.isVisible('.ask')).toBe(false);
    expect(await page.locator('svg[role=img]').count()).toBeGreaterThan(7);
    expect(requests.filter((url) => url.endsWith('.js'))).toEqual([]);
    expect(requests.filter((url) => !url.startsWith(origin))).toEqual([]);
    // Left open, it will say by itself that it is out of date, and the address will go.
    const delays = await page
      .evaluate(() =>
        ['.stale-note', '.hero', '.deposit'].map((place) => {
          const element = document.querySelector(place);
          return element === null
            ? ''
            : `${getComputedStyle(element).animationName} ${getComputedStyle(element).animationDelay}`;
        }),
      )
      .catch(() => undefined);
    if (delays !== undefined) expect(delays).toEqual(['show 900s', 'fade 900s', 'leave 3300s']);
    await context.close();
  });

  test('says that it is out of date as soon as it is, and not before', async () => {
    for (const [later, stale] of [
      [880, false],
      [901, true],
      [90_000, true],
    ] as const) {
      const { context, page } = await visit('live', { later });
      expect(await page.isVisible('.stale-note'), String(later)).toBe(stale);
      expect(await page.isVisible('.deposit'), String(later)).toBe(!stale);
      await context.close();
    }
  });

  test('grows old while it is open', async () => {
    const { context, page } = await visit('live', { later: 40 });
    expect(await page.isVisible('.deposit')).toBe(true);
    expect(await page.textContent('.tiles [data-ago]')).toMatch(/^(?:\d+ seconds|\d minutes?) ago$/);
    await page.clock.runFor(900_000);
    expect(await page.isVisible('.stale-note')).toBe(true);
    expect(await page.isVisible('.deposit')).toBe(false);
    expect(await page.isVisible('.deposit-gone')).toBe(true);
    expect(await page.textContent('.tiles [data-ago]')).toMatch(/^1[5-9] minutes ago$/);
    await context.close();
  });

  test('a visitor whose clock is behind sees no age below zero, and no address where nothing tells what is old', async () => {
    const little = await visit('live', { later: -200 });
    expect(await little.page.isVisible('.deposit')).toBe(true);
    await little.context.close();
    const { context, page } = await visit('live', { later: -86_400 });
    expect(await page.textContent('.tiles [data-ago]')).toMatch(/^0 seconds ago$/);
    expect(await page.isVisible('.deposit')).toBe(false);
    expect(await page.isVisible('.stale-note')).toBe(true);
    await context.close();
  });

  test('verifies the archived statement in the browser', async () => {
    const { context, page } = await visit('live');
    expect(await verified(page)).toMatch(
      /^Your browser verified it: the key of bc1p\S+ signed it (?:\d+ seconds|\d minutes?) ago/,
    );
    await page.click('.check[data-proof] summary');
    const checks = await page.locator('.check[data-proof] li').allTextContents();
    expect(checks.length).toBeGreaterThan(6);
    expect(checks.every((line) => line.startsWith('✓'))).toBe(true);
    await context.close();
  });

  test.each(['forged', 'no proof'])('does not take what is %s', async (name) => {
    const { context, page } = await visit(name);
    expect(await verified(page)).toMatch(/^(?:Your browser does not find that it holds|Not verified)/);
    await context.close();
  });

  test('asks an explorer after a click, and says what it answers', async () => {
    const { context, page, complaints } = await visit('live');
    expect(explorer.requests).toEqual([]);
    await page.click('.ask button');
    await page.waitForFunction(
      () => document.querySelector('.answers')?.textContent?.includes('tells your browser') === true,
    );
    expect(explorer.requests).toEqual([`/api/address/${sampleFields.address}`]);
    expect(await page.textContent('.answers')).toContain('10.025007 BTC is there, nothing was ever taken');
    expect(complaints).toEqual([]);
    await context.close();
  });
});
