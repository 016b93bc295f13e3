import { schnorr, secp256k1 } from '@noble/curves/secp256k1.js';
import { bytesToHex, concatBytes, hexToBytes, utf8ToBytes } from '@noble/hashes/utils.js';
import * as scure from '@scure/btc-signer';
import * as bitcoinjs from 'bitcoinjs-lib';
import fc from 'fast-check';
import { beforeAll, describe, expect, test } from 'vitest';
import { signSimple } from '../../service/bitcoin/bip322.ts';
import { publicDescriptor } from '../../service/bitcoin/descriptor.ts';
import {
  addressOf,
  type Network,
  networkNames,
  networks,
  publicWallet,
  type Refund,
  readPublicDescriptor,
  readRefundKey,
  releasePayload,
  verifySimple,
  WalletKey,
  walletKeyEntropyLength,
} from '../../service/bitcoin/index.ts';
import { isXOnlyKey, taprootOutput, tweakedSecret } from '../../service/bitcoin/taproot.ts';
import { refundScript, vaultOf } from '../../service/bitcoin/vault.ts';

/* The vault against bitcoinjs-lib and @scure/btc-signer, which know nothing of each other. */

const toBytes = (value: bigint): Uint8Array => hexToBytes(value.toString(16).padStart(64, '0'));
const toNumber = (bytes: Uint8Array): bigint => BigInt(`0x${bytesToHex(bytes)}`);

/** What bitcoinjs-lib asks of a curve, over noble. */
beforeAll(() => {
  const isXOnlyPoint = (key: Uint8Array): boolean => {
    try {
      schnorr.utils.lift_x(toNumber(key));
      return true;
    } catch {
      return false;
    }
  };
  bitcoinjs.initEccLib({
    isXOnlyPoint,
    xOnlyPointAddTweak: (key, by) => {
      if (!secp256k1.Point.Fn.isValid(toNumber(by))) return null;
      const point = schnorr.utils.lift_x(toNumber(key)).add(secp256k1.Point.BASE.multiplyUnsafe(toNumber(by)));
      if (point.is0()) return null;
      const { x, y } = point.toAffine();
      return { parity: y % 2n === 0n ? 0 : 1, xOnlyPubkey: toBytes(x) };
    },
  });
});

const theirNetworks = {
  mainnet: bitcoinjs.networks.bitcoin,
  testnet4: bitcoinjs.networks.testnet,
  signet: bitcoinjs.networks.testnet,
  regtest: bitcoinjs.networks.regtest,
} as const;

const key = (): fc.Arbitrary<Uint8Array> =>
  fc.uint8Array({ minLength: 32, maxLength: 32 }).filter((bytes) => secp256k1.utils.isValidSecretKey(bytes));
const xOnly = (secret: Uint8Array): Uint8Array => schnorr.getPublicKey(secret);
/** The edges of a push: one byte, a sign bit in each length, the last height. */
const edges = [1, 2, 15, 16, 17, 127, 128, 255, 256, 32_767, 32_768, 65_535, 65_536, 8_388_607, 8_388_608, 499_999_999];
const height = fc.oneof(fc.constantFrom(...edges), fc.integer({ min: 1, max: 499_999_999 }));
const network = fc.constantFrom(...networkNames);

const wif = (secret: Uint8Array, { wifPrefix }: Network): Uint8Array =>
  utf8ToBytes(scure.WIF({ ...scure.NETWORK, wif: wifPrefix }).encode(secret));
const walletOf = (secret: Uint8Array, name: (typeof networkNames)[number]): WalletKey =>
  WalletKey.fromWif(wif(secret, networks[name]), networks[name]);
const vault = (refund: Refund) => ({ kind: 'vault', keyOrigin: 'host', recovery: 'none', refund }) as const;

describe('the vault', () => {
  test('has the script, address and control block of bitcoinjs-lib', () => {
    fc.assert(
      fc.property(key(), key(), height, network, (secret, operator, at, name) => {
        fc.pre(bytesToHex(xOnly(secret)) !== bytesToHex(xOnly(operator)));
        const refund = { height: at, publicKey: bytesToHex(xOnly(operator)) };
        const theirScript = bitcoinjs.script.compile([
          xOnly(operator),
          bitcoinjs.opcodes['OP_CHECKSIGVERIFY'] ?? 0,
          bitcoinjs.script.number.encode(at),
          bitcoinjs.opcodes['OP_CHECKLOCKTIMEVERIFY'] ?? 0,
        ]);
        expect(bytesToHex(refundScript(refund))).toBe(bytesToHex(theirScript));
        const theirs = bitcoinjs.payments.p2tr({
          internalPubkey: xOnly(secret),
          scriptTree: { output: theirScript },
          redeem: { output: theirScript, redeemVersion: 0xc0 },
          network: theirNetworks[name],
        });
        const shown = publicWallet(walletOf(secret, name), networks[name], vault(refund));
        expect(shown.address).toBe(theirs.address);
        const { controlBlock, leaf, output } = vaultOf(xOnly(secret), refund);
        expect(theirs.witness?.map(bytesToHex)).toEqual([leaf, controlBlock].map(bytesToHex));
        expect(bytesToHex(theirs.pubkey ?? new Uint8Array())).toBe(bytesToHex(output.key));
      }),
      { numRuns: 60 },
    );
  });

  test('has the address and control block of @scure/btc-signer', () => {
    fc.assert(
      fc.property(key(), key(), height, (secret, operator, at) => {
        fc.pre(bytesToHex(xOnly(secret)) !== bytesToHex(xOnly(operator)));
        const refund = { height: at, publicKey: bytesToHex(xOnly(operator)) };
        const script = refundScript(refund);
        const theirs = scure.p2tr(xOnly(secret), { script }, scure.NETWORK, true);
        expect(publicWallet(walletOf(secret, 'mainnet'), networks.mainnet, vault(refund)).address).toBe(theirs.address);
        const [block] = (theirs.tapLeafScript ?? []).map(([control]) => scure.TaprootControlBlock.encode(control));
        expect(bytesToHex(vaultOf(xOnly(secret), refund).controlBlock)).toBe(bytesToHex(block ?? script));
      }),
      { numRuns: 60 },
    );
  });

  test('has a leaf of 39 bytes at the heights of today, and of 36 to 40 at all', () => {
    const publicKey = bytesToHex(xOnly(Uint8Array.from({ length: 32 }, () => 7)));
    expect(refundScript({ height: 958_000, publicKey })).toHaveLength(39);
    expect(edges.map((at) => refundScript({ height: at, publicKey }).length)).toEqual([
      ...[36, 36, 36, 36, 37, 37, 38, 38, 38, 38, 39, 39, 39, 39, 40, 40],
    ]);
  });

  test('keeps what somebody computed once', () => {
    const one = Uint8Array.from({ length: 32 }, (_, index) => (index === 31 ? 1 : 0));
    const operator = 'c6047f9441ed7d6d3045406e95c07cd85c778e4b8cef3ca7abac09b95c709ee5';
    const shown = publicWallet(
      walletOf(one, 'mainnet'),
      networks.mainnet,
      vault({ height: 958_000, publicKey: operator }),
    );
    expect(shown).toMatchObject({
      address: 'bc1pc6mtyrypj6kqu2ml9djma22p4a0dkrxa84p4v6hjvd8yh6ecvf8sctw7qx',
      descriptor: `tr(79be667ef9dcbbac55a06295ce870b07029bfcdb2dce28d959f2815b16f81798,and_v(v:pk(${operator}),after(958000)))#zsrqffsk`,
      refund: { height: 958_000, publicKey: operator },
    });
  });

  test('is none where the operator has the same key, or the height is no block', () => {
    const secret = Uint8Array.from({ length: 32 }, () => 9);
    const own = bytesToHex(xOnly(secret));
    expect(() => vaultOf(xOnly(secret), { height: 9, publicKey: own })).toThrow(/key of the bounty itself/);
    for (const at of [0, -1, 1.5, 500_000_000, Number.NaN])
      expect(() => vaultOf(xOnly(secret), { height: at, publicKey: own.replace(/^./, '0') })).toThrow(RangeError);
  });
});

/** The first vector of BIP-341's wallet test vectors: no scripts, so no root. */
test('the tweak of BIP-341 without a script, by its own vector', () => {
  const internal = hexToBytes('d6889cb081036e0faefa3a35157ad71086b123b2b144b649798b494c300a961d');
  expect(bytesToHex(taprootOutput(internal, new Uint8Array(0)).key)).toBe(
    '53a1f6e454df1aa2776a2814a721372d6258050de330b3c6d10ee8f4e0dda343',
  );
});

describe('the key of the output', () => {
  test('is the point of the tweaked secret, whatever the parity', () => {
    fc.assert(
      fc.property(key(), fc.uint8Array({ minLength: 32, maxLength: 32 }), (secret, root) => {
        const { key: output, parity } = taprootOutput(xOnly(secret), root);
        const tweaked = tweakedSecret(secret, xOnly(secret), root);
        const point = secp256k1.getPublicKey(tweaked, true);
        expect(bytesToHex(point)).toBe(`0${2 + parity}${bytesToHex(output)}`);
      }),
      { numRuns: 60 },
    );
  });

  test('signs what verifies at the address of the vault, and at no other', () => {
    fc.assert(
      fc.property(key(), key(), height, fc.uint8Array({ maxLength: 200 }), (secret, operator, at, message) => {
        fc.pre(bytesToHex(xOnly(secret)) !== bytesToHex(xOnly(operator)));
        const refund = { height: at, publicKey: bytesToHex(xOnly(operator)) };
        const wallet = walletOf(secret, 'regtest');
        const { address } = publicWallet(wallet, networks.regtest, vault(refund));
        const signature = signSimple(wallet, refund, message);
        expect(verifySimple(address, message, signature)).toBe('valid');
        expect(signSimple(wallet, refund, message)).toBe(signature);
        const hedged = signSimple(wallet, refund, message, new Uint8Array(32).fill(1));
        expect(hedged).not.toBe(signature);
        expect(verifySimple(address, message, hedged)).toBe('valid');
        expect(verifySimple(address, concatBytes(message, Uint8Array.of(1)), signature)).toBe('invalid');
        const later = publicWallet(wallet, networks.regtest, vault({ ...refund, height: at === 1 ? 2 : at - 1 }));
        expect(verifySimple(later.address, message, signature)).toBe('invalid');
      }),
      { numRuns: 25 },
    );
  });
});

describe('a refund key', () => {
  test('is compressed or x-only, of either case, and a point', () => {
    fc.assert(
      fc.property(key(), (secret) => {
        const publicKey = bytesToHex(xOnly(secret));
        for (const form of [publicKey, `02${publicKey}`, `03${publicKey}`, publicKey.toUpperCase()])
          expect(readRefundKey(form)).toEqual({ publicKey });
      }),
      { numRuns: 30 },
    );
  });

  test.each([
    ['', 'not_hex'],
    ['02', 'not_hex'],
    [`04${'ab'.repeat(64)}`, 'uncompressed'],
    [`05${'ab'.repeat(32)}`, 'not_hex'],
    [`${'ab'.repeat(32)} `, 'not_hex'],
    ['0'.repeat(64), 'not_a_point'],
    [`${'0'.repeat(63)}5`, 'not_a_point'],
    // The field's own prime, and what is above it.
    ['fffffffffffffffffffffffffffffffffffffffffffffffffffffffefffffc2f', 'not_a_point'],
    ['f'.repeat(64), 'not_a_point'],
  ])('is not %j', (text, fault) => {
    expect(readRefundKey(text)).toBe(fault);
  });

  test('that is a point is one to noble', () => {
    fc.assert(
      fc.property(fc.uint8Array({ minLength: 32, maxLength: 32 }), (bytes) => {
        let theirs = true;
        try {
          secp256k1.Point.fromBytes(concatBytes(Uint8Array.of(2), bytes));
        } catch {
          theirs = false;
        }
        expect(isXOnlyKey(bytes)).toBe(theirs);
      }),
    );
  });
});

describe('a public descriptor', () => {
  const refund = { height: 400_000, publicKey: bytesToHex(xOnly(Uint8Array.from({ length: 32 }, () => 3))) };
  const wallet = walletOf(
    Uint8Array.from({ length: 32 }, () => 5),
    'signet',
  );

  test('is read back, and says its address', () => {
    for (const terms of [vault(refund), { kind: 'classic', keyOrigin: 'host', recovery: 'none' } as const]) {
      const shown = publicWallet(wallet, networks.signet, terms);
      const read = readPublicDescriptor(shown.descriptor);
      expect(read?.kind).toBe(terms.kind);
      expect(read && addressOf(read, networks.signet)).toBe(shown.address);
    }
    expect(readPublicDescriptor(publicDescriptor(wallet.publicKey, refund))).toMatchObject({ refund });
  });

  test('with a character changed is none', () => {
    for (const descriptor of [
      publicDescriptor(wallet.publicKey, refund),
      publicDescriptor(wallet.publicKey, undefined),
    ]) {
      for (let at = 0; at < descriptor.length; at++) {
        const changed = `${descriptor.slice(0, at)}${descriptor[at] === '2' ? '3' : '2'}${descriptor.slice(at + 1)}`;
        expect(readPublicDescriptor(changed), changed).toBeUndefined();
      }
    }
  });

  test.each(['', '#', 'wpkh()#00000000', 'tr(a)#abcdefgh', `${'('.repeat(300)}#abcdefgh`])('is not %j', (text) => {
    expect(readPublicDescriptor(text)).toBeUndefined();
  });
});

describe('what the winner of a vault receives', () => {
  const secret = walletKeySecret();
  const refund = { height: 400_000, publicKey: bytesToHex(xOnly(Uint8Array.from({ length: 32 }, () => 3))) };

  test.each(networkNames)('on %s: the key, and all that its path and the leaf take', (name) => {
    const wallet = walletOf(secret, name);
    const shown = publicWallet(wallet, networks[name], vault(refund));
    const text = String.fromCharCode(...releasePayload(wallet, shown)());
    const lines = text.split('\n');
    const field = (called: string) => lines.find((line) => line.startsWith(`${called}: `))?.slice(called.length + 2);
    const theirWif = String.fromCharCode(...wif(secret, networks[name]));
    expect(lines[0]).toBe('btc-pinata/payload/v1');
    expect(field('wallet')).toBe('vault');
    expect(field('network')).toBe(name);
    expect(field('address')).toBe(shown.address);
    expect(field('watch-only')).toBe(shown.descriptor);
    expect(field('internal-key')).toBe(bytesToHex(xOnly(secret)));
    expect(field('leaf')).toBe(bytesToHex(refundScript(refund)));
    expect(field('control-block')).toBe(bytesToHex(vaultOf(xOnly(secret), refund).controlBlock));
    expect(field('refund-height')).toBe('400000');
    expect(field('wif')).toBe(theirWif);
    expect(field('electrum')).toBeUndefined();
    expect(field('descriptor')?.split('#')[0]).toBe(`tr(${theirWif},and_v(v:pk(${refund.publicKey}),after(400000)))`);
    expect(text).toMatch(/^([ -~]+\n)+$/);
    expect(text.length).toBeLessThan(2 ** 14);
  });

  test('is made anew each time', () => {
    const wallet = walletOf(secret, 'regtest');
    const make = releasePayload(wallet, publicWallet(wallet, networks.regtest, vault(refund)));
    const first = make();
    const before = first.slice();
    first.fill(0);
    expect(make()).toEqual(before);
  });
});

function walletKeySecret(): Uint8Array {
  return secp256k1.utils.randomSecretKey(new Uint8Array(walletKeyEntropyLength).fill(17));
}
