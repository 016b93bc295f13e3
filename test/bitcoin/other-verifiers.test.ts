import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { secp256k1 } from '@noble/curves/secp256k1.js';
import { sha256 } from '@noble/hashes/sha2.js';
import { concatBytes, hexToBytes, utf8ToBytes } from '@noble/hashes/utils.js';
import { base64 } from '@scure/base';
import * as scure from '@scure/btc-signer';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  decodeSegwitAddress,
  encodeStatement,
  networks,
  publicWallet,
  signStatement,
  WalletKey,
} from '../../service/bitcoin/index.ts';
import { signatureHashV0, signatureHashV1, toSpendHash } from '../../service/bitcoin/virtual-transactions.ts';
import { fieldsOf, hedge, key } from '../attest/sample-statement.ts';
import { required } from '../support/required.ts';

/* Verifiers that are not ours, on statements of ours. */

const nodes = required.nodes();
const electrum = required.tool('electrum');

interface Signed {
  readonly address: string;
  readonly message: string;
  /** As before v2 of the BIP: without its prefix. */
  readonly signature: string;
}

function signed(kind: 'classic' | 'vault'): Signed {
  const statement = encodeStatement(fieldsOf(kind, 'mainnet'));
  const signature = signStatement(key, statement, hedge).replace(/^smp/, '');
  return { address: statement.fields.address, message: statement.text, signature };
}

/** Another text, another byte of the signature, the signature of another text. */
function wrong(one: Signed): readonly Signed[] {
  const bytes = base64.decode(one.signature);
  const flipped = bytes.with(20, (bytes[20] ?? 0) ^ 1);
  const later = encodeStatement({ ...fieldsOf('classic', 'mainnet'), test: true });
  return [
    { ...one, message: one.message.replace('test: false', 'test: true') },
    { ...one, message: one.message.slice(0, -1) },
    { ...one, signature: base64.encode(flipped) },
    { ...one, signature: signStatement(key, later, hedge).replace(/^smp/, '') },
  ];
}

interface Verdicts {
  readonly bcoin: boolean;
  readonly bip322js: boolean;
}

async function judged(all: readonly Signed[]): Promise<readonly Verdicts[]> {
  const script = resolve(import.meta.dirname, '../nodes/verify-bip322.mjs');
  const child = spawn(process.execPath, [script], { stdio: ['pipe', 'pipe', 'inherit'] });
  const answer = child.stdout.setEncoding('utf8').toArray();
  child.stdin.end(JSON.stringify(all));
  await once(child, 'close');
  return JSON.parse((await answer).join(''));
}

describe.skipIf(nodes.missing)('the interpreter of bcoin, and bip322-js', () => {
  test('take the statements, and refuse what is not signed', async () => {
    const [classic, vault] = [signed('classic'), signed('vault')];
    const verdicts = await judged([classic, vault, ...wrong(classic), ...wrong(vault)]);
    const [ofClassic, ofVault, ...ofWrong] = verdicts;
    expect(ofClassic).toEqual({ bcoin: true, bip322js: true });
    // bcoin knows no taproot: of witness version 1 it takes anything, as nodes did before BIP-341.
    expect(ofVault?.bip322js).toBe(true);
    expect(ofWrong.map(({ bip322js }) => bip322js)).toEqual(Array.from({ length: 8 }, () => false));
    expect(ofWrong.slice(0, 4).map(({ bcoin }) => bcoin)).toEqual([false, false, false, false]);
  });
});

describe.skipIf(electrum.missing)('Electrum', () => {
  /*
   * It verifies the form that is older than BIP-322: a recoverable signature over a prefixed text. The program signs no
   * such thing, and a function of it that did would be one more thing to sign with. So the test signs, with the key of the
   * generator point, which nobody keeps secret. What it shows is that the address of our statement is that of its key.
   */
  const wif = 'KwDiBf89QgGbjEhKnhXJuH7LrciVrZi3qYjgd9M7rFU73sVHnoWn';
  const secret = hexToBytes('01'.padStart(64, '0'));

  const length = (bytes: Uint8Array): Uint8Array =>
    bytes.length < 0xfd ? Uint8Array.of(bytes.length) : Uint8Array.of(0xfd, bytes.length & 0xff, bytes.length >> 8);
  function legacy(text: string): string {
    const message = utf8ToBytes(text);
    const digest = sha256(sha256(concatBytes(utf8ToBytes('\x18Bitcoin Signed Message:\n'), length(message), message)));
    const recovered = secp256k1.sign(digest, secret, { prehash: false, format: 'recovered' });
    return base64.encode(Uint8Array.of(31 + (recovered[0] ?? 0), ...recovered.subarray(1)));
  }

  test('takes the text and the address of a statement, signed in the older form', () => {
    const folder = mkdtempSync(join(tmpdir(), 'pinata-electrum-'));
    try {
      const wallet = publicWallet(WalletKey.fromWif(utf8ToBytes(wif), networks.mainnet), networks.mainnet, {
        kind: 'classic',
        keyOrigin: 'host',
        recovery: 'none',
      });
      const { text } = encodeStatement({
        ...fieldsOf('classic', 'mainnet'),
        address: wallet.address,
        wallet: { kind: 'classic', descriptor: wallet.descriptor },
      });
      const verify = (message: string): string => {
        const words = ['--offline', '--dir', folder, 'verifymessage', wallet.address, legacy(text), message];
        const { stdout, stderr } = spawnSync(electrum.path, words, {
          encoding: 'utf8',
          env: { PATH: process.env['PATH'], HOME: folder },
        });
        return stdout.trim() === '' ? stderr : stdout.trim();
      };
      expect(verify(text)).toBe('true');
      expect(verify(text.replace('test: false', 'test: true'))).toBe('false');
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  });
});

describe('@scure/btc-signer', () => {
  /** `to_sign`, as it builds it. */
  function theirs(message: Uint8Array, script: Uint8Array, version: 0 | 1): scure.Transaction {
    const program = { version, program: script.subarray(2) };
    const tx = new scure.Transaction({ version: 0, allowUnknownOutputs: true, allowLegacyWitnessUtxo: true });
    tx.addInput({
      txid: toSpendHash(message, program).toReversed(),
      index: 0,
      sequence: 0,
      witnessUtxo: { script, amount: 0n },
    });
    tx.addOutput({ script: Uint8Array.of(0x6a), amount: 0n });
    return tx;
  }

  test('hashes the virtual transactions of a statement, or of any bytes, as we do', () => {
    const statement = utf8ToBytes(encodeStatement(fieldsOf()).text);
    const address = decodeSegwitAddress(fieldsOf('vault').address);
    if (address === undefined) throw new Error('no address');
    fc.assert(
      fc.property(
        fc.oneof(fc.constant(statement), fc.uint8Array({ maxLength: 300 })),
        fc.uint8Array({ minLength: 20, maxLength: 20 }),
        (message, hash) => {
          const v0 = concatBytes(Uint8Array.of(0, 20), hash);
          const scriptCode = concatBytes(Uint8Array.of(0x76, 0xa9, 0x14), hash, Uint8Array.of(0x88, 0xac));
          expect(theirs(message, v0, 0).preimageWitnessV0(0, scriptCode, 1, 0n)).toEqual(
            signatureHashV0(message, { version: 0, program: hash }),
          );
          const v1 = concatBytes(Uint8Array.of(0x51, 32), address.program);
          for (const hashType of [0, 1] as const) {
            expect(theirs(message, v1, 1).preimageWitnessV1(0, [v1], hashType, [0n])).toEqual(
              signatureHashV1(message, { version: 1, program: address.program }, hashType),
            );
          }
        },
      ),
      { numRuns: 40 },
    );
  });
});
