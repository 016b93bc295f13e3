import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, onTestFinished, test } from 'vitest';
import { type Announcement, announcementLine, banner } from '../../service/host/announcement.ts';
import { markup } from '../../service/site/html.ts';
import { walletStory } from '../../service/site/page-wallet.ts';
import type { WalletView } from '../../service/site/view.ts';
import { sampleVault, sampleWallet } from '../site/sample-view.ts';
import { anyPorts, Program } from './program.ts';

/* What an operator and a visitor are told of the wallet: each of its promises is worth what its key's life is. */

const operator = 'c6047f9441ed7d6d3045406e95c07cd85c778e4b8cef3ca7abac09b95c709ee5';
const copied: WalletView = { ...sampleWallet, network: 'mainnet', recovery: `age1${'q'.repeat(58)}`, ephemeral: false };
const imported: WalletView = { ...sampleWallet, network: 'mainnet', keyOrigin: 'imported', ephemeral: false };
const lost: WalletView = { ...sampleWallet, network: 'mainnet' };
const locked: WalletView = { ...sampleVault, ephemeral: true };

const story = (wallet: WalletView): string => markup(walletStory(wallet)).replace(/<[^>]*>/g, '');

const announced = (wallet: WalletView): Announcement => ({
  service: {
    ports: { http: 1, https: 2, server: 3, dialback: 4, reverse: 5 },
    host: '127.0.0.1',
    caSha256: 'ca',
    siteCaSha256: 'site',
    management: undefined,
  },
  wallet,
  build: 'source-0',
  version: '0.0.0',
  threads: 0,
  testCredentials: undefined,
  sandboxed: false,
});

describe('the page', () => {
  test.each([
    ['classic', sampleWallet, /the chain cannot tell a winner from the operator/],
    ['vault', sampleVault, /The chain tells two ends apart: .* in a block above 958000 and in none before/],
    ['made on a host', sampleVault, /so that a spend by it is a win, the operator promises/],
    ['imported', imported, /The key was handed in by the operator, who may have kept it/],
    ['measured', { ...sampleVault, keyOrigin: 'measured-image' }, /ask its hardware, not this page/],
    [
      'copied',
      copied,
      /There is a copy of it, encrypted to age1q+: whoever has the identity to that can take the coins/,
    ],
    ['ephemeral classic', lost, /once this process has ended nobody can ever spend what is at this address/],
    ['ephemeral vault', locked, /nobody can win any more, and the coins are locked until block 958000/],
  ] as const)('of a wallet that is %s', (_name, wallet, expected) => {
    expect(story(wallet)).toMatch(expected);
  });

  test('never says of a key that was on a host that the operator cannot take it', () => {
    for (const wallet of [sampleWallet, sampleVault, copied, imported, lost, locked])
      expect(story(wallet)).not.toMatch(/cannot take|cannot read/);
    for (const wallet of [sampleVault, copied]) expect(story(wallet)).not.toContain('memory alone');
  });
});

describe('the banner', () => {
  test.each([
    ['regtest', sampleWallet, /made in memory: worth nothing, and gone when this process ends/],
    ['ephemeral classic', lost, /EPHEMERAL: when this process ends, what was paid to it is lost for good/],
    ['ephemeral vault', locked, /EPHEMERAL: when this process ends, what was paid to it is locked until block 958000/],
    ['vault', sampleVault, /\(mainnet, vault\)\n +refund to c6047f.* in blocks above 958000\n/],
    ['copied', copied, /a copy of its key is encrypted to age1q/],
    ['imported', imported, /its key was handed in, and everybody is told so/],
  ] as const)('of a wallet that is %s', (_name, wallet, expected) => {
    expect(banner(announced(wallet))).toMatch(expected);
  });

  test('names no folder of test credentials that is there inside a sandbox alone', () => {
    const shown = banner({ ...announced(sampleWallet), testCredentials: '/test-credentials', sandboxed: true });
    expect(shown).toMatch(
      / -cert client\.pem -key client-key\.pem -quiet +# in the folder that --test-credentials names\n/,
    );
    expect(shown).not.toContain('/test-credentials');
  });

  test('in JSON has the public wallet', () => {
    expect(JSON.parse(announcementLine(announced(sampleVault)))).toMatchObject({
      wallet: 'vault',
      network: 'mainnet',
      address: sampleVault.address,
      descriptor: sampleVault.descriptor,
      keyOrigin: 'host',
      recovery: 'none',
      ephemeral: false,
    });
  });
});

describe('a process', () => {
  const vault = ['--wallet', 'vault', '--refund-key', operator, '--refund-height', '400000'];
  async function run(...flags: readonly string[]) {
    const program = new Program(['--json', ...anyPorts, ...flags]);
    onTestFinished(async () => {
      await program.stop();
    });
    const ready = await program.ready();
    const status: unknown = await (await fetch(`http://127.0.0.1:${ready.ports['http']}/status.json`)).json();
    return { program, ready, status };
  }

  test('with an ephemeral vault says so in /status.json', async () => {
    const { ready, status } = await run(...vault);
    expect(ready).toMatchObject({ wallet: 'vault', ephemeral: true, network: 'regtest' });
    expect(status).toMatchObject({
      wallet: 'vault',
      address: ready['address'],
      descriptor: ready['descriptor'],
      keyOrigin: 'host',
      recovery: 'none',
      refund: { height: 400_000, publicKey: operator },
      ephemeral: true,
    });
  });

  test('has the same wallet after a restart, and refuses another', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'pinata-restart-'));
    onTestFinished(() => rmSync(folder, { recursive: true }));
    const data = join(folder, 'data');
    writeFileSync(join(folder, 'pass'), 'correct horse battery staple\n', { mode: 0o600 });
    const keeping = ['--data', data, '--seal-passphrase-file', join(folder, 'pass')];
    const first = await run(...vault, ...keeping);
    expect(first.ready).toMatchObject({ ephemeral: false });
    expect(await first.program.stop()).toEqual({ code: 0, signal: null });
    const sealed = readFileSync(join(data, 'wallet.sealed'));
    expect(statSync(join(data, 'wallet.sealed')).mode & 0o777).toBe(0o600);

    const second = await run(...vault, ...keeping);
    expect(second.ready['address']).toBe(first.ready['address']);
    expect(await second.program.stop()).toEqual({ code: 0, signal: null });

    const other = new Program(['--json', ...anyPorts, ...keeping]);
    expect(await other.ended()).toEqual({ code: 2, signal: null });
    expect(other.stderr).toMatch(/--wallet: "classic", and the wallet that is sealed in .* has "vault"/);
    writeFileSync(join(folder, 'pass'), 'another passphrase\n');
    const stranger = new Program(['--json', ...anyPorts, ...vault, ...keeping]);
    expect(await stranger.ended()).toEqual({ code: 2, signal: null });
    expect(stranger.stderr).toMatch(/--seal-passphrase-file: the passphrase is not the one/);
    expect(readFileSync(join(data, 'wallet.sealed'))).toEqual(sealed);
  });

  test('takes a classic key from a credential of systemd', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'pinata-credentials-'));
    onTestFinished(() => rmSync(folder, { recursive: true }));
    writeFileSync(join(folder, 'wallet-key'), 'cMahea7zqjxrtgAbB7LSGbcQUr1uX1ojuat9jZodMN87JcbXMTcA\n', {
      mode: 0o400,
    });
    const flags = ['--json', ...anyPorts, '--key-credential', 'wallet-key'];
    const program = new Program(flags, { environment: { CREDENTIALS_DIRECTORY: folder } });
    onTestFinished(async () => {
      await program.stop();
    });
    expect(await program.ready()).toMatchObject({
      address: 'bcrt1qw508d6qejxtdg4y5r3zarvary0c5xw7kygt080',
      keyOrigin: 'imported',
      ephemeral: false,
    });
    const without = new Program(flags);
    expect(await without.ended()).toEqual({ code: 2, signal: null });
    expect(without.stderr).toMatch(/--key-credential: systemd handed over no credentials, "wallet-key" among them/);
  });
});
