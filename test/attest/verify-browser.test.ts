import { join, resolve } from 'node:path';
import { build } from 'esbuild';
import { type Browser, chromium as playwright } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { encodeVerification } from '../../service/attest/verification.ts';
import { verify } from '../../service/attest/verify.ts';
import { required } from '../support/required.ts';
import { sceneOf, trust } from './verification-scene.ts';

/* The code that judges evidence, in a browser: bundled for one, with nothing of Node in it, and the same verdict comes of it. */

const chromium = required.tool('chromium');
const attest = resolve(import.meta.dirname, '../../service/attest');

/** A text that is run in the page, and leaves `judge` there: from the text of a file and a trust to a verdict, as JSON. */
async function bundled(): Promise<string> {
  const { outputFiles } = await build({
    stdin: {
      contents: `
        import { decodeVerification } from '${join(attest, 'verification.ts')}';
        import { verify } from '${join(attest, 'verify.ts')}';
        globalThis.judge = (file, trust) => {
          const read = decodeVerification(file);
          return JSON.stringify(read.ok ? verify(read.value, trust) : read);
        };`,
      resolveDir: attest,
    },
    write: false,
    bundle: true,
    platform: 'browser',
    format: 'iife',
    target: 'es2022',
    logLevel: 'error',
  });
  const [file] = outputFiles;
  if (file === undefined) throw new Error('esbuild wrote no file');
  return file.text;
}

test('is bundled for a browser, with nothing of Node in it', async () => {
  expect(await bundled()).not.toMatch(/require\(|node:/);
});

describe.skipIf(chromium.missing)('in Chromium', () => {
  let browser: Browser;
  beforeAll(async () => {
    browser = await playwright.launch({
      executablePath: chromium.path,
      args: ['--no-sandbox', '--disable-gpu', '--no-first-run', '--disable-background-networking'],
    });
  });
  afterAll(() => browser?.close());

  test('the verdict is that of Node, of each kind of machine and of what is none', async () => {
    const page = await browser.newPage();
    await page.setContent('<title>verify</title>');
    await page.addScriptTag({ content: await bundled() });
    const judged = async (file: string): Promise<unknown> => {
      const call = `globalThis.judge(${JSON.stringify(file)}, ${JSON.stringify(trust)})`;
      return JSON.parse(String(await page.evaluate(call)));
    };
    const relayed = { quoted: 'another statement' };
    for (const verification of [
      sceneOf(),
      sceneOf({ kind: 'tpm' }),
      sceneOf({ kind: 'nitro' }),
      sceneOf({ kind: 'nitro', machine: relayed }),
      sceneOf({ fields: { buildSha256: '99'.repeat(32) } }),
    ]) {
      const here: unknown = JSON.parse(JSON.stringify(verify(verification, trust)));
      expect(await judged(encodeVerification(verification))).toEqual(here);
    }
    expect(await judged('{}')).toMatchObject({ ok: false });
  });
});
