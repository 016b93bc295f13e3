import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { chromium } from 'playwright-core';
import { answerNames } from '../../status-page/site/answer.ts';
import { cardsFolder } from '../../status-page/site/build.ts';
import { cardPage, cardSize } from '../../status-page/site/card.ts';
import { which } from '../support/tools.ts';

/* node test/status/draw-cards.ts: draws the cards anew that status-page/site/cards keeps. Needs Chromium. */

const executablePath = which('chromium');
if (executablePath === undefined) throw new Error('Chromium is not installed: apt-get install chromium');
const browser = await chromium.launch({ executablePath, args: ['--no-sandbox', '--disable-gpu'] });
try {
  const page = await browser.newPage({ viewport: cardSize, reducedMotion: 'reduce' });
  for (const name of answerNames) {
    await page.setContent(cardPage(name));
    const path = join(cardsFolder, `${name}.png`);
    const bytes = await page.screenshot();
    writeFileSync(path, bytes);
    console.log(`${path} ${bytes.length}`);
  }
} finally {
  await browser.close();
}
