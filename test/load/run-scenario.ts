import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { freePort } from '../support/free-port.ts';
import type { Tally } from './connections.ts';
import type { Scenario } from './scenarios.ts';
import { type Sample, Target } from './target.ts';
import { type Fared, Visitors } from './visitors.ts';
import { watch } from './watch.ts';

/* One scenario from its first honest visitor to the last: a calm before, the attack, and the time until all is as it was. */

export interface Result {
  readonly name: string;
  readonly title: string;
  readonly seconds: number;
  readonly excuse: string | null;
  /** Whether memory was bounded by a control group, where it was to be. */
  readonly bounded: boolean | null;
  readonly before: Fared;
  readonly during: Fared;
  readonly after: Fared;
  /** What the attackers saw, by attack. */
  readonly attackers: Readonly<Record<string, Tally>>;
  /** Connections that ended during the attack, by category; honest ones are among them. */
  readonly categories: Readonly<Record<string, number>>;
  readonly samples: readonly Sample[];
  /** When the attack began and ended, in the time of the samples. */
  readonly attacked: readonly [number, number];
  /** From the end of the attack until the page came as fast as before, three times in a row. */
  readonly recoverySeconds: number | null;
  readonly heldBefore: number;
  readonly heldAfter: number;
  /** Of which traces, by the count of the store: what it may keep is bounded by itself. */
  readonly tracesBefore: number;
  readonly tracesAfter: number;
  readonly peakMebibytes: number;
  readonly faults: readonly string[];
}

const calm = 6000;

export async function runScenario(scenario: Scenario, say: (line: string) => void): Promise<Result> {
  const prepared = scenario.prepare?.();
  const dialBackTarget = await freePort();
  const options = prepared?.target ?? scenario.target ?? {};
  const target = await Target.start({
    ...options,
    flags: [...(options.flags ?? []), '--dialback-target-port', String(dialBackTarget)],
  });
  const visitors = new Visitors(target.ports);
  const faults: string[] = [];
  const watched = watch(target);
  try {
    await pause(3000); // the first visitors pay for what is compiled
    const [heldBefore, tracesBefore] = [await target.held(), await target.tracesInMemory()];
    const [from, before] = [Date.now(), await target.status()];
    await pause(calm);
    const began = { at: Date.now(), seconds: lastOf(watched.samples) };
    say(`  ${scenario.seconds} s of ${scenario.title}`);
    const attackers = scenario.attacks.map(({ name, amount }) => ({
      name,
      child: attacker(name, amount, target, dialBackTarget),
    }));
    const stop = new AbortController();
    const beside = scenario.during?.(target, stop.signal).catch((error: unknown) => faults.push(String(error)));
    await pause(scenario.seconds * 1000);
    stop.abort();
    await beside;
    const tallies = await calledOff(attackers);
    const ended = { at: Date.now(), seconds: lastOf(watched.samples) };
    const normal = visitors.fared(from, began.at);
    const recovered = await recovery(visitors, Math.max(50, 3 * normal.pageP99), ended.at);
    const rested = Date.now();
    await pause(calm);
    const after = await target.status();
    const { held: heldAfter, traces: tracesAfter } = await settled(target, heldBefore - tracesBefore);
    const result: Result = {
      name: scenario.name,
      title: scenario.title,
      seconds: scenario.seconds,
      excuse: scenario.excuse ?? null,
      bounded: options.mebibytes === undefined ? null : target.group !== undefined,
      before: normal,
      during: visitors.fared(began.at, ended.at),
      after: visitors.fared(rested, Date.now() - 5000),
      attackers: tallies,
      categories: difference(after.connections.byCategory, before.connections.byCategory),
      samples: [...watched.samples],
      attacked: [began.seconds, ended.seconds],
      recoverySeconds: recovered === undefined ? null : (recovered - ended.at) / 1000,
      heldBefore,
      heldAfter,
      tracesBefore,
      tracesAfter,
      peakMebibytes: target.group?.peakMebibytes ?? Math.max(...watched.samples.map((one) => one.residentMebibytes)),
      faults,
    };
    return { ...result, faults: [...faults, ...found(result, target)] };
  } finally {
    watched.stop();
    visitors.stop();
    const { code } = await target.stop();
    if (code !== 0) say(`  it ended with ${code}: ${target.said.slice(-500)}`);
    prepared?.done?.();
  }
}

const lastOf = (samples: readonly Sample[]): number => samples.at(-1)?.seconds ?? 0;

function attacker(name: string, amount: number, { ports }: Target, dialBackTarget: number): ChildProcess {
  const script = join(import.meta.dirname, 'attacker.ts');
  const words = ['--attack', name, '--amount', String(amount), '--ports', JSON.stringify(ports)];
  return fork(script, [...words, '--target', String(dialBackTarget)], { execArgv: [] });
}

/** What all attackers of a name saw together. */
async function calledOff(
  attackers: readonly { readonly name: string; readonly child: ChildProcess }[],
): Promise<Readonly<Record<string, Tally>>> {
  const sums = new Map<string, Tally>();
  await Promise.all(
    attackers.map(async ({ name, child }) => {
      const { opened, refused, closed, reset, answered } = await called(child);
      const sum = sums.get(name) ?? { opened: 0, refused: 0, closed: 0, reset: 0, answered: 0 };
      sum.opened += opened;
      sum.refused += refused;
      sum.closed += closed;
      sum.reset += reset;
      sum.answered += answered;
      sums.set(name, sum);
    }),
  );
  return Object.fromEntries(sums);
}

/** Tells it to stop, and hears how it went. */
async function called(child: ChildProcess): Promise<Tally> {
  if (!child.connected) throw new Error(`an attacker was gone before its time: ${child.spawnargs.join(' ')}`);
  child.send('stop');
  const [tally] = await once(child, 'message');
  return tally;
}

/** When the page came fast enough for the third time in a row; undefined if it did not in a minute. */
async function recovery(visitors: Visitors, fast: number, since: number): Promise<number | undefined> {
  while (Date.now() < since + 60_000) {
    const pages = visitors.visits.filter(({ kind, at }) => kind === 'page' && at >= since);
    for (let i = 2; i < pages.length; i += 1) {
      const three = pages.slice(i - 2, i + 1);
      if (three.every(({ failure, milliseconds }) => failure === undefined && milliseconds <= fast))
        return three[0]?.at ?? since;
    }
    await pause(100);
  }
  return undefined;
}

/** Mebibytes: it is asked again while it still holds more, for what waits for a timer goes with it. */
async function settled(
  target: Target,
  besideTraces: number,
): Promise<{ readonly held: number; readonly traces: number }> {
  for (let tries = 0; ; tries += 1) {
    const [held, traces] = [await target.held(), await target.tracesInMemory()];
    if (tries === 20 || held - traces <= besideTraces + mostLeft) return { held, traces };
    await pause(3000);
  }
}

/** Mebibytes that may be there afterwards and were not before, beside the newest traces: a table that has grown. */
const mostLeft = 16;

function found(result: Result, target: Target): readonly string[] {
  const { during, after, categories, heldBefore, heldAfter, tracesBefore, tracesAfter, recoverySeconds } = result;
  const killed = target.group?.killed ?? 0;
  return [
    ...(target.running ? [] : ['it is not running any more']),
    ...(killed > 0 ? [`the kernel ended it for want of memory, ${killed} times`] : []),
    ...(during.success < 0.99 && result.excuse === null
      ? [
          `${(100 * during.success).toFixed(1)} % of honest visits went well during it: ${JSON.stringify(during.failures)}`,
        ]
      : []),
    ...(after.success < 1 ? [`after it ${JSON.stringify(after.failures)}`] : []),
    ...(recoverySeconds === null ? ['the page was slow for a minute after it'] : []),
    ...(heldAfter - tracesAfter > heldBefore - tracesBefore + mostLeft
      ? [
          `${heldBefore.toFixed(1)} MiB before, ${heldAfter.toFixed(1)} MiB long after, of which ${tracesAfter.toFixed(1)} MiB of traces`,
        ]
      : []),
    ...((categories['internal.exception'] ?? 0) > 0 ? [`exceptions: ${target.said.slice(-1000)}`] : []),
  ];
}

function difference(
  after: Readonly<Record<string, number>>,
  before: Readonly<Record<string, number>>,
): Readonly<Record<string, number>> {
  const counts = Object.entries(after).map(([key, count]) => [key, count - (before[key] ?? 0)] as const);
  return Object.fromEntries(counts.filter(([, count]) => count > 0).toSorted(([, one], [, other]) => other - one));
}
