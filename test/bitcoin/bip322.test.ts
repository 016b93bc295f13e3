import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { secp256k1 } from '@noble/curves/secp256k1.js';
import { bytesToHex, concatBytes, utf8ToBytes } from '@noble/hashes/utils.js';
import { base64 } from '@scure/base';
import * as bitcoinjs from 'bitcoinjs-lib';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { signSimple, verifySimple } from '../../service/bitcoin/bip322.ts';
import {
  decodeSegwitAddress,
  networks,
  publicWallet,
  WalletKey,
  walletKeyEntropyLength,
} from '../../service/bitcoin/index.ts';
import {
  messageHash,
  signatureHashV0,
  signatureHashV1,
  toSignHash,
  toSpendHash,
} from '../../service/bitcoin/virtual-transactions.ts';
import { required } from '../support/required.ts';

interface Vectors {
  readonly tx_hashes?: readonly {
    readonly message: string;
    readonly address: string;
    readonly message_hash: string;
    readonly to_spend_tx_hash: string;
    readonly to_sign_tx_hash: string;
  }[];
  readonly simple: readonly {
    readonly message: string;
    readonly private_keys: readonly string[];
    readonly address: string;
    readonly type: string;
    readonly bip322_signatures: readonly string[];
  }[];
  readonly error: readonly {
    readonly description: string;
    readonly message: string;
    readonly address: string;
    readonly signature: string;
  }[];
}

const vectors = required.vectors('bip322');
const read = (name: string): Vectors =>
  vectors.missing ? { simple: [], error: [] } : (JSON.parse(readFileSync(join(vectors.path, name), 'utf8')) as Vectors);
const basic = read('basic.json');
const all = [basic, read('generated.json')];
const simple = all.flatMap((file) => file.simple);
const errors = all.flatMap((file) => file.error);

const program = (address: string) => {
  const decoded = decodeSegwitAddress(address);
  if (decoded === undefined) throw new Error(`${address} is no segwit address`);
  return decoded;
};
const txid = (hash: Uint8Array) => bytesToHex(hash.toReversed());
const classic = { kind: 'classic', keyOrigin: 'host', recovery: 'none' } as const;
const walletOf = (wif: string) => WalletKey.fromWif(utf8ToBytes(wif), networks.mainnet);

describe.skipIf(vectors.missing)('the vectors of BIP-322', () => {
  test('are those that were counted', () => {
    expect([basic.tx_hashes?.length, simple.length, errors.length]).toEqual([3, 8, 36]);
    expect(simple.filter(({ type }) => type === 'p2wpkh')).toHaveLength(3);
  });

  test.each(basic.tx_hashes ?? [])('hashes of $message', (vector) => {
    const message = utf8ToBytes(vector.message);
    expect(bytesToHex(messageHash(message))).toBe(vector.message_hash);
    expect(txid(toSpendHash(message, program(vector.address)))).toBe(vector.to_spend_tx_hash);
    expect(txid(toSignHash(message, program(vector.address)))).toBe(vector.to_sign_tx_hash);
  });

  test.each(simple)('$type, $message', ({ type, address, message, bip322_signatures }) => {
    const judged = type === 'p2wpkh' || type === 'p2tr';
    for (const signature of bip322_signatures) {
      expect(verifySimple(address, utf8ToBytes(message), signature)).toBe(judged ? 'valid' : 'inconclusive');
    }
  });

  test.each(simple.filter(({ type }) => type === 'p2wpkh'))('RFC 6979 gives a listed signature: $message', (vector) => {
    const [wif = ''] = vector.private_keys;
    const key = walletOf(wif);
    expect(publicWallet(key, networks.mainnet, classic).address).toBe(vector.address);
    expect(vector.bip322_signatures).toContain(signSimple(key, undefined, utf8ToBytes(vector.message)));
  });

  test.each(errors)('error: $description', ({ address, message, signature }) => {
    const verdict = verifySimple(address, utf8ToBytes(message), signature);
    expect(verdict).not.toBe('valid');
    if (/^bc1(?:q.{38}|p.{58})$/.test(address) && !/^(?:ful|pof)/.test(signature)) expect(verdict).toBe('invalid');
  });
});

describe('the signature hashes', () => {
  const anyMessage = fc.uint8Array({ maxLength: 300 });
  const script = (hex: Uint8Array, version: number) => Uint8Array.from([version === 0 ? 0 : 0x51, hex.length, ...hex]);

  /** `to_sign`, as bitcoinjs-lib builds it. */
  function theirs(message: Uint8Array, scriptPubKey: Uint8Array): bitcoinjs.Transaction {
    const spend = new bitcoinjs.Transaction();
    spend.version = 0;
    spend.addInput(new Uint8Array(32), 0xffffffff, 0, concatBytes(Uint8Array.of(0, 32), messageHash(message)));
    spend.addOutput(scriptPubKey, 0n);
    const sign = new bitcoinjs.Transaction();
    sign.version = 0;
    sign.addInput(spend.getHash(), 0, 0);
    sign.addOutput(Uint8Array.of(0x6a), 0n);
    return sign;
  }

  test('of P2WPKH and of P2TR are those of bitcoinjs-lib', () => {
    fc.assert(
      fc.property(
        anyMessage,
        fc.uint8Array({ minLength: 20, maxLength: 20 }),
        fc.uint8Array({ minLength: 32, maxLength: 32 }),
        (message, hash, outputKey) => {
          const v0 = { version: 0, program: hash };
          const scriptCode = Uint8Array.from([0x76, 0xa9, 0x14, ...hash, 0x88, 0xac]);
          const inV0 = theirs(message, script(hash, 0));
          expect(toSignHash(message, v0)).toEqual(new Uint8Array(inV0.getHash()));
          expect(signatureHashV0(message, v0)).toEqual(new Uint8Array(inV0.hashForWitnessV0(0, scriptCode, 0n, 1)));
          const inV1 = theirs(message, script(outputKey, 1));
          for (const hashType of [0, 1] as const) {
            expect(signatureHashV1(message, { version: 1, program: outputKey }, hashType)).toEqual(
              new Uint8Array(inV1.hashForWitnessV1(0, [script(outputKey, 1)], [0n], hashType)),
            );
          }
        },
      ),
      { numRuns: 50 },
    );
  });
});

describe('a signature of ours', () => {
  const key = WalletKey.fromEntropy(new Uint8Array(walletKeyEntropyLength).fill(3));
  const { address } = publicWallet(key, networks.regtest, classic);
  const message = utf8ToBytes('btc-pinata/attest/v1\n');
  const signature = signSimple(key, undefined, message);
  const bytes = base64.decode(signature.slice(3));
  const asText = (witness: Uint8Array) => `smp${base64.encode(witness)}`;
  const derLength = bytes[1] ?? 0;

  test('verifies, on every network, hedged or not', () => {
    for (const network of Object.values(networks)) {
      expect(verifySimple(publicWallet(key, network, classic).address, message, signature)).toBe('valid');
    }
    const hedged = signSimple(key, undefined, message, new Uint8Array(32).fill(1));
    expect(hedged).not.toBe(signature);
    expect(verifySimple(address, message, hedged)).toBe('valid');
    expect(signSimple(key, undefined, message)).toBe(signature);
  });

  test('is over this message and this address alone', () => {
    const other = WalletKey.fromEntropy(new Uint8Array(walletKeyEntropyLength).fill(4));
    expect(verifySimple(address, utf8ToBytes('btc-pinata/attest/v2\n'), signature)).toBe('invalid');
    expect(verifySimple(publicWallet(other, networks.regtest, classic).address, message, signature)).toBe('invalid');
  });

  test('with any one bit changed is no longer valid', () => {
    fc.assert(
      fc.property(fc.nat({ max: bytes.length * 8 - 1 }), (bit) => {
        const changed = bytes.slice();
        changed[bit >> 3] = (changed[bit >> 3] ?? 0) ^ (1 << (bit & 7));
        expect(verifySimple(address, message, asText(changed))).toBe('invalid');
      }),
    );
  });

  test('with a byte more or less is invalid', () => {
    for (let length = 0; length < bytes.length; length++) {
      expect(verifySimple(address, message, asText(bytes.subarray(0, length)))).toBe('invalid');
    }
    expect(verifySimple(address, message, asText(concatBytes(bytes, Uint8Array.of(0))))).toBe('invalid');
  });

  test('with a high S is invalid, although the equation holds (BIP-146)', () => {
    const der = bytes.slice(2, 1 + derLength);
    const { r, s } = secp256k1.Signature.fromBytes(der, 'der');
    const high = new secp256k1.Signature(r, secp256k1.Point.Fn.ORDER - s).toBytes('der');
    const witness = concatBytes(
      Uint8Array.of(2, high.length + 1),
      high,
      Uint8Array.of(1),
      bytes.subarray(2 + derLength),
    );
    expect(
      secp256k1.verify(high, signatureHashV0(message, program(address)), key.publicKey, {
        prehash: false,
        lowS: false,
        format: 'der',
      }),
    ).toBe(true);
    expect(verifySimple(address, message, asText(witness))).toBe('invalid');
  });

  test('with another hash type is invalid', () => {
    for (const hashType of [0x00, 0x02, 0x03, 0x81]) {
      const changed = bytes.slice();
      changed[1 + derLength] = hashType;
      expect(verifySimple(address, message, asText(changed))).toBe('invalid');
    }
  });

  test('nothing makes the verifier throw', () => {
    const anyText = fc.oneof(fc.string(), fc.uint8Array({ maxLength: 200 }).map(asText), fc.constant(signature));
    fc.assert(
      fc.property(fc.oneof(fc.string(), fc.constant(address)), fc.uint8Array(), anyText, (where, what, how) => {
        expect(['invalid', 'inconclusive']).toContain(verifySimple(where, what, how));
      }),
    );
  });
});
