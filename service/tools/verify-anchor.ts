import { hexToBytes } from '@noble/hashes/utils.js';
import { transactionId } from '../attest/funding-commitment.ts';
import { readTimestamp } from '../attest/open-timestamps.ts';
import type { Verification } from '../attest/verification.ts';
import { boundedText } from './bounded-text.ts';
import { Unanswered } from './challenge.ts';
import type { RunOptions } from './verify-options.ts';

/* What an Esplora API says of the transaction that funded the wallet, and of the blocks that a timestamp names. */

export type Anchors = Pick<Verification, 'headers' | 'funding'>;

/** Asks nobody unless an explorer was named. Rejects with an Unanswered. */
export async function anchorsOf(
  { explorer, funding }: RunOptions,
  timestamp: Uint8Array | undefined,
  signal: AbortSignal,
): Promise<Anchors> {
  if (explorer === undefined) return { headers: new Map(), funding: undefined };
  const get = (path: string) => textAt(`${explorer.href.replace(/\/$/, '')}${path}`, signal);
  const transaction = funding === undefined ? undefined : await fundingOf(get, funding);
  return { headers: await headersOf(get, timestamp), funding: transaction };
}

type Get = (path: string) => Promise<string | undefined>;

async function fundingOf(get: Get, txid: string): Promise<Anchors['funding']> {
  const [hex, status] = await Promise.all([get(`/tx/${txid}/hex`), get(`/tx/${txid}/status`)]);
  if (hex === undefined || !/^(?:[0-9a-f]{2})+$/.test(hex))
    throw new Unanswered(`the explorer has no transaction ${txid}: is it of this network?`);
  const transaction = hexToBytes(hex);
  if (transactionId(transaction) !== txid)
    throw new Unanswered(`the explorer answers with another transaction than ${txid}: ask another explorer`);
  const [, height] = /"block_height": *([0-9]{1,9})\b/.exec(status ?? '') ?? [];
  return { transaction, height: height === undefined ? undefined : Number(height) };
}

/** Of the earliest block that it names. What is not there is not compared, and that is said then. */
async function headersOf(get: Get, timestamp: Uint8Array | undefined): Promise<Anchors['headers']> {
  const stamp = timestamp === undefined ? undefined : readTimestamp(timestamp);
  if (stamp === undefined || 'fault' in stamp) return new Map();
  const heights = stamp.attestations.flatMap((found) => (found.type === 'bitcoin' ? [found.height] : []));
  if (heights.length === 0) return new Map();
  const height = Math.min(...heights);
  const hash = await get(`/block-height/${height}`);
  const header = hash !== undefined && /^[0-9a-f]{64}$/.test(hash) ? await get(`/block/${hash}/header`) : undefined;
  return new Map(header !== undefined && /^[0-9a-f]{160}$/.test(header) ? [[height, hexToBytes(header)]] : []);
}

const longest = 1_000_000;

/** Undefined where it is answered with anything but 200. */
async function textAt(url: string, signal: AbortSignal): Promise<string | undefined> {
  const answer = await fetch(url, { signal, redirect: 'error' })
    .then(async (response) => ({ status: response.status, text: await boundedText(response, longest) }))
    .catch(() => undefined);
  if (answer === undefined) throw new Unanswered(`${url} does not answer`);
  return answer.status === 200 ? answer.text : undefined;
}
