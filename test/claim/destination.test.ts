import { bytesToHex } from '@noble/hashes/utils.js';
import * as scure from '@scure/btc-signer';
import { describe, expect, test } from 'vitest';
import { destinationOf } from '../../infra/claim/destination.ts';
import { affordableRate, generousRate, leastToReplace } from '../../infra/claim/fee.ts';

describe('where the coins go', () => {
  const mainnet = [
    ['1BvBMSEYstWetqTFn5Au4m4GFg7xJaNVN2', 546],
    ['3J98t1WpEZ73CNmQviecrnyiWrnqRhWNLy', 540],
    ['bc1qw508d6qejxtdg4y5r3zarvary0c5xw7kv8f3t4', 294],
    ['bc1qrp33g0q5c5txsp9arysrx4k6zdkfs4nce4xj0gdcccefvpysxf3qccfmv3', 330],
    ['bc1p5cyxnuxmeuwuvkwfem96lqzszd02n6xdcjrs20cac6yqjjwudpxqkedrcr', 330],
  ] as const;

  test.each(mainnet)('%s, and nodes pass on no less than %i sat', (address, dust) => {
    const destination = destinationOf(address, 'mainnet');
    expect(destination.dust).toBe(dust);
    const theirs = scure.OutScript.encode(scure.Address(scure.NETWORK).decode(address));
    expect(bytesToHex(destination.scriptPubKey)).toBe(bytesToHex(theirs));
    expect(() => destinationOf(address, 'testnet4')).toThrow(
      `${address} is an address of mainnet, and the coins are on testnet4`,
    );
  });

  test('an address in capitals, as codes for phones have it', () => {
    const [, , [address]] = mainnet;
    expect(destinationOf(address.toUpperCase(), 'mainnet').scriptPubKey).toEqual(
      destinationOf(address, 'mainnet').scriptPubKey,
    );
  });

  test('the test networks share addresses, and regtest has some of its own', () => {
    const address = 'tb1qw508d6qejxtdg4y5r3zarvary0c5xw7kxpjzsx';
    expect(destinationOf(address, 'signet')).toEqual(destinationOf(address, 'testnet4'));
    expect(() => destinationOf(address, 'regtest')).toThrow(
      `${address} is an address of testnet4 or signet, and the coins are on regtest`,
    );
    expect(() => destinationOf('mipcBbFg9gMiCh81Kj8tqqdgoZub1ZJRfn', 'mainnet')).toThrow('is an address of testnet4');
  });

  test.each([
    '',
    'me',
    'bc1qw508d6qejxtdg4y5r3zarvary0c5xw7kv8f3t5',
    'bc1qw508d6qejxtdg4y5r3zarvary0c5xw7kv8f3T4',
    '1BvBMSEYstWetqTFn5Au4m4GFg7xJaNVN3',
    // A P2A output, and witness versions that have no rules yet: anybody could take it.
    'bc1pfeessrawgf',
    'bc1zw508d6qejxtdg4y5r3zarvaryvaxxpcs',
    'ltc1qw508d6qejxtdg4y5r3zarvary0c5xw7kgmn4n9',
  ])('%j is no address', (address) => {
    expect(() => destinationOf(address, 'mainnet')).toThrow('is no address that coins of mainnet can be sent to');
  });
});

describe('what is offered for a place in a block', () => {
  const rival = { txid: 'ab'.repeat(32), fee: 11_000, vsize: 110 };

  test('twice what the next one costs, half as much again as a rival, within bounds', () => {
    expect(generousRate(12.34, [])).toBe(24.7);
    expect(generousRate(1, [])).toBe(10);
    expect(generousRate(3000, [])).toBe(1000);
    expect(generousRate(undefined, [])).toBe(20);
    expect(generousRate(5, [rival])).toBe(150);
    expect(generousRate(5, [{ ...rival, fee: 1e9 }])).toBe(1000);
  });

  test('a tenth of what is moved at most, or half of it in a race', () => {
    expect(affordableRate(1000, false, 110_000, 110)).toBe(100);
    expect(affordableRate(1000, true, 110_000, 110)).toBe(500);
    expect(affordableRate(50, false, 110_000, 110)).toBe(50);
    expect(affordableRate(50, false, 500, 110)).toBe(1);
  });

  test('what a replacement takes', () => {
    expect(leastToReplace([rival, rival], 110)).toBe(22_110);
    expect(leastToReplace([], 110)).toBe(0);
  });
});
