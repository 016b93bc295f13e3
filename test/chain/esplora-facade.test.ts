import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { NETWORK } from '@scure/btc-signer';
import { EsploraProvider } from '@scure/btc-signer/net.js';
import { describe, expect, onTestFinished, test } from 'vitest';
import { esploraCommand } from '../../infra/esplora-command.ts';
import { rpcPassword, rpcUser, startLitecoind, until } from '../nodes/litecoind.ts';
import { required } from '../support/required.ts';
import { classicWallet, coinOf, explorerOf } from './on-litecoind.ts';

const litecoind = required.tool('litecoind');

describe.skipIf(litecoind.missing)('an explorer out of a node', () => {
  test('is one that a stranger’s client can read', async () => {
    await using node = await startLitecoind();
    const url = await explorerOf(node);
    const wallet = classicWallet(1);
    const [first, second] = [await node.send(wallet.address, 100_000), await node.send(wallet.address, 50_000)];
    await node.mine();
    const third = await node.send(wallet.address, 7000);
    const provider = new EsploraProvider(fetch, url, { ...NETWORK, bech32: 'bcrt' });
    expect(await provider.height()).toBe(102);
    const unspent = await provider.unspent(wallet.address);
    expect(unspent).toBeDefined();
    expect(
      JSON.stringify(unspent, (_, value: unknown) => (typeof value === 'bigint' ? String(value) : value)),
    ).toContain(first);
    const info = await provider.txInfo(second);
    expect(JSON.stringify(info, (_, value: unknown) => (typeof value === 'bigint' ? String(value) : value))).toContain(
      '50000',
    );

    const sweep = wallet.sweep([await coinOf(node, first, 100_000)], 1000);
    const sent = await fetch(`${url}/tx`, { method: 'POST', body: sweep });
    const spender = await sent.text();
    expect(await node.mempool()).toContain(spender);
    const coin = await coinOf(node, first, 100_000);
    const get = async (path: string): Promise<unknown> => {
      const answer = await fetch(`${url}${path}`);
      const text = await answer.text();
      return answer.headers.get('content-type') === 'application/json' ? JSON.parse(text) : `${answer.status} ${text}`;
    };
    expect(await get(`/address/${wallet.address}`)).toEqual({
      address: wallet.address,
      chain_stats: { funded_txo_count: 2, funded_txo_sum: 150_000, spent_txo_count: 0, spent_txo_sum: 0, tx_count: 2 },
      mempool_stats: {
        funded_txo_count: 1,
        funded_txo_sum: 7000,
        spent_txo_count: 1,
        spent_txo_sum: 100_000,
        tx_count: 2,
      },
    });
    expect(await get(`/tx/${first}/outspend/${coin.vout}`)).toMatchObject({ spent: true, txid: spender });
    expect(await get(`/address/${wallet.address}/txs/mempool`)).toEqual(
      expect.arrayContaining([expect.objectContaining({ txid: third }), expect.objectContaining({ txid: spender })]),
    );
    expect(await get(`/tx/${spender}`)).toMatchObject({
      fee: 1000,
      vin: [{ prevout: { value: 100_000, scriptpubkey_address: wallet.address } }],
    });
    const nobody = 'ab'.repeat(32);
    expect(await get(`/tx/${nobody}`)).toBe('404 Transaction not found');
    expect(await get(`/tx/${nobody}/status`)).toEqual({ confirmed: false });
    expect(await get(`/block/${nobody}`)).toBe('404 Block not found');
    expect(await get('/block-height/900')).toBe('404 Block not found');
    expect(await get(`/block-height/102`)).toBe(`200 ${await node.bestHash()}`);
    expect(await get(`/block/${await node.bestHash()}`)).toMatchObject({ id: await node.bestHash(), height: 102 });
    expect(await get('/blocks/5')).toHaveLength(6);
    expect(await get('/address/bc1qw508d6qejxtdg4y5r3zarvary0c5xw7kv8f3t4')).toMatch(/^400 .*no segwit address/);
    expect(await get('/mempool/everything')).toBe('404 there is no such endpoint here');
    const nonsense = await fetch(`${url}/tx`, { method: 'POST', body: '00' });
    expect([nonsense.status, await nonsense.text()]).toEqual([
      400,
      expect.stringMatching(/^sendrawtransaction RPC error: \{"code":-22/),
    ]);
    const page = await fetch(`${url}/blocks/tip/height`, { headers: { origin: 'https://example.org' } });
    expect(page.status).toBe(400);
  });

  test('the verb takes the password from a file, says where it listens, and says at once that a password is wrong', async () => {
    await using node = await startLitecoind({ blocks: 1 });
    const folder = mkdtempSync(join(tmpdir(), 'pinata-esplora-'));
    onTestFinished(() => rmSync(folder, { recursive: true }));
    const file = join(folder, 'password');
    const said = { out: [] as string[], err: [] as string[] };
    const stop = new AbortController();
    const terminal = {
      stdout: { write: (text: string) => said.out.push(text) > 0 },
      stderr: { write: (text: string) => said.err.push(text) > 0 },
      signal: stop.signal,
    };
    const words = ['--rpc', node.rpcUrl, '--rpc-user', rpcUser, '--rpc-password-file', file, '--port', '0'];
    writeFileSync(file, 'of somebody else\n');
    expect(await esploraCommand(words, terminal)).toBe(1);
    expect(said.err.join('')).toMatch(/user and password were refused \(401\)/);
    writeFileSync(file, `${rpcPassword}\n`);
    const ended = esploraCommand(words, terminal);
    await until('it says where it listens', () => Promise.resolve(said.out.length > 0));
    const [url = ''] = said.out.join('').split(' ');
    expect(await (await fetch(`${url}/blocks/tip/height`)).text()).toBe('1');
    stop.abort();
    expect(await ended).toBe(0);
    expect([...said.out, ...said.err].join('')).not.toContain(rpcPassword);
  });
});

describe('the command line of the explorer', () => {
  const misuse = async (...words: string[]) => {
    const said: string[] = [];
    const terminal = {
      stdout: { write: () => true },
      stderr: { write: (text: string) => said.push(text) > 0 },
      signal: AbortSignal.abort(),
    };
    expect(await esploraCommand(words, terminal)).toBe(2);
    return said.join('');
  };

  test('says what to look for where no node answers', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'pinata-esplora-'));
    onTestFinished(() => rmSync(folder, { recursive: true }));
    const cookie = join(folder, '.cookie');
    writeFileSync(cookie, 'a:b');
    const said: string[] = [];
    const terminal = {
      stdout: { write: () => true },
      stderr: { write: (text: string) => said.push(text) > 0 },
      signal: AbortSignal.abort(),
    };
    // Port 1 of loopback has no listener.
    expect(await esploraCommand(['--rpc', 'http://127.0.0.1:1', '--cookie-file', cookie], terminal)).toBe(1);
    expect(said.join('')).toMatch(/ECONNREFUSED.*: does the node run, with server=1, and is this its RPC port\?/);
  });

  test('says what is missing and what is not allowed', async () => {
    expect(await misuse()).toMatch(/--rpc is wanted/);
    expect(await misuse('--rpc', 'http://u:p@127.0.0.1:1')).toMatch(/which every process could read/);
    expect(await misuse('--rpc', 'http://127.0.0.1:1')).toMatch(/--cookie-file is wanted/);
    expect(await misuse('--rpc', 'http://127.0.0.1:1', '--cookie-file', 'a', '--rpc-user', 'b')).toMatch(/exclude/);
    expect(await misuse('--rpc', 'http://127.0.0.1:1', '--cookie-file', 'a', '--port', '99999')).toMatch(/--port/);
    expect(await misuse('--rpc', 'http://127.0.0.1:1', '--cookie-file', 'a', '--listen', 'here')).toMatch(/--listen/);
    expect(await misuse('--rpc-password', 'x')).toMatch(/no option of this command/);
  });
});
