import { utf8 } from '@scure/base';
import { SourceFailure } from './facts.ts';

/** One answer over HTTP, bounded. */
export interface Answer {
  readonly status: number;
  readonly body: string;
  /** Seconds, where the server said how long to wait (RFC 9110 §10.2.3, as a number). */
  readonly retryAfter: number | undefined;
}

/** A GET. Rejects with a SourceFailure. */
export type Ask = (url: string) => Promise<Answer>;

/** What is needed of the platform: its `fetch`, and what makes one give up. */
export interface Platform<Signal> {
  readonly fetch: (
    url: string,
    init: { readonly signal: Signal; readonly redirect: 'error'; readonly headers: Readonly<Record<string, string>> },
  ) => Promise<PlatformResponse>;
  /** As `AbortSignal.timeout`. */
  readonly timeout: (milliseconds: number) => Signal;
}

interface PlatformResponse {
  readonly status: number;
  readonly headers: { get(name: string): string | null };
  readonly body: {
    getReader(): {
      read(): Promise<{ readonly done: boolean; readonly value?: Uint8Array | undefined }>;
      cancel(): Promise<void>;
    };
  } | null;
}

/** A page of 25 transactions is some 100 kB; one made by somebody who wants it large can be a hundred times that. */
export const askLimits = { bytes: 8 * 1024 * 1024, milliseconds: 20_000 } as const;

/** No redirect is followed: a source is where its URL says, or it is down. */
export function askWith<Signal>(
  platform: Platform<Signal>,
  limits: { bytes: number; milliseconds: number } = askLimits,
): Ask {
  return async (url) => {
    try {
      const response = await platform.fetch(url, {
        signal: platform.timeout(limits.milliseconds),
        redirect: 'error',
        headers: { accept: 'application/json, text/plain', 'user-agent': 'btc-pinata' },
      });
      const body = await bounded(response, limits.bytes);
      return { status: response.status, body, retryAfter: seconds(response.headers.get('retry-after')) };
    } catch (error) {
      if (error instanceof SourceFailure) throw error;
      const { name, message } = error instanceof Error ? rootOf(error) : { name: '', message: String(error) };
      const timedOut = name === 'TimeoutError' || name === 'AbortError';
      if (timedOut) throw new SourceFailure('timeout', `no answer within ${limits.milliseconds} ms`);
      throw new SourceFailure('unreachable', `cannot be reached: ${excerpt(message)}`);
    }
  };
}

/** fetch says `fetch failed`, and why in its cause. */
const rootOf = (error: Error): Error => (error.cause instanceof Error ? error.cause : error);

async function bounded({ body }: PlatformResponse, limit: number): Promise<string> {
  if (body === null) return '';
  const reader = body.getReader();
  const pieces: Uint8Array[] = [];
  let length = 0;
  for (;;) {
    const { done, value } = await reader.read();
    if (done || value === undefined) break;
    length += value.length;
    if (length > limit) {
      await reader.cancel();
      throw new SourceFailure('too_large', `its answer is over ${limit} bytes`);
    }
    pieces.push(value);
  }
  const whole = new Uint8Array(length);
  let at = 0;
  for (const piece of pieces) {
    whole.set(piece, at);
    at += piece.length;
  }
  return utf8.encode(whole);
}

const seconds = (text: string | null): number | undefined =>
  text !== null && /^\d{1,6}$/.test(text) ? Number(text) : undefined;

/** Explorers have their pages at `/`, and what is asked here below `/api`: whoever named the one meant the other. */
export const pageHint = (url: string, body: string): string =>
  /^\s*</.test(body) && !/\/api(?:\/|$)/.test(url)
    ? `; that is a page for people: is it ${url.replace(/\/+$/, '')}/api?`
    : '';

/** Of what a stranger answered: short, and on one line. */
export const excerpt = (text: string): string => {
  const line = text.replace(/[^ -~]+/g, ' ').trim();
  return line.length > 80 ? `${line.slice(0, 80)}...` : line;
};
