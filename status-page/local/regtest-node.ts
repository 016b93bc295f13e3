import { execFile } from 'node:child_process';
import { accessSync, constants, existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join, relative } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { promisify } from 'node:util';
import { bech32, bech32m } from '@scure/base';
import { CoreRpc, fromCookie, RpcFailure, RpcRefusal } from '../esplora/rpc.ts';
import { nodeOf } from '../esplora/server.ts';
import { Child } from './child.ts';
import { freePort } from './free-port.ts';

/* A node on a chain of its own, which begins when it is started and is gone when it is stopped. */

export const nodeNames = ['bitcoind', 'litecoind', 'bcoin'] as const;
export type NodeName = (typeof nodeNames)[number];

export interface RegtestNode {
  readonly name: NodeName;
  readonly rpc: CoreRpc;
  /** Blocks that make the first coins spendable, and the rules of segwit those of the chain. */
  readonly firstBlocks: number;
  /** One of our addresses (`bcrt1...`) as this node reads it. */
  readonly itsAddress: (ours: string) => string;
  /** Ends it, and leaves nothing of it. */
  stop(): Promise<void>;
}

/** The best that this machine has: Core's own, then its kin, then the one that npm brings. */
export const installedNode = (): NodeName => nodeNames.find((name) => name !== 'bcoin' && onPath(name)) ?? 'bcoin';

/** Rejects with an Error for people. */
export const startNode = (name: NodeName, say: (line: string) => void): Promise<RegtestNode> =>
  name === 'bcoin' ? startBcoin(say) : startCore(name);

const onPath = (name: string): boolean =>
  (process.env['PATH'] ?? '').split(delimiter).some((folder) => {
    try {
      accessSync(join(folder, name), constants.X_OK);
      return folder !== '';
    } catch {
      return false;
    }
  });

/** A loaded machine takes its time; one that never answers is given up. */
const patience = 120_000;

async function answering(rpc: CoreRpc, child: Child, name: string): Promise<void> {
  const end = performance.now() + patience;
  for (;;) {
    try {
      await nodeOf(rpc);
      return;
    } catch (error) {
      if (!(error instanceof RpcFailure || error instanceof RpcRefusal)) throw error;
      if (child.over) throw new Error(`${name} ended at once. The last it said: ${child.said.trim()}`);
      if (performance.now() > end) throw new Error(`${name} does not answer: ${error.message}`);
      await pause(100);
    }
  }
}

/*
 * Litecoin's defaults turn replacement off, take ten times bitcoin's dust for dust, and change the rules at height 432 to some
 * under which its own miner fails.
 */
const ownWords: Readonly<Record<'bitcoind' | 'litecoind', readonly string[]>> = {
  bitcoind: [],
  litecoind: ['-mempoolreplacement=1', '-dustrelayfee=0.00003', '-vbparams=mweb:4000000000:4000000001'],
};

/** Three attempts: somebody may take its port before it does. */
async function startCore(name: 'bitcoind' | 'litecoind'): Promise<RegtestNode> {
  for (let attempt = 1; ; attempt += 1) {
    const folder = mkdtempSync(join(tmpdir(), 'pinata-regtest-'));
    const port = await freePort();
    const child = await Child.start(name, [
      ...['-regtest', '-server=1', '-txindex=1', '-listen=0', '-disablewallet=1', '-printtoconsole=1'],
      ...[`-datadir=${folder}`, `-rpcport=${port}`, '-rpcbind=127.0.0.1', '-rpcallowip=127.0.0.1'],
      ...ownWords[name],
    ]);
    const stop = async (): Promise<void> => {
      await child.stop();
      rmSync(folder, { recursive: true, force: true, maxRetries: 5 });
    };
    const rpc = new CoreRpc(`http://127.0.0.1:${port}`, fromCookie(join(folder, 'regtest', '.cookie')));
    try {
      await answering(rpc, child, name);
      return { name, rpc, firstBlocks: 101, itsAddress: name === 'litecoind' ? asLitecoin : (ours) => ours, stop };
    } catch (error) {
      await stop();
      if (attempt === 3) throw error;
    }
  }
}

/** The witness program is the same. */
function asLitecoin(ours: string): string {
  for (const code of [bech32, bech32m]) {
    const decoded = code.decodeUnsafe(ours);
    if (decoded !== undefined) return code.encode('rltc', decoded.words);
  }
  throw new Error(`${ours} is no segwit address`);
}

const bcoinFolder = join(import.meta.dirname, 'bcoin');

/** By a lock of its own, and without any script of a package. `folder`: where its node_modules are, or are to be. */
export async function startBcoin(say: (line: string) => void, folder: string = bcoinFolder): Promise<RegtestNode> {
  // npm writes this file last.
  if (!existsSync(join(folder, 'node_modules/.package-lock.json'))) {
    say(`bcoin is fetched from npm, once (a hundred packages, 19 MB, by a lock,
  no scripts of theirs are run), into ${relative('.', folder)}/node_modules`);
    await npmCi(folder);
  }
  const child = await Child.start(process.execPath, ['--no-deprecation', join(bcoinFolder, 'node.mjs'), folder]);
  const stop = (): Promise<void> => child.stop();
  try {
    const rpc = new CoreRpc(`http://127.0.0.1:${await portOf(child)}`, () => 'any:any');
    await answering(rpc, child, 'bcoin');
    // Segwit is voted for, and has locked in and is active from 432 on.
    return { name: 'bcoin', rpc, firstBlocks: 432, itsAddress: (ours) => ours, stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

async function portOf(child: Child): Promise<number> {
  const end = performance.now() + patience;
  for (;;) {
    const [, port] = /^\{"port":(\d+)\}$/m.exec(child.said) ?? [];
    if (port !== undefined) return Number(port);
    if (child.over) throw new Error(`bcoin ended at once. The last it said: ${child.said.trim()}`);
    if (performance.now() > end) throw new Error('bcoin does not say where it listens');
    await pause(50);
  }
}

async function npmCi(folder: string): Promise<void> {
  const words = ['ci', '--ignore-scripts', '--no-audit', '--no-fund', '--prefix', folder];
  try {
    await promisify(execFile)('npm', words);
  } catch (error) {
    const why = error instanceof Error && 'stderr' in error ? String(error.stderr).trim() : String(error);
    throw new Error(`npm ${words.join(' ')} failed: ${why.split('\n').slice(0, 3).join(' ')}`);
  }
}
