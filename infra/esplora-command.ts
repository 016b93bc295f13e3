import { once } from 'node:events';
import type { Writable } from 'node:stream';
import { Misuse } from '../service/tools/command-words.ts';
import { CoreRpc, RpcFailure, RpcRefusal } from '../status-page/esplora/rpc.ts';
import { createFacadeServer, nodeOf } from '../status-page/esplora/server.ts';
import { parseEsploraOptions } from './esplora-options.ts';

const [FAILED, MISUSED] = [1, 2];

interface Terminal {
  readonly stdout: Pick<Writable, 'write'>;
  readonly stderr: Pick<Writable, 'write'>;
  /** Ends the listener. */
  readonly signal: AbortSignal;
}

/** `btc-pinata esplora`, until it is told to stop. */
export async function esploraCommand(argv: readonly string[], terminal: Terminal = ours()): Promise<number> {
  const { stdout, stderr, signal } = terminal;
  try {
    const options = parseEsploraOptions(argv);
    const rpc = new CoreRpc(options.rpc, options.credentials);
    // A password that is wrong should be said here, and not to the first visitor.
    const node = await nodeOf(rpc);
    const server = createFacadeServer({ rpc, fromHeight: options.fromHeight, clock: () => performance.now() });
    server.listen(options.port, options.listen);
    await once(server, 'listening');
    const address = server.address();
    const port = typeof address === 'object' && address !== null ? address.port : options.port;
    const host = options.listen.includes(':') ? `[${options.listen}]` : options.listen;
    stdout.write(`http://${host}:${port}/api answers out of a node on ${node.chain}, at block ${node.blocks}\n`);
    if (!signal.aborted) await once(signal, 'abort');
    server.closeAllConnections();
    server.close();
    return 0;
  } catch (error) {
    if (error instanceof Misuse) {
      stderr.write(`btc-pinata esplora: ${error.message}\n\`btc-pinata esplora --help\` says more.\n`);
      return MISUSED;
    }
    const known = error instanceof RpcFailure || error instanceof RpcRefusal || isSystemError(error);
    if (!known) throw error;
    stderr.write(`btc-pinata esplora: ${error.message}\n`);
    return FAILED;
  }
}

const isSystemError = (error: unknown): error is Error => error instanceof Error && 'syscall' in error;

function ours(): Terminal {
  const stop = new AbortController();
  for (const name of ['SIGINT', 'SIGTERM'] as const) process.once(name, () => stop.abort());
  return { stdout: process.stdout, stderr: process.stderr, signal: stop.signal };
}
