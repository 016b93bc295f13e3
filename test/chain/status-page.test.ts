import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, onTestFinished, test } from 'vitest';
import { type Deployment, encodeDeployment } from '../../infra/deploy/deployment.ts';
import type { ChainDocument } from '../../status-page/chain/index.ts';
import type { StatusDocument } from '../../status-page/document/index.ts';
import { drafted, refundKey } from '../deploy/scene.ts';
import { classicAddress, type ModelState, mined, modelChain, sent, transaction, vaultAddress } from './model.ts';
import { clock, pageDocument } from './page-scene.ts';
import { explorerOf, said, serve } from './status-scene.ts';

/* The verb on a status page: what the page says, how old it is, and whether the explorers bear it out. */

const bait = transaction({ pays: [150_000_000] });
const funded = mined(sent(modelChain(), bait));
const spend = transaction({ takes: [{ outpoint: `${bait.txid}:0`, satoshis: 150_000_000 }] });
const taken = mined(sent(funded, spend), 6);

async function explorersOf(state: ModelState): Promise<readonly string[]> {
  return ['--chain', await explorerOf(state, vaultAddress), '--chain', await explorerOf(state, vaultAddress)];
}

/** As explorers in that state say it. */
async function chainOf(state: ModelState): Promise<ChainDocument> {
  return JSON.parse((await said([vaultAddress, '--json', ...(await explorersOf(state))])).out).chain;
}

const steering = /[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u202a-\u202e]/;

const pageOf = (document: StatusDocument | string): Promise<string> =>
  serve((path) => {
    const body = typeof document === 'string' ? document : JSON.stringify(document);
    return path === '/status.json' ? { status: 200, body } : { status: 404, body: 'nothing' };
  });

describe('btc-pinata status URL', () => {
  test('shows the verdict of the page with its age, and that the explorers do not contradict it', async () => {
    const page = await pageOf(pageDocument(clock() - 20, await chainOf(funded)));
    const { status, out, err } = await said([page, ...(await explorersOf(funded))]);
    expect([status, err]).toEqual([0, '']);
    expect(out).toMatch(/^live\nThe coins are there/);
    expect(out).toMatch(/^as of {7}\S+Z, 2\d s ago$/m);
    expect(out).toMatch(/^says {8}live$/m);
    expect(out).toMatch(/^explorers {3}do not contradict what the page says/m);
    expect(out).toMatch(/^host {8}192\.0\.2\.7: 80 up, 443 up, 10000 up, 10001 up, 10002 up$/m);
    expect(out).toMatch(/^files {7}not compared: /m);
    expect(out).toMatch(/What a page cannot prove: [\s\S]*btc-pinata verify 192\.0\.2\.7:80/);
  });

  test('with --no-explorers it is what the page says, and its document and its HTML may be named instead', async () => {
    const page = await pageOf(pageDocument(clock(), await chainOf(taken)));
    for (const url of [page, `${page}/`, `${page}/index.html`, `${page}/status.json?x=1#top`]) {
      const { status, out } = await said([url, '--no-explorers']);
      expect([status, out]).toEqual([11, expect.stringMatching(/^claimed\n/)]);
    }
    const { out } = await said([page, '--no-explorers', '--json']);
    expect(JSON.parse(out)).toMatchObject({
      verdict: 'claimed',
      chain: null,
      page: { standing: 'current', verdict: 'claimed', url: page, shown: { watched: { address: vaultAddress } } },
    });
  });

  test('where no explorer is known, who asks is told that the page alone can be asked', async () => {
    const page = await pageOf(pageDocument(clock(), await chainOf(funded)));
    const { status, err } = await said([page]);
    expect([status, err]).toEqual([
      2,
      expect.stringMatching(/no public explorer has regtest: .*, or ask nobody but the page with --no-explorers/),
    ]);
  });

  test('a page that has stopped, is of a time to come, or knows no chain says nothing, whatever it shows', async () => {
    const chain = await chainOf(funded);
    const alone = async (document: StatusDocument) => said([await pageOf(document), '--no-explorers']);
    const old = await alone(pageDocument(clock() - 1000, chain));
    expect([old.status, old.out]).toEqual([
      20,
      expect.stringMatching(/^unknown\nThe page is 16 min old, .* It says: live\./),
    ]);
    expect(old.out).toMatch(/^as of .*: it has stopped$/m);
    const ahead = await alone(pageDocument(clock() + 86_400, chain));
    expect([ahead.status, ahead.out]).toEqual([
      20,
      expect.stringMatching(/of a time that has not come yet, by (?:23|24) h/),
    ]);
    const blind = await alone(pageDocument(clock(), undefined, { address: vaultAddress }));
    expect([blind.status, blind.out]).toEqual([
      20,
      expect.stringMatching(/knows nothing of the chain since .*no source/),
    ]);
    // The explorers say all the same what they see.
    const asked = await said([await pageOf(pageDocument(clock() - 1000, chain)), ...(await explorersOf(taken))]);
    expect([asked.status, asked.out]).toEqual([11, expect.stringMatching(/^claimed\n[\s\S]*nothing on the page/)]);
  });

  test('page and explorers that contradict each other are not green; that coins move is told all the same', async () => {
    const [live, claimed] = [await chainOf(funded), await chainOf(taken)];
    const lies = await said([await pageOf(pageDocument(clock(), live)), ...(await explorersOf(taken))]);
    expect([lies.status, lies.out]).toEqual([
      11,
      expect.stringMatching(/^claimed\n.*\nCONTRADICTION: The page says "live" as of .*explorers say "claimed"/),
    ]);
    const scares = await said([await pageOf(pageDocument(clock(), claimed)), ...(await explorersOf(funded))]);
    expect([scares.status, scares.out]).toEqual([20, expect.stringMatching(/^live\n.*\nCONTRADICTION: /)]);
    const richer = { ...live, balance: { confirmed: 200_000_000, incoming: 0, outgoing: 0 } };
    const boasts = await said([await pageOf(pageDocument(clock(), richer)), ...(await explorersOf(funded)), '--json']);
    expect(boasts.status).toBe(20);
    expect(JSON.parse(boasts.out).contradictions).toEqual([
      'At block 11 the page counts 2.00000000 BTC, and the explorers count 1.50000000 BTC.',
    ]);
    const elsewhere = { ...live, common: { height: 11, hash: 'ab'.repeat(32) } };
    const forked = await said([await pageOf(pageDocument(clock(), elsewhere)), ...(await explorersOf(funded))]);
    expect([forked.status, forked.out]).toEqual([20, expect.stringMatching(/another block 11 than the explorers/)]);
    const swapped = { ...live, address: classicAddress };
    const two = pageDocument(clock(), swapped, { address: vaultAddress });
    const mixed = await said([await pageOf(two), ...(await explorersOf(funded))]);
    expect([mixed.status, mixed.out]).toEqual([
      20,
      expect.stringMatching(/counts the coins of bcrt1qw5.*asked of bcrt1p0x/),
    ]);
  });

  test('what is shown of a page cannot steer a terminal', async () => {
    const evil = { ...(await chainOf(funded)), title: 'live\u001b[2J\u0007', sentence: 'fine\r\u202e' };
    const { out } = await said([await pageOf(pageDocument(clock(), evil)), '--no-explorers']);
    expect(out).not.toMatch(steering);
    // Nor of one that is none.
    const none = await pageOf(JSON.stringify({ format: '\u001b[2J\u001b[H\nlive: 10 BTC\u202e' }));
    for (const more of [[], ['--json'], ['--watch']]) {
      const { status, err } = await said([none, '--no-explorers', ...more]);
      expect([status, err.trimEnd()]).toEqual([20, expect.not.stringMatching(/\n/)]);
      expect(err.trimEnd()).not.toMatch(steering);
    }
  });

  test('a page that is none', async () => {
    const ends = async (body: string) => {
      const { status, err } = await said([await pageOf(body), '--no-explorers']);
      expect(status).toBe(20);
      return err;
    };
    expect(await ends('<html>')).toMatch(/status\.json is no JSON\. Is it a status page of a piñata\?/);
    expect(await ends('{"format":"x"}')).toMatch(/is no btc-pinata\/status\/v1: /);
    const host = JSON.stringify({ address: classicAddress, network: 'regtest', wallet: 'classic' });
    expect(await ends(host)).toMatch(/is a piñata's own page: ask with `btc-pinata status 127\.0\.0\.1:\d+`/);
    const empty = await serve(() => ({ status: 404, body: '' }));
    expect((await said([empty])).err).toMatch(/status\.json answers 404/);
    expect((await said(['http://127.0.0.1:1'])).status).toBe(20);
  });
});

function folderWith(text: string): string {
  const folder = mkdtempSync(join(tmpdir(), 'pinata-status-'));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  writeFileSync(join(folder, 'deployment.json'), text);
  return folder;
}

const deployment: Deployment = {
  ...drafted({ host: 'hetzner', name: 'tree', refundKey }),
  wallet: { network: 'regtest', address: vaultAddress, kind: 'vault', refundHeight: 5000 },
  state: 'live',
};

const withPage = (url: string): Deployment => ({
  ...deployment,
  status: { bucket: 'b', distribution: 'd', url, poller: 'p' },
});

describe('btc-pinata status, beside a deployment.json', () => {
  const inFolder = async (of: Deployment | string, ...words: string[]) =>
    said(words, { folder: folderWith(typeof of === 'string' ? of : encodeDeployment(of)) });

  test('is of its wallet, and holds its page against that', async () => {
    const chain = await explorersOf(funded);
    const page = await pageOf(pageDocument(clock(), await chainOf(funded)));
    const plain = await inFolder(deployment, ...chain);
    expect([plain.status, plain.out]).toEqual([
      0,
      expect.stringMatching(/^of the deployment tree \(live\) of deployment\.json\nlive\n/),
    ]);
    expect(plain.out).not.toContain('What a page cannot prove');
    const both = await inFolder(withPage(page), ...chain);
    expect([both.status, both.out]).toEqual([0, expect.stringMatching(/explorers {3}do not contradict/)]);
    // Its page is gone: that is said, and the coins are where they were.
    const gone = await inFolder(withPage('http://127.0.0.1:1/'), ...chain);
    expect([gone.status, gone.out]).toEqual([
      0,
      expect.stringMatching(/^failure .*127\.0\.0\.1:1\/status\.json cannot/m),
    ]);
    const other = pageDocument(clock(), undefined, { address: classicAddress });
    for (const words of [chain, ['--no-explorers']]) {
      const swapped = await inFolder(withPage(await pageOf(other)), ...words);
      expect([swapped.status, swapped.out]).toEqual([
        20,
        expect.stringMatching(
          /CONTRADICTION: The page is of bcrt1qw5\S+ \(regtest\), and what was asked for is bcrt1p0x/,
        ),
      ]);
    }
  });

  test('says what is missing', async () => {
    const early = await inFolder({ ...deployment, wallet: null, state: 'planned' });
    expect([early.status, early.err]).toEqual([20, expect.stringMatching(/tree \(planned\) .*has no wallet yet/)]);
    const broken = await inFolder('{}');
    expect([broken.status, broken.err]).toEqual([2, expect.stringMatching(/deployment\.json is no deployment: /)]);
    const pageless = await inFolder(deployment, '--no-explorers');
    expect([pageless.status, pageless.err]).toEqual([2, expect.stringMatching(/has no status page/)]);
  });
});
