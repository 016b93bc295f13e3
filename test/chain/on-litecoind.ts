import { once } from 'node:events';
import { schnorr, secp256k1 } from '@noble/curves/secp256k1.js';
import { hexToBytes } from '@noble/hashes/utils.js';
import { Address, NETWORK, OutScript, p2tr, p2wpkh, Transaction } from '@scure/btc-signer';
import { onTestFinished } from 'vitest';
import { CoreRpc, fromCookie } from '../../status-page/esplora/rpc.ts';
import { createFacadeServer } from '../../status-page/esplora/server.ts';
import type { Litecoind } from '../nodes/litecoind.ts';

/* What the tests of the chain need beside a node: explorers out of it, keys, and spends made by btc-signer. */

/** The base URL of an explorer out of this node, for the duration of the test. */
export async function explorerOf(node: Litecoind): Promise<string> {
  const rpc = new CoreRpc(node.rpcUrl, fromCookie(node.cookieFile));
  const server = createFacadeServer({ rpc, fromHeight: 0, clock: () => performance.now() });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('the explorer listens on no port');
  return `http://127.0.0.1:${address.port}/api`;
}

const regtest = { ...NETWORK, bech32: 'bcrt', pubKeyHash: 0x6f, scriptHash: 0xc4, wif: 0xef };

export interface Wallet {
  readonly address: string;
  /** The raw transaction, hex, that sends these coins elsewhere. */
  sweep(coins: readonly Coin[], fee: number): string;
  /** The same of one that sends a coin to one address in many small outputs, and what is left to the miner. */
  scatter(coin: Coin, address: string, count: number, satoshis: number): string;
}

export interface Coin {
  readonly txid: string;
  readonly vout: number;
  readonly satoshis: number;
}

export function classicWallet(seed: number): Wallet {
  const key = new Uint8Array(32).fill(seed);
  const payment = p2wpkh(secp256k1.getPublicKey(key, true), regtest);
  return walletOf(payment.address ?? '', payment.script, key, {});
}

export function taprootWallet(seed: number): Wallet {
  const key = new Uint8Array(32).fill(seed);
  const publicKey = schnorr.getPublicKey(key);
  const payment = p2tr(publicKey, undefined, regtest);
  return walletOf(payment.address ?? '', payment.script, key, { tapInternalKey: publicKey });
}

function walletOf(address: string, script: Uint8Array, key: Uint8Array, more: { tapInternalKey?: Uint8Array }): Wallet {
  const signed = (coins: readonly Coin[], outputs: readonly { script: Uint8Array; amount: bigint }[]): string => {
    const transaction = new Transaction();
    for (const { txid, vout, satoshis } of coins) {
      const witnessUtxo = { script, amount: BigInt(satoshis) };
      transaction.addInput({ txid, index: vout, witnessUtxo, sequence: 0xffff_fffd, ...more });
    }
    for (const output of outputs) transaction.addOutput(output);
    transaction.sign(key);
    transaction.finalize();
    return transaction.hex;
  };
  return {
    address,
    sweep: (coins, fee) => {
      const paid = coins.reduce((sum, { satoshis }) => sum + satoshis, 0) - fee;
      return signed(coins, [{ script: elsewhere, amount: BigInt(paid) }]);
    },
    scatter: (coin, to, count, satoshis) => {
      const output = { script: OutScript.encode(Address(regtest).decode(to)), amount: BigInt(satoshis) };
      return signed([coin], Array<typeof output>(count).fill(output));
    },
  };
}

/** BIP-173's own example, on regtest. */
const elsewhere = OutScript.encode(Address(regtest).decode('bcrt1qw508d6qejxtdg4y5r3zarvary0c5xw7kygt080'));

/** The output of `txid` that pays `satoshis`. */
export async function coinOf(node: Litecoind, txid: string, satoshis: number): Promise<Coin> {
  const raw = Transaction.fromRaw(hexToBytes(await node.rpcText('getrawtransaction', txid)), {
    allowUnknownInputs: true,
    allowUnknownOutputs: true,
    disableScriptCheck: true,
  });
  for (let vout = 0; vout < raw.outputsLength; vout += 1) {
    if (raw.getOutput(vout).amount === BigInt(satoshis)) return { txid, vout, satoshis };
  }
  throw new Error(`${txid} pays no output of ${satoshis}`);
}
