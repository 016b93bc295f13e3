import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { type Browser, chromium as playwright } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { LivePinata } from '../support/live-pinata.ts';
import { required } from '../support/required.ts';
import { nssDatabase } from './peers/nss-database.ts';

/*
 * A browser at the running program: its page over HTTPS, served by our own TLS, with our authority trusted as a visitor would
 * trust it (a database of NSS). `SCREENSHOT=FILE` keeps the picture; that of the README was made so.
 */

const needs = [required.tool('chromium'), required.tool('certutil')] as const;
const screenshot = process.env['SCREENSHOT'];

describe.skipIf(needs.some(({ missing }) => missing))('Chromium', () => {
  const folder = mkdtempSync(join(tmpdir(), 'pinata-chromium-'));
  const browsers: Browser[] = [];
  let pinata: LivePinata;

  beforeAll(async () => {
    pinata = await LivePinata.start([], false);
  });
  afterAll(async () => {
    for (const browser of browsers) await browser.close();
    await pinata.stop();
    rmSync(folder, { recursive: true, force: true });
  });

  /** With a home of its own, in which these authorities (PEM) are trusted. */
  async function launch(authorities: string): Promise<Browser> {
    const home = mkdtempSync(join(folder, 'home-'));
    await nssDatabase(join(home, '.pki/nssdb'), authorities);
    const browser = await playwright.launch({
      executablePath: needs[0].path,
      env: { ...process.env, HOME: home },
      args: ['--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking'],
    });
    browsers.push(browser);
    return browser;
  }

  test('shows the page over TLS 1.3 to who trusts the website’s authority', async () => {
    const browser = await launch(await pinata.text('/site-ca.pem'));
    const page = await browser.newPage({ viewport: { width: 1280, height: 860 } });
    const complaints: string[] = [];
    page.on('console', (message) => complaints.push(message.text()));
    page.on('requestfailed', (request) => complaints.push(request.url()));
    const response = await page.goto(`https://127.0.0.1:${pinata.ready.ports.https}/`);
    expect(response?.status()).toBe(200);
    expect(await response?.securityDetails()).toMatchObject({ protocol: 'TLS 1.3' });
    expect(await page.title()).toMatch(/piñata/i);
    expect(await page.locator('body').textContent()).toContain(pinata.ready.address);
    expect(complaints).toEqual([]);
    const picture = await page.screenshot();
    expect(picture.length).toBeGreaterThan(20_000);
    if (screenshot !== undefined) {
      mkdirSync(dirname(resolve(screenshot)), { recursive: true });
      await page.screenshot({ path: screenshot });
    }
  });

  test('several tabs at once, and the page is counted for each', async () => {
    const before = (await pinata.status()).connections.byCategory['website.page'] ?? 0;
    const browser = await launch(await pinata.text('/site-ca.pem'));
    const pages = await Promise.all([1, 2, 3, 4].map(() => browser.newPage()));
    const responses = await Promise.all(
      pages.map((page) => page.goto(`https://127.0.0.1:${pinata.ready.ports.https}/`)),
    );
    expect(responses.map((response) => response?.status())).toEqual([200, 200, 200, 200]);
    await browser.close();
    const counted = async () => (await pinata.status()).connections.byCategory['website.page'] ?? 0;
    await expect.poll(counted, { timeout: 60_000, interval: 300 }).toBeGreaterThan(before);
  });

  test('shows nothing to who does not', async () => {
    const browser = await launch('');
    const page = await browser.newPage();
    await expect(page.goto(`https://127.0.0.1:${pinata.ready.ports.https}/`)).rejects.toThrow(
      'ERR_CERT_AUTHORITY_INVALID',
    );
  });
});
