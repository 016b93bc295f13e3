import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { afterAll, describe, expect, onTestFinished, test } from 'vitest';
import { encodeRelease, releaseFormat } from '../../service/attest/release.ts';
import { startLitecoind } from '../nodes/litecoind.ts';
import { required } from '../support/required.ts';
import { type ModelState, mined, modelChain, sent, transaction, vaultAddress } from './model.ts';
import { coinOf, explorerOf as explorerOfNode, taprootWallet } from './on-litecoind.ts';
import { clock, pageDocument } from './page-scene.ts';
import { explorerOf, said, serve } from './status-scene.ts';

/* `status --watch`. Time is given: a pause is over at once, and what happens meanwhile happens in it. */

const bait = transaction({ pays: [150_000_000] });
const spend = transaction({ takes: [{ outpoint: `${bait.txid}:0`, satoshis: 150_000_000 }] });
const funded = mined(sent(modelChain(), bait));

/** Watches while these things happen, one in each pause, and is interrupted after the last. */
async function watched(
  words: readonly string[],
  happens: readonly ((() => void) | (() => Promise<unknown>))[],
  screen: { readonly isTTY?: boolean; readonly columns?: number; readonly rows?: number } = {},
) {
  const interrupt = new AbortController();
  const out: string[] = [];
  let now = clock();
  let happened = 0;
  const { status } = await said([...words, '--watch'], {
    stdout: { ...screen, write: (text: string | Uint8Array) => out.push(String(text)) > 0 },
    interrupted: interrupt.signal,
    time: {
      now: () => now,
      pause: async (seconds) => {
        now += Math.ceil(seconds);
        const next = happens[happened];
        happened += 1;
        if (next === undefined) interrupt.abort();
        else await next();
      },
    },
  });
  return { status, out };
}

/** So that a page is not held against the files of whatever release is the newest: what is asked for is then the page alone. */
const withoutPage = ((): readonly string[] => {
  const folder = mkdtempSync(join(tmpdir(), 'pinata-watch-'));
  const path = join(folder, 'release.json');
  const output = { name: 'btc-pinata.cjs', bytes: 1, sha256: '0a'.repeat(32) };
  writeFileSync(
    path,
    encodeRelease({
      format: releaseFormat,
      version: '9.9.9',
      commit: 'c0'.repeat(20),
      inputs: [],
      outputs: [output],
      measurements: [],
    }),
  );
  afterAll(() => rmSync(folder, { recursive: true }));
  return ['--release', path];
})();

const nothing = (): void => undefined;
/** The tip is asked for each minute or so, and the address each other minute. */
const minutes = (count: number): readonly (() => void)[] => Array<() => void>(count).fill(nothing);

describe('btc-pinata status --watch', () => {
  test('elsewhere than on a terminal: a line for each change, and the last verdict as exit status', async () => {
    let state: ModelState = modelChain();
    const chain = [
      '--chain',
      await explorerOf(() => state, vaultAddress),
      '--chain',
      await explorerOf(() => state, vaultAddress),
    ];
    const becomes = (next: ModelState) => () => {
      state = next;
    };
    const { status, out } = await watched(
      [vaultAddress, ...chain],
      [
        ...[...minutes(3), becomes(funded), ...minutes(4), becomes(sent(funded, spend)), ...minutes(4)],
        ...[
          becomes(mined(sent(funded, spend), 2)),
          ...minutes(3),
          becomes(mined(sent(funded, spend), 6)),
          ...minutes(3),
        ],
      ],
    );
    expect(status).toBe(11);
    expect(out.join('').replace(/^\S+Z /gm, '')).toMatchInlineSnapshot(`
      "unfunded; 0.00000000 BTC; two sources or more agree
      live; 1.50000000 BTC; two sources or more agree
      spend seen; 1.50000000 BTC, 1.50000000 BTC going out; two sources or more agree
      spend confirmed (2); 0.00000000 BTC; two sources or more agree
      claimed; 0.00000000 BTC; two sources or more agree
      "
    `);
  });

  test('as JSON: a document in a line', async () => {
    let state: ModelState = funded;
    const chain = ['--chain', await explorerOf(() => state, vaultAddress)];
    const spent = () => {
      state = sent(funded, spend);
    };
    const { status, out } = await watched([vaultAddress, '--json', ...chain], [...minutes(2), spent, ...minutes(4)]);
    expect(status).toBe(10);
    const verdicts = out.map((line) => JSON.parse(line).verdict);
    expect(verdicts).toEqual(['live', 'spend_seen']);
    expect(out.every((line) => /^[^\n]+\n$/.test(line))).toBe(true);
  });

  test('on a terminal: in place, as much as there is room for, and what was there comes back', async () => {
    const chain = ['--chain', await explorerOf(funded, vaultAddress)];
    const { status, out } = await watched([vaultAddress, ...chain], minutes(70), { isTTY: true, columns: 80, rows: 6 });
    expect(status).toBe(0);
    expect(out[0]).toBe('\u001b[?1049h');
    const screens = out.slice(1, -1);
    expect(screens.length).toBeGreaterThan(60);
    for (const screen of screens) {
      expect(screen).toMatch(/^\u001b\[Hlive\u001b\[K\r\n[\s\S]*\u001b\[K\u001b\[J$/);
      expect(screen.split('\r\n').length).toBeLessThanOrEqual(6);
    }
    expect(out.at(-1)).toMatch(/^\u001b\[\?1049llive\n[\s\S]* s ago {2}alone\n$/);
    // What it shows grows older by the second.
    const tall = await watched([vaultAddress, ...chain], minutes(3), { isTTY: true, columns: 200, rows: 50 });
    expect(tall.out.join('')).toMatch(/ 0 s ago[\s\S]* 1 s ago[\s\S]* 2 s ago/);
  });

  test('asks no source more often than 180 times an hour, and a page once in its interval', async () => {
    const asked = { source: 0, page: 0 };
    const [inner, shown] = [
      await explorerOf(funded, vaultAddress),
      pageDocument(clock(), undefined, { address: vaultAddress }),
    ];
    const source = await serve(async (path) => {
      asked.source += 1;
      const answer = await fetch(`${new URL(inner).origin}${path}`);
      return { status: answer.status, body: await answer.text() };
    });
    const page = await serve(() => {
      asked.page += 1;
      return { status: 200, body: JSON.stringify(shown) };
    });
    await watched([page, ...withoutPage, '--chain', `${source}/api`], minutes(3600), { isTTY: true });
    expect(asked.source).toBeGreaterThan(50);
    expect(asked.source).toBeLessThanOrEqual(180);
    expect(asked.page).toBeGreaterThan(50);
    expect(asked.page).toBeLessThanOrEqual(61);
  });

  test('a page that stops being made becomes unknown while one looks at it', async () => {
    const chain = JSON.parse(
      (await said([vaultAddress, '--json', '--chain', await explorerOf(funded, vaultAddress)])).out,
    ).chain;
    const body = JSON.stringify(pageDocument(clock(), chain));
    const page = await serve(() => ({ status: 200, body }));
    const { status, out } = await watched([page, ...withoutPage, '--no-explorers'], minutes(20));
    expect(status).toBe(20);
    expect(out.join('').replace(/^\S+Z /gm, '')).toBe('live; 1.50000000 BTC\nunknown\n');
  });

  test('interrupted before there was an answer: nothing is known', async () => {
    const silent = await serve(() => new Promise(() => undefined));
    const interrupt = new AbortController();
    const asking = said([vaultAddress, '--watch', '--chain', `${silent}/api`], { interrupted: interrupt.signal });
    interrupt.abort();
    expect(await asking).toEqual({ status: 20, out: '', err: '' });
  });

  test('as a program: SIGINT ends it with the exit status of what it said last', async () => {
    const source = await explorerOf(sent(funded, spend), vaultAddress);
    const launcher = resolve(join(import.meta.dirname, '../../infra/btc-pinata.mjs'));
    const child = spawn(process.execPath, [launcher, 'status', vaultAddress, '--watch', '--chain', source], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    onTestFinished(() => void child.kill('SIGKILL'));
    let out = '';
    const ended = once(child, 'close');
    for await (const text of child.stdout.setEncoding('utf8')) {
      out += text;
      if (out.includes('\n')) break;
    }
    expect(out).toMatch(/^\S+Z spend seen; 1\.50000000 BTC, 1\.50000000 BTC going out; by one source alone\n/);
    child.kill('SIGINT');
    expect(await ended).toEqual([10, null]);
  });
});

const litecoind = required.tool('litecoind');

describe.skipIf(litecoind.missing)('btc-pinata status --watch, on litecoind', () => {
  test('sees a vault funded, taken, mined, undone and refilled with blocks', async () => {
    await using node = await startLitecoind();
    const wallet = taprootWallet(13);
    const chain = ['--chain', await explorerOfNode(node), '--chain', await explorerOfNode(node)];
    let funding = '';
    const { status, out } = await watched(
      [wallet.address, ...chain],
      [
        async () => {
          funding = await node.send(wallet.address, 1_000_000);
        },
        ...minutes(4),
        () => node.mine(),
        ...minutes(3),
        async () => node.broadcast(wallet.sweep([await coinOf(node, funding, 1_000_000)], 1000)),
        ...minutes(4),
        () => node.mine(2),
        ...minutes(3),
        async () => node.rpc('invalidateblock', await node.rpcText('getblockhash', 103)),
        ...minutes(4),
        () => node.mine(6),
        ...minutes(3),
      ],
    );
    expect(status).toBe(11);
    expect(out.join('').replace(/^\S+Z /gm, '')).toMatchInlineSnapshot(`
      "unfunded; 0.00000000 BTC; two sources or more agree
      unfunded; 0.00000000 BTC, 0.01000000 BTC coming in; two sources or more agree
      live; 0.01000000 BTC; two sources or more agree
      spend seen; 0.01000000 BTC, 0.01000000 BTC going out; two sources or more agree
      spend confirmed (2); 0.00000000 BTC; two sources or more agree
      spend seen; 0.01000000 BTC, 0.01000000 BTC going out; two sources or more agree
      claimed; 0.00000000 BTC; two sources or more agree
      "
    `);
  });
});
