import { inspect } from 'node:util';
import { secp256k1 } from '@noble/curves/secp256k1.js';
import { bytesToHex, bytesToNumberBE, hexToBytes, numberToBytesBE } from '@noble/curves/utils.js';
import { sha256 } from '@noble/hashes/sha2.js';
import { utf8ToBytes } from '@noble/hashes/utils.js';
import { createBase58check } from '@scure/base';
import * as scure from '@scure/btc-signer';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  type NetworkName,
  networkNames,
  networks,
  publicWallet,
  UnusableKey,
  WalletKey,
  walletKeyEntropyLength,
} from '../../service/bitcoin/index.ts';
import { secretToShare } from '../../service/bitcoin/sharing.ts';
import { useSecret, wifOf } from '../../service/bitcoin/wallet-key.ts';

const base58check = createBase58check(sha256);
const { n } = secp256k1.Point.CURVE();
const wifOfSecret = (prefix: number, secret: Uint8Array, ...tail: number[]): string =>
  base58check.encode(Uint8Array.from([prefix, ...secret, ...tail]));
const key = (wif: string, network: NetworkName = 'mainnet') => WalletKey.fromWif(utf8ToBytes(wif), networks[network]);
const anyEntropy = fc.uint8Array({ minLength: walletKeyEntropyLength, maxLength: walletKeyEntropyLength });
const text = (bytes: Uint8Array) => String.fromCharCode(...bytes);
const secretOf = (wallet: WalletKey) => useSecret(wallet, (secret) => secret.slice());

function refusal(wif: string, network: NetworkName = 'mainnet'): UnusableKey {
  try {
    key(wif, network);
  } catch (error) {
    if (error instanceof UnusableKey) return error;
    throw error;
  }
  throw new Error('it was taken');
}

describe('a wallet key in wallet import format', () => {
  test.each([
    [
      'KwdMAjGmerYanjeui5SHS7JkmpZvVipYvB2LJGU1ZxJwYvP98617',
      '0c28fca386c7a227600b2fe50b7cae11ec86d3bf1fbe471be89827e19d72aa1d',
    ],
    [
      'KwDiBf89QgGbjEhKnhXJuH7LrciVrZi3qYjgd9M7rFU73sVHnoWn',
      '0000000000000000000000000000000000000000000000000000000000000001',
    ],
  ])('%s is read', (wif, secret) => {
    expect(bytesToHex(secretOf(key(wif)))).toBe(secret);
    expect(text(wifOf(key(wif), networks.mainnet))).toBe(wif);
  });

  test('stands for the address of the BIP-322 vectors', () => {
    const wallet = key('L3VFeEujGtevx9w18HD1fhRbCH67Az2dpCymeRE1SoPK6XQtaN2k');
    expect(
      publicWallet(wallet, networks.mainnet, { kind: 'classic', keyOrigin: 'host', recovery: 'none' }).address,
    ).toBe('bc1q9vza2e8x573nczrlzms0wvx3gsqjx7vavgkx0l');
  });

  test.each(networkNames)('is that of @scure/btc-signer on %s, for any key, and is read back', (name) => {
    const network = networks[name];
    const theirs = scure.WIF({ ...scure.NETWORK, wif: network.wifPrefix });
    fc.assert(
      fc.property(anyEntropy, (entropy) => {
        const wallet = WalletKey.fromEntropy(entropy);
        const wif = wifOf(wallet, network);
        expect(text(wif)).toBe(theirs.encode(secretOf(wallet)));
        expect(wif).toHaveLength(52);
        expect(secretOf(WalletKey.fromWif(wif, network))).toEqual(secretOf(wallet));
      }),
      { numRuns: 25 },
    );
  });

  test.each(['\n', '\r\n', '  \n', '\t'])('may be followed by %o, and preceded', (blank) => {
    const wif = 'KwDiBf89QgGbjEhKnhXJuH7LrciVrZi3qYjgd9M7rFU73sVHnoWn';
    expect(secretOf(key(blank + wif + blank)).at(-1)).toBe(1);
  });
});

describe('a wallet key is refused', () => {
  const good = numberToBytesBE(123456789n, 32);
  const wif = wifOfSecret(0x80, good, 1);
  const test1 = wifOfSecret(0xef, good, 1);

  test.each([
    ['empty', ''],
    ['empty', ' \n'],
    ['not_base58', wif.replace(/.$/, '0')],
    ['not_base58', `${wif} ${wif}`],
    ['checksum', wif.replace(/.$/, wif.endsWith('2') ? '3' : '2')],
    ['checksum', wif.slice(0, -1)],
    ['checksum', wif.slice(1)],
    ['checksum', bytesToHex(good).replaceAll('0', '1')],
    ['uncompressed', wifOfSecret(0x80, good)],
    ['length', wifOfSecret(0x80, good, 2)],
    ['length', wifOfSecret(0x80, good, 1, 1)],
    ['length', wifOfSecret(0x80, good.subarray(1), 1, 1, 1)],
    ['length', '1BvBMSEYstWetqTFn5Au4m4GFg7xJaNVN2'],
    ['length', 'x'.repeat(1_000_000)],
    ['out_of_range', wifOfSecret(0x80, new Uint8Array(32), 1)],
    ['out_of_range', wifOfSecret(0x80, numberToBytesBE(n, 32), 1)],
    ['out_of_range', wifOfSecret(0x80, new Uint8Array(32).fill(0xff), 1)],
  ] as const)('%s', (reason, given) => {
    const error = refusal(given);
    expect(error.reason).toBe(reason);
    expect(error.message.length).toBeGreaterThan(20);
  });

  test.each(['testnet4', 'signet', 'regtest'] as const)('one of mainnet on %s, and the reverse', (name) => {
    expect(refusal(wif, name)).toMatchObject({ reason: 'network', message: expect.stringContaining(name) });
    expect(refusal(test1, 'mainnet').reason).toBe('network');
  });

  test('the largest and the smallest there is are taken', () => {
    expect(bytesToNumberBE(secretOf(key(wifOfSecret(0x80, numberToBytesBE(n - 1n, 32), 1))))).toBe(n - 1n);
    expect(bytesToNumberBE(secretOf(key(wifOfSecret(0x80, numberToBytesBE(1n, 32), 1))))).toBe(1n);
  });

  test('and what was handed in is zeroed, and in no message', () => {
    fc.assert(
      fc.property(
        fc.oneof(fc.string({ minLength: 6, maxLength: 140 }), fc.constant(wif.slice(0, -1)), fc.constant(test1)),
        (given) => {
          const bytes = utf8ToBytes(given);
          try {
            WalletKey.fromWif(bytes, networks.mainnet);
            expect.unreachable();
          } catch (error) {
            expect(error).toBeInstanceOf(UnusableKey);
            if (given.trim().length >= 6) expect(String(error) + inspect(error)).not.toContain(given.trim());
          }
          expect(bytes).toEqual(new Uint8Array(bytes.length));
        },
      ),
    );
  });
});

describe('a new wallet key', () => {
  test('takes its entropy over and zeroes it', () => {
    const entropy = new Uint8Array(walletKeyEntropyLength).fill(5);
    WalletKey.fromEntropy(entropy);
    expect(entropy).toEqual(new Uint8Array(walletKeyEntropyLength));
    expect(walletKeyEntropyLength).toBe(48);
  });

  test('is the entropy modulo n - 1, plus 1, whatever the entropy (FIPS 186-5 A.2.1)', () => {
    const edges = [0n, n - 2n, n - 1n, n, 2n ** 384n - 1n].map((value) =>
      numberToBytesBE(value, walletKeyEntropyLength),
    );
    fc.assert(
      fc.property(fc.oneof(anyEntropy, fc.constantFrom(...edges)), (entropy) => {
        const expected = (bytesToNumberBE(entropy) % (n - 1n)) + 1n;
        expect(bytesToNumberBE(secretOf(WalletKey.fromEntropy(entropy.slice())))).toBe(expected);
      }),
    );
  });

  test.each([0, 32, 47, 49])('is not made of %i bytes', (length) => {
    expect(() => WalletKey.fromEntropy(new Uint8Array(length))).toThrow(`${length}`);
  });
});

describe('the secret of a wallet key', () => {
  const secret = hexToBytes('0c28fca386c7a227600b2fe50b7cae11ec86d3bf1fbe471be89827e19d72aa1d');
  const wallet = () => key(wifOfSecret(0x80, secret, 1));

  test('is in nothing that a log would print', () => {
    const printed = [
      inspect(wallet(), { showHidden: true, depth: 9 }),
      JSON.stringify(wallet()),
      String(wallet()),
      `${Object.keys(wallet())}`,
    ];
    for (const output of printed) {
      expect(output).not.toContain('0c28fc');
      expect(output).not.toMatch(/\b12, ?40, ?252\b/);
    }
    expect(structuredClone({ ...wallet() })).toEqual({});
  });

  test('is the same buffer in every thread that has it, and gone for all of them at once', () => {
    const [one, other] = [wallet(), WalletKey.fromShared(secretToShare(wallet()))];
    expect(other.publicKey).toEqual(one.publicKey);
    const shared = WalletKey.fromShared(secretToShare(one));
    expect(wifOf(shared, networks.mainnet)).toEqual(wifOf(one, networks.mainnet));
    one.destroy();
    expect(() => wifOf(shared, networks.mainnet)).toThrow('destroyed');
  });

  test('is gone once the key is destroyed', () => {
    const destroyed = wallet();
    const lent = useSecret(destroyed, (buffer) => buffer);
    expect(lent).toEqual(secret);
    destroyed.destroy();
    expect(lent).toEqual(new Uint8Array(32));
    expect(() => wifOf(destroyed, networks.mainnet)).toThrow('destroyed');
    expect(destroyed.publicKey).toEqual(secp256k1.getPublicKey(secret));
  });

  test('the public key is handed out as a copy', () => {
    const mine = wallet();
    mine.publicKey.fill(0);
    expect(mine.publicKey).toEqual(secp256k1.getPublicKey(secret));
  });
});
