import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { type Browser, chromium as playwright } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import { holdFolder } from '../../status-page/local/folder-lock.ts';
import { localSettings, wantedNode, words } from '../../status-page/local/options.ts';
import { released } from '../e2e/released.ts';
import { LivePinata } from '../support/live-pinata.ts';
import { PeerProcess, run } from '../support/peer-process.ts';
import { required } from '../support/required.ts';

/* `npm run status` with a chain of its own, from the first coins to the last: as its own words say how. */

const program = resolve(import.meta.dirname, '../../status-page/local/main.ts');
const launcher = resolve(import.meta.dirname, '../../infra/btc-pinata.mjs');
const litecoind = required.tool('litecoind');
const chromium = required.tool('chromium');
/** For a machine that is busy. */
const patience = 300_000;

function folder(): string {
  const path = mkdtempSync(join(tmpdir(), 'local-chain-'));
  onTestFinished(() => rmSync(path, { recursive: true, force: true, maxRetries: 5 }));
  return path;
}

/** Its temporary files are in `temporary`. */
function statusOf(live: LivePinata, temporary: string, ...more: readonly string[]): PeerProcess {
  const ports = Object.entries(live.ready.ports).flatMap(([name, port]) => [`--${name}-port`, String(port)]);
  const args = [program, '--port', '0', '--interval', '1', ...ports, ...more];
  const status = new PeerProcess(process.execPath, args, { TMPDIR: temporary });
  onTestFinished(() => status.stop());
  return status;
}

describe.skipIf(litecoind.missing || chromium.missing)('a chain of its own', () => {
  let browser: Browser;
  beforeAll(async () => {
    browser = await playwright.launch({ executablePath: chromium.path, args: ['--no-sandbox', '--disable-gpu'] });
  });
  afterAll(async () => {
    await browser?.close();
  });

  test('is filled, shown as live, taken by the key, and shown as spent; and nothing of it is left', async () => {
    const [credentials, temporary, mine] = [folder(), folder(), folder()];
    const live = await LivePinata.start(['--test-credentials', credentials], false);
    onTestFinished(() => live.stop());
    const status = statusOf(live, temporary, '--node', 'litecoind', '--block-seconds', '1');
    const [, url = ''] = await status.until(/the status page is at (http:\/\/127\.0\.0\.1:\d+\/)/, patience);
    await status.until(/Three things to try[\s\S]*Z live\n/, patience);
    expect(status.output).toContain(live.ready.address);

    const page = await browser.newPage();
    page.setDefaultTimeout(patience);
    await page.goto(url);
    expect(await page.locator('h1').textContent()).toMatch(/No\.\s+It still hangs\./);
    expect(await page.locator('.check[data-proof] strong').textContent()).toMatch(/^Your browser verified it/);
    expect(await page.locator('body').textContent()).toContain(live.ready.address);

    const [, explorer = ''] = /claim released [\s\S]*?--chain (\S+)/.exec(status.output) ?? [];
    const won = join(mine, 'released');
    writeFileSync(won, await released(live.ready.ports.server, credentials), { mode: 0o600 });
    const [, to = ''] = /--to (\S+)/.exec(status.output) ?? [];
    const words = ['claim', won, '--to', to, '--chain', explorer, '--fee-rate', '10', '--broadcast'];
    expect(await run(process.execPath, [launcher, ...words])).toContain('Sent.');
    await status.until(/Z spent\n/, patience);
    await page.goto(url);
    expect(await page.locator('h1').textContent()).toContain('It is spent');
    await page.close();

    status.terminate();
    expect(await status.exited(patience)).toBe(0);
    await expect(fetch(`${explorer}/blocks/tip/height`)).rejects.toThrow();
    expect(readdirSync(temporary)).toEqual([]);
  });
});

test.skipIf(litecoind.missing)('nothing of a chain is left either when its terminal is closed', async () => {
  const temporary = folder();
  const args = [program, '--port', '0', '--node', 'litecoind', '--http-port', '1'];
  const status = new PeerProcess(process.execPath, args, { TMPDIR: temporary });
  onTestFinished(() => status.stop());
  await status.until(/the status page is at/, patience);
  expect(readdirSync(temporary)).toHaveLength(2);
  status.terminate('SIGHUP');
  expect(await status.exited(patience)).toBe(0);
  expect(readdirSync(temporary)).toEqual([]);
});

describe('a folder', () => {
  test('that is held by nobody knows whom is not taken', () => {
    const data = folder();
    writeFileSync(join(data, 'held-by'), '');
    expect(() => holdFolder(data)).toThrow('is held by another npm run status (process unknown)');
    expect(readdirSync(data)).toEqual(['held-by']);
  });

  test('is held by one, and by the next when that one is gone', async () => {
    const live = await LivePinata.start([], false);
    onTestFinished(() => live.stop());
    const [data, temporary] = [folder(), folder()];
    const first = statusOf(live, temporary, '--node', 'none', '--data', data);
    await first.until(/the status page is at/, patience);
    const second = statusOf(live, temporary, '--node', 'none', '--data', data);
    expect(await second.exited(patience)).toBe(2);
    expect(second.output).toMatch(/is held by another npm run status \(process \d+\).*--data/);
    await first.stop(); // without a goodbye
    const third = statusOf(live, temporary, '--node', 'none', '--data', data);
    await third.until(/the status page is at/, patience);
    third.terminate();
    expect(await third.exited(patience)).toBe(0);
    expect(readdirSync(data)).not.toContain('held-by');
  });

  test('in which another chain was seen is no place for a chain of its own', async () => {
    const live = await LivePinata.start([], false);
    onTestFinished(() => live.stop());
    const [data, temporary] = [folder(), folder()];
    const once = statusOf(live, temporary, '--node', 'none', '--data', data, '--once');
    expect(await once.exited(patience)).toBe(0);
    const own = statusOf(live, temporary, '--node', 'litecoind', '--data', data);
    expect(await own.exited(patience)).toBe(2);
    expect(own.output).toContain('has what was seen of another chain: name an empty folder with --data');
  });
});

test('a node that cannot be started is said, with what to do, and the page is there without', async () => {
  const live = await LivePinata.start([], false);
  onTestFinished(() => live.stop());
  const without = new PeerProcess(
    process.execPath,
    [program, '--port', '0', '--node', 'bitcoind', '--http-port', String(live.ready.ports.http)],
    { TMPDIR: folder(), PATH: '/nowhere' },
  );
  onTestFinished(() => without.stop());
  await without.until(/no chain of its own: bitcoind: [\s\S]*apt-get install litecoind[\s\S]*esplora/, patience);
  await without.until(/the status page is at/, patience);
});

test('the words about a node', () => {
  const wanted = (...argv: readonly string[]) => wantedNode(words(argv));
  expect(wanted()).toBe(undefined);
  expect(wanted('--node', 'none')).toBe('none');
  expect(wanted('--node', 'bcoin')).toBe('bcoin');
  expect(() => wanted('--node', 'geth')).toThrow('--node is "geth"; allowed are bitcoind, litecoind, bcoin and none');
  expect(() => wanted('--node', 'bcoin', '--chain', 'http://127.0.0.1:1/api')).toThrow('exclude each other');
  expect(() => wanted('--node', 'bcoin', '--network', 'signet')).toThrow('--network is signet');
  expect(() => localSettings(words(['--interval', '0']))).toThrow('--interval is "0"');
  expect(() => localSettings(words(['--host', '127.0.0.1:8080']))).toThrow('is said with --http-port');
  expect(localSettings(words(['--host', '::1'])).host).toBe('::1');
});
