import { setTimeout as delay } from 'node:timers/promises';
import { Refusal } from '../claim/refusal.ts';
import type { Deployment } from './deployment.ts';
import { hostWord } from './host-word.ts';

/* Which start of a host answers: each has authorities of its own. */

export interface Generation {
  readonly address: string;
  readonly caSha256: string;
  readonly startedAt: string;
}

export async function generation(deployment: Deployment, signal: AbortSignal): Promise<Generation> {
  const { address, caSha256, startedAt } = await hostWord(deployment, signal);
  return { address, caSha256, startedAt: new Date(startedAt * 1000).toISOString() };
}

const patience = 900_000;

/** What answers once the one before is gone. Throws a Refusal where nothing does. */
export async function another(deployment: Deployment, before: Generation, signal: AbortSignal): Promise<Generation> {
  for (const end = Date.now() + patience; ; ) {
    const after = await generation(deployment, signal).catch(() => undefined);
    signal.throwIfAborted();
    if (after !== undefined && after.caSha256 !== before.caSha256) return after;
    if (Date.now() > end)
      throw new Refusal(
        'the host did not come back with new authorities within 15 minutes: `btc-pinata logs` shows its console',
      );
    await delay(2000, undefined, { signal });
  }
}
