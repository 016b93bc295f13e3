import { chromium } from 'playwright-core';
import type { Edge } from './edge.ts';

/** Both themes of a page, as files below `folder`; what it says. */
export async function photographed(
  url: string,
  { port }: Pick<Edge, 'port'>,
  folder: string,
  name: string,
  executablePath: string,
): Promise<string> {
  // The name leads to the edge of this machine, whose certificate no browser knows.
  const args = ['--no-sandbox', `--host-resolver-rules=MAP *.cloudfront.net 127.0.0.1:${port}`];
  const browser = await chromium.launch({ executablePath, args });
  try {
    const viewport = { width: 1200, height: 900 };
    let words = '';
    for (const colorScheme of ['light', 'dark'] as const) {
      const page = await browser.newPage({ colorScheme, viewport, ignoreHTTPSErrors: true });
      await page.goto(url);
      words = (await page.locator('body').textContent()) ?? '';
      await page.screenshot({ path: `${folder}/${name}-${colorScheme}.png` });
    }
    return words;
  } finally {
    await browser.close();
  }
}
