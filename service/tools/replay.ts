import type { AttemptBody, AttemptHead } from '../trace/index.ts';
import { compareHeads, compareSteps, type Difference, summarize } from './replay-compare.ts';
import { Play, type ReplayedStep } from './replay-play.ts';
import { Recording } from './replay-recording.ts';
import { type Generations, startOf } from './replay-session.ts';

/*
 * A recorded attempt once more through the engine. Taken from the record: what came, when the transport ended, what an
 * encrypted record opened to, our own secrets' work. Computed anew: all else.
 */

export type { Difference } from './replay-compare.ts';
export type { ReplayedStep } from './replay-play.ts';

export interface Replay {
  readonly number: number;
  /**
   * `reproduced`: to the last step. `incomplete`: as far as the record goes, for steps were left out when it was written.
   * `unplayable`: the record lacks what a replay takes.
   */
  readonly verdict: 'reproduced' | 'differs' | 'incomplete' | 'unplayable';
  readonly differences: readonly Difference[];
  readonly steps: readonly ReplayedStep[];
}

export interface Attempt {
  readonly head: AttemptHead;
  readonly body: AttemptBody | null;
}

/** Total: whatever the line says. `generations` are those of the file. */
export function replay({ head, body }: Attempt, generations: Generations): Replay {
  const { number } = head;
  const unplayable = (problem: string): Replay => ({
    number,
    verdict: 'unplayable',
    differences: [{ where: 'attempt', recorded: problem, replayed: 'nothing' }],
    steps: [],
  });
  if (body === null) return unplayable('its body was dropped, or is withheld');
  let recording: Recording;
  try {
    recording = new Recording(body);
  } catch (error) {
    return unplayable(error instanceof Error ? error.message : 'it cannot be read');
  }
  const { port, role } = head;
  const play = new Play(recording, (begun) => {
    const generation = generations.get(begun.generation);
    return generation === undefined
      ? { problem: `no line of the file has generation ${begun.generation}` }
      : startOf({ port, role, begun, generation }, recording);
  });
  const problem = play.run();
  if (problem !== undefined) return unplayable(problem);
  const { steps, told, engine } = play;
  const ofMessages = engine.differences.map(({ message, recorded, replayed }) => ({
    where: `our ${message}`,
    recorded,
    replayed,
  }));
  const differences = [
    ...ofMessages,
    ...compareSteps(
      body.steps,
      steps.map(({ step }) => step),
    ),
    ...compareHeads(head, summarize(head, told)),
  ];
  if (body.omitted > 0) return { number, verdict: 'incomplete', differences: asFarAsItGoes(body, differences), steps };
  const verdict = differences.length === 0 ? 'reproduced' : 'differs';
  return { number, verdict, differences, steps };
}

/** What differs behind a gap is its consequence, or may be: all that can be said is up to where they agree. */
function asFarAsItGoes({ omitted }: AttemptBody, differences: readonly Difference[]): readonly Difference[] {
  const recorded = `${omitted} steps were left out when it was written down; until here it agrees`;
  return differences.filter(({ where }) => where.startsWith('step ')).map((first) => ({ ...first, recorded }));
}
