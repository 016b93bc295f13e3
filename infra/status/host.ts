import * as v from 'valibot';
import { decodeSegwitAddress } from '../../service/bitcoin/index.ts';
import { type Ask, chainNetworks, SourceFailure } from '../../status-page/chain/index.ts';

/** What of a piñata's own /status.json is read (docs/website.md). */
const hostSchema = v.object({
  address: v.pipe(
    v.string(),
    v.check((address) => decodeSegwitAddress(address) !== undefined),
  ),
  network: v.picklist(chainNetworks),
  wallet: v.picklist(['classic', 'vault']),
  refund: v.nullish(v.object({ height: v.pipe(v.number(), v.integer()) })),
  chain: v.nullish(v.object({ sources: v.array(v.object({ source: v.string() })) })),
});

export type HostDocument = v.InferOutput<typeof hostSchema>;

/** Rejects with a SourceFailure. */
export async function hostDocument(ask: Ask, host: string, port: number): Promise<HostDocument> {
  const url = `http://${host.includes(':') ? `[${host}]` : host}:${port}/status.json`;
  const { status, body } = await asked(ask, url);
  const parsed = v.safeParse(hostSchema, status === 200 ? jsonOf(body) : undefined);
  if (parsed.success) return parsed.output;
  throw new SourceFailure('malformed', `${url} names no wallet: is it a piñata?`);
}

export const looksLikeHost = (document: unknown): boolean => v.is(hostSchema, document);

/** With the URL in what is said of a failure. */
export async function asked(ask: Ask, url: string): ReturnType<Ask> {
  try {
    return await ask(url);
  } catch (error) {
    throw error instanceof SourceFailure ? new SourceFailure(error.reason, `${url} ${error.message}`) : error;
  }
}

export function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
