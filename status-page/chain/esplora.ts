import * as v from 'valibot';
import { type Ask, excerpt, pageHint } from './ask.ts';
import {
  addressSchema,
  blocksSchema,
  concerning,
  hashSchema,
  outspendSchema,
  transactionSchema,
  transactionsSchema,
} from './esplora-schema.ts';
import { type AddressTransaction, type BlockReference, type Outpoint, SourceFailure, type Sums } from './facts.ts';
import type { Target } from './target.ts';

/**
 * One explorer's REST interface. Every method rejects with a SourceFailure. The status is looked at before the body: an
 * error is plain text, and of a rate limiter it may be JSON or HTML where a hash was expected.
 */
export class Esplora {
  readonly #ask: Ask;
  readonly #base: string;
  readonly #target: Target;

  constructor(ask: Ask, url: string, target: Target) {
    this.#ask = ask;
    this.#base = url.replace(/\/+$/, '');
    this.#target = target;
  }

  async tipHash(): Promise<string> {
    const body = (await this.#get('/blocks/tip/hash')).trim();
    const parsed = v.safeParse(hashSchema, body);
    if (!parsed.success) throw malformed('/blocks/tip/hash', body, this.#base);
    return parsed.output;
  }

  /** The newest, in order. */
  async blocks(): Promise<readonly [BlockReference, ...BlockReference[]]> {
    const [first, ...rest] = await this.#json('/blocks', blocksSchema);
    if (first === undefined) throw malformed('/blocks', '[]');
    return [first, ...rest];
  }

  async sums(): Promise<{ readonly confirmed: Sums; readonly mempool: Sums }> {
    const { address, chain_stats, mempool_stats } = await this.#json(`/address/${this.#target.address}`, addressSchema);
    if (address !== this.#target.address) throw malformed('/address', `it speaks of ${address}`);
    return { confirmed: chain_stats, mempool: mempool_stats };
  }

  /** Some of the mempool, then the newest confirmed. */
  async newest(): Promise<readonly AddressTransaction[]> {
    return this.#transactions(`/address/${this.#target.address}/txs`);
  }

  /** The next page of confirmed ones, older than `txid`; empty at the end. */
  async after(txid: string): Promise<readonly AddressTransaction[]> {
    return this.#transactions(`/address/${this.#target.address}/txs/chain/${txid}`);
  }

  /**
   * Undefined: this source does not know it (any more). `/tx/:id/status` would answer `confirmed: false` for a txid that
   * nobody ever saw, so it is not asked.
   */
  async transaction(txid: string): Promise<AddressTransaction | undefined> {
    try {
      return concerning(this.#target.script, await this.#json(`/tx/${txid}`, transactionSchema));
    } catch (error) {
      if (error instanceof SourceFailure && error.reason === 'not_found') return undefined;
      throw error;
    }
  }

  /** The txid of what spends it, the mempool included. */
  async spenderOf(outpoint: Outpoint): Promise<string | undefined> {
    const [txid, vout] = outpoint.split(':');
    const outspend = await this.#json(`/tx/${txid}/outspend/${vout}`, outspendSchema);
    return outspend.spent ? outspend.txid : undefined;
  }

  async #transactions(path: string): Promise<readonly AddressTransaction[]> {
    const transactions = await this.#json(path, transactionsSchema);
    return transactions.map((transaction) => concerning(this.#target.script, transaction));
  }

  async #json<Schema extends v.GenericSchema>(path: string, schema: Schema): Promise<v.InferOutput<Schema>> {
    const body = await this.#get(path);
    const parsed = v.safeParse(schema, parseJson(path, body, this.#base));
    if (!parsed.success) throw malformed(path, `${v.getDotPath(parsed.issues[0]) ?? ''} ${parsed.issues[0].message}`);
    return parsed.output;
  }

  async #get(path: string): Promise<string> {
    const { status, body, retryAfter } = await this.#ask(`${this.#base}${path}`);
    if (status === 200) return body;
    const message = `${path} was answered with ${status}: ${excerpt(body)}${pageHint(this.#base, body)}`;
    if (status === 404) throw new SourceFailure('not_found', message);
    // 403 and 503 are what proxies in front of the public explorers answer to who asked too often.
    const limited = status === 429 || status === 403 || status === 503;
    throw new SourceFailure(limited ? 'rate_limited' : 'http_status', message, retryAfter);
  }
}

function parseJson(path: string, body: string, base: string): unknown {
  try {
    return JSON.parse(body);
  } catch {
    throw malformed(path, body, base);
  }
}

/** `base`, where `what` is the body as it came. */
const malformed = (path: string, what: string, base?: string): SourceFailure => {
  const hint = base === undefined ? '' : pageHint(base, what);
  return new SourceFailure('malformed', `${path} was answered with what is not its answer: ${excerpt(what)}${hint}`);
};
