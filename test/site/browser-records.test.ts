import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import type { AxeResults } from 'axe-core';
import { type Browser, chromium as playwright } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createSite, type SiteView } from '../../service/site/index.ts';
import { required } from '../support/required.ts';
import { emptyArchive, sampleRejected } from './sample-archive.ts';
import { sampleNow, sampleView } from './sample-view.ts';
import { serve } from './serve.ts';

/* The pages of the past as a browser has them: readable by machines for people, on any screen, without script. */

const chromium = required.tool('chromium');
const axe = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');

const views: Readonly<Record<'full' | 'empty', SiteView>> = {
  full: sampleView,
  empty: { ...sampleView, archive: emptyArchive, incidents: () => ({ incidents: [], unreadable: 0 }) },
};
const lists = [
  '/statistics',
  '/days',
  '/attempts',
  '/breaches',
  '/guest-book',
  '/certificates/rejected',
  '/handshake',
  '/incidents',
  '/scope',
] as const;
const single = [
  '/attempts?category=cert.none&port=server',
  '/attempts/6',
  '/attempts/7',
  '/attempts/8',
  '/attempts/9',
  `/certificates/rejected/${sampleRejected[0]?.sha256}`,
  `/certificates/rejected/${sampleRejected[1]?.sha256}`,
] as const;
const visits = [
  ...lists.map((path) => ['full', path] as const),
  ...single.map((path) => ['full', path] as const),
  ...lists.map((path) => ['empty', path] as const),
];

describe.skipIf(chromium.missing)('in Chromium', () => {
  const running = new Map<string, Awaited<ReturnType<typeof serve>>>();
  let browser: Browser;

  beforeAll(async () => {
    for (const [name, view] of Object.entries(views)) {
      running.set(name, await serve(createSite({ now: () => sampleNow, revision: () => 0, view: () => view })));
    }
    browser = await playwright.launch({
      executablePath: chromium.path,
      args: ['--no-sandbox', '--disable-gpu', '--no-first-run', '--disable-background-networking'],
    });
  });

  afterAll(async () => {
    await browser?.close();
    for (const { close } of running.values()) await close();
  });

  const origin = (name: string): string => `http://127.0.0.1:${running.get(name)?.port}`;

  test.each(visits)(
    '%s %s: axe finds nothing, nothing hangs over the edge, nothing else is asked for',
    async (name, path) => {
      const context = await browser.newContext({ viewport: { width: 1280, height: 900 }, reducedMotion: 'reduce' });
      try {
        const page = await context.newPage();
        const complaints: string[] = [];
        const requests: string[] = [];
        page.on('console', (message) => complaints.push(message.text()));
        page.on('request', (request) => requests.push(request.url()));
        const response = await page.goto(`${origin(name)}${path}`);
        expect(response?.status()).toBe(200);
        await page.evaluate(() => {
          for (const element of document.querySelectorAll('details')) element.open = true;
        });
        await page.evaluate(axe);
        for (const [width, colorScheme] of [
          [1280, 'light'],
          [390, 'dark'],
        ] as const) {
          await page.emulateMedia({ colorScheme });
          await page.setViewportSize({ width, height: 900 });
          const { violations } = await page.evaluate<AxeResults>('axe.run()');
          expect(violations.map(({ id, nodes }) => [id, nodes.map(({ html }) => html)])).toEqual([]);
        }
        for (const width of [320, 390, 768, 1280, 2560]) {
          await page.setViewportSize({ width, height: 900 });
          expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBe(width);
        }
        for (const url of requests) expect([`${origin(name)}${path}`, `${origin(name)}/favicon.svg`]).toContain(url);
        expect(complaints).toEqual([]);
      } finally {
        await context.close();
      }
    },
  );

  test('a message opens into its fields without script', async () => {
    const context = await browser.newContext({ javaScriptEnabled: false });
    try {
      const page = await context.newPage();
      await page.goto(`${origin('full')}/attempts/6`);
      const field = page.getByRole('cell', { name: '"example.org"' });
      expect(await field.isVisible()).toBe(false);
      await page.getByText('ClientHello').click();
      expect(await field.isVisible()).toBe(true);
      const places = await page
        .locator('.fields a')
        .evaluateAll((links) => links.map((link) => link.getAttribute('href')));
      expect(places).toContain('https://www.rfc-editor.org/rfc/rfc9846#section-4.2');
    } finally {
      await context.close();
    }
  });
});
