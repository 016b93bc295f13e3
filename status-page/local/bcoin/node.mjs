import { createRequire } from 'node:module';
import { join } from 'node:path';
import process from 'node:process';

/*
 * A process of its own: bcoin in memory, on a chain of its own, with the addresses that everybody else gives regtest (its
 * own are `rb1...`, and its keys have a prefix of their own too). It takes any free port and prints it, and ends when its
 * input does, so that it outlives nobody who started it. The folder that has its node_modules is the one argument.
 *
 * Where its answers are not those of Bitcoin Core they are made so, as far as an explorer reads them.
 */

process.env['NODE_BACKEND'] = 'js';
const require = createRequire(join(process.argv[2] ?? import.meta.dirname, 'package.json'));

const { regtest } = require('bcoin/lib/protocol/networks');
Object.assign(regtest.addressPrefix, { bech32: 'bcrt', pubkeyhash: 0x6f, scripthash: 0xc4 });
regtest.keyPrefix.privkey = 0xef;

const FullNode = require('bcoin/lib/node/fullnode');
const TX = require('bcoin/lib/primitives/tx');
const node = new FullNode({
  network: 'regtest',
  memory: true,
  indexTX: true,
  indexAddress: true,
  workers: false,
  listen: false,
  noAuth: true,
  httpHost: '127.0.0.1',
  httpPort: 0,
});

const { rpc } = node;
const { txToJSON, headerToJSON, blockToJSON, execute } = rpc;

/** Core leaves out what it does not know; here it is null. */
const known = (json) => Object.fromEntries(Object.entries(json).filter(([, value]) => value !== null));
const ofHeader = (json, { nonce, bits }) => ({ ...known(json), nonce, bits: bits.toString(16) });

rpc.txToJSON = function (tx, entry) {
  return { ...known(txToJSON.call(this, tx, entry)), weight: tx.getWeight() };
};
rpc.headerToJSON = async function (entry) {
  return ofHeader(await headerToJSON.call(this, entry), entry);
};
rpc.blockToJSON = async function (entry, block, details) {
  return ofHeader(await blockToJSON.call(this, entry, block, details), entry);
};

const refusal = (code, message) => Object.assign(new Error(message), { type: 'RPCError', code });

/** Core answers when the transaction was looked at; bcoin before, whatever it is. */
async function broadcast([raw]) {
  const tx = TX.fromRaw(Buffer.from(String(raw), 'hex'));
  let missing;
  try {
    missing = await node.mempool.addTX(tx);
  } catch (error) {
    throw refusal(-26, error.reason ?? error.message); // RPC_VERIFY_REJECTED
  }
  if (missing != null && missing.length > 0) throw refusal(-25, 'bad-txns-inputs-missingorspent');
  return tx.txid();
}

rpc.execute = async function (call, help) {
  const { method, params } = call;
  if (method === 'sendrawtransaction') return broadcast(params);
  const asked = method === 'getblock' ? { ...call, params: [params[0], params[1] !== 0, params[1] === 2] } : call;
  try {
    return await execute.call(this, asked, help);
  } catch (error) {
    if (error.type === 'RPCError' && /not found/i.test(error.message)) error.code = -5; // RPC_INVALID_ADDRESS_OR_KEY
    throw error;
  }
};

process.stdin.resume().once('end', () => process.exit(0));
await node.open();
process.stdout.write(`${JSON.stringify({ port: node.http.http.address().port })}\n`);
