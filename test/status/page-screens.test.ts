import { mkdirSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { type Browser, chromium as playwright } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { buildAssets } from '../../status-page/site/build.ts';
import { renderSite, type SiteAssets, type SiteObject } from '../../status-page/site/index.ts';
import { required } from '../support/required.ts';
import { liveHistory, newbornHistory } from './sample-history.ts';
import { sampleAsOf, sampleProof } from './sample-proof.ts';
import { scenes } from './sample-scenes.ts';
import { newborn } from './sample-status.ts';
import { serveSite } from './serve-site.ts';

/* Pictures of every state, in both themes, on a phone and on a desk: kept in .tmp/status-page to be looked at. */

const chromium = required.tool('chromium');
const folder = resolve(import.meta.dirname, '../../.tmp/status-page');

describe.skipIf(chromium.missing)('pictures of', () => {
  let browser: Browser;
  let assets: SiteAssets;

  beforeAll(async () => {
    mkdirSync(folder, { recursive: true });
    assets = await buildAssets();
    browser = await playwright.launch({ executablePath: chromium.path, args: ['--no-sandbox', '--disable-gpu'] });
  });

  afterAll(async () => {
    await browser?.close();
  });

  test.each(Object.entries({ ...scenes, newborn }))('%s', async (name, status) => {
    const history = name === 'newborn' ? newbornHistory : liveHistory;
    const proof = { bytes: new TextEncoder().encode(sampleProof.text), contentType: 'application/json' };
    const objects = new Map<string, Pick<SiteObject, 'bytes' | 'contentType'>>(renderSite(status, history, assets));
    const site = await serveSite(objects.set(sampleProof.path, proof), status.page.explorers);
    for (const width of [390, 1440]) {
      for (const colorScheme of ['light', 'dark'] as const) {
        const context = await browser.newContext({
          viewport: { width, height: 900 },
          colorScheme,
          reducedMotion: 'reduce',
        });
        // A loaded machine takes its time; what never comes ends with the test.
        context.setDefaultTimeout(300_000);
        const page = await context.newPage();
        await page.clock.setFixedTime((sampleAsOf + 40) * 1000);
        await page.goto(site.origin);
        if (name !== 'newborn') await page.waitForSelector('.check[data-proof] strong');
        const path = join(folder, `${name}-${width}-${colorScheme}.png`);
        const picture = await page.screenshot({ path, fullPage: true });
        expect(picture.length).toBeGreaterThan(20_000);
        await context.close();
      }
    }
    await site.close();
  });
});
