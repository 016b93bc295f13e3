import { join } from 'node:path';
import { parseWords } from '../../service/tools/command-words.ts';
import { Refusal } from '../claim/refusal.ts';
import { agreed, carriedOut, deploy, type Surroundings, surroundings } from './deploy-command.ts';
import type { Deployment } from './deployment.ts';
import { dryRun } from './dry-run.ts';
import { locked } from './lock.ts';
import { existing, folderOf, ofDeployment, sameAccount, unchanged } from './names.ts';
import { parseDeployOptions } from './options.ts';
import { planOf, planText, type StepName, usesAws } from './plan.ts';
import { type ReleaseFolder, releaseIn, releaseOf } from './release-files.ts';
import { besideWords, oldOneText, successorOf } from './successor.ts';
import { exits, verb } from './verb.ts';

const steps: readonly StepName[] = ['release', 'host', 'answer', 'verify', 'watch', 'page'];

/** `btc-pinata upgrade`. */
export const upgradeCommand = (argv: readonly string[], around: Surroundings = surroundings()): Promise<number> =>
  verb('upgrade', around.terminal, async (signal) => {
    const options = words(argv);
    const deployment = existing(folderOf(options), options.name);
    const release = releaseIn(options.release ?? join(around.root, 'dist'));
    const next = releaseOf(release, deployment.provider === 'ec2', deployment.release.url);
    if (next.sha256 === deployment.release.sha256 && !deployment.state.startsWith('deploying')) {
      around.terminal.stdout.write(
        `${options.name} runs release ${next.version} (${next.build.slice(0, 16)}...) already.\n`,
      );
      return exits.done;
    }
    return deployment.provider === 'ec2'
      ? putBeside(deployment, next, release, options, around, signal)
      : replaceServer(deployment, next, release, options, around, signal);
  });

/**
 * The key of a measured host is for exactly its image: else the next image of an operator could take the bait. So the release
 * gets a host, a wallet and a page of its own, and the old ones are not touched.
 */
async function putBeside(
  old: Deployment,
  next: Deployment['release'],
  { folder: release }: ReleaseFolder,
  { folder, yes, dryRun, refundHeight, hostName }: UpgradeOptions,
  around: Surroundings,
  signal: AbortSignal,
): Promise<number> {
  const say = (text: string): void => void around.terminal.stdout.write(`${text}\n`);
  if (old.release.sha256 === next.sha256)
    throw new Refusal(`${old.name} is not live yet: end \`btc-pinata deploy\` first`);
  const { name, found } = successorOf(folder, old.name, next);
  if (found?.state === 'live' || found?.state === 'retired') {
    say(`${name} runs release ${next.version} (${next.build.slice(0, 16)}...) already, beside ${old.name}.`);
    return exits.done;
  }
  say(`${oldOneText(old, name, next)}\n`);
  const own = { folder: join(folder, old.name), release, refundHeight, hostName };
  const { wish } = parseDeployOptions(
    found === undefined ? besideWords(old, name, own) : ['--name', name, '--release', release],
  );
  return deploy({ wish, folder, yes, dryRun, adopt: false }, around, signal);
}

async function replaceServer(
  deployment: Deployment,
  next: Deployment['release'],
  release: ReleaseFolder,
  { yes, dryRun: isDry, ...options }: UpgradeOptions,
  around: Surroundings,
  signal: AbortSignal,
): Promise<number> {
  const { terminal, environment } = around;
  const folder = folderOf(options);
  const { name } = deployment;
  const say = (text: string): void => void terminal.stdout.write(`${text}\n`);
  if (deployment.wallet === null) throw new Refusal(`${name} is not live yet: end \`btc-pinata deploy\` first`);
  const world: Surroundings['world'] = (more) => around.world({ ...more, replaceServer: true });
  if (usesAws(deployment)) {
    await sameAccount(deployment, world({ root: around.root, folder, release, environment, signal }));
  }
  const upgraded: Deployment = { ...deployment, release: next };
  const plan = planOf(upgraded, folder).filter((step) => steps.includes(step.name));
  say(
    `${name}: from release ${deployment.release.version} to ${next.version}. A new server takes the address and the volume; the old one is deleted last.\n\nWhat will be done:\n${planText(plan)}\n`,
  );
  if (isDry) {
    say(await (around.dryRun ?? dryRun)(upgraded, release, { root: around.root, folder, environment, signal }));
    return exits.done;
  }
  if (!yes) await agreed(terminal);
  return locked(folder, async () => {
    unchanged(folder, deployment);
    say(`\n${(await carriedOut(upgraded, plan, folder, release, { ...around, world }, signal)).text}`);
    return exits.done;
  });
}

type UpgradeOptions = ReturnType<typeof words>;

function words(argv: readonly string[]) {
  const { values } = parseWords({
    args: [...argv],
    options: {
      ...ofDeployment,
      release: { type: 'string' },
      'refund-height': { type: 'string' },
      'host-name': { type: 'string' },
      'dry-run': { type: 'boolean', default: false },
    },
  });
  const { name, folder, yes, release } = values;
  const [refundHeight, hostName] = [values['refund-height'], values['host-name']];
  return { name, folder, yes, release, refundHeight, hostName, dryRun: values['dry-run'] };
}
