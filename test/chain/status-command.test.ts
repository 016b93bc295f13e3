import { once } from 'node:events';
import { createServer } from 'node:http';
import { describe, expect, onTestFinished, test } from 'vitest';
import { statusCommand } from '../../infra/status-command.ts';
import {
  classicAddress,
  explorer,
  freshHash,
  type ModelState,
  mined,
  modelChain,
  sent,
  transaction,
  vaultAddress,
} from './model.ts';

/* The verb, against explorers of a model chain that answer over real HTTP. */

async function serve(answer: (path: string) => Promise<{ status: number; body: string }>): Promise<string> {
  const server = createServer((request, response) => {
    answer(request.url ?? '/').then(
      ({ status, body }) => response.writeHead(status).end(body),
      () => response.destroy(),
    );
  });
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

const explorerOf = async (state: ModelState, address: string): Promise<string> => {
  const ask = explorer(() => state, address);
  return `${await serve((path) => ask(`http://x${path}`))}/api`;
};

async function said(...words: string[]) {
  const [out, err]: [string[], string[]] = [[], []];
  const status = await statusCommand(words, {
    stdout: { write: (text: string) => out.push(text) > 0 },
    stderr: { write: (text: string) => err.push(text) > 0 },
  });
  return { status, out: out.join(''), err: err.join('') };
}

const bait = transaction({ pays: [150_000_000] });
const funded = mined(sent(mined(sent(modelChain(), bait)), transaction({ pays: [20_000, 400] })));
const spend = transaction({ takes: [{ outpoint: `${bait.txid}:0`, satoshis: 150_000_000 }] });

describe('btc-pinata status', () => {
  test('says the verdict, the sums and who says so; its exit status is the verdict', async () => {
    const chain = async (state: ModelState) => [
      '--chain',
      await explorerOf(state, vaultAddress),
      '--chain',
      await explorerOf(state, vaultAddress),
    ];
    const live = await said(vaultAddress, ...(await chain(funded)));
    expect([live.status, live.err]).toEqual([0, '']);
    expect(live.out).toMatch(/^live\nThe coins are there/);
    expect(live.out).toMatch(/^balance {5}1\.50020400 BTC$/m);
    expect(live.out).toMatch(/^bait {8}1\.50000000 BTC since 2027-.*block 11 \(what came in first\)$/m);
    expect(live.out).toMatch(/^donations {3}0\.00020000 BTC in 1, and 1 of dust, 0\.00000400 BTC$/m);
    expect(live.out).toMatch(/127\.0\.0\.1:\d+\/api +12 +1\.50020400 BTC +\d+ s ago +agrees$/m);

    const seen = await said(vaultAddress, ...(await chain(sent(funded, spend))));
    expect([seen.status, seen.out]).toEqual([
      3,
      expect.stringMatching(new RegExp(`spent by +${spend.txid} .*unconfirmed`)),
    ]);
    expect((await said(vaultAddress, ...(await chain(mined(sent(funded, spend), 6))))).out).toMatch(/^claimed\n/);
    expect((await said(vaultAddress, ...(await chain(mined(sent(funded, spend), 6))))).status).toBe(4);
    expect((await said(vaultAddress, ...(await chain(modelChain())))).status).toBe(5);
    const due = await said(vaultAddress, ...(await chain(funded)), '--refund-height', '12');
    expect([due.status, due.out]).toEqual([0, expect.stringMatching(/^live, refundable since 12\n/)]);
  });

  test('as JSON; announced coins are the bait; one source alone, and none', async () => {
    const chain = ['--chain', await explorerOf(funded, vaultAddress), '--chain', 'http://127.0.0.1:1/api'];
    const gift = funded.blocks.at(-1)?.transactions[0]?.txid ?? '';
    const { status, out } = await said(vaultAddress, ...chain, '--json', '--bait', `${gift}:0`);
    expect(status).toBe(0);
    expect(JSON.parse(out)).toMatchObject({
      verdict: 'live',
      support: 'single',
      bait: { announced: true, satoshis: 20_000 },
      sources: [{ standing: 'alone' }, { standing: 'unread', failure: { reason: 'unreachable' } }],
    });
    const none = await said(vaultAddress, '--chain', 'http://127.0.0.1:1/api');
    expect([none.status, none.out]).toEqual([
      1,
      expect.stringMatching(/^stale\nNone of the sources could be read so far/),
    ]);
  });

  test('of a host: it names the address, and the explorers are asked', async () => {
    const status = { address: classicAddress, network: 'regtest', wallet: 'classic', refund: null, test: true };
    const host = await serve(() => Promise.resolve({ status: 200, body: JSON.stringify(status) }));
    const chain = ['--chain', await explorerOf(mined(sent(funded, spend), 6), classicAddress)];
    const { out } = await said(new URL(host).host, ...chain);
    expect(out).toMatch(new RegExp(`^address +${classicAddress} \\(regtest\\)$`, 'm'));
    const elsewhere = await said(new URL(host).host, ...chain, '--network', 'mainnet');
    expect([elsewhere.status, elsewhere.err]).toEqual([
      2,
      expect.stringMatching(/names a wallet on regtest, and --network says mainnet/),
    ]);
    const stranger = await serve(() => Promise.resolve({ status: 200, body: '<html>' }));
    const wrong = await said(new URL(stranger).host, ...chain);
    expect([wrong.status, wrong.err]).toEqual([1, expect.stringMatching(/names no wallet: is it a piñata\?/)]);
    const gone = await said('127.0.0.1:1', ...chain);
    expect([gone.status, gone.err]).toEqual([
      1,
      expect.stringMatching(/127\.0\.0\.1:1\/status\.json cannot be reached/),
    ]);
  });

  test('what is wrong with the words', async () => {
    const misuse = async (...words: string[]) => {
      const { status, err } = await said(...words);
      expect(status).toBe(2);
      return err;
    };
    expect(await misuse()).toMatch(/one ADDRESS or HOST is wanted/);
    expect(await misuse(`${vaultAddress}q`)).toMatch(/is no address: its checksum/);
    expect(await misuse(vaultAddress)).toMatch(/no public explorer has regtest: name one with --chain/);
    expect(await misuse('tb1qw508d6qejxtdg4y5r3zarvary0c5xw7kxpjzsx')).toMatch(/say which with --network/);
    expect(await misuse(vaultAddress, '--network', 'mainnet')).toMatch(/is an address of regtest/);
    expect(await misuse(vaultAddress, '--network', 'moon')).toMatch(/allowed are mainnet/);
    expect(await misuse(vaultAddress, '--chain', 'ftp://x')).toMatch(/allowed are http: and https: URLs/);
    expect(await misuse(vaultAddress, '--bait', freshHash('x'))).toMatch(/TXID:VOUT is wanted/);
  });
});
