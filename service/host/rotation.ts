import type { Credentials, Prepared } from '../bounty/credentials.ts';
import { generationEntropyLength, type PublishedGeneration } from '../bounty/generation.ts';
import type { HandedGeneration } from '../bounty/handed-generation.ts';
import type { Clock } from './clock.ts';
import type { DoorThreads } from './door-threads.ts';

/* A new generation before the old one ends, in the running process (design §4.4). */

export interface RotationOptions {
  readonly credentials: Credentials;
  readonly clock: Clock;
  readonly entropy: (length: number) => Uint8Array;
  /** That begin sessions too, where there are any. */
  readonly threads?: Pick<DoorThreads, 'prepare' | 'adopt' | 'abandon'> | undefined;
  readonly onRotated: (generation: PublishedGeneration) => void;
  /** It is tried again at the next look: a third of the old one's life is left for that. */
  readonly onError: (error: unknown) => void;
  readonly everyMilliseconds?: number;
}

/** Looks at the clock once a minute: a timer of months would be wrong after the first suspend or change of the clock. */
export function startRotation(options: RotationOptions): { stop(): void } {
  let looking = false;
  const timer = setInterval(() => {
    if (looking) return;
    looking = true;
    void rotateIfDue(options).finally(() => {
      looking = false;
    });
  }, options.everyMilliseconds ?? 60_000);
  timer.unref();
  return { stop: () => clearInterval(timer) };
}

/** Never rejects. Without other threads all of it is done when this returns. */
export async function rotateIfDue(options: RotationOptions): Promise<void> {
  const { credentials, clock, entropy, threads, onRotated, onError } = options;
  try {
    const now = clock.seconds();
    if (now < credentials.rotationDue) return;
    const prepared = credentials.prepare(entropy(generationEntropyLength), now);
    let adopted: PublishedGeneration;
    try {
      // The page and all threads switch together: before each of them has its keys nothing is published, and none does.
      if (threads !== undefined) await threads.prepare(handed(prepared));
      adopted = credentials.adopt(prepared);
    } catch (error) {
      credentials.abandon(prepared);
      threads?.abandon();
      throw error;
    }
    threads?.adopt();
    onRotated(adopted);
  } catch (error) {
    onError(error);
  }
}

function handed(prepared: Prepared): HandedGeneration {
  if (prepared.handed === undefined) throw new Error('nothing was made to be handed to other threads');
  return prepared.handed;
}
