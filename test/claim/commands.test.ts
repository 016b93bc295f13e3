import { spawnSync } from 'node:child_process';
import { chmodSync, existsSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { bytesToHex } from '@noble/hashes/utils.js';
import { afterAll, beforeEach, describe, expect, test, vi } from 'vitest';
import { Transaction } from '../../infra/claim/bitcoinjs.ts';
import { claimCommand } from '../../infra/claim/claim-command.ts';
import { refundCommand } from '../../infra/claim/refund-command.ts';
import { refundKeyCommand } from '../../infra/claim/refund-key-command.ts';
import { networks } from '../../service/bitcoin/index.ts';
import { bountySecret, operatorKey, operatorSecret, refund, released, wifOf, winner } from './wallets.ts';

/* The three verbs as they are typed, without a network. */

const folder = mkdtempSync(join(tmpdir(), 'pinata-claim-'));
const launcher = resolve(import.meta.dirname, '../../infra/btc-pinata.mjs');
afterAll(() => rmSync(folder, { recursive: true }));

let names = 0;
/** A new file. */
function file(contents: string | Uint8Array, mode = 0o600): string {
  const path = join(folder, String(names++));
  writeFileSync(path, contents, { mode });
  chmodSync(path, mode);
  return path;
}

let out = '';
let err = '';
beforeEach(() => {
  [out, err] = ['', ''];
  vi.spyOn(process.stdout, 'write').mockImplementation((text) => {
    out += String(text);
    return true;
  });
  vi.spyOn(console, 'error').mockImplementation((text) => {
    err += `${text}\n`;
  });
  return () => vi.restoreAllMocks();
});

const bountyWif = wifOf(bountySecret);
const operatorWif = wifOf(operatorSecret);
const utxo = (sats: number, vout = 0): string => `${'ab'.repeat(32)}:${vout}:${sats}`;
const to = ['--to', winner.address];
const regtest = ['--network', 'regtest'];

describe('claim', () => {
  test.each(['classic', 'vault'] as const)('shows a %s sweep, and sends nothing', async (kind) => {
    const { wallet, payload } = released(kind);
    const words = [file(payload), ...to, '--utxo', utxo(600_000), '--utxo', utxo(250, 1), '--fee-rate', '12.5'];
    expect(await claimCommand(words)).toBe(0);
    expect(err).toBe('');
    const vsize = kind === 'classic' ? 110 : 99;
    const fee = Math.ceil(12.5 * vsize);
    expect(out).toContain(`  from      ${wallet.address} (regtest)\n`);
    expect(out).toContain('  spends    1 output, 0.00600000 BTC\n');
    expect(out).toContain(`  pays      0.00${600_000 - fee} BTC to ${winner.address}\n`);
    expect(out).toContain(`  fee       ${fee} sat: 12.5 sat/vB, ${vsize} vB, 0.2`);
    expect(out).toContain('  leaves    1 output, 0.00000250 BTC: to spend one costs more than it holds\n');
    expect(out).toContain('everybody else who has the key can replace it');
    expect(out).toContain('Not sent: say --broadcast for that');
    expect(out.includes(`- From block ${refund.height + 1} on the operator can take the coins`)).toBe(kind === 'vault');
    for (const secret of [bountyWif.slice(0, 26), bountyWif.slice(26), bytesToHex(bountySecret).slice(0, 32)])
      expect(out).not.toContain(secret);
    const raw = out.trim().split('\n').at(-1) ?? '';
    expect(out).toContain(`  txid      ${Transaction.fromHex(raw).getId()}\n`);
  });

  test('writes the transaction to a file, and over none', async () => {
    const path = join(folder, 'raw');
    const words = [file(released('classic').payload), ...to, '--utxo', utxo(600_000), '--fee-rate', '5', '--out', path];
    expect(await claimCommand([...words, '--json'])).toBe(0);
    const told: { raw: string; txid: string; fee: number; sent: boolean } = JSON.parse(out);
    expect(told).toMatchObject({ verb: 'claim', kind: 'classic', network: 'regtest', fee: 550, sent: false });
    expect(readFileSync(path, 'utf8')).toBe(`${told.raw}\n`);
    expect(await claimCommand(words)).toBe(1);
    const occupied = `${path} is there already, and is not overwritten: name another file as --out.`;
    expect(err).toBe(`btc-pinata claim: ${occupied}\n`);
    err = '';
    // Before anything is read or asked: there is no such file.
    expect(await claimCommand([join(folder, 'no key'), ...to, '--out', path])).toBe(1);
    expect(err).toBe(`btc-pinata claim: ${occupied}\n`);
  });

  test('takes a key on its own, from a file or from the standard input', async () => {
    const words = [...to, ...regtest, '--utxo', utxo(600_000), '--fee-rate', '5', '--json'];
    expect(await claimCommand([file(`p2wpkh:${bountyWif}\n`), ...words])).toBe(0);
    const piped = spawnSync(process.execPath, [launcher, 'claim', '-', ...words], {
      input: bountyWif,
      encoding: 'utf8',
    });
    expect(piped.stderr).toBe('');
    expect(piped.stdout).toBe(out);
  });

  test('finds the vault of a key on its own in whatever names its descriptor', async () => {
    const { wallet } = released('vault');
    for (const text of [JSON.stringify({ wallet }), `btc-pinata/attest/v1\nwallet: vault ${wallet.descriptor}\n`]) {
      out = '';
      const words = [file(bountyWif), ...to, ...regtest, '--utxo', utxo(600_000), '--fee-rate', '5', '--json'];
      expect(await claimCommand([...words, '--wallet', file(text)])).toBe(0);
      expect(JSON.parse(out)).toMatchObject({ from: wallet.address, kind: 'vault', refundHeight: refund.height });
    }
  });

  test('a key is no argument, and is not repeated', async () => {
    const descriptor = `wpkh(${bountyWif})#abcdefgh`;
    for (const word of [bountyWif, `p2wpkh:${bountyWif}`, descriptor]) {
      err = '';
      expect(await claimCommand([word, ...to])).toBe(2);
      expect(err).toContain('a key is no argument');
      expect(err).not.toContain(bountyWif.slice(0, 26));
    }
  });

  test.each(['--to', '--descriptor', '--wallet', '--chain', '--out', '--network'])(
    'nor is it one behind %s',
    async (option) => {
      expect(await claimCommand([file(bountyWif), ...to, option, bountyWif])).toBe(2);
      expect(err).toContain('a key is no argument');
      expect(out + err).not.toContain(bountyWif.slice(0, 26));
    },
  );

  test.each([
    [[], 'the file with what was released is wanted, or - for the standard input'],
    [['a', 'b', ...to], 'one file is wanted, 2 were given'],
    [['a'], '--to ADDRESS is wanted'],
    [['a', ...to, '--fee-rate', '0'], '--fee-rate is "0"; allowed are numbers from 0.1 to 10000, in sat/vB'],
    [['a', ...to, '--fee-rate', '1e3'], '--fee-rate is "1e3"'],
    [['a', ...to, '--network', 'testnet'], '--network is "testnet"; allowed are mainnet, testnet4, signet, regtest'],
    [['a', ...to, '--utxo', 'ab:0:1'], '--utxo is "ab:0:1"; wanted is TXID:VOUT:SATS'],
    [['a', ...to, '--utxo', utxo(2_100_000_000_000_001)], 'wanted is TXID:VOUT:SATS'],
    [['a', ...to, '--utxo', utxo(1), '--utxo', utxo(2)], 'is there twice'],
    [
      ['a', ...to, '--chain', 'mempool.space'],
      '--chain is "mempool.space"; wanted is the address of an Esplora REST API',
    ],
    [['a', ...to, '--chain', 'file:///etc'], 'wanted is the address of an Esplora REST API'],
    [['a', ...to, '--descriptor', 'tr(00)'], '--descriptor is none of a piñata'],
    [['a', ...to, '--wallet', '/nowhere'], '--wallet: "/nowhere" cannot be read (ENOENT)'],
    [['a', ...to, '--send'], '--send is no option of this command'],
  ])('wrong usage: %j', async (words, problem) => {
    expect(await claimCommand(words)).toBe(2);
    expect(err).toContain(problem);
    expect(err).toContain('`btc-pinata claim --help` says more.');
    expect(out).toBe('');
  });

  test.each([
    [['/nowhere', ...to], '"/nowhere" cannot be read (ENOENT)'],
    [[file('x'.repeat(20_000)), ...to], 'has 16384 bytes or more'],
    [
      [file(released('classic').payload), '--to', 'bc1qw508d6qejxtdg4y5r3zarvary0c5xw7kv8f3t4'],
      'is an address of mainnet',
    ],
    [
      [file(released('classic').payload), '--to', released('classic').wallet.address],
      'is the address that the coins are to leave',
    ],
    [[file(released('classic').payload), ...to], 'nobody but you knows a regtest chain'],
    [
      [file(released('classic').payload), ...to, '--utxo', utxo(9)],
      'so nobody knows what a block costs: give --fee-rate',
    ],
    [
      [file(released('classic').payload), ...to, '--utxo', utxo(9), '--fee-rate', '1'],
      'holds 0.00000009 BTC, and the fee at 1 sat/vB',
    ],
  ])('refused: %j', async (words, problem) => {
    expect(await claimCommand(words)).toBe(1);
    expect(err).toMatch(/^btc-pinata claim: .*\.\n$/);
    expect(err).toContain(problem);
  });
});

describe('refund', () => {
  const vault = released('vault').wallet;
  const words = [...to, ...regtest, '--utxo', utxo(600_000), '--fee-rate', '5'];

  test('is built without a network, and says from when on it is good', async () => {
    const statement = file(`wallet: vault ${vault.descriptor}\n`, 0o644);
    expect(await refundCommand([file(operatorWif), '--wallet', statement, ...words])).toBe(0);
    expect(out).toContain(`  from      ${vault.address} (regtest)\n`);
    expect(out).toContain(`  earliest  in block ${refund.height + 1}\n`);
    expect(out).toContain(`Nodes take it once they have block ${refund.height}: nobody was asked which they have.`);
    const raw = Transaction.fromHex(out.trim().split('\n').at(-1) ?? '');
    expect([raw.locktime, raw.ins[0]?.witness.length]).toEqual([refund.height, 3]);
    // Final ones would not wait for the height.
    expect(raw.ins[0]?.sequence).toBeLessThan(0xfffffffe);
    expect(out).not.toContain(operatorWif.slice(0, 26));
  });

  test('takes the key of the operator alone, from a file that nobody else can read', async () => {
    const descriptor = ['--descriptor', vault.descriptor];
    expect(await refundCommand([file(bountyWif), ...descriptor, ...words])).toBe(1);
    expect(err).toContain("this key is not the operator's");
    err = '';
    const open = file(operatorWif, 0o644);
    expect(await refundCommand([open, ...descriptor, ...words])).toBe(1);
    expect(err).toBe(
      `btc-pinata refund: ${JSON.stringify(open)} has mode 644, so others can read the key: chmod 600 it first.\n`,
    );
    err = '';
    expect(await refundCommand([file(operatorWif), ...descriptor, ...to, '--network', 'mainnet'])).toBe(1);
    expect(err).toContain('this key is one of a test network, and --network says mainnet');
  });

  test('is of a vault, which somebody has to name', async () => {
    expect(await refundCommand([file(operatorWif), ...words])).toBe(2);
    expect(err).toContain('which vault?');
    const { descriptor } = released('classic').wallet;
    expect(await refundCommand([file(operatorWif), '--descriptor', descriptor, ...words])).toBe(2);
    expect(err).toContain('a classic wallet has no refund');
    const two = file(`${descriptor}\n${vault.descriptor}`);
    expect(await refundCommand([file(operatorWif), '--wallet', two, ...words])).toBe(2);
    expect(err).toContain('holds 2 descriptors');
    expect(await refundCommand([file(operatorWif), '--wallet', file('nothing'), ...words])).toBe(2);
    expect(err).toContain("holds no descriptor of a piñata's wallet");
    const mistyped = vault.descriptor.replace(`after(${refund.height})`, `after(${refund.height + 1})`);
    expect(await refundCommand([file(operatorWif), '--descriptor', mistyped, ...words])).toBe(2);
    expect(err).toContain('or its checksum does not fit');
    expect(await refundCommand([file(operatorWif), '--descriptor', vault.descriptor, ...to])).toBe(2);
    expect(err).toContain('add --network testnet4, signet or regtest');
    err = '';
    expect(await refundCommand([])).toBe(2);
    expect(err).toContain('the file with the refund key is wanted, or - for the standard input');
  });

  test.each([
    [
      'a statement in its JSON',
      JSON.stringify({ statement: `network: regtest\naddress: a\nwallet: vault ${vault.descriptor}\n` }),
    ],
    ['what wallet show prints', `wallet      vault on regtest\ndescriptor  ${vault.descriptor}\n`],
    ['its JSON', JSON.stringify({ network: 'regtest', descriptor: vault.descriptor })],
  ])('knows the network of %s, which need not be said again', async (_, text) => {
    const wallet = ['--wallet', file(text)];
    const sweep = [...to, '--utxo', utxo(600_000), '--fee-rate', '1'];
    expect(await refundCommand([file(operatorWif), ...wallet, ...sweep])).toBe(0);
    expect(out).toContain('on regtest');
    expect(await refundCommand([file(operatorWif), ...wallet, ...sweep, '--network', 'signet'])).toBe(2);
    expect(err).toContain('--wallet is a file of regtest, and --network says signet');
    const unsure = file(`${text} network: signet`);
    expect(await refundCommand([file(operatorWif), '--wallet', unsure, ...sweep])).toBe(2);
    expect(err).toContain('add --network testnet4, signet or regtest');
  });
});

describe('refund-key', () => {
  test('makes a key that its owner alone can read, and shows what belongs to everybody', async () => {
    const path = join(folder, 'operator');
    expect(await refundKeyCommand(['new', path, '--network', 'regtest'])).toBe(0);
    expect(statSync(path).mode & 0o777).toBe(0o600);
    const shown = out;
    expect(shown).toMatch(/^[0-9a-f]{64}\n$/);
    expect(err).toContain(`${path} has the private key: keep a copy`);
    expect(readFileSync(path, 'utf8')).toMatch(/^c[1-9A-HJ-NP-Za-km-z]{51}\n$/);
    out = '';
    expect(await refundKeyCommand(['show', path, '--json'])).toBe(0);
    expect(JSON.parse(out)).toEqual({ publicKey: shown.trim(), file: path });
    // The vault that pays to it can be taken back with it.
    const { descriptor } = released('vault', networks.regtest, { height: 17, publicKey: shown.trim() }).wallet;
    const words = [path, '--descriptor', descriptor, ...to, ...regtest, '--utxo', utxo(600_000), '--fee-rate', '1'];
    expect(await refundCommand(words)).toBe(0);
  });

  test('of mainnet is written as one of mainnet', async () => {
    const path = join(folder, 'operator-mainnet');
    expect(await refundKeyCommand(['new', path, '--network', 'mainnet'])).toBe(0);
    expect(readFileSync(path, 'utf8')).toMatch(/^[KL][1-9A-HJ-NP-Za-km-z]{51}\n$/);
  });

  test('never takes the place of another', async () => {
    const path = file(operatorWif);
    expect(await refundKeyCommand(['new', path, '--network', 'regtest'])).toBe(1);
    expect(err).toBe(`btc-pinata refund-key: ${path} is there already, and is not overwritten.\n`);
    expect(readFileSync(path, 'utf8')).toBe(operatorWif);
    expect(await refundKeyCommand(['show', path])).toBe(0);
    expect(out).toBe(`${operatorKey}\n`);
  });

  test.each([
    [[], 'new or show is wanted'],
    [[bountyWif], 'the first word is neither new nor show'],
    [['new', 'x'], '--network NAME is wanted'],
    [['new', '-', '--network', 'regtest'], 'not to the standard output'],
    [['new', '--network', 'regtest'], 'is wanted'],
    [['show', 'x', 'y'], 'one file is wanted, 2 were given'],
  ])('wrong usage: %j', async (words, problem) => {
    expect(await refundKeyCommand(words)).toBe(2);
    expect(err).toContain(problem);
    expect(err).not.toContain(bountyWif);
    expect(existsSync('x')).toBe(false);
  });
});

test('no string of the process ever holds the key, as a snapshot of the heap shows, which would show one', () => {
  const { stdout } = spawnSync(process.execPath, [resolve(import.meta.dirname, 'strings-of-the-heap.ts')], {
    encoding: 'utf8',
  });
  const found: unknown = JSON.parse(stdout.trim().split('\n').at(-1) ?? '');
  expect(found).toEqual({ statuses: [0, 0], key: false, publicText: true, control: true });
});
