import { secp256k1 } from '@noble/curves/secp256k1.js';
import { bytesToHex, hexToBytes } from '@noble/hashes/utils.js';
import { bech32, bech32m } from '@scure/base';
import * as bitcoinjs from 'bitcoinjs-lib';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { encodeSegwitAddress, p2wpkhProgram, scriptPubKey } from '../../service/bitcoin/address.ts';
import { decodeSegwitAddress, networkNames, networks } from '../../service/bitcoin/index.ts';

/** BIP-350, "Test vectors for v0-v16 native segregated witness addresses". */
const valid = [
  ['BC1QW508D6QEJXTDG4Y5R3ZARVARY0C5XW7KV8F3T4', '0014751e76e8199196d454941c45d1b3a323f1433bd6'],
  [
    'tb1qrp33g0q5c5txsp9arysrx4k6zdkfs4nce4xj0gdcccefvpysxf3q0sl5k7',
    '00201863143c14c5166804bd19203356da136c985678cd4d27a1b8c6329604903262',
  ],
  [
    'bc1pw508d6qejxtdg4y5r3zarvary0c5xw7kw508d6qejxtdg4y5r3zarvary0c5xw7kt5nd6y',
    '5128751e76e8199196d454941c45d1b3a323f1433bd6751e76e8199196d454941c45d1b3a323f1433bd6',
  ],
  ['BC1SW50QGDZ25J', '6002751e'],
  ['bc1zw508d6qejxtdg4y5r3zarvaryvaxxpcs', '5210751e76e8199196d454941c45d1b3a323'],
  [
    'tb1qqqqqp399et2xygdj5xreqhjjvcmzhxw4aywxecjdzew6hylgvsesrxh6hy',
    '0020000000c4a5cad46221b2a187905e5266362b99d5e91c6ce24d165dab93e86433',
  ],
  [
    'tb1pqqqqp399et2xygdj5xreqhjjvcmzhxw4aywxecjdzew6hylgvsesf3hn0c',
    '5120000000c4a5cad46221b2a187905e5266362b99d5e91c6ce24d165dab93e86433',
  ],
  [
    'bc1p0xlxvlhemja6c4dqv22uapctqupfhlxm9h8z3k2e72q4k9hcz7vqzk5jj0',
    '512079be667ef9dcbbac55a06295ce870b07029bfcdb2dce28d959f2815b16f81798',
  ],
] as const;

/** BIP-350, the addresses that must be refused, with its reasons. */
const invalid = [
  ['tc1p0xlxvlhemja6c4dqv22uapctqupfhlxm9h8z3k2e72q4k9hcz7vq5zuyut', 'human-readable part'],
  ['bc1p0xlxvlhemja6c4dqv22uapctqupfhlxm9h8z3k2e72q4k9hcz7vqh2y7hd', 'Bech32 instead of Bech32m'],
  ['tb1z0xlxvlhemja6c4dqv22uapctqupfhlxm9h8z3k2e72q4k9hcz7vqglt7rf', 'Bech32 instead of Bech32m'],
  ['BC1S0XLXVLHEMJA6C4DQV22UAPCTQUPFHLXM9H8Z3K2E72Q4K9HCZ7VQ54WELL', 'Bech32 instead of Bech32m'],
  ['bc1qw508d6qejxtdg4y5r3zarvary0c5xw7kemeawh', 'Bech32m instead of Bech32'],
  ['tb1q0xlxvlhemja6c4dqv22uapctqupfhlxm9h8z3k2e72q4k9hcz7vq24jc47', 'Bech32m instead of Bech32'],
  ['bc1p38j9r5y49hruaue7wxjce0updqjuyyx0kh56v8s25huc6995vvpql3jow4', 'a character in the checksum'],
  ['BC130XLXVLHEMJA6C4DQV22UAPCTQUPFHLXM9H8Z3K2E72Q4K9HCZ7VQ7ZWS8R', 'version 17'],
  ['bc1pw5dgrnzv', 'a program of 1 byte'],
  ['bc1p0xlxvlhemja6c4dqv22uapctqupfhlxm9h8z3k2e72q4k9hcz7v8n0nx0muaewav253zgeav', 'a program of 41 bytes'],
  ['BC1QR508D6QEJXTDG4Y5R3ZARVARYV98GJ9P', 'version 0 with 16 bytes'],
  ['tb1p0xlxvlhemja6c4dqv22uapctqupfhlxm9h8z3k2e72q4k9hcz7vq47Zagq', 'mixed case'],
  ['bc1p0xlxvlhemja6c4dqv22uapctqupfhlxm9h8z3k2e72q4k9hcz7v07qwwzcrf', 'padding of more than 4 bits'],
  ['tb1p0xlxvlhemja6c4dqv22uapctqupfhlxm9h8z3k2e72q4k9hcz7vpggkg4j', 'padding that is not zero'],
  ['bc1gmk9yu', 'no data'],
] as const;

describe('segwit addresses', () => {
  test.each(valid)('%s is read', (address, script) => {
    const decoded = decodeSegwitAddress(address);
    if (decoded === undefined) throw new Error('refused');
    expect(bytesToHex(scriptPubKey(decoded))).toBe(script);
    const network = Object.values(networks).find(({ hrp }) => hrp === decoded.hrp);
    if (network === undefined) throw new Error('no network');
    expect(encodeSegwitAddress(decoded, network)).toBe(address.toLowerCase());
  });

  test.each(invalid)('%s is refused: %s', (address) => {
    expect(decodeSegwitAddress(address)).toBeUndefined();
  });

  test('what was made invalid in one respect alone is refused', () => {
    const program = new Uint8Array(20).fill(9);
    const words = bech32.toWords(program);
    expect(decodeSegwitAddress(bech32.encode('bc', [0, ...words]))).toMatchObject({ version: 0, hrp: 'bc' });
    expect(decodeSegwitAddress(bech32m.encode('bc', [0, ...words]))).toBeUndefined();
    expect(decodeSegwitAddress(bech32m.encode('bc', [1, ...words]))).toMatchObject({ version: 1 });
    expect(decodeSegwitAddress(bech32.encode('bc', [1, ...words]))).toBeUndefined();
    expect(decodeSegwitAddress(bech32m.encode('bc', [17, ...words]))).toBeUndefined();
    expect(decodeSegwitAddress(bech32.encode('rltc', [0, ...words]))).toBeUndefined();
    for (const length of [0, 1, 16, 21, 31, 33, 40]) {
      expect(decodeSegwitAddress(bech32.encode('bc', [0, ...bech32.toWords(new Uint8Array(length))]))).toBeUndefined();
    }
  });

  test('any other text is refused, and never thrown at', () => {
    fc.assert(fc.property(fc.string({ maxLength: 100 }), (text) => decodeSegwitAddress(text) === undefined));
  });

  test('a program that no version has is not written', () => {
    expect(() => encodeSegwitAddress({ version: 0, program: new Uint8Array(21) }, networks.mainnet)).toThrow('BIP-141');
    expect(() => encodeSegwitAddress({ version: 17, program: new Uint8Array(20) }, networks.mainnet)).toThrow(
      'BIP-141',
    );
  });
});

describe('the P2WPKH address of a key', () => {
  test('of BIP-173: the key 1', () => {
    const publicKey = hexToBytes('0279be667ef9dcbbac55a06295ce870b07029bfcdb2dce28d959f2815b16f81798');
    expect(encodeSegwitAddress(p2wpkhProgram(publicKey), networks.mainnet)).toBe(
      'bc1qw508d6qejxtdg4y5r3zarvary0c5xw7kv8f3t4',
    );
    expect(encodeSegwitAddress(p2wpkhProgram(publicKey), networks.testnet4)).toBe(
      'tb1qw508d6qejxtdg4y5r3zarvary0c5xw7kxpjzsx',
    );
  });

  test.each(networkNames)('is that of bitcoinjs-lib on %s, for any key', (name) => {
    const theirs = {
      mainnet: bitcoinjs.networks.bitcoin,
      testnet4: bitcoinjs.networks.testnet,
      signet: bitcoinjs.networks.testnet,
      regtest: bitcoinjs.networks.regtest,
    }[name];
    fc.assert(
      fc.property(fc.uint8Array({ minLength: 48, maxLength: 48 }), (seed) => {
        const publicKey = secp256k1.getPublicKey(secp256k1.utils.randomSecretKey(seed));
        expect(encodeSegwitAddress(p2wpkhProgram(publicKey), networks[name])).toBe(
          bitcoinjs.payments.p2wpkh({ pubkey: publicKey, network: theirs }).address,
        );
      }),
      { numRuns: 25 },
    );
  });

  test('an uncompressed public key has none', () => {
    expect(() => p2wpkhProgram(new Uint8Array(65))).toThrow('65 bytes');
  });
});
