import { array, object, pipe, regex, safeParse, string } from 'valibot';
import { fetchText } from './fetch-text.ts';

/** Whether the host says that both ends of a connection were its own (`/pairs.json`, features.md A7). */
export type PairLookup = { readonly known: true } | { readonly known: false; readonly reason: string };

const pairsDocument = object({ pairs: array(object({ clientRandom: pipe(string(), regex(/^[0-9a-f]{64}$/)) })) });
const RETRY_MILLISECONDS = 250;

/**
 * Asks until `deadline` (milliseconds from now) is over: an end enters its success once it has read the other's last
 * flight, which may be after the bridge saw it go by.
 */
export async function lookUpPair(url: URL, clientRandom: string, deadline: number): Promise<PairLookup> {
  const until = performance.now() + deadline;
  for (;;) {
    const reason = await askOnce(url, clientRandom, until - performance.now());
    if (reason === undefined) return { known: true };
    if (performance.now() + RETRY_MILLISECONDS >= until) return { known: false, reason };
    await new Promise((resolve) => setTimeout(resolve, RETRY_MILLISECONDS));
  }
}

/** Undefined where the pair is listed, otherwise why one cannot know. */
async function askOnce(url: URL, clientRandom: string, timeout: number): Promise<string | undefined> {
  let text: string;
  try {
    text = await fetchText(url, timeout);
  } catch (error) {
    return `${url.href} cannot be read: ${error instanceof Error ? error.message : String(error)}`;
  }
  const document = safeParse(pairsDocument, parseJson(text));
  if (!document.success) return `${url.href} is no list of pairs: ${document.issues[0].message}`;
  return document.output.pairs.some((pair) => pair.clientRandom === clientRandom)
    ? undefined
    : `${url.href} does not list this connection`;
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
