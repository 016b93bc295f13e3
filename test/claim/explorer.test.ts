import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import { gzipSync } from 'node:zlib';
import { bytesToHex } from '@noble/hashes/utils.js';
import { afterEach, describe, expect, test } from 'vitest';
import { Explorer } from '../../infra/claim/explorer.ts';
import { holdingsOf } from '../../infra/claim/holdings.ts';
import { prepare } from '../../infra/claim/prepare.ts';
import { locks, winner } from './wallets.ts';

/* A server of ours that says what explorers say, and what they had better not. */

type Answers = (path: string, asked: number) => { readonly status?: number; readonly body: unknown };

const lock = locks.classic();
const script = bytesToHex(lock.scriptPubKey);
const hash = (number: number): string => number.toString(16).padStart(64, '0');
const servers: Server[] = [];

afterEach(() => {
  for (const server of servers.splice(0)) {
    server.close();
    server.closeAllConnections();
  }
});

async function explorer(answers: Answers): Promise<{ readonly it: Explorer; readonly asked: string[] }> {
  const asked: string[] = [];
  const server = createServer((request, response) => {
    const path = (request.url ?? '').replace(`/address/${lock.address}`, '');
    asked.push(path);
    const { status = 200, body } = answers(path, asked.length);
    response.writeHead(status).end(typeof body === 'string' ? body : JSON.stringify(body));
  });
  return { it: new Explorer(`http://127.0.0.1:${await listening(server)}/`), asked };
}

async function listening(server: Server): Promise<number> {
  servers.push(server);
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  return typeof address === 'object' && address !== null ? address.port : 0;
}

const unspent = (number: number, value: number, confirmed = true) => ({
  txid: hash(number),
  vout: 0,
  value,
  status: { confirmed, block_height: 7 },
});

const spend = (txid: number, from: number, value: number, fee = 1000) => ({
  txid: hash(txid),
  fee,
  weight: 437,
  vin: [{ txid: hash(from), vout: 0, prevout: { scriptpubkey: script, value } }],
  vout: [{ scriptpubkey: '6a', value: value - fee }],
});

const payment = (txid: number, value: number) => ({
  txid: hash(txid),
  fee: 200,
  weight: 600,
  vin: [{ txid: hash(txid + 1000), vout: 3, prevout: null }],
  vout: [
    { scriptpubkey: '51', value: 5 },
    { scriptpubkey: script, value },
  ],
});

describe('what an address holds', () => {
  test('in blocks and on its way', async () => {
    const { it } = await explorer((path) => ({
      body: path === '/utxo' ? [unspent(1, 500), unspent(2, 600, false)] : [payment(2, 600)],
    }));
    expect(await holdingsOf(lock, it)).toEqual({
      confirmed: [{ txid: hash(1), vout: 0, sats: 500, confirmed: true }],
      unconfirmed: [{ txid: hash(2), vout: 0, sats: 600, confirmed: false }],
      rivals: [],
      incomplete: false,
    });
  });

  test('what a rival is about to take is still there to be had, unless it was in no block itself', async () => {
    const { it } = await explorer((path) => ({
      body: path === '/utxo' ? [unspent(1, 500)] : [spend(9, 3, 7000, 2200), spend(10, 2, 600, 300), payment(2, 600)],
    }));
    const { confirmed, unconfirmed, rivals } = await holdingsOf(lock, it);
    expect(confirmed.map(({ sats }) => sats)).toEqual([500, 7000]);
    expect(unconfirmed.map(({ sats }) => sats)).toEqual([600]);
    expect(rivals).toEqual([
      { txid: hash(9), fee: 2200, vsize: 110 },
      { txid: hash(10), fee: 300, vsize: 110 },
    ]);
  });

  test('more than 500 outputs, which a server lists for nobody: by the history', async () => {
    const pages: Record<string, unknown[]> = {
      '/txs/chain': [
        spend(20, 10, 77, 7),
        { ...spend(21, 11, 5, 1), vin: [{ ...spend(0, 11, 5, 1).vin[0], vout: 1 }] },
      ],
      [`/txs/chain/${hash(21)}`]: [payment(12, 800), payment(11, 5)],
      [`/txs/chain/${hash(11)}`]: [payment(10, 900)],
      [`/txs/chain/${hash(10)}`]: [],
    };
    const { it, asked } = await explorer((path) =>
      path === '/utxo'
        ? { status: 400, body: 'Too many unspent transaction outputs (>500). Contact support to raise limits.' }
        : { body: pages[path] ?? [] },
    );
    const { confirmed, incomplete } = await holdingsOf(lock, it);
    expect(confirmed.map(({ txid, vout, sats }) => [txid, vout, sats])).toEqual([
      [hash(12), 1, 800],
      [hash(10), 1, 900],
    ]);
    expect(incomplete).toBe(false);
    expect(asked).toHaveLength(6);
  });
});

describe('a server', () => {
  test('that has had enough of us is asked again, later', async () => {
    const { it, asked } = await explorer((_, count) =>
      count === 1 ? { status: 429, body: '<html>slow down</html>' } : { body: '812' },
    );
    expect(await it.tipHeight()).toBe(812);
    expect(asked).toHaveLength(2);
  });

  test.each([
    ['text', 'Contact support'],
    ['another shape', [{ txid: 'x', vout: 0, value: 1, status: { confirmed: true } }]],
    ['an amount that is none', [{ ...unspent(1, 1), value: 0.5 }]],
    ['more coins than there are', [{ ...unspent(1, 1), value: 21e14 + 1 }]],
    ['an object', {}],
  ])('that answers %s is refused', async (_, body) => {
    const { it } = await explorer(() => ({ body }));
    await expect(it.unspent(lock.address, script)).rejects.toThrow(/^http:\/\/127.0.0.1:\d+ answered \/utxo with: /);
  });

  test('that fails is quoted, without what moves a cursor', async () => {
    const { it } = await explorer(() => ({ status: 502, body: 'bad\u001b[2Jgateway\r\n' }));
    await expect(it.tipHeight()).rejects.toThrow('/blocks/tip/height with: status 502: bad [2Jgateway');
  });

  test.each([200, 404])('whose page was named, and not its API, is told so (status %d)', async (status) => {
    const { it } = await explorer(() => ({ status, body: '<!doctype html><title>An explorer</title>' }));
    await expect(it.unspent(lock.address, script)).rejects.toThrow(/a page for people: is it http:\S+:\d+\/api\?$/);
  });

  test('that is not there is named', async () => {
    const it = new Explorer('http://127.0.0.1:1');
    await expect(it.tipHeight()).rejects.toThrow(/^http:\/\/127.0.0.1:1 does not answer \(.+\). Try another/);
  });

  test('says what the next block costs, if it knows', async () => {
    const { it } = await explorer((_, count) => ({ body: count === 1 ? { 144: 1, 2: 7.5, 10: 3 } : {} }));
    expect(await it.nextBlockRate()).toBe(7.5);
    expect(await it.nextBlockRate()).toBeUndefined();
  });

  test('that sends us on, or answers without an end, is refused in words, and nothing goes elsewhere', async () => {
    const elsewhere = await explorer(() => ({ body: hash(9) }));
    const bomb = gzipSync(new Uint8Array(66 * 1024 * 1024));
    const server = createServer((request, response) => {
      if (request.url === '/tx') response.writeHead(307, { location: `${elsewhere.it.url}/tx` }).end();
      else response.writeHead(200, { 'content-encoding': 'gzip' }).end(bomb);
    });
    const it = new Explorer(`http://127.0.0.1:${await listening(server)}`);
    await expect(it.broadcast('00')).rejects.toThrow('does not answer');
    expect(elsewhere.asked).toEqual([]);
    await expect(it.tipHeight()).rejects.toThrow('its answer is over 67108864 bytes');
  });

  test('that refuses a transaction is quoted', async () => {
    const { it } = await explorer((_, count) =>
      count === 1
        ? { status: 400, body: 'sendrawtransaction RPC error: {"code":-26,"message":"non-final"}' }
        : { body: 'thanks' },
    );
    await expect(it.broadcast('00')).rejects.toThrow('non-final');
    await expect(it.broadcast('00')).rejects.toThrow('answered /tx with: thanks');
  });
});

describe('the fee that nobody named', () => {
  const options = {
    ...{ source: '-', to: winner.address, feeRate: undefined, network: undefined, descriptor: undefined, utxos: [] },
    ...{ unconfirmed: false, out: undefined, broadcast: false, json: false },
  };
  const server = (utxo: readonly unknown[], mempool: readonly unknown[], next: number) =>
    explorer((path) => ({ body: path === '/utxo' ? utxo : path === '/fee-estimates' ? { 1: next } : mempool }));

  test('is generous', async () => {
    const { it } = await server([unspent(1, 5_000_000)], [], 30);
    expect((await prepare(lock, { ...options, chain: it.url })).sweep).toMatchObject({ fee: 60 * 110, uneconomic: [] });
  });

  test('is no less for dust, which stays', async () => {
    const dust = Array.from({ length: 400 }, (_, index) => unspent(index + 2, 600));
    const { it } = await server([unspent(1, 5_000_000), ...dust], [], 30);
    const { inputs, uneconomic, fee } = (await prepare(lock, { ...options, chain: it.url })).sweep;
    expect([inputs.length, uneconomic.length, fee]).toEqual([1, 400, 60 * 110]);
  });

  test('replaces all rivals, however they are spread', async () => {
    const many = [3, 4, 5].map((from, index) => spend(20 + index, from, 1_000_000, 9000));
    const { it } = await server([], many, 1);
    // A rate of 1.5 times theirs would be less than the three of them together.
    const { fee, inputs, vsize } = (await prepare(lock, { ...options, chain: it.url })).sweep;
    expect(inputs).toHaveLength(3);
    expect(fee).toBeGreaterThanOrEqual(27_000 + vsize);
    expect(fee / vsize).toBeGreaterThan(9000 / 110);
  });

  test('is not what a rival who burns it all would have us pay, nor a server that says so', async () => {
    const { it } = await server([], [spend(9, 3, 1_000_000, 900_000)], 1);
    await expect(prepare(lock, { ...options, chain: it.url })).rejects.toThrow(
      'to replace what waits in the mempool takes 900110 sat, more than half of what is there. If that is worth it to you, say --fee-rate 8183',
    );
    const { sweep } = await prepare(lock, { ...options, chain: it.url, feeRate: 8183 });
    expect(sweep.fee).toBe(900_130);
    const costly = await server([unspent(1, 110_000)], [], 1e9);
    expect((await prepare(lock, { ...options, chain: costly.it.url })).sweep.fee).toBe(11_000);
  });

  test('is none where all is on its way, until it is wanted', async () => {
    const { it } = await server([unspent(1, 5_000_000, false)], [payment(1, 5_000_000)], 30);
    await expect(prepare(lock, { ...options, chain: it.url })).rejects.toThrow('5000000 sat are on their way');
    const { sweep } = await prepare(lock, { ...options, chain: it.url, unconfirmed: true });
    expect(sweep.inputs).toHaveLength(1);
  });
});
