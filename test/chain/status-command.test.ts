import { describe, expect, test } from 'vitest';
import {
  classicAddress,
  freshHash,
  type ModelState,
  mined,
  modelChain,
  sent,
  transaction,
  vaultAddress,
} from './model.ts';
import { explorerOf, said, serve } from './status-scene.ts';

const bait = transaction({ pays: [150_000_000] });
const funded = mined(sent(mined(sent(modelChain(), bait)), transaction({ pays: [20_000, 400] })));
const spend = transaction({ takes: [{ outpoint: `${bait.txid}:0`, satoshis: 150_000_000 }] });
const refund = transaction({ takes: [{ outpoint: `${bait.txid}:0`, satoshis: 150_000_000 }], path: 'script' });

const chainOf = async (state: ModelState, address = vaultAddress) => [
  '--chain',
  await explorerOf(state, address),
  '--chain',
  await explorerOf(state, address),
];

describe('btc-pinata status', () => {
  test('says the verdict, the sums and who says so', async () => {
    const live = await said([vaultAddress, ...(await chainOf(funded))]);
    expect([live.status, live.err]).toEqual([0, '']);
    expect(live.out).toMatch(/^live\nThe coins are there/);
    expect(live.out).toMatch(/^balance {5}1\.50020400 BTC$/m);
    expect(live.out).toMatch(/^bait {8}1\.50000000 BTC since 2027-.*block 11 \(what came in first\)$/m);
    expect(live.out).toMatch(/^donations {3}0\.00020000 BTC in 1, and 1 of dust, 0\.00000400 BTC$/m);
    expect(live.out).toMatch(/127\.0\.0\.1:\d+\/api +12 +1\.50020400 BTC +\d+ s ago +agrees$/m);
    const seen = await said([vaultAddress, ...(await chainOf(sent(funded, spend)))]);
    expect(seen.out).toMatch(new RegExp(`spent by +${spend.txid} .*unconfirmed`));
  });

  test('its exit status is the verdict', async () => {
    const ends = async (state: ModelState, first: string, address = vaultAddress, ...words: string[]) => {
      const { status, out } = await said([address, ...(await chainOf(state, address)), ...words]);
      expect(out.split('\n')[0]).toMatch(first);
      return status;
    };
    expect(await ends(funded, 'live')).toBe(0);
    expect(await ends(funded, 'live, refundable since 12', vaultAddress, '--refund-height', '12')).toBe(0);
    expect(await ends(sent(funded, spend), 'spend seen')).toBe(10);
    expect(await ends(mined(sent(funded, spend), 3), 'spend confirmed (3)')).toBe(10);
    expect(await ends(mined(sent(funded, spend), 6), 'claimed')).toBe(11);
    expect(await ends(mined(sent(funded, spend), 6), 'spent by a winner or by the operator', classicAddress)).toBe(11);
    expect(await ends(mined(sent(funded, refund), 6), 'refunded by the operator')).toBe(12);
    expect(await ends(modelChain(), 'unfunded')).toBe(13);
    const other = await explorerOf(mined(sent(funded, spend), 6), vaultAddress);
    const two = ['--chain', await explorerOf(mined(funded, 6), vaultAddress), '--chain', other];
    const disagreement = await said([vaultAddress, ...two]);
    expect([disagreement.status, disagreement.out]).toEqual([20, expect.stringMatching(/^disagreement\n/)]);
    const none = await said([vaultAddress, '--chain', 'http://127.0.0.1:1/api']);
    expect([none.status, none.out]).toEqual([20, expect.stringMatching(/^stale\nNone of the sources could be read/)]);
  });

  test('as JSON; announced coins are the bait; one source alone', async () => {
    const chain = ['--chain', await explorerOf(funded, vaultAddress), '--chain', 'http://127.0.0.1:1/api'];
    const gift = funded.blocks.at(-1)?.transactions[0]?.txid ?? '';
    const { status, out } = await said([vaultAddress, ...chain, '--json', '--bait', `${gift}:0`]);
    expect(status).toBe(0);
    expect(JSON.parse(out)).toMatchObject({
      format: 'btc-pinata/status-report/v1',
      verdict: 'live',
      exitStatus: 0,
      found: null,
      page: null,
      contradictions: [],
      chain: {
        verdict: 'live',
        support: 'single',
        bait: { announced: true, satoshis: 20_000 },
        sources: [{ standing: 'alone' }, { standing: 'unread', failure: { reason: 'unreachable' } }],
      },
    });
  });

  const hostStatus = { address: classicAddress, network: 'regtest', wallet: 'classic', refund: null, test: true };

  test('of a host: it names the address, and the explorers are asked', async () => {
    const host = await serve(() => ({ status: 200, body: JSON.stringify(hostStatus) }));
    const chain = ['--chain', await explorerOf(mined(sent(funded, spend), 6), classicAddress)];
    const { out } = await said([new URL(host).host, ...chain]);
    expect(out).toMatch(new RegExp(`^address +${classicAddress} \\(regtest\\)$`, 'm'));
    const elsewhere = await said([new URL(host).host, ...chain, '--network', 'mainnet']);
    expect([elsewhere.status, elsewhere.err]).toEqual([
      2,
      expect.stringMatching(/the wallet is on regtest, and --network says mainnet/),
    ]);
    const stranger = await serve(() => ({ status: 200, body: '<html>' }));
    const wrong = await said([new URL(stranger).host, ...chain]);
    expect([wrong.status, wrong.err]).toEqual([20, expect.stringMatching(/names no wallet: is it a piñata\?/)]);
    const gone = await said(['127.0.0.1:1', ...chain]);
    expect([gone.status, gone.err]).toEqual([
      20,
      expect.stringMatching(/127\.0\.0\.1:1\/status\.json cannot be reached/),
    ]);
  });

  test('of nothing: the piñata on this machine, by the explorers that it was given itself', async () => {
    const source = await explorerOf(funded, classicAddress);
    const body = JSON.stringify({ ...hostStatus, chain: { sources: [{ source }] } });
    const { hostname: host, port } = new URL(await serve(() => ({ status: 200, body })));
    const { status, out } = await said([], { local: { host, port: Number(port) } });
    expect([status, out]).toEqual([0, expect.stringMatching(`^of the piñata at ${host}:${port}\nlive\n`)]);
    expect(out).toContain(source);
    const alone = await said([]);
    expect(alone.status).toBe(2);
    expect(alone.err).toMatch(/there is no deployment\.json in \S+, and no piñata at 127\.0\.0\.1:1\. Name an ADDRESS/);
  });

  test('what is wrong with the words', async () => {
    const misuse = async (...words: string[]) => {
      const { status, err } = await said(words);
      expect(status).toBe(2);
      return err;
    };
    expect(await misuse(vaultAddress, vaultAddress)).toMatch(/one ADDRESS, HOST or URL is wanted, or none/);
    expect(await misuse(`${vaultAddress}q`)).toMatch(/is no address: its checksum/);
    expect(await misuse(vaultAddress)).toMatch(/no public explorer has regtest: name one with --chain/);
    expect(await misuse('tb1qw508d6qejxtdg4y5r3zarvary0c5xw7kxpjzsx')).toMatch(/say which with --network/);
    expect(await misuse(vaultAddress, '--network', 'mainnet')).toMatch(/is an address of regtest/);
    expect(await misuse(vaultAddress, '--network', 'moon')).toMatch(/allowed are mainnet/);
    expect(await misuse(vaultAddress, '--chain', 'ftp://x')).toMatch(/allowed are http: and https: URLs/);
    expect(await misuse(vaultAddress, '--bait', freshHash('x'))).toMatch(/TXID:VOUT is wanted/);
    expect(await misuse(vaultAddress, '--no-explorers')).toMatch(/--no-explorers is of a status page/);
    expect(await misuse('example.org', '--release', 'x')).toMatch(/--release is of a status page/);
    expect(await misuse('https://x.example', '--no-explorers', '--chain', 'http://y')).toMatch(/exclude each other/);
    expect(await misuse('https://me:secret@x.example')).toMatch(/no user and no password/);
  });
});
