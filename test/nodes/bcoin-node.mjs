import { createRequire } from 'node:module';
import process from 'node:process';

/*
 * A process of its own: bcoin in memory, on a chain of its own, with the addresses that everybody else gives regtest (its
 * own are `rb1...`, and its keys have a prefix of their own too). It takes any free port and prints it, and ends when its
 * input does, so that it outlives no test.
 */

process.env['NODE_BACKEND'] = 'js';
const require = createRequire(import.meta.url);

const { regtest } = require('bcoin/lib/protocol/networks');
Object.assign(regtest.addressPrefix, { bech32: 'bcrt', pubkeyhash: 0x6f, scripthash: 0xc4 });
regtest.keyPrefix.privkey = 0xef;

const FullNode = require('bcoin/lib/node/fullnode');
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

process.stdin.resume().once('end', () => process.exit(0));
await node.open();
process.stdout.write(`${JSON.stringify({ port: node.http.http.address().port })}\n`);
