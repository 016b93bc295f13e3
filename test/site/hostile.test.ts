import { bytesToHex, hexToBytes } from '@noble/hashes/utils.js';
import { type Browser, chromium as playwright } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createSite, type SiteView } from '../../service/site/index.ts';
import { readCertificate } from '../../service/tls/index.ts';
import { authority, entity } from '../../service/tools/rogue/certificate-builder.ts';
import { required } from '../support/required.ts';
import { asker } from './ask.ts';
import { hostileStrings } from './hostile-strings.ts';
import { hostileSteps, hostileView, readView } from './hostile-view.ts';
import { sampleRejected } from './sample-archive.ts';
import { sampleNow } from './sample-view.ts';
import { serve } from './serve.ts';

/* Nothing that a stranger sent is ever more than text, whatever it says and wherever it is shown: as a browser parses it. */

const chromium = required.tool('chromium');
const [shown, another] = sampleRejected.toReversed().map(({ sha256 }) => sha256);

const html = [
  '/statistics',
  '/days',
  '/attempts',
  '/attempts?category=cert.none',
  '/attempts/6',
  '/attempts/7',
  '/attempts/8',
  '/breaches',
  '/guest-book',
  '/certificates/rejected',
  `/certificates/rejected/${shown}`,
  `/certificates/rejected/${another}`,
  '/handshake',
  '/incidents',
];
const data = [
  '/statistics.json',
  '/days.json',
  '/attempts.json',
  '/attempts/6.json',
  '/attempts/6.jsonl',
  '/attempts.jsonl',
  '/generations.jsonl',
  '/breaches.json',
  '/guest-book.json',
  '/certificates/rejected.json',
  `/certificates/rejected/${shown}.json`,
  '/handshake.json',
  '/incidents.json',
];

/** In the middle of something: a text that cannot be shown at all is said to be none, in other words. */
const inside = (text: string): string => `x${text}x`;
const harmless = inside('harmless');
const certificate = (text: string): string => bytesToHex(authority(entity(text, 7)));

const readByHost = (text: string): SiteView => readView(text, certificate(text));

/** Both ways that a text can come: as anything a host could give, and as what ours makes of it. */
const views: readonly (readonly [name: string, of: (text: string) => SiteView])[] = [
  ['as plain data', hostileView],
  ['as the host reads it', readByHost],
];
const isReadable = (text: string): boolean => readCertificate(hexToBytes(certificate(inside(text)))).type === 'read';
const askerOf = (of: (text: string) => SiteView, text: string) => asker(of(text), () => hostileSteps(text));

/** Where bytes are shown their number decides of the form, and a name with control signs is refused, and shown in another. */
function inSameForm(text: string): ReturnType<typeof asker> {
  const plain = 'h'.repeat(Buffer.byteLength(inside(text)));
  const named = isReadable(text) ? plain : `\u0001${plain.slice(1)}`;
  return asker(readView(plain, certificate(named)), () => hostileSteps(plain));
}

describe.each(views)('%s', (_, of) => {
  test.each(data)('%s is JSON that holds no markup, and says what was said', (path) => {
    const usual = askerOf(of, harmless)(path);
    for (const text of hostileStrings) {
      const { status, content, fields } = askerOf(of, inside(text))(path);
      expect([text, status]).toEqual([text, 200]);
      expect(content, text).not.toMatch(
        /[<>&\u0000-\u0009\u000b-\u001f\u007f-\u009f\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff]/,
      );
      expect(fields.get('X-Content-Type-Options')).toBe('nosniff');
      expect(fields.get('Content-Type')).toMatch(/^application\/json(?:l)?$/);
      for (const line of path.endsWith('l') ? content.trimEnd().split('\n') : [content]) {
        expect(JSON.parse(line)).toBeTypeOf('object');
      }
      if (usual.content.includes(harmless) && !path.startsWith('/guest-book')) {
        expect(content, text).toContain(escapedInJson(inside(text)));
      }
    }
  });
});

const escapedInJson = (text: string): string =>
  JSON.stringify(text)
    .slice(1, -1)
    .replace(
      /[<>&\u007f-\u009f\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff]/g,
      (sign) => `\\u${sign.charCodeAt(0).toString(16).padStart(4, '0')}`,
    );

describe.skipIf(chromium.missing)('in Chromium', () => {
  let browser: Browser;
  beforeAll(async () => {
    browser = await playwright.launch({
      executablePath: chromium.path,
      args: ['--no-sandbox', '--disable-gpu', '--no-first-run', '--disable-background-networking'],
    });
  });
  afterAll(async () => {
    await browser?.close();
  });

  describe.each(views)('%s', (_, of) => {
    test.each(html)('%s: no element and no attribute comes of any text, and no link leads elsewhere', async (path) => {
      const usual = askerOf(of, harmless)(path);
      expect(usual.status).toBe(200);
      const pages = hostileStrings.map((text) => ({
        source: askerOf(of, inside(text))(path).content,
        usual: of === readByHost ? inSameForm(text)(path).content : usual.content,
      }));
      const page = await browser.newPage();
      try {
        const differing = await page.evaluate((pages) => {
          const read = (source: string) => {
            const elements = [...new DOMParser().parseFromString(source, 'text/html').querySelectorAll('*')];
            return {
              tree: elements.map((each) => `${each.tagName} ${[...each.attributes].map(({ name }) => name).join(' ')}`),
              schemes: elements.flatMap((each) =>
                ['href', 'src', 'xlink:href', 'action'].flatMap((name) => {
                  const target = each.getAttribute(name);
                  return target === null ? [] : [/^(?:\/(?!\/)|#|https:|mailto:|bitcoin:)/.test(target)];
                }),
              ),
            };
          };
          return pages.flatMap(({ source, usual }, index) => {
            const { tree, schemes } = read(source);
            return tree.join('\n') === read(usual).tree.join('\n') && !schemes.includes(false) ? [] : [index];
          });
        }, pages);
        expect(differing.map((index) => hostileStrings[index])).toEqual([]);
        const text = await page.evaluate(
          (source) => new DOMParser().parseFromString(source, 'text/html').body.textContent ?? '',
          askerOf(of, inside('<script>alert(1)</script>'))(path).content,
        );
        // RFC 4514 §2.4 puts a backslash before some signs of a name.
        if (usual.content.includes(harmless))
          expect(text.replaceAll('\\', '')).toContain('x<script>alert(1)</script>x');
      } finally {
        await page.close();
      }
    });
  });

  test('all of it at once, asked for by a browser, does nothing', async () => {
    const everything = hostileStrings.join(' ');
    const running = await serve(
      createSite({ now: () => sampleNow, revision: () => 0, view: () => hostileView(everything) }),
    );
    const context = await browser.newContext();
    try {
      const page = await context.newPage();
      const events: string[] = [];
      page.on('dialog', (dialog) => {
        events.push(`dialog ${dialog.message()}`);
        void dialog.dismiss();
      });
      page.on('console', (message) => events.push(message.text()));
      page.on('request', (request) => events.push(request.url()));
      const origin = `http://127.0.0.1:${running.port}`;
      // JSON lines are a download to a browser, which shows nothing of them.
      for (const path of [...html, ...data.filter((path) => !path.endsWith('.jsonl'))]) {
        await page.goto(`${origin}${path}`);
        expect(new URL(page.url()).host).toBe(`127.0.0.1:${running.port}`);
      }
      const allowed = new Set([...html, ...data, '/favicon.svg', '/favicon.ico'].map((path) => `${origin}${path}`));
      expect(events.filter((event) => !allowed.has(event))).toEqual([]);
    } finally {
      await context.close();
      await running.close();
    }
  });
});
