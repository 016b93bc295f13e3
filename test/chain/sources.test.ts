import { once } from 'node:events';
import { createServer, type RequestListener } from 'node:http';
import { describe, expect, onTestFinished, test } from 'vitest';
import { Esplora } from '../../status-page/chain/esplora.ts';
import {
  type Answer,
  type Ask,
  askWith,
  greeting,
  SourceFailure,
  saysLook,
  targetOf,
} from '../../status-page/chain/index.ts';
import { classicAddress, explorer, freshHash, modelChain, vaultAddress } from './model.ts';

const target = targetOf(vaultAddress) ?? { address: '', script: '' };
const node = { fetch, timeout: (milliseconds: number) => AbortSignal.timeout(milliseconds) };

const says =
  (body: string, status = 200, retryAfter?: number): Ask =>
  () =>
    Promise.resolve({ status, body, retryAfter });
const reasonOf = async (promise: Promise<unknown>): Promise<string> => {
  try {
    return `it answered ${JSON.stringify(await promise)}`;
  } catch (error) {
    return error instanceof SourceFailure ? error.reason : `it threw ${error}`;
  }
};
const esplora = (ask: Ask) => new Esplora(ask, 'http://x/api/', target);

describe('what is answered in place of an answer', () => {
  const html = '<html><head><title>429 Too Many Requests</title></head></html>';
  test.each<[string, Answer, string]>([
    ['429 with HTML', { status: 429, body: html, retryAfter: 7 }, 'rate_limited'],
    ['HTML with 200, where a hash was expected', { status: 200, body: html, retryAfter: undefined }, 'malformed'],
    ['a JSON notice with 200', { status: 200, body: '{"error":"slow down"}', retryAfter: undefined }, 'malformed'],
    ['502 of a proxy', { status: 502, body: html, retryAfter: undefined }, 'http_status'],
    ['nothing', { status: 200, body: '', retryAfter: undefined }, 'malformed'],
    ['a hash in capitals', { status: 200, body: 'AB'.repeat(32), retryAfter: undefined }, 'malformed'],
  ])('%s', async (_, { status, body, retryAfter }, reason) => {
    expect(await reasonOf(esplora(says(body, status, retryAfter)).tipHash())).toBe(reason);
  });

  test('a page for people, where the URL does not end in /api, is asked about; below /api it is one like any other', async () => {
    for (const status of [200, 404]) {
      const page = new Esplora(says(html, status), 'http://x/', target);
      await expect(page.tipHash()).rejects.toThrow(/is a page for people: is it http:\/\/x\/api\?$/);
      await expect(page.sums()).rejects.toThrow(/is a page for people: is it http:\/\/x\/api\?$/);
    }
    await expect(esplora(says(html)).sums()).rejects.not.toThrow(/for people/);
  });

  test('an error in plain text is told with its status, on one line', async () => {
    const failing = esplora(says('Too many unspent transaction outputs (>500).\nContact support.', 400)).sums();
    await expect(failing).rejects.toThrow(/answered with 400: Too many unspent .*\(>500\)\. Contact support\.$/);
  });

  test.each([
    ['sums that are text', { chain_stats: { funded_txo_sum: '1' } }],
    ['a negative sum', { funded_txo_sum: -1 }],
    ['more than a number can hold', { funded_txo_sum: 2 ** 60 }],
    ['a fraction of a satoshi', { funded_txo_sum: 0.5 }],
  ])('%s', async (_, wrong) => {
    const right = { funded_txo_count: 0, funded_txo_sum: 0, spent_txo_count: 0, spent_txo_sum: 0, tx_count: 0 };
    const good = { address: vaultAddress, chain_stats: right, mempool_stats: right };
    expect(await reasonOf(esplora(says(JSON.stringify(good))).sums())).toMatch('it answered');
    const bad = { ...good, chain_stats: { ...right, ...wrong } };
    const whole = 'chain_stats' in wrong ? { ...good, ...wrong } : bad;
    expect(await reasonOf(esplora(says(JSON.stringify(whole))).sums())).toBe('malformed');
  });

  test('sums of another address', async () => {
    const other = explorer(() => modelChain(), classicAddress);
    expect(await reasonOf(esplora(() => other(`http://x/api/address/${classicAddress}`)).sums())).toBe('malformed');
  });

  test('a list of blocks with a gap, and one whose blocks do not name each other', async () => {
    const blocks = modelChain(3);
    const body = (await explorer(() => blocks, vaultAddress)('http://x/api/blocks')).body;
    expect(await reasonOf(esplora(says(body)).blocks())).toMatch('it answered');
    const list: unknown[] = JSON.parse(body);
    expect(await reasonOf(esplora(says(JSON.stringify(list.toSpliced(1, 1)))).blocks())).toBe('malformed');
    expect(await reasonOf(esplora(says(JSON.stringify(list.toReversed()))).blocks())).toBe('malformed');
    expect(await reasonOf(esplora(says('[]')).blocks())).toBe('malformed');
  });

  test('an unknown transaction is 404 at /tx/:id; the status that says `confirmed: false` of it is never asked', async () => {
    const asked: string[] = [];
    const ask = explorer(() => modelChain(), vaultAddress, asked);
    expect(await esplora(ask).transaction(freshHash('nobody'))).toBeUndefined();
    expect(asked.some((path) => path.endsWith('/status'))).toBe(false);
    const bare = '{"confirmed":false}';
    expect(await reasonOf(esplora(says(bare)).transaction(freshHash('nobody')))).toBe('malformed');
  });
});

describe('over real HTTP', () => {
  /** The base URL of a server that lives as long as the test. */
  async function serve(listener: RequestListener): Promise<string> {
    const server = createServer(listener);
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    onTestFinished(() => {
      server.closeAllConnections();
      server.close();
    });
    const address = server.address();
    if (address === null || typeof address === 'string') throw new Error('it listens on no port');
    return `http://127.0.0.1:${address.port}`;
  }
  const ask = (limits: { bytes: number; milliseconds: number }) => askWith(node, limits);
  const patient = { bytes: 1000, milliseconds: 60_000 };

  test('a body is read, with its status and the time to wait', async () => {
    const url = await serve((_, response) => response.writeHead(429, { 'retry-after': '30' }).end('slow down'));
    expect(await ask(patient)(url)).toEqual({ status: 429, body: 'slow down', retryAfter: 30 });
  });

  test('a body that does not end is left at the limit', async () => {
    const url = await serve((_, response) => {
      const more = () => response.write('x'.repeat(500), more);
      more();
    });
    expect(await reasonOf(ask(patient)(url))).toBe('too_large');
  });

  test('a server that says nothing, one that stops in the middle, one that is not there, and one that sends us on', async () => {
    const silent = await serve(() => undefined);
    expect(await reasonOf(ask({ bytes: 1000, milliseconds: 50 })(silent))).toBe('timeout');
    const slow = await serve((_, response) => response.write('ab'));
    expect(await reasonOf(ask({ bytes: 1000, milliseconds: 50 })(slow))).toBe('timeout');
    const gone = await serve((request) => request.socket.destroy());
    expect(await reasonOf(ask(patient)(gone))).toBe('unreachable');
    const elsewhere = await serve((_, response) => response.writeHead(302, { location: silent }).end());
    expect(await reasonOf(ask(patient)(elsewhere))).toBe('unreachable');
  });
});

describe('the websocket', () => {
  test('says what to track, and is believed no further than "look now"', () => {
    expect(greeting(vaultAddress).join()).toContain(vaultAddress);
    expect(saysLook('{"address-transactions":[{"txid":"x"}]}')).toBe(true);
    expect(saysLook('{"block":{"height":5}}')).toBe(true);
    for (const other of ['{"conversions":{}}', '', '{', '[]', 'null', '{"block":1}', undefined, new Uint8Array(3)]) {
      expect(saysLook(other)).toBe(false);
    }
  });
});
