import * as v from 'valibot';
import { bracketed } from '../../service/tools/challenge.ts';
import { Refusal } from '../claim/refusal.ts';
import type { Deployment } from './deployment.ts';
import type { Tell } from './world.ts';

/* Waits for what others take their time with: a machine that boots, a page that spreads. */

export interface Waiting {
  readonly pause: (milliseconds: number) => Promise<void>;
  readonly signal: AbortSignal;
  /** Seconds since 1970. */
  readonly now: () => number;
}

/** Seconds. A first boot of a VPS installs and updates; CloudFront says five minutes of itself. */
export const patience = { host: 900, page: 900 } as const;
const between = 3000;

/** The page of the host, over HTTP: what is behind its other ports is for `verify`. */
export async function hostAnswers({ host }: Deployment, waiting: Waiting, tell: Tell): Promise<void> {
  const { address, ports } = host;
  const url = `http://${bracketed(address ?? '')}:${ports.http}/attestation.json`;
  const answer = await until(patience.host, waiting, tell, async () => {
    const signal = AbortSignal.any([waiting.signal, AbortSignal.timeout(10_000)]);
    const response = await fetch(url, { redirect: 'error', signal });
    await response.body?.cancel();
    return response.status === 200 ? undefined : `it answers with status ${response.status}`;
  });
  if (answer !== undefined) {
    throw new Refusal(
      `the host at ${address ?? '?'} does not answer after ${patience.host / 60} minutes (${answer}): \`btc-pinata logs\` shows its console; run this again to go on waiting`,
    );
  }
}

const watchedSchema = v.object({ watched: v.object({ address: v.optional(v.nullable(v.string())) }) });

/** The status page, once it is about the wallet of this host. */
export async function pageShows({ status, wallet }: Deployment, waiting: Waiting, tell: Tell): Promise<void> {
  const base = status?.url ?? '';
  const answer = await until(patience.page, waiting, tell, async () => {
    const response = await fetch(new URL('/status.json', base), {
      signal: AbortSignal.any([waiting.signal, AbortSignal.timeout(10_000)]),
    });
    const document = v.safeParse(watchedSchema, await response.json());
    if (!document.success) return `it answers with status ${response.status} and no status`;
    return document.output.watched.address === wallet?.address ? undefined : 'it does not know this wallet yet';
  });
  if (answer !== undefined) {
    throw new Refusal(`the page at ${base} does not show this host after ${patience.page / 60} minutes: ${answer}`);
  }
}

/** Undefined once `look` says so; else what it said last. What it rejects with is that nobody answers. */
async function until(
  seconds: number,
  { pause, signal, now }: Waiting,
  tell: Tell,
  look: () => Promise<string | undefined>,
): Promise<string | undefined> {
  const end = now() + seconds;
  for (;;) {
    const said = await look().catch((error: unknown) => silent(error));
    signal.throwIfAborted();
    if (said === undefined || now() >= end) return said;
    tell(said);
    await pause(between);
  }
}

function silent(error: unknown): string {
  const cause = error instanceof Error && error.cause instanceof Error ? error.cause : error;
  const word = cause instanceof Error ? ('code' in cause ? String(cause.code) : cause.name) : '';
  return `no answer yet (${word === '' ? 'nothing was said' : word})`;
}
