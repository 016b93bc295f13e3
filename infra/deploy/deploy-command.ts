import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { Refusal } from '../claim/refusal.ts';
import { awsWorld } from './aws-world.ts';
import { costOf, costText } from './cost.ts';
import type { Deployment } from './deployment.ts';
import { type Doctor, examine } from './doctor.ts';
import { draft } from './draft.ts';
import { dryRun } from './dry-run.ts';
import { findingText, problems } from './finding.ts';
import { liveText } from './live-text.ts';
import { locked } from './lock.ts';
import { unchanged } from './names.ts';
import { type DeployOptions, parseDeployOptions } from './options.ts';
import { begins, perform } from './perform.ts';
import { type DeployStep, planOf, planText, refundKeyName } from './plan.ts';
import { Progress } from './progress.ts';
import { type ReleaseFolder, releaseIn, releaseOrWhyNot } from './release-files.ts';
import { runPlan } from './runner.ts';
import { readDeployment, writeDeployment } from './state-file.ts';
import { processTerminal } from './terminal.ts';
import { exits, type Terminal, verb } from './verb.ts';
import { completeWish } from './wish.ts';
import type { World } from './world.ts';

/** What a test has another of. */
export interface Surroundings {
  readonly terminal: Terminal;
  readonly environment: NodeJS.ProcessEnv;
  /** The checkout. */
  readonly root: string;
  /** Looks at what is needed. */
  readonly examine: typeof examine;
  /** What the tools would change; what they say themselves, if absent. */
  readonly dryRun?: typeof dryRun;
  readonly world: (options: Parameters<typeof awsWorld>[0]) => World;
}

export const surroundings = (): Surroundings => ({
  terminal: processTerminal(),
  environment: process.env,
  root: dirname(dirname(import.meta.dirname)),
  examine,
  world: awsWorld,
});

/** `btc-pinata deploy`. */
export const deployCommand = (argv: readonly string[], around: Surroundings = surroundings()): Promise<number> =>
  verb('deploy', around.terminal, async (signal) => deploy(parseDeployOptions(argv), around, signal));

export async function deploy(options: DeployOptions, around: Surroundings, signal: AbortSignal): Promise<number> {
  const { terminal, environment, root } = around;
  const say = (text: string): void => void terminal.stdout.write(`${text}\n`);
  const named = options.wish.name ?? 'pinata';
  const existing = readDeployment(join(options.folder, named));
  const place = options.wish.release ?? join(root, 'dist');
  // Nobody is asked anything before there is something to deploy. Who wants to see what would be done is told all that is missing.
  if (!options.dryRun) somethingIn(place);
  const wish = await completeWish(options, { existing, terminal, environment });
  const folder = join(options.folder, wish.name ?? named);
  const found = wish.name === named ? existing : readDeployment(folder);
  const measured = (found?.provider ?? wish.host ?? 'ec2') === 'ec2';
  const { files: release, known } = releaseOrWhyNot(place, measured, wish.releaseUrl ?? null);
  const part = release instanceof Refusal ? (found?.release ?? known) : known;
  const parts = { wish, release: part, existing: found };
  // The account is not known yet: that of the document, so that the rest can be looked at.
  const patient = draft({ ...parts, account: found?.account ?? null });
  const doctor: Doctor = { root, folder, environment, signal, adopt: options.adopt };

  say(
    `${patient.name}: ${patient.provider} in ${patient.region}, ${patient.chosen.network}. Looking at what is needed.`,
  );
  const { findings, identity } = await around.examine(patient, release, doctor);
  for (const finding of findings) say(findingText(finding));
  const missing = problems(findings).map(({ what, words }) => `${what}: ${words}`);
  if (missing.length > 0)
    throw new Refusal(`${missing.length} of these must be put right first. ${missing.join('. ')}`);
  if (release instanceof Refusal) throw release;
  const start = draft({ ...parts, account: identity?.account ?? null });

  const steps = planOf(start, folder);
  say(`\nWhat will be done:\n${planText(steps)}\n\nWhat it costs a month:\n${costText(costOf(costRequest(start)))}\n`);
  if (options.dryRun) {
    say(await (around.dryRun ?? dryRun)(start, release, { root, folder, environment, signal }));
    return exits.done;
  }
  if (!options.yes) await agreed(terminal);
  return locked(folder, async () => {
    unchanged(folder, found);
    const end = await carriedOut(start, steps, folder, release, around, signal);
    say(`\n${end.text}`);
    return exits.done;
  });
}

/** Throws a Refusal where there is no release at all. */
function somethingIn(place: string): void {
  try {
    releaseIn(place);
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
    throw new Refusal(`${error.message}. \`btc-pinata doctor\` names all that is missing`);
  }
}

/** Does the steps, and gives back what is shown at the end. */
export async function carriedOut(
  start: Deployment,
  steps: readonly DeployStep[],
  folder: string,
  release: ReleaseFolder,
  around: Surroundings,
  signal: AbortSignal,
) {
  const { terminal, environment, root } = around;
  const progress = new Progress(streamOf(terminal));
  const world = around.world({ root, folder, release, environment, signal });
  let proof = '';
  const watching: World = {
    ...world,
    verify: async (deployment, tell) => {
      const verified = await world.verify(deployment, tell);
      proof = `${verified.level}, ${verified.words}`;
      return verified;
    },
  };
  writeDeployment(folder, start);
  const end = await runPlan(
    start,
    steps,
    {
      begins,
      perform: (name, deployment) => perform(name, deployment, watching, progress.tell),
      save: (deployment) => writeDeployment(folder, deployment),
      begin: (step, index, steps) => progress.begin(step, index, steps),
      end: (step, outcome) => progress.end(step, outcome),
      now: () => Math.floor(Date.now() / 1000),
      signal,
    },
    { during: (name) => `deploying:${name}`, after: start.state === 'retired' ? 'retired' : 'live' },
  );
  return {
    text: liveText(end, proof, {
      folder,
      release: release.folder,
      ownKey: existsSync(join(folder, refundKeyName)),
    }),
  };
}

export const streamOf = ({ stdout }: Terminal) => ({
  isTTY: stdout.isTTY === true,
  columns: stdout.columns ?? 100,
  write: (text: string | Uint8Array): boolean => stdout.write(text),
});

export const costRequest = ({ provider, region, chosen }: Pick<Deployment, 'provider' | 'region' | 'chosen'>) => ({
  provider,
  region,
  serverType: chosen.serverType,
  statusPage: chosen.statusPage,
  pageDomain: chosen.pageDomain !== null,
});

/** Throws a Refusal where it is not. */
export async function agreed({ ask }: Terminal, question = 'Go on? [y/N] '): Promise<void> {
  if (ask === undefined) throw new Refusal('nobody can be asked here, and nothing was done: --yes goes on without');
  const answer = (await ask(question)).trim().toLowerCase();
  if (answer !== 'y' && answer !== 'yes') throw new Refusal('nothing was done');
}
