import type { Deployment, DeploymentState, JournalEntry } from './deployment.ts';
import { Interrupted } from './failures.ts';

/* The one runner: it does the steps of a plan in order, and writes down before and after each of them. */

/** What a step found out: nothing but these fields of the document. */
export type Found = Partial<
  Pick<Deployment, 'account' | 'chosen' | 'host' | 'wallet' | 'status' | 'stacks' | 'release'>
>;

/** Of a plan: what it is called in the journal, and what it is for people. */
export interface Step<Name extends string = string> {
  readonly name: Name;
  readonly words: string;
}

export interface Run<Name extends string> {
  /** What is written down before a step is done, because the cloud may have it when nobody is left to say so. */
  begins?(name: Name, deployment: Deployment): Found;
  /** Does one step; may be called again for one that was begun. */
  perform(name: Name, deployment: Deployment): Promise<Found>;
  /** Durable once it returns. */
  save(deployment: Deployment): void;
  /** For whoever watches. */
  begin(step: Step, index: number, steps: number): void;
  end(step: Step, outcome: JournalEntry['outcome']): void;
  /** Seconds since 1970. */
  now(): number;
  /** Once aborted, no further step is begun. */
  readonly signal: AbortSignal;
}

/** The document after the last step. Rejects with what a step rejected with, after that is written down. */
export async function runPlan<Name extends string>(
  start: Deployment,
  steps: readonly Step<Name>[],
  run: Run<Name>,
  state: { readonly during: (name: Name) => DeploymentState; readonly after: DeploymentState },
): Promise<Deployment> {
  let deployment = start;
  const note = (name: Name, outcome: JournalEntry['outcome'], found: Found = {}, next?: DeploymentState): void => {
    const journal = shortened([...deployment.journal, { step: name, at: run.now(), outcome }]);
    deployment = { ...deployment, ...found, state: next ?? state.during(name), journal };
    run.save(deployment);
  };
  for (const [index, step] of steps.entries()) {
    if (run.signal.aborted) throw interrupted(step);
    note(step.name, 'begun', run.begins?.(step.name, deployment));
    run.begin(step, index, steps.length);
    try {
      const found = await run.perform(step.name, deployment);
      note(step.name, 'done', found, index === steps.length - 1 ? state.after : undefined);
      run.end(step, 'done');
    } catch (error) {
      const outcome = run.signal.aborted ? 'interrupted' : 'failed';
      run.end(step, outcome);
      noteIfPossible(() => note(step.name, outcome));
      throw run.signal.aborted ? interrupted(step, error) : error;
    }
  }
  return deployment;
}

/** A disk that is full has stopped the step, and is what is reported. */
function noteIfPossible(note: () => void): void {
  try {
    note();
  } catch {
    // The journal says `begun`, which is true.
  }
}

const interrupted = ({ name }: Step, cause?: unknown): Interrupted =>
  new Interrupted(`interrupted at the step ${name}: what was done is kept; run the same again to go on`, { cause });

/** The newest are what somebody asks about. */
const longest = 400;
const shortened = (journal: readonly JournalEntry[]): JournalEntry[] => journal.slice(-longest);
