import type { Credentials } from '../bounty/credentials.ts';
import { generationEntropyLength, type PublishedGeneration } from '../bounty/generation.ts';
import type { Clock } from './clock.ts';

/* A new generation before the old one ends, in the running process (design §4.4). */

export interface RotationOptions {
  readonly credentials: Credentials;
  readonly clock: Clock;
  readonly entropy: (length: number) => Uint8Array;
  readonly onRotated: (generation: PublishedGeneration) => void;
  /** It is tried again at the next look: a third of the old one's life is left for that. */
  readonly onError: (error: unknown) => void;
  readonly everyMilliseconds?: number;
}

/** Looks at the clock once a minute: a timer of months would be wrong after the first suspend or change of the clock. */
export function startRotation(options: RotationOptions): { stop(): void } {
  const timer = setInterval(() => rotateIfDue(options), options.everyMilliseconds ?? 60_000);
  timer.unref();
  return { stop: () => clearInterval(timer) };
}

export function rotateIfDue({ credentials, clock, entropy, onRotated, onError }: RotationOptions): void {
  try {
    const now = clock.seconds();
    if (now < credentials.rotationDue) return;
    onRotated(credentials.rotate(entropy(generationEntropyLength), now));
  } catch (error) {
    onError(error);
  }
}
