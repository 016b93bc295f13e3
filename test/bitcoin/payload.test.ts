import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { hexToBytes } from '@noble/hashes/utils.js';
import * as scure from '@scure/btc-signer';
import * as bitcoinjs from 'bitcoinjs-lib';
import { describe, expect, test } from 'vitest';
import { networkNames, networks, publicWallet, releasePayload, WalletKey } from '../../service/bitcoin/index.ts';

const secret = hexToBytes('0c28fca386c7a227600b2fe50b7cae11ec86d3bf1fbe471be89827e19d72aa1d');
const wifOf = (prefix: number): string => scure.WIF({ ...scure.NETWORK, wif: prefix }).encode(secret);

function wallet(name: (typeof networkNames)[number]): WalletKey {
  const wif = Uint8Array.from(wifOf(networks[name].wifPrefix), (character) => character.charCodeAt(0));
  return WalletKey.fromWif(wif, networks[name]);
}

const classic = { kind: 'classic', keyOrigin: 'host', recovery: 'none' } as const;
const shown = (name: (typeof networkNames)[number]) => publicWallet(wallet(name), networks[name], classic);

const payload = (name: (typeof networkNames)[number]): string =>
  String.fromCharCode(...releasePayload(wallet(name), shown(name))());

describe('what a winner receives', () => {
  test.each(networkNames)('on %s: the key in every form, each in its line', (name) => {
    const lines = payload(name).split('\n');
    const field = (key: string) => lines.find((line) => line.startsWith(`${key}: `))?.slice(key.length + 2);
    const wif = wifOf(networks[name].wifPrefix);
    const theirs = {
      mainnet: bitcoinjs.networks.bitcoin,
      testnet4: bitcoinjs.networks.testnet,
      signet: bitcoinjs.networks.testnet,
      regtest: bitcoinjs.networks.regtest,
    }[name];
    expect(lines[0]).toBe('btc-pinata/payload/v1');
    expect(field('wallet')).toBe('classic');
    expect(field('network')).toBe(name);
    expect(field('wif')).toBe(wif);
    expect(field('electrum')).toBe(`p2wpkh:${wif}`);
    expect(field('descriptor')).toMatch(new RegExp(`^wpkh\\(${wif}\\)#[a-z0-9]{8}$`));
    expect(field('address')).toBe(
      bitcoinjs.payments.p2wpkh({ pubkey: wallet(name).publicKey, network: theirs }).address,
    );
    expect(field('watch-only')).toBe(shown(name).descriptor);
  });

  test('is printable ASCII, ends each line with LF, and fits one record', () => {
    expect(payload('mainnet')).toMatch(/^([ -~]+\n)+$/);
    expect(payload('mainnet').length).toBeLessThan(2 ** 14);
  });

  test('what is public of it holds nothing that is not', () => {
    const text = JSON.stringify(shown('regtest'));
    expect(text).not.toContain(wifOf(0xef));
    expect(JSON.parse(text)).toMatchObject({
      kind: 'classic',
      network: 'regtest',
      uri: expect.stringMatching(/^bitcoin:bcrt1q/),
    });
  });

  test('a key that was destroyed has none', () => {
    const destroyed = wallet('regtest');
    const payload = releasePayload(destroyed, shown('regtest'));
    destroyed.destroy();
    expect(payload).toThrow('destroyed');
  });
});

describe('no string of the process ever holds the key', () => {
  test('as a snapshot of the heap shows, which would show one', async () => {
    const script = join(import.meta.dirname, 'strings-of-the-heap.ts');
    const { stdout } = await promisify(execFile)(process.execPath, [script]);
    expect(JSON.parse(stdout)).toEqual({ key: false, publicKey: true, control: true });
  });
});
