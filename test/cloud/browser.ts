import { chromium } from 'playwright-core';

/** Both themes of a page, as files below `folder`; what its heading says. */
export async function photographed(url: string, folder: string, name: string, executablePath: string): Promise<string> {
  const browser = await chromium.launch({ executablePath, args: ['--no-sandbox'] });
  try {
    let words = '';
    for (const colorScheme of ['light', 'dark'] as const) {
      const page = await browser.newPage({ colorScheme, viewport: { width: 1200, height: 900 } });
      await page.goto(url);
      words = (await page.locator('main').textContent()) ?? '';
      await page.screenshot({ path: `${folder}/${name}-${colorScheme}.png` });
    }
    return words;
  } finally {
    await browser.close();
  }
}
