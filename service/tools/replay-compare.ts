import { type AttemptHead, type ConnectionEvent, classify, type TraceStep } from '../trace/index.ts';
import { stepWords } from './replay-words.ts';

/* Where a replay and its record part. */

export interface Difference {
  /** `step 12`, counted from 1, a field of the head, or a message of ours. */
  readonly where: string;
  readonly recorded: string;
  readonly replayed: string;
}

/** The first step that differs: what follows it is its consequence, and the head says what became of it. */
export function compareSteps(recorded: readonly TraceStep[], replayed: readonly TraceStep[]): readonly Difference[] {
  const longer = Math.max(recorded.length, replayed.length);
  for (let i = 0; i < longer; i++) {
    const [was, is] = [recorded[i], replayed[i]];
    if (was !== undefined && is !== undefined && agree(comparable(was), comparable(is))) continue;
    return [{ where: `step ${i + 1}`, recorded: words(was), replayed: words(is) }];
  }
  return [];
}

const words = (step: TraceStep | undefined): string => (step === undefined ? 'nothing more' : stepWords(step));

/** Without what a replay cannot know: the time, and how our throwaway keys encrypt. The words of a fault may be another release's. */
function comparable(step: TraceStep): object {
  const { t: _, ...said } = step;
  if (said.type === 'fault') {
    const { detail: __, ...fault } = said.fault;
    return { type: said.type, fault };
  }
  if (said.type === 'record' && said.direction === 'sent' && 'inner' in said && said.inner.type === 'said') {
    const { contentType, content } = said.inner;
    return { ...said, inner: { contentType, content } };
  }
  return said;
}

/** Of JSON: a field that is undefined is none. */
function agree(a: unknown, b: unknown): boolean {
  if (a === b) return true;
  if (typeof a !== 'object' || typeof b !== 'object' || a === null || b === null) return false;
  const [one, other] = [new Map(Object.entries(a)), new Map(Object.entries(b))];
  return [...new Set([...one.keys(), ...other.keys()])].every((key) => agree(one.get(key), other.get(key)));
}

/** What a head says that a replay computes. */
export type Summary = Pick<
  AttemptHead,
  'generation' | 'version' | 'state' | 'category' | 'reason' | 'alertSent' | 'alertReceived'
>;

const fields: readonly (keyof Summary)[] = [
  'category',
  'reason',
  'state',
  'alertSent',
  'alertReceived',
  'version',
  'generation',
];

/** As host/recorder.ts makes it of the same events. */
export function summarize({ port, role }: AttemptHead, told: readonly ConnectionEvent[]): Summary {
  const { key, reason, alert } = classify([{ type: 'opened', port, role }, ...told]);
  let [version, state, generation]: [Summary['version'], Summary['state'], Summary['generation']] = [null, null, null];
  let [alertSent, alertReceived]: [number | null, number | null] = [null, null];
  for (const event of told) {
    if (event.type === 'negotiated') version = event.version;
    else if (event.type === 'state') state = event.state;
    else if (event.type === 'begun') generation = event.generation;
    else if (event.type === 'alert' && event.direction === 'sent') alertSent = event.description;
    else if (event.type === 'alert') alertReceived = event.description;
  }
  return {
    generation,
    version,
    state,
    category: key,
    reason: reason ?? null,
    alertSent,
    alertReceived: alert ?? alertReceived,
  };
}

export const compareHeads = (recorded: Summary, replayed: Summary): readonly Difference[] =>
  fields
    .filter((field) => recorded[field] !== replayed[field])
    .map((field) => ({
      where: field,
      recorded: `${recorded[field] ?? 'none'}`,
      replayed: `${replayed[field] ?? 'none'}`,
    }));
