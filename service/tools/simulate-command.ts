import { attackKit } from './attack-kit.ts';
import { ConnectFailure } from './connect.ts';
import { fetchText } from './fetch-text.ts';
import { ProgressLine } from './progress-bar.ts';
import { RogueAuthority } from './rogue/identity.ts';
import { kindsOfAttackers } from './simulate-attackers.ts';
import { Count } from './simulate-count.ts';
import { connectionsOf, type Planned, plannedCrowd } from './simulate-crowd.ts';
import { kindsOfTheSite } from './simulate-of-the-site.ts';
import { parseSimulateOptions, type SimulateOptions } from './simulate-options.ts';
import { reportJson, reportText } from './simulate-report.ts';
import { letIn } from './simulate-run.ts';
import { kindsOfScanners } from './simulate-scanners.ts';
import type { Place } from './simulate-scene.ts';
import { type StartPinata, startTarget, type Target, targetAt } from './simulate-target.ts';
import type { Kind } from './simulate-visit.ts';

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
    console.error(`btc-pinata simulate: ${options.misuse}\n\`btc-pinata simulate --help\` says more.`);
    return MISUSED;
  }
  const kinds = await simulateKinds();
  const crowd = plannedCrowd(kinds, options);
  if (crowd === undefined) {
    const least = kinds.reduce((sum, kind) => sum + connectionsOf(kind), 0);
    console.error(
      `btc-pinata simulate: --connections is ${options.connections}, and one of each kind makes ${least}; allow that many`,
    );
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
    const status = await simulate(options, crowd, target, interrupted.signal);
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

async function simulate(
  options: SimulateOptions,
  crowd: readonly Planned[],
  target: Target,
  signal: AbortSignal,
): Promise<number> {
  const place = await placeOf(target);
  const count = await Count.open(new URL(`http://${target.host}:${target.ports.http}/status.json`));
  const bar = new ProgressLine(process.stderr);
  const attendance = await letIn({
    place,
    crowd,
    seed: options.seed,
    concurrency: options.concurrency,
    milliseconds: options.seconds * 1000,
    signal,
    progress: (over) => bar.show(over / Math.max(1, crowd.length), `${over} of ${crowd.length}`),
  });
  bar.end();
  const outcome = await count.after(attendance.visits, attendance.cut);
  const report = options.json
    ? reportJson(options.seed, crowd.length, attendance, outcome)
    : reportText(crowd.length, attendance, outcome);
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

async function looking({ host, ports }: Target, signal: AbortSignal): Promise<void> {
  console.error(`  http://${host}:${ports.http}/ has its page; Ctrl-C ends it`);
  if (signal.aborted) return;
  // A timer, for a signal alone keeps no process alive.
  const alive = setInterval(() => undefined, 60_000);
  await new Promise<void>((resolve) => signal.addEventListener('abort', () => resolve(), { once: true }));
  clearInterval(alive);
}
