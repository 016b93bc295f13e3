import { createHmac } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { Agent, request } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { bech32, bech32m } from '@scure/base';
import { freePort } from '../support/free-port.ts';
import { PeerProcess } from '../support/peer-process.ts';
import { which } from '../support/tools.ts';

/*
 * A real node in regtest: Debian's litecoind, which is Bitcoin Core 0.21 under another name. Its scripts, signature hashes,
 * replacement and reorganisations are bitcoin's. Its addresses have a prefix of their own: `send` takes ours. It is up within
 * a second or two and takes 70 MB of memory and 20 MB of disk.
 *
 *   const litecoind = required.tool('litecoind');
 *   describe.skipIf(litecoind.missing)('...', () => {
 *     test('...', async () => {
 *       await using node = await startLitecoind();
 *       const txid = await node.send('bcrt1q...', 100_000);
 *
 * Two of them are a network: `connect`, `partition`, `reconnect`.
 */

export const rpcUser = 'pinata';
export const rpcPassword = 'of a test';

/** What the node answers to a call that it refuses. */
export class RpcRefusal extends Error {
  readonly code: number;

  constructor(method: string, code: number, message: string) {
    super(`${method}: ${message} (${code})`);
    this.code = code;
  }
}

/** A node with a wallet that holds 50 spendable coins: 101 blocks are mined when it starts, unless `blocks` says otherwise. */
export async function startLitecoind({ blocks = 101 }: { readonly blocks?: number } = {}): Promise<Litecoind> {
  for (let attempt = 1; ; attempt += 1) {
    const node = await Litecoind.start();
    try {
      await node.ready();
    } catch (error) {
      await node.stop();
      if (attempt === 5 || !/unable to (bind|start)|bind.*failed/i.test(node.output)) throw error;
      continue; // somebody took one of its ports
    }
    await node.rpc('createwallet', 'w');
    if (blocks > 0) await node.mine(blocks);
    return node;
  }
}

export class Litecoind implements AsyncDisposable {
  readonly rpcPort: number;
  readonly #peerPort: number;
  readonly #folder: string;
  readonly #process: PeerProcess;
  readonly #agent = new Agent({ keepAlive: false });

  private constructor(folder: string, rpcPort: number, peerPort: number, process: PeerProcess) {
    this.#folder = folder;
    this.rpcPort = rpcPort;
    this.#peerPort = peerPort;
    this.#process = process;
  }

  /** Started, and perhaps not answering yet: `startLitecoind` is for tests. */
  static async start(): Promise<Litecoind> {
    const [rpcPort, peerPort, onionPort] = [await freePort(), await freePort(), await freePort()];
    const folder = mkdtempSync(join(tmpdir(), 'pinata-litecoind-'));
    writeFileSync(join(folder, 'litecoin.conf'), configuration(rpcPort, peerPort, onionPort), { mode: 0o600 });
    const process = new PeerProcess(which('litecoind') ?? 'litecoind', [`-datadir=${folder}`, '-printtoconsole=1']);
    return new Litecoind(folder, rpcPort, peerPort, process);
  }

  get output(): string {
    return this.#process.output;
  }

  get rpcUrl(): string {
    return `http://127.0.0.1:${this.rpcPort}`;
  }

  /** The node writes a fresh user and password there at every start; `rpcUser` and `rpcPassword` are good too. */
  get cookieFile(): string {
    return join(this.#folder, 'regtest', '.cookie');
  }

  async ready(): Promise<void> {
    await this.#process.until(/init message: Done loading/);
    await until('it answers', async () => {
      try {
        await this.rpc('getblockcount');
        return true;
      } catch (error) {
        if (error instanceof RpcRefusal && error.code === -28) return false; // still warming up
        throw error;
      }
    });
  }

  async rpc(method: string, ...params: readonly unknown[]): Promise<unknown> {
    const body = JSON.stringify({ jsonrpc: '1.0', id: 0, method, params });
    const answer: { result: unknown; error: { code: number; message: string } | null } = JSON.parse(
      await this.#post(body),
    );
    if (answer.error !== null) throw new RpcRefusal(method, answer.error.code, answer.error.message);
    return answer.result;
  }

  /** Of a call whose answer is text: a txid, a hash, raw bytes as hex. */
  async rpcText(method: string, ...params: readonly unknown[]): Promise<string> {
    const result = await this.rpc(method, ...params);
    if (typeof result !== 'string') throw new TypeError(`${method} answered ${JSON.stringify(result)}, not text`);
    return result;
  }

  async rpcNumber(method: string, ...params: readonly unknown[]): Promise<number> {
    const result = await this.rpc(method, ...params);
    if (typeof result !== 'number') throw new TypeError(`${method} answered ${JSON.stringify(result)}, not a number`);
    return result;
  }

  height(): Promise<number> {
    return this.rpcNumber('getblockcount');
  }

  bestHash(): Promise<string> {
    return this.rpcText('getbestblockhash');
  }

  /** Blocks with what is in the mempool, paid to its own wallet. The hashes. */
  async mine(count = 1): Promise<readonly string[]> {
    const address = await this.rpcText('getnewaddress', '', 'bech32');
    return texts(await this.rpc('generatetoaddress', count, address));
  }

  /** One block with these transactions (raw, hex) and no other. Its hash. */
  async mineOnly(transactions: readonly string[]): Promise<string> {
    const address = await this.rpcText('getnewaddress', '', 'bech32');
    const block = await this.rpc('generateblock', address, transactions);
    if (typeof block !== 'object' || block === null || !('hash' in block) || typeof block.hash !== 'string') {
      throw new TypeError(`generateblock answered ${JSON.stringify(block)}`);
    }
    return block.hash;
  }

  /** From its wallet to one of our addresses (`bcrt1...`), in satoshis; replaceable. The txid. */
  send(address: string, satoshis: number): Promise<string> {
    const amount = coins(satoshis);
    return this.rpcText('sendtoaddress', itsAddress(address), amount, '', '', false, true);
  }

  /** As `send`, many outputs in one transaction; an address may be there once. */
  sendMany(outputs: ReadonlyMap<string, number>): Promise<string> {
    const amounts = Object.fromEntries(
      [...outputs].map(([address, satoshis]) => [itsAddress(address), coins(satoshis)]),
    );
    return this.rpcText('sendmany', '', amounts);
  }

  /** Raw, hex. The txid, or RpcRefusal. */
  broadcast(transaction: string): Promise<string> {
    return this.rpcText('sendrawtransaction', transaction);
  }

  async mempool(): Promise<readonly string[]> {
    return texts(await this.rpc('getrawmempool'));
  }

  /** Both have the same best block when this resolves. */
  async connect(other: Litecoind): Promise<void> {
    await until('they agree on the best block', async () => {
      if ((await this.rpcNumber('getconnectioncount')) === 0) {
        await this.rpc('addnode', `127.0.0.1:${other.#peerPort}`, 'onetry');
      }
      return (await this.bestHash()) === (await other.bestHash());
    });
  }

  /** From here on it hears of nobody. */
  async partition(): Promise<void> {
    await this.rpc('setnetworkactive', false);
    await until('its connections are gone', async () => (await this.rpcNumber('getconnectioncount')) === 0);
  }

  /** Whichever of them was cut off. */
  async reconnect(other: Litecoind): Promise<void> {
    for (const node of [this, other]) await node.rpc('setnetworkactive', true);
    await this.connect(other);
  }

  async stop(): Promise<void> {
    this.#agent.destroy();
    await this.#process.stop();
    rmSync(this.#folder, { recursive: true, force: true, maxRetries: 5 });
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.stop();
  }

  #post(body: string): Promise<string> {
    return new Promise((resolve, reject) => {
      const options = { agent: this.#agent, method: 'POST', auth: `${rpcUser}:${rpcPassword}` };
      const call = request(this.rpcUrl, options, (response) => {
        let text = '';
        response.setEncoding('utf8');
        response.on('data', (piece: string) => {
          text += piece;
        });
        response.on('end', () => resolve(text));
        response.on('error', reject);
      });
      call.on('error', reject);
      call.end(body);
    });
  }
}

/** Looks until it holds; a minute is patience for a machine that is busy. */
export async function until(what: string, holds: () => Promise<boolean>, milliseconds = 60_000): Promise<void> {
  const end = performance.now() + milliseconds;
  while (!(await holds())) {
    if (performance.now() > end) throw new Error(`not within ${milliseconds} ms: ${what}`);
    await pause(20);
  }
}

/** Our address with the prefix that this node reads: the witness program is the same. */
function itsAddress(address: string): string {
  const [code, decoded] = [bech32, bech32m]
    .map((candidate) => [candidate, candidate.decodeUnsafe(address)] as const)
    .find(([, found]) => found !== undefined) ?? [bech32, undefined];
  if (decoded === undefined) throw new Error(`${address} is no segwit address`);
  return code.encode('rltc', decoded.words);
}

const coins = (satoshis: number): string => (satoshis / 100_000_000).toFixed(8);

function texts(value: unknown): readonly string[] {
  if (Array.isArray(value) && value.every((entry) => typeof entry === 'string')) return value;
  throw new TypeError(`not a list of text: ${JSON.stringify(value)}`);
}

/*
 * Litecoin's defaults turn replacement off, take ten times bitcoin's dust for dust, and switch to MWEB at height 432, where
 * its own miner fails. Whoever is told `bind` listens on the port for onion services beside it, so that is told as well.
 */
const configuration = (rpcPort: number, peerPort: number, onionPort: number): string => `regtest=1
server=1
txindex=1
mempoolreplacement=1
vbparams=mweb:4000000000:4000000001
dustrelayfee=0.00003
fallbackfee=0.0002
rpcauth=${rpcUser}:${salt}$${createHmac('sha256', salt).update(rpcPassword).digest('hex')}
[regtest]
rpcbind=127.0.0.1
rpcallowip=127.0.0.1
rpcport=${rpcPort}
bind=127.0.0.1:${peerPort}
bind=127.0.0.1:${onionPort}=onion
listenonion=0
dnsseed=0
upnp=0
discover=0
connect=0
`;

const salt = '00112233445566778899aabbccddeeff';
