import { once } from 'node:events';
import type { Server } from 'node:http';
import * as v from 'valibot';
import { hashesSchema } from '../esplora/rpc-schema.ts';
import { createFacadeServer } from '../esplora/server.ts';
import type { RegtestNode } from './regtest-node.ts';

/** An output that can never be spent: a hash of 20 zero bytes. Whom blocks pay whose reward nobody wants. */
const nobody = 'bcrt1qqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqdku202';
/** Bitcoin Core gives up a call that mines for too long. */
const atOnce = 50;

/**
 * A node and two explorers out of it: on a chain of one machine there is nobody else to ask, and a page that asks one alone
 * calls nothing final.
 */
export class OwnChain {
  readonly node: RegtestNode;
  /** Base URLs of Esplora. */
  readonly explorers: readonly string[];
  readonly #servers: readonly Server[];

  private constructor(node: RegtestNode, servers: readonly Server[]) {
    this.node = node;
    this.#servers = servers;
    this.explorers = servers.map((server) => `http://127.0.0.1:${portOf(server)}/api`);
  }

  /** `port`: of the first explorer; any free one where that is taken. */
  static async of(node: RegtestNode, port: number): Promise<OwnChain> {
    const first = await listening(node, port).catch(() => listening(node, 0));
    return new OwnChain(node, [first, await listening(node, 0)]);
  }

  /** The reward of the first block goes to `address`, and can be spent when this resolves. */
  async fill(address: string): Promise<void> {
    await this.mine(1, address);
    await this.mine(this.node.firstBlocks);
  }

  async mine(blocks: number, address = nobody): Promise<void> {
    const to = this.node.itsAddress(address);
    for (let left = blocks; left > 0; left -= atOnce) {
      await this.node.rpc.call(hashesSchema, 'generatetoaddress', Math.min(atOnce, left), to);
    }
  }

  height(): Promise<number> {
    return this.node.rpc.call(v.number(), 'getblockcount');
  }

  async stop(): Promise<void> {
    for (const server of this.#servers) {
      server.closeAllConnections();
      server.close();
    }
    await this.node.stop();
  }
}

async function listening({ rpc }: RegtestNode, port: number): Promise<Server> {
  const server = createFacadeServer({ rpc, fromHeight: 0, clock: () => performance.now() });
  server.listen(port, '127.0.0.1');
  await once(server, 'listening');
  return server;
}

const portOf = (server: Server): number => {
  const address = server.address();
  return typeof address === 'object' && address !== null ? address.port : 0;
};
