import { createHash } from 'node:crypto';
import { type AttemptBody, type AttemptHead, traceFormat } from '../trace/index.ts';
import type { RecordedAttempt } from './recorder.ts';
import { type Finds, findsIn } from './trace-finds.ts';

/*
 * An attempt as it is written down, but for its number, which the store gives. To put it into text is the dear part: whoever
 * receives connections in a thread of its own does that there.
 */

export interface AttemptText {
  readonly head: RecordedAttempt['head'];
  /**
   * The end of the line of its body, from the steps on. A string, and not its bytes: memory outside of the heap makes V8 collect
   * all of it, which is the longest that a loop stands still.
   */
  readonly body: string;
  readonly finds: Finds;
}

/** What a store takes: where one thread does all, only what will be written is put into text. */
export type KeptAttempt = RecordedAttempt | AttemptText;

export const attemptText = (attempt: KeptAttempt): AttemptText => ('body' in attempt ? attempt : textOf(attempt));

function textOf({ head, steps, omitted }: RecordedAttempt): AttemptText {
  const body = JSON.stringify({ steps, omitted } satisfies Omit<AttemptBody, 'format' | 'number'>);
  return { head, body: body.slice(1), finds: findsIn(head, steps) };
}

/** Under its number: the head, and the line of its body. */
export function numbered({ head, body }: AttemptText, number: number): readonly [AttemptHead, string] {
  const beginning = JSON.stringify({ format: traceFormat, number } satisfies Pick<AttemptBody, 'format' | 'number'>);
  const line = `${beginning.slice(0, -1)},${body}`;
  return [{ number, ...head, bodySha256: createHash('sha256').update(line).digest('hex') }, line];
}
