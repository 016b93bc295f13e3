import { setTimeout as pause } from 'node:timers/promises';
import * as v from 'valibot';
import { pageHint } from '../../status-page/chain/index.ts';
import { Refusal } from './refusal.ts';
import type { Coin } from './sweep.ts';

/* An Esplora REST API (github.com/Blockstream/esplora, API.md), as much of it as a sweep takes. */

const hash = v.pipe(v.string(), v.regex(/^[0-9a-f]{64}$/));
const index = v.pipe(v.number(), v.integer(), v.minValue(0), v.maxValue(0xffffffff));
const sats = v.pipe(v.number(), v.safeInteger(), v.minValue(0), v.maxValue(21e14));
const status = v.object({ confirmed: v.boolean() });
const output = v.object({ scriptpubkey: v.string(), value: sats });
const input = v.object({ txid: hash, vout: index, prevout: v.nullish(output) });
const transaction = v.object({
  txid: hash,
  fee: sats,
  weight: v.pipe(v.number(), v.integer(), v.minValue(1)),
  vin: v.array(input),
  vout: v.array(output),
});
const unspentList = v.array(v.object({ txid: hash, vout: index, value: sats, status }));
const estimates = v.record(v.string(), v.pipe(v.number(), v.minValue(0)));

export interface Unspent extends Coin {
  readonly confirmed: boolean;
}

export interface MempoolTransaction {
  readonly txid: string;
  readonly fee: number;
  readonly vsize: number;
  readonly spends: readonly (Coin & { readonly scriptPubKey: string })[];
}

/** A page of confirmed transactions has 25. */
const mostPages = 400;
const patience = 20_000;
/** Of an answer, in bytes: fifty transactions of the largest that nodes pass on are half of it. */
const longest = 64 * 1024 * 1024;

export class Explorer {
  readonly url: string;

  constructor(url: string) {
    this.url = url.replace(/\/+$/, '');
  }

  /**
   * Outputs that are not spent. Servers refuse the list of an address that has more than 500, which anybody can make of any
   * address: the history is read then, newest first, and what it finds unspent is so.
   */
  async unspent(address: string, scriptPubKey: string): Promise<{ unspent: readonly Unspent[]; incomplete: boolean }> {
    const answer = await this.#get(`/address/${address}/utxo`, [400]);
    if (answer.ok) {
      const list = this.#read(unspentList, answer.text, '/utxo');
      const unspent = list.map(({ value, status, ...place }) => ({
        ...place,
        sats: value,
        confirmed: status.confirmed,
      }));
      return { unspent, incomplete: false };
    }
    if (!/too many/i.test(answer.text)) throw this.#refused('/utxo', answer.text);
    return this.#unspentByHistory(address, scriptPubKey);
  }

  async #unspentByHistory(address: string, scriptPubKey: string) {
    const spent = new Set<string>();
    const outputs: Unspent[] = [];
    let last = '';
    let incomplete = false;
    for (let page = 0; page < mostPages; page += 1) {
      const path = `/address/${address}/txs/chain${last}`;
      const transactions = this.#read(v.array(transaction), (await this.#get(path)).text, '/txs/chain');
      for (const { vin } of transactions) for (const { txid, vout } of vin) spent.add(`${txid}:${vout}`);
      for (const { txid, vout } of transactions) {
        vout.forEach(({ scriptpubkey, value }, place) => {
          if (scriptpubkey === scriptPubKey) outputs.push({ txid, vout: place, sats: value, confirmed: true });
        });
      }
      if (transactions.length === 0) break;
      incomplete = page === mostPages - 1;
      last = `/${transactions.at(-1)?.txid}`;
    }
    return { unspent: outputs.filter(({ txid, vout }) => !spent.has(`${txid}:${vout}`)), incomplete };
  }

  /** Transactions that are in no block yet: 50 at most, the newest. */
  async mempoolOf(address: string): Promise<readonly MempoolTransaction[]> {
    const { text } = await this.#get(`/address/${address}/txs/mempool`);
    return this.#read(v.array(transaction), text, '/txs/mempool').map(({ txid, fee, weight, vin }) => ({
      txid,
      fee,
      vsize: Math.ceil(weight / 4),
      spends: vin.flatMap(({ prevout, ...place }) =>
        prevout === null || prevout === undefined
          ? []
          : [{ txid: place.txid, vout: place.vout, sats: prevout.value, scriptPubKey: prevout.scriptpubkey }],
      ),
    }));
  }

  /** For the next block, in sat/vB. Undefined where the server has none: it has seen too few blocks. */
  async nextBlockRate(): Promise<number | undefined> {
    const { text } = await this.#get('/fee-estimates');
    const all = Object.entries(this.#read(estimates, text, '/fee-estimates'));
    const [soonest] = all.toSorted(([a], [b]) => Number(a) - Number(b));
    return soonest?.[1];
  }

  async tipHeight(): Promise<number> {
    const { text } = await this.#get('/blocks/tip/height');
    if (/^\d{1,9}$/.test(text.trim())) return Number(text);
    throw this.#refused('/blocks/tip/height', text);
  }

  /** The txid. Throws what the node has against it. */
  async broadcast(raw: string): Promise<string> {
    const { text } = await this.#ask('/tx', { method: 'POST', body: raw });
    if (/^[0-9a-f]{64}$/.test(text.trim())) return text.trim();
    throw this.#refused('/tx', text);
  }

  #get(path: string, allowed: readonly number[] = []) {
    return this.#ask(path, {}, allowed);
  }

  async #ask(path: string, request: RequestInit, allowed: readonly number[] = []) {
    for (let attempt = 1; ; attempt += 1) {
      const { ok, status, text } = await this.#fetch(path, request);
      if (ok || allowed.includes(status)) return { ok, text };
      // Too many of us, or a server that is still reading its blocks.
      if ((status !== 429 && status !== 503) || attempt === 5) throw this.#refused(path, `status ${status}: ${text}`);
      await pause(1000 * 2 ** (attempt - 1));
    }
  }

  /** No redirect is followed: a transaction goes where the user said, and nowhere else. */
  async #fetch(path: string, request: RequestInit) {
    try {
      const signal = AbortSignal.timeout(patience);
      const response = await fetch(`${this.url}${path}`, { ...request, redirect: 'error', signal });
      return { ok: response.ok, status: response.status, text: await bounded(response) };
    } catch (error) {
      const cause = error instanceof Error ? (error.cause instanceof Error ? error.cause.message : error.message) : '';
      throw new Refusal(`${this.url} does not answer (${cause}). Try another one with --chain URL`);
    }
  }

  #read<T extends v.GenericSchema>(schema: T, text: string, what: string): v.InferOutput<T> {
    try {
      return v.parse(schema, JSON.parse(text));
    } catch {
      throw this.#refused(what, text);
    }
  }

  /** The body of an error is text of a stranger: printed short, and without what moves a cursor. */
  #refused(what: string, text: string): Refusal {
    const shown = text
      .replace(/[^ -~]+/g, ' ')
      .trim()
      .slice(0, 200);
    const hint = pageHint(this.url, text.replace(/^status \d{3}: /, ''));
    return new Refusal(`${this.url} answered ${what} with: ${shown === '' ? 'nothing' : shown}${hint}`);
  }
}

async function bounded({ body }: Response): Promise<string> {
  const decoder = new TextDecoder();
  let text = '';
  let length = 0;
  for await (const piece of body ?? []) {
    length += piece.length;
    if (length > longest) throw new Error(`its answer is over ${longest} bytes`);
    text += decoder.decode(piece, { stream: true });
  }
  return text + decoder.decode();
}
