import { randomBytes } from 'node:crypto';
import { getHeapSnapshot } from 'node:v8';
import { signSimple } from '../../service/bitcoin/bip322.ts';
import {
  networks,
  publicWallet,
  releasePayload,
  WalletKey,
  walletKeyEntropyLength,
} from '../../service/bitcoin/index.ts';
import { secretToSeal } from '../../service/bitcoin/sealing.ts';
import { tapLeafHash, tweakedSecret } from '../../service/bitcoin/taproot.ts';
import { refundScript } from '../../service/bitcoin/vault.ts';

/*
 * Run as a process of its own: makes a wallet key, reads it back, makes its payload, and tells which strings are on the
 * heap. A snapshot holds the strings, and not the contents of buffers.
 */

/** Eight characters say that a text was there: joined and cut strings are kept in pieces. */
const piece = 8;

async function onTheHeap(text: Buffer): Promise<boolean> {
  const chunks: Buffer[] = [];
  for await (const chunk of getHeapSnapshot()) chunks.push(Buffer.from(chunk));
  const snapshot = Buffer.concat(chunks);
  return Array.from({ length: text.length - piece }, (_, at) => text.subarray(at, at + piece)).some((part) =>
    snapshot.includes(part),
  );
}

const network = networks.mainnet;
const terms = { kind: 'classic', keyOrigin: 'host', recovery: 'none' } as const;
const made = WalletKey.fromEntropy(new Uint8Array(randomBytes(walletKeyEntropyLength)));
const first = Buffer.from(releasePayload(made, publicWallet(made, network, terms))());
const at = first.indexOf('\nwif: ') + 6;
const wif = first.subarray(at, at + 52);
const imported = WalletKey.fromWif(new Uint8Array(wif), network);
const second = releasePayload(imported, publicWallet(imported, network, terms))();
if (Buffer.compare(first, second) !== 0) throw new Error('the key that was read back is another one');
const { address } = publicWallet(imported, network, terms);

// The same key in a vault, which signs, is sealed and is read back.
const refund = { height: 958_000, publicKey: 'c6047f9441ed7d6d3045406e95c07cd85c778e4b8cef3ca7abac09b95c709ee5' };
const vault = publicWallet(imported, network, { kind: 'vault', keyOrigin: 'host', recovery: 'none', refund });
releasePayload(imported, vault)();
signSimple(imported, refund, Uint8Array.of(1));
signSimple(imported, undefined, Uint8Array.of(1));
const secret = secretToSeal(imported);
WalletKey.fromSealed(secret.slice());
const tweaked = tweakedSecret(secret, imported.publicKey.subarray(1), tapLeafHash(refundScript(refund)));
/** As ASCII, and not by way of a string. */
const digit = (value: number): number => value + (value < 10 ? 0x30 : 0x57);
const hexOf = (bytes: Uint8Array): Buffer =>
  Buffer.from([...bytes].flatMap((byte) => [digit(byte >> 4), digit(byte & 15)]));

const key = (await onTheHeap(wif)) || (await onTheHeap(hexOf(secret))) || (await onTheHeap(hexOf(tweaked)));
const publicKey = await onTheHeap(Buffer.from(address));
// The search would find it: the same 52 bytes, once they have been a string.
const asString = wif.toString('latin1');
const control = await onTheHeap(wif);
process.stdout.write(JSON.stringify({ key, publicKey, control: control && asString.length === wif.length }));
