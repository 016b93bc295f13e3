import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { Facade, type FacadeOptions, Refused } from './facade.ts';
import { type CoreRpc, RpcFailure, RpcRefusal } from './rpc.ts';
import { chainSchema } from './rpc-schema.ts';

/*
 * The read endpoints of Esplora, and `POST /tx`, with `/api` in front or not. Whoever reaches it can make the node read
 * blocks: it listens where it is told, on loopback unless told otherwise.
 */

type Route = readonly [pattern: RegExp, answer: (facade: Facade, ...parts: readonly string[]) => Promise<unknown>];

const id = '([0-9a-f]{64})';
const address = '([a-z0-9]{14,90})';
const route = (pattern: string, answer: Route[1]): Route => [new RegExp(`^(?:/api)?${pattern}$`), answer];

const notFound = new Refused(404, 'Transaction not found');

const routes: readonly Route[] = [
  route('/blocks/tip/hash', async (facade) => (await facade.tip()).bestblockhash),
  route('/blocks/tip/height', async (facade) => String((await facade.tip()).blocks)),
  route('/blocks(?:/(\\d{1,9}))?', (facade, from) => facade.blocks(from === undefined ? undefined : Number(from))),
  route('/block-height/(\\d{1,9})', (facade, height) => facade.blockHash(Number(height))),
  route(`/block/${id}`, (facade, hash = '') => facade.block(hash)),
  route(`/block/${id}/txids`, (facade, hash = '') => facade.blockTxids(hash)),
  route(`/block/${id}/status`, (facade, hash = '') => facade.blockStatus(hash)),
  route(`/address/${address}`, (facade, of = '') => facade.address(of)),
  route(`/address/${address}/utxo`, (facade, of = '') => facade.utxo(of)),
  route(`/address/${address}/txs`, (facade, of = '') => facade.transactions(of, 'all', undefined)),
  route(`/address/${address}/txs/mempool`, (facade, of = '') => facade.transactions(of, 'mempool', undefined)),
  route(`/address/${address}/txs/chain(?:/${id})?`, (facade, of = '', after) =>
    facade.transactions(of, 'chain', after),
  ),
  route(`/tx/${id}`, async (facade, txid = '') => (await facade.transaction(txid)) ?? Promise.reject(notFound)),
  // As electrs has it: of a transaction that nobody knows, too.
  route(
    `/tx/${id}/status`,
    async (facade, txid = '') => (await facade.transaction(txid))?.status ?? { confirmed: false },
  ),
  route(`/tx/${id}/hex`, (facade, txid = '') => facade.transactionHex(txid)),
  route(`/tx/${id}/outspend/(\\d{1,9})`, (facade, txid = '', vout) => facade.outspend(txid, Number(vout))),
  route(`/tx/${id}/outspends`, (facade, txid = '') => facade.outspends(txid)),
  route('/fee-estimates', (facade) => facade.feeEstimates()),
];

const broadcastPath = /^(?:\/api)?\/tx$/;
/** Of a transaction as hex: the largest that a node relays is 400 kB. */
const largestBody = 1_000_000;
/** Answered at once. */
const mostAtOnce = 32;

/** Which chain the node is on, and how far. */
export const nodeOf = (rpc: CoreRpc) => rpc.call(chainSchema, 'getblockchaininfo');

export function createFacadeServer(options: FacadeOptions): Server {
  const facade = new Facade(options);
  let open = 0;
  const server = createServer({ headersTimeout: 10_000, requestTimeout: 30_000 }, (request, response) => {
    if (open >= mostAtOnce) return end(response, 503, 'too many requests at once');
    open += 1;
    respond(facade, request)
      .then(
        (value) => end(response, 200, value),
        (error: unknown) => end(response, statusOf(error), error instanceof Error ? error.message : String(error)),
      )
      .finally(() => {
        open -= 1;
      });
  });
  server.maxHeadersCount = 50;
  return server;
}

async function respond(facade: Facade, request: IncomingMessage): Promise<unknown> {
  // No page of whoever's browser is on this machine has any business here.
  if (request.headers.origin !== undefined) throw new Refused(400, 'browsers are not answered here');
  const [path = '/'] = (request.url ?? '/').split('?');
  if (request.method === 'POST' && broadcastPath.test(path)) {
    const transaction = (await bodyOf(request)).trim();
    if (!/^(?:[0-9a-fA-F]{2})+$/.test(transaction)) throw new Refused(400, 'a transaction in hex is wanted');
    return facade.broadcast(transaction);
  }
  if (request.method !== 'GET') throw new Refused(400, `${request.method} is not answered here`);
  for (const [pattern, answer] of routes) {
    const match = pattern.exec(path);
    if (match !== null) return answer(facade, ...match.slice(1));
  }
  throw new Refused(404, 'there is no such endpoint here');
}

async function bodyOf(request: IncomingMessage): Promise<string> {
  let text = '';
  for await (const piece of request.setEncoding('latin1')) {
    text += String(piece);
    if (text.length > largestBody) throw new Refused(400, `over ${largestBody} characters`);
  }
  return text;
}

function statusOf(error: unknown): number {
  if (error instanceof Refused) return error.status;
  return error instanceof RpcRefusal || error instanceof RpcFailure ? 502 : 500;
}

function end(response: ServerResponse, status: number, value: unknown): void {
  const isText = typeof value === 'string';
  response.writeHead(status, {
    'content-type': isText ? 'text/plain; charset=utf-8' : 'application/json',
    'cache-control': 'no-store',
  });
  response.end(isText ? value : JSON.stringify(value));
}
