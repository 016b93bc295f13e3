import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import type { AxeResults } from 'axe-core';
import { type Browser, type Page, chromium as playwright } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createSite, type SiteView } from '../../service/site/index.ts';
import { required } from '../support/required.ts';
import { sampleChain } from './sample-chain.ts';
import { sampleNow, sampleVault, sampleView } from './sample-view.ts';
import { serve } from './serve.ts';

/* The page as a browser has it: its policy kept, nothing fetched elsewhere, read by machines for people, on any screen. */

const chromium = required.tool('chromium');
const axe = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');

const alarming: SiteView = {
  ...sampleView,
  test: true,
  wallet: { ...sampleVault, network: 'regtest' },
  chain: sampleChain,
  statistics: { ...sampleView.statistics, successes: { paired: 3, unpaired: 2, test: 1 }, pairs: [] },
};
/** Run there: code that is wider than its box. Nothing shows on a phone that there is more. */
const cutOff = (): readonly string[] =>
  [...document.querySelectorAll('pre')]
    .filter((element) => element.scrollWidth > element.clientWidth)
    .map((element) => element.textContent);
const views = { usual: sampleView, alarming } as const;

describe.skipIf(chromium.missing)('in Chromium', () => {
  const running = new Map<string, Awaited<ReturnType<typeof serve>>>();
  let browser: Browser;

  beforeAll(async () => {
    for (const [name, view] of Object.entries(views)) {
      running.set(name, await serve(createSite({ now: () => sampleNow, revision: () => 0, view: () => view })));
    }
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
    await browser.close();
    for (const { close } of running.values()) await close();
  });

  interface Visit {
    readonly page: Page;
    readonly complaints: readonly string[];
    readonly requests: readonly string[];
    readonly origin: string;
  }

  async function visit(
    name: keyof typeof views,
    width: number,
    colorScheme: 'light' | 'dark',
    script = true,
  ): Promise<Visit> {
    const context = await browser.newContext({
      viewport: { width, height: 900 },
      colorScheme,
      reducedMotion: 'reduce',
      javaScriptEnabled: script,
    });
    const page = await context.newPage();
    const complaints: string[] = [];
    const requests: string[] = [];
    page.on('console', (message) => complaints.push(message.text()));
    page.on('pageerror', (error) => complaints.push(error.message));
    page.on('request', (request) => requests.push(request.url()));
    const origin = `http://127.0.0.1:${running.get(name)?.port}`;
    const response = await page.goto(`${origin}/`);
    expect(response?.status()).toBe(200);
    return { page, complaints, requests, origin };
  }

  describe.each(['usual', 'alarming'] as const)('%s', (name) => {
    test.each([
      [1280, 'light'],
      [1280, 'dark'],
      [390, 'light'],
      [390, 'dark'],
    ] as const)('axe finds nothing at %i px, %s', async (width, scheme) => {
      const { page, complaints } = await visit(name, width, scheme);
      await page.evaluate(() => {
        for (const element of document.querySelectorAll('details')) element.open = true;
      });
      await page.evaluate(axe);
      const { violations } = await page.evaluate<AxeResults>('axe.run()');
      expect(violations.map(({ id, nodes }) => [id, nodes.map(({ html }) => html)])).toEqual([]);
      expect(complaints).toEqual([]);
      await page.context().close();
    });

    test('nothing hangs over the edge, from the smallest phone to the widest screen', async () => {
      const { page } = await visit(name, 320, 'light');
      for (const width of [320, 390, 768, 1280, 2560]) {
        await page.setViewportSize({ width, height: 900 });
        expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBe(width);
        expect(await page.evaluate(cutOff)).toEqual([]);
      }
      await page.context().close();
    });
  });

  test('what the coins are worth is one line on a wide screen', async () => {
    const { page } = await visit('alarming', 1280, 'light');
    const text = page.locator('.banner p', { hasText: 'This is a regtest piñata' });
    const lines = await text.evaluate((element) => {
      const range = document.createRange();
      range.selectNodeContents(element);
      return range.getClientRects().length;
    });
    expect(lines).toBe(1);
    await page.context().close();
  });

  test.each([
    [390, 'light'],
    [1280, 'dark'],
  ] as const)('whoever is lost, at %i px, %s, finds the page', async (width, scheme) => {
    const { page, complaints, origin } = await visit('usual', width, scheme);
    const response = await page.goto(`${origin}/nowhere`);
    expect(response?.status()).toBe(404);
    expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBe(width);
    await page.evaluate(axe);
    const { violations } = await page.evaluate<AxeResults>('axe.run()');
    expect(violations.map(({ id, nodes }) => [id, nodes.map(({ html }) => html)])).toEqual([]);
    // Chromium itself says on the console that there was a 404.
    expect(complaints.filter((text) => !text.includes('404'))).toEqual([]);
    await page.getByRole('link', { name: 'the Bitcoin Piñata' }).click();
    expect(page.url()).toBe(`${origin}/`);
    await page.context().close();
  });

  test('asks for the page and its icon at most, and from nobody else', async () => {
    const { page, requests, origin, complaints } = await visit('usual', 1280, 'light');
    await page.waitForLoadState('networkidle');
    expect(requests[0]).toBe(`${origin}/`);
    for (const url of requests) expect([`${origin}/`, `${origin}/favicon.svg`]).toContain(url);
    expect(complaints).toEqual([]);
    await page.context().close();
  });

  test('is the same without script, and styled', async () => {
    const { page } = await visit('usual', 1280, 'light', false);
    expect(await page.title()).toContain('Bitcoin Piñata');
    expect(await page.locator('h1').textContent()).toBe('Bitcoin Piñata');
    expect((await page.locator('h1').boundingBox())?.height).toBeGreaterThan(40);
    await page.locator('summary').first().click();
    await expect(page.locator('details pre').first().isVisible()).resolves.toBe(true);
    await page.context().close();
  });

  test('its policy stops a script that got in all the same', async () => {
    const { page, complaints } = await visit('usual', 1280, 'light');
    await page.evaluate(() => {
      const script = document.createElement('script');
      script.textContent = 'document.title = "owned"';
      document.body.append(script);
      const style = document.createElement('style');
      style.textContent = 'body { display: none }';
      document.body.append(style);
    });
    expect(await page.title()).not.toBe('owned');
    expect(await page.locator('body').isVisible()).toBe(true);
    expect(complaints.join('\n')).toContain('Content Security Policy');
    await page.context().close();
  });

  test('every link within the page and the site can be followed', async () => {
    const { page, origin } = await visit('usual', 1280, 'light');
    const hrefs = await page.locator('a').evaluateAll((links) => links.map((link) => link.getAttribute('href') ?? ''));
    for (const href of new Set(hrefs.filter((each) => each.startsWith('/')))) {
      const response = await page.request.get(`${origin}${href}`);
      expect(response.status(), href).toBe(200);
    }
    for (const href of new Set(hrefs.filter((each) => each.startsWith('#')))) {
      expect(await page.locator(href).count(), href).toBe(1);
    }
    await page.context().close();
  });

  test('the icon is an image', async () => {
    const { page, origin } = await visit('usual', 1280, 'light');
    const width = await page.evaluate(async (url) => {
      const image = new Image();
      image.src = url;
      await image.decode();
      return image.naturalWidth;
    }, `${origin}/favicon.svg`);
    expect(width).toBeGreaterThan(0);
    await page.context().close();
  });
});
