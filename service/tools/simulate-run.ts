import { seededRandom } from './seeded-random.ts';
import { connectionsOf, type Planned } from './simulate-crowd.ts';
import { OpenScene, type Place } from './simulate-scene.ts';

/* Lets the crowd in, so many at once, until all were there or the time is up. */

export interface RunOptions {
  readonly place: Place;
  readonly crowd: readonly Planned[];
  readonly seed: string;
  /** At once; those who wait for their time to be up come on top. */
  readonly concurrency: number;
  readonly milliseconds: number;
  /** Somebody lost patience. */
  readonly signal: AbortSignal;
  readonly progress: (over: number) => void;
}

export interface Attendance {
  /** What was carried out to its end: each is counted as its kind says. */
  readonly visits: readonly Planned[];
  /** Connections of visits that were cut off: they may be counted as anything. */
  readonly cut: number;
  /** Of those that could not be made, the reasons, each with how often. */
  readonly failures: ReadonlyMap<string, number>;
  /** What a visitor did not expect, by kind: the first of each. Where it was counted, decides. */
  readonly stumbles: ReadonlyMap<string, string>;
  readonly seconds: number;
}

/** Those on their way may still end when no more are let in. */
const farewellMilliseconds = 5_000;

export async function letIn(options: RunOptions): Promise<Attendance> {
  const { crowd, place, concurrency } = options;
  const start = performance.now();
  const visits: Planned[] = [];
  const failures = new Map<string, number>();
  const stumbles = new Map<string, string>();
  const present = new Map<OpenScene, Planned>();
  let cut = 0;

  const visit = async (planned: Planned, index: number): Promise<void> => {
    const scene = new OpenScene(place, planned.from, seededRandom(`${options.seed}:${index}`));
    present.set(scene, planned);
    let problem: string | undefined;
    try {
      await planned.kind.visit(scene);
    } catch (error) {
      problem = error instanceof Error ? error.message : String(error);
    }
    scene.close();
    present.delete(scene);
    if (scene.wasCut) cut += Math.max(scene.connections, connectionsOf(planned.kind));
    else if (scene.connections === 0) failures.set(problem ?? '', (failures.get(problem ?? '') ?? 0) + 1);
    else visits.push(planned);
    if (problem !== undefined && !scene.wasCut && !stumbles.has(planned.kind.name))
      stumbles.set(planned.kind.name, problem);
    options.progress(visits.length);
  };

  const over = AbortSignal.any([options.signal, AbortSignal.timeout(options.milliseconds)]);
  const waiting: Promise<void>[] = [];
  const queue = crowd.entries();
  const server = async (): Promise<void> => {
    for (const [index, planned] of queue) {
      if (over.aborted) return;
      const visiting = visit(planned, index);
      if (planned.kind.waits === true) waiting.push(visiting);
      else await visiting;
    }
  };
  const everybody = Promise.all(Array.from({ length: concurrency }, server)).then(() => Promise.all(waiting));
  const timeIsUp = aborted(over).then(async () => {
    const timer = setTimeout(() => {
      for (const scene of present.keys()) scene.cut();
    }, farewellMilliseconds);
    for (const [scene, { kind }] of present) if (kind.waits === true) scene.cut();
    await everybody;
    clearTimeout(timer);
  });
  await Promise.race([everybody, timeIsUp]);
  return { visits, cut, failures, stumbles, seconds: (performance.now() - start) / 1000 };
}

const aborted = (signal: AbortSignal): Promise<void> =>
  new Promise((resolve) => {
    if (signal.aborted) resolve();
    else signal.addEventListener('abort', () => resolve(), { once: true });
  });
