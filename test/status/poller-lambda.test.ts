import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import { bundlePoller } from '../../status-page/poller/bundle.ts';
import { S3Store } from '../../status-page/poller/s3-store.ts';
import { explorerOf } from '../chain/on-litecoind.ts';
import { startLitecoind } from '../nodes/litecoind.ts';
import { LivePinata } from '../support/live-pinata.ts';
import { required } from '../support/required.ts';
import { type Bucket, startBucket } from './bucket.ts';
import { startLambda } from './lambda.ts';
import { nobody, textOf } from './polled.ts';

/* The asset that is deployed, as Lambda runs it: against an S3 over HTTP, a piñata that runs, and a node. */

process.env['AWS_ACCESS_KEY_ID'] = 'S3RVER';
process.env['AWS_SECRET_ACCESS_KEY'] = 'S3RVER';

const litecoind = required.tool('litecoind');
const folder = mkdtempSync(join(tmpdir(), 'poller-'));
beforeAll(() => bundlePoller(folder));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const watched = (parts: Readonly<Record<string, unknown>>): string =>
  JSON.stringify({
    network: 'regtest',
    host: '127.0.0.1',
    ports: nobody,
    name: 'a test',
    pageUrl: 'https://status.example.org',
    sources: [],
    release: null,
    ...parts,
  });

const environmentOf = ({ name, endpoint }: Bucket, parts: Readonly<Record<string, unknown>>) => ({
  PINATA_BUCKET: name,
  PINATA_S3_ENDPOINT: endpoint,
  PINATA_WATCHED: watched(parts),
});

function storeOf({ name, endpoint }: Bucket): S3Store {
  const store = new S3Store({ bucket: name, endpoint, region: 'us-east-1', patience: 60_000 });
  onTestFinished(() => store.destroy());
  return store;
}

/** Two runs in one second have one time, and the second of them nothing to write. */
const nextSecond = () => setTimeout(1000 - (Date.now() % 1000));

describe('the bundled poller', () => {
  test('has two files, the same each time it is built', async () => {
    const again = mkdtempSync(join(tmpdir(), 'poller-'));
    onTestFinished(() => rmSync(again, { recursive: true, force: true }));
    await bundlePoller(again);
    expect(readdirSync(again).toSorted()).toEqual(['poller.mjs', 'site-files.json']);
    for (const file of readdirSync(again)) {
      expect(readFileSync(join(again, file)).equals(readFileSync(join(folder, file)))).toBe(true);
    }
  });

  test('waits while there is no host, and says what is wrong with what it is told', async () => {
    const bucket = { PINATA_BUCKET: 'bucket' };
    const waiting = await startLambda(folder, 'poller.handler', bucket);
    expect(await waiting.invoke({})).toMatchObject({ response: { outcome: 'waiting' } });
    const misled = await startLambda(folder, 'poller.handler', { ...bucket, PINATA_WATCHED: watched({ host: 'a b' }) });
    expect(await misled.invoke({})).toEqual({ error: expect.stringContaining('PINATA_WATCHED.host') });
  });

  test.skipIf(litecoind.missing)('shows a piñata and its chain, run after run in one process', async () => {
    const live = await LivePinata.start([], false);
    onTestFinished(() => live.stop());
    await using node = await startLitecoind();
    const sources = [await explorerOf(node), await explorerOf(node)];
    const bucket = await startBucket();
    const { address, ports } = live.ready;
    const lambda = await startLambda(folder, 'poller.handler', environmentOf(bucket, { ports, sources, address }));
    await node.send(address, 5_000_000);
    await node.mine();
    // A machine that is busy may not hear an explorer in time, and asks it again only after a while.
    await expect
      .poll(() => lambda.invoke({}), { timeout: 400_000, interval: 5000 })
      .toMatchObject({ response: { outcome: 'published', verdict: 'live' } });
    const store = storeOf(bucket);
    expect(await textOf(store, 'public/index.html')).toContain(address);
    // What a run costs (docs/poller.md): calls of S3 at a later run, one that a busy machine let come to its end.
    let calls: readonly string[] = [];
    const again = async () => {
      await nextSecond();
      const first = bucket.requests.length;
      const answer = await lambda.invoke({});
      calls = bucket.requests.slice(first);
      return answer;
    };
    await expect
      .poll(again, { timeout: 400_000, interval: 5000 })
      .toMatchObject({ response: { outcome: 'published' } });
    const puts = calls.filter((call) => call.startsWith('PUT'));
    expect(puts.length).toBeLessThanOrEqual(18);
    expect(calls.length - puts.length).toBeLessThanOrEqual(8);
    expect(puts.at(-2)).toMatch(/\/public\/index\.html$/);
    expect((await store.list('public/proofs/')).length).toBeGreaterThan(0);
  });

  test('killed in the middle of its writes, or failing at any of them, leaves the page before it whole; the next run goes on', async () => {
    const bucket = await startBucket();
    const store = storeOf(bucket);
    const environment = environmentOf(bucket, {});
    const lambda = await startLambda(folder, 'poller.handler', environment);
    expect(await lambda.invoke({})).toMatchObject({ response: { outcome: 'published' } });
    const page = await textOf(store, 'public/index.html');
    const status = await textOf(store, 'public/status.json');
    for (const path of ['/public/history/', '/state/poller.json', '/state/published.json', '/public/index.html']) {
      const failing = await startLambda(folder, 'poller.handler', environment);
      await nextSecond();
      bucket.fault = { meets: (method, url) => method === 'PUT' && url.includes(path), does: '500' };
      expect(await failing.invoke({})).toEqual({ error: expect.stringContaining('StoreFailure') });
      bucket.fault = undefined;
      expect(await textOf(store, 'public/index.html')).toBe(page);
      if (path !== '/public/index.html') expect(await textOf(store, 'public/status.json')).toBe(status);
    }
    const killed = await startLambda(folder, 'poller.handler', environment);
    await nextSecond();
    bucket.fault = {
      meets: (method, url) => {
        if (method === 'PUT' && url.includes('/public/index.html')) killed.kill();
        return false;
      },
      does: '500',
    };
    expect(await killed.invoke({})).toHaveProperty('error');
    bucket.fault = undefined;
    await nextSecond();
    expect(await lambda.invoke({})).toMatchObject({ response: { outcome: 'published' } });
    expect(await textOf(store, 'public/index.html')).not.toBe(page);
    const [day = ''] = await store.list('public/history/');
    const { polls } = JSON.parse(await textOf(store, day));
    const times = polls.map(({ at }: { at: number }) => at);
    expect(times).toEqual([...new Set<number>(times)].toSorted((one, other) => one - other));
  });
});
