import { attackKit } from './attack-kit.ts';
import { ConnectFailure } from './connect.ts';
import { fetchText } from './fetch-text.ts';
import { progressBar } from './progress-bar.ts';
import { RogueAuthority } from './rogue/identity.ts';
import { kindsOfAttackers } from './simulate-attackers.ts';
import { Count, type Outcome } from './simulate-count.ts';
import { connectionsOf, plannedCrowd } from './simulate-crowd.ts';
import { kindsOfTheSite } from './simulate-of-the-site.ts';
import { parseSimulateOptions, type SimulateOptions, simulateUsage } from './simulate-options.ts';
import { type Attendance, letIn } from './simulate-run.ts';
import { kindsOfScanners } from './simulate-scanners.ts';
import type { Place } from './simulate-scene.ts';
import { simulateTable } from './simulate-table.ts';
import { type StartPinata, startTarget, type Target, targetAt } from './simulate-target.ts';
import type { Kind } from './simulate-visit.ts';
import { terminalStyle } from './terminal-style.ts';

const [FAILED, MISUSED] = [1, 2];

export const simulateKinds = async (): Promise<readonly Kind[]> => [
  ...kindsOfTheSite,
  ...kindsOfScanners,
  ...(await kindsOfAttackers()),
];

/** `btc-pinata simulate`: the exit status is that of its usage text. */
export async function simulateCommand(argv: readonly string[], start: StartPinata): Promise<number> {
  const options = parseSimulateOptions(argv);
  if ('misuse' in options) {
    console.error(`btc-pinata simulate: ${options.misuse}\n\n${simulateUsage}`);
    return MISUSED;
  }
  const interrupted = new AbortController();
  const interrupt = (): void => interrupted.abort();
  process.once('SIGINT', interrupt).once('SIGTERM', interrupt);
  let target: Target | undefined;
  try {
    target =
      options.target === undefined
        ? await startTarget(start)
        : await targetAt(options.target.host, options.target.httpPort, options.target.calledPort);
    const status = await simulate(options, target, interrupted.signal);
    if (options.keep) await looking(target, interrupted.signal);
    return status;
  } catch (error) {
    if (!(error instanceof ConnectFailure)) throw error;
    console.error(`btc-pinata simulate: ${error.message}.`);
    return FAILED;
  } finally {
    await target?.stop();
    process.off('SIGINT', interrupt).off('SIGTERM', interrupt);
  }
}

async function simulate(options: SimulateOptions, target: Target, signal: AbortSignal): Promise<number> {
  const kinds = await simulateKinds();
  const crowd = plannedCrowd(kinds, options);
  if (crowd === undefined) {
    const least = kinds.reduce((sum, kind) => sum + connectionsOf(kind), 0);
    console.error(
      `btc-pinata simulate: --connections is ${options.connections}, and one of each kind is ${least}; allow that many`,
    );
    return MISUSED;
  }
  const place = await placeOf(target);
  const count = await Count.open(new URL(`http://${target.host}:${target.ports.http}/status.json`));
  const bar = new Bar(crowd.length);
  const attendance = await letIn({
    place,
    crowd,
    seed: options.seed,
    concurrency: options.concurrency,
    milliseconds: options.seconds * 1000,
    signal,
    progress: (over) => bar.show(over),
  });
  bar.end();
  const outcome = await count.after(attendance.visits, attendance.cut);
  const report = options.json
    ? json(options, crowd.length, attendance, outcome)
    : text(crowd.length, attendance, outcome);
  process.stdout.write(`${report}\n`);
  return outcome.differences.length > 0 || attendance.failures.size > 0 ? FAILED : 0;
}

async function placeOf({ host, ports, calledPort }: Target): Promise<Place> {
  const site = new URL(`http://${host}:${ports.http}`);
  const nowhere = () => Promise.reject(new Error('only a visitor has connections'));
  const { published } = attackKit({
    site,
    credentials: undefined,
    connect: nowhere,
    called: nowhere,
    note: () => undefined,
  });
  const siteAuthority = await fetchText(new URL('/site-ca.pem', site), 30_000);
  await published('bounty: authority'); // one question, here, instead of one by each visitor
  const authorities = new Map<string, RogueAuthority>();
  const authority = (commonName = 'attacker'): RogueAuthority => {
    const known = authorities.get(commonName) ?? new RogueAuthority(commonName, ['btc-pinata.invalid']);
    authorities.set(commonName, known);
    return known;
  };
  return { host, ports, calledPort, siteAuthority, published, authority };
}

/** On standard error, where that is a terminal. */
class Bar {
  readonly #of: number;
  readonly #start = performance.now();
  #shown = 0;

  constructor(of: number) {
    this.#of = of;
  }

  show(done: number): void {
    if (process.stderr.isTTY !== true || performance.now() - this.#shown < 100) return;
    this.#shown = performance.now();
    const { width, unicode } = terminalStyle(process.stderr, process.env);
    const seconds = (performance.now() - this.#start) / 1000;
    process.stderr.write(`\r\x1b[K${progressBar({ done, of: this.#of, seconds, width, unicode })}`);
  }

  end(): void {
    if (process.stderr.isTTY === true) process.stderr.write('\r\x1b[K');
  }
}

function text(planned: number, { visits, cut, failures, stumbles, seconds }: Attendance, outcome: Outcome): string {
  const made = visits.reduce((sum, { kind }) => sum + connectionsOf(kind), 0);
  const early = visits.length < planned ? `, of ${planned} that were to come` : '';
  const agree = outcome.differences.length === 0;
  return [
    '',
    ...simulateTable(outcome),
    '',
    `  ${visits.length} visits${early}, ${made} connections in ${seconds.toFixed(1)} s; the piñata has seen ${outcome.visitors} network prefixes`,
    ...(cut === 0 ? [] : [`  ${cut} connections were cut off: they may be in any row, and are expected in none`]),
    ...[...failures].map(([reason, count]) => `  ${count} could not come: ${reason}`),
    ...(agree ? [] : [...stumbles].map(([name, reason]) => `  surprised: ${name}: ${reason}`)),
    agree
      ? '  every visitor was counted as what they were'
      : `  NOT COUNTED AS WHAT THEY WERE: ${outcome.differences.join('; ')}`,
    '',
  ].join('\n');
}

const json = (options: SimulateOptions, planned: number, attendance: Attendance, outcome: Outcome): string =>
  JSON.stringify(
    {
      seed: options.seed,
      visits: { planned, made: attendance.visits.length },
      cutConnections: attendance.cut,
      failures: Object.fromEntries(attendance.failures),
      surprises: Object.fromEntries(attendance.stumbles),
      seconds: Number(attendance.seconds.toFixed(1)),
      prefixes: outcome.visitors,
      byCategory: Object.fromEntries(
        outcome.rows
          .filter(({ expected, counted }) => expected > 0 || counted > 0)
          .map(({ key, expected, counted }) => [key, { expected, counted }]),
      ),
      byKind: countsByKind(attendance),
      differences: outcome.differences,
    },
    undefined,
    2,
  );

function countsByKind({ visits }: Attendance): Readonly<Record<string, number>> {
  const counts = new Map<string, number>();
  for (const { kind } of visits) counts.set(kind.name, (counts.get(kind.name) ?? 0) + 1);
  return Object.fromEntries(counts);
}

async function looking({ host, ports }: Target, signal: AbortSignal): Promise<void> {
  console.error(`  http://${host}:${ports.http}/ has its page; Ctrl-C ends it`);
  if (signal.aborted) return;
  // A timer, for a signal alone keeps no process alive.
  const alive = setInterval(() => undefined, 60_000);
  await new Promise<void>((resolve) => signal.addEventListener('abort', () => resolve(), { once: true }));
  clearInterval(alive);
}
