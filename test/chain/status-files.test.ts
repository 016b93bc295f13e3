import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, onTestFinished, test } from 'vitest';
import { sha256 } from '../../infra/build/sha256.ts';
import { encodeRelease } from '../../service/attest/release.ts';
import { renderSite } from '../../status-page/site/index.ts';
import { liveHistory } from '../status/sample-history.ts';
import { liveStatus } from '../status/sample-status.ts';
import { clock } from './page-scene.ts';
import { said, serve } from './status-scene.ts';

/* The files of a live page, as it is really rendered, against a release. */

const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);
const assets = {
  style: 'assets/page-0123456789abcdef.css',
  script: 'assets/page-fedcba9876543210.js',
  cards: {},
  files: new Map([
    ['assets/page-0123456789abcdef.css', bytes('body{}')],
    ['assets/page-fedcba9876543210.js', bytes('void 0')],
  ]),
};
const outputs = [...assets.files].map(([path, file]) => ({
  name: path.slice('assets/'.length),
  bytes: file.length,
  sha256: sha256(file),
}));

function releaseFile(of = outputs): string {
  const folder = mkdtempSync(join(tmpdir(), 'pinata-release-'));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  const path = join(folder, 'release.json');
  const format = 'btc-pinata/release/v1';
  const release = {
    format,
    version: '0.9.0',
    commit: 'ab'.repeat(20),
    inputs: [],
    outputs: of,
    measurements: [],
  } as const;
  writeFileSync(path, encodeRelease(release));
  return path;
}

const rendered = renderSite({ ...liveStatus, asOf: clock() }, liveHistory, assets);
const textOf = (path: string): string => new TextDecoder().decode(rendered.get(path)?.bytes);

/** The page, with these objects instead of its own. */
const pageWith = (instead: Readonly<Record<string, string>> = {}): Promise<string> =>
  serve((path) => {
    const key = path.slice(1);
    const body = instead[key] ?? rendered.get(key)?.bytes;
    return body === undefined ? { status: 404, body: '' } : { status: 200, body };
  });

async function filesOf(page: string, release = releaseFile()) {
  const { status, out } = await said([page, '--no-explorers', '--json', '--release', release]);
  return { status, files: JSON.parse(out).page.files };
}

describe('the files of a live page', () => {
  test('are those of the release', async () => {
    const { files } = await filesOf(await pageWith());
    expect(files).toEqual({ state: 'match', release: '0.9.0', count: 2 });
    const { out } = await said([await pageWith(), '--no-explorers', '--release', releaseFile()]);
    expect(out).toMatch(/^files {7}2 files are those of release 0\.9\.0$/m);
  });

  test('are not: other bytes under the same name, another name, none', async () => {
    const differs = async (instead: Readonly<Record<string, string>>, words: RegExp) => {
      const { status, files } = await filesOf(await pageWith(instead));
      expect(files).toMatchObject({ state: 'differ', differences: [expect.stringMatching(words)] });
      // Nothing that such a page says is believed.
      expect(status).toBe(20);
    };
    const html = textOf('index.html');
    await differs({ [assets.script]: 'steal()' }, /page-fedcba9876543210\.js has the SHA-256 [0-9a-f]{16}, and not /);
    const renamed = html.replace(assets.script, 'assets/page-0000000000000000.js');
    await differs(
      { 'index.html': renamed, 'assets/page-0000000000000000.js': 'void 0' },
      /page-0000000000000000\.js is no file of the release/,
    );
    const other = outputs.map((output, index) => (index === 1 ? { ...output, sha256: '00'.repeat(32) } : output));
    expect((await filesOf(await pageWith(), releaseFile(other))).files.differences).toHaveLength(1);
    const { out } = await said([await pageWith(), '--no-explorers', '--release', releaseFile(other)]);
    expect(out).toMatch(/^CONTRADICTION: .* `btc-pinata build` makes there: --release dist\/release\.json\.$/m);
  });

  test.each([
    ['a script of its own', (html: string) => html.replace('</body>', '<script>steal()</script></body>')],
    [
      'one from elsewhere',
      (html: string) => html.replace('</head>', '<SCRIPT src="https://evil.example/x.js"></SCRIPT></head>'),
    ],
    ['a script in a drawing', (html: string) => html.replace('</body>', '<svg><script\nhref="x"/></svg></body>')],
    ['another base', (html: string) => html.replace('</title>', '</title><base href="https://evil.example/">')],
    ['a frame', (html: string) => html.replace('</body>', '<iframe srcdoc="x"></iframe></body>')],
    ['a stylesheet of its own', (html: string) => html.replace('</head>', '<style>a{}</style></head>')],
    [
      'one from elsewhere',
      (html: string) => html.replace('</head>', '<link rel=stylesheet href=//evil.example></head>'),
    ],
    ['another policy', (html: string) => html.replace('default-src &#39;none&#39;', 'default-src *')],
  ])('its HTML may not have %s', async (_, change) => {
    const html = textOf('index.html');
    expect(change(html)).not.toBe(html);
    const { files, status } = await filesOf(await pageWith({ 'index.html': change(html) }));
    expect(files).toMatchObject({ state: 'differ', differences: [expect.stringMatching(/^index\.html /)] });
    expect(status).toBe(20);
  });

  test('are not compared where there is nothing to compare them with, or with', async () => {
    const bundle = [{ name: 'btc-pinata.cjs', bytes: 1, sha256: '11'.repeat(32) }];
    expect((await filesOf(await pageWith(), releaseFile(bundle))).files).toEqual({
      state: 'unchecked',
      reason: 'release 0.9.0 names no files of a page',
    });
    const status = textOf('status.json');
    const bare = await serve((path) =>
      path === '/status.json' ? { status: 200, body: status } : { status: 404, body: '' },
    );
    expect((await filesOf(bare)).files).toMatchObject({
      state: 'unchecked',
      reason: expect.stringMatching(/there is no/),
    });
    const wrong = await said([bare, '--no-explorers', '--release', '/nowhere/release.json']);
    expect([wrong.status, wrong.err]).toEqual([2, expect.stringMatching(/release\.json cannot be read/)]);
  });
});
