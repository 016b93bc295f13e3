import { setTimeout as delay } from 'node:timers/promises';
import { Misuse, parseWords } from '../../service/tools/command-words.ts';
import { askWith } from '../../status-page/chain/index.ts';
import { Refusal } from '../claim/refusal.ts';
import { nothingHeld } from './coins.ts';
import { agreed, streamOf } from './deploy-command.ts';
import type { Deployment } from './deployment.ts';
import { locked } from './lock.ts';
import { existing, folderOf, ofDeployment, sameAccount, unchanged } from './names.ts';
import { planText } from './plan.ts';
import { Progress } from './progress.ts';
import { type Found, runPlan } from './runner.ts';
import { writeDeployment } from './state-file.ts';
import { leftOver, type TeardownName, teardownOf } from './teardown.ts';
import { type TeardownWorld, teardownWorld } from './teardown-world.ts';
import { processTerminal } from './terminal.ts';
import { unverifiedWallet } from './unverified-wallet.ts';
import { exits, type Terminal, verb } from './verb.ts';
import type { Tell } from './world.ts';

export interface DestroySurroundings {
  readonly terminal: Terminal;
  readonly environment: NodeJS.ProcessEnv;
  readonly world: typeof teardownWorld;
}

const here = (): DestroySurroundings => ({
  terminal: processTerminal(),
  environment: process.env,
  world: teardownWorld,
});

/** `btc-pinata destroy`. */
export const destroyCommand = (argv: readonly string[], around: DestroySurroundings = here()): Promise<number> =>
  verb('destroy', around.terminal, async (signal) => {
    const { terminal, environment } = around;
    const say = (text: string): void => void terminal.stdout.write(`${text}\n`);
    const { name, folder, height, sources, walletUnknown, dryRun, yes } = words(argv);
    const deployment = existing(folder, name);
    if (deployment.state === 'destroyed') {
      say(`${name} is destroyed already.\n${leftOver(deployment, folder)}`);
      return exits.done;
    }
    const world = around.world({ folder, environment, signal });
    await sameAccount(deployment, world);
    const ask = askWith({
      fetch,
      timeout: (milliseconds) => AbortSignal.any([signal, AbortSignal.timeout(milliseconds)]),
    });
    const pause = (milliseconds: number) => delay(milliseconds, undefined, { signal });
    const now = (): number => Math.floor(Date.now() / 1000);
    const whatIsLost = async (): Promise<string> => {
      if (deployment.wallet === null && walletUnknown) {
        return 'Which wallet its host has is not known: what that holds is lost.';
      }
      const wallet = deployment.wallet ?? (await unverifiedWallet(deployment, world.findHost, signal));
      if (wallet === undefined) return 'There is no host of it, so that no key is lost.';
      return nothingHeld(wallet, deployment, { ask, sources, now, pause }, height);
    };
    const shown = await whatIsLost();
    say(shown);

    const steps = teardownOf(deployment, folder);
    say(`\nWhat will be done:\n${planText(steps)}\n`);
    if (dryRun) return exits.done;
    if (!yes) await agreed(terminal, `Remove ${name} for good? [y/N] `);
    return locked(folder, async () => {
      unchanged(folder, deployment);
      // A question may stand for hours, and coins may have come meanwhile: to what was not shown nobody said yes.
      const since = yes ? shown : await whatIsLost();
      if (since !== shown) {
        throw new Refusal(
          `this has changed while the question stood, and nothing was removed: ${since} Run this again, and look at what it says`,
        );
      }
      const progress = new Progress(streamOf(terminal));
      const end = await runPlan(
        deployment,
        steps,
        {
          perform: (step, document) => remove(step, document, world, progress.tell),
          save: (document) => writeDeployment(folder, document),
          begin: (step, index, count) => progress.begin(step, index, count),
          end: (step, outcome) => progress.end(step, outcome),
          now,
          signal,
        },
        { during: (step) => `destroying:${step}`, after: 'destroyed' },
      );
      say(`\n${name} is gone.\n${leftOver(end, folder)}`);
      return exits.done;
    });
  });

async function remove(name: TeardownName, deployment: Deployment, world: TeardownWorld, tell: Tell): Promise<Found> {
  const { host } = deployment;
  switch (name) {
    case 'host':
      await world.removeHost(deployment, tell);
      return { host: { ...host, address: null, serverId: null } };
    case 'image':
      await world.removeImage(deployment);
      return { host: { ...host, imageId: null, snapshotId: null } };
    case 'page-copy':
      await world.copyPage(deployment, tell);
      return {};
    case 'page':
      await world.removePage(deployment, tell);
      return { status: null, stacks: [] };
    default:
      return name satisfies never;
  }
}

function words(argv: readonly string[]) {
  const { values } = parseWords({
    args: [...argv],
    options: {
      ...ofDeployment,
      'abandon-until': { type: 'string' },
      chain: { type: 'string', multiple: true, default: [] },
      'wallet-unknown': { type: 'boolean', default: false },
      'dry-run': { type: 'boolean', default: false },
    },
  });
  const height = values['abandon-until'];
  if (height !== undefined && !/^\d{1,9}$/.test(height)) {
    throw new Misuse(`--abandon-until is ${JSON.stringify(height)}; the height of a block is wanted`);
  }
  return {
    name: values.name,
    folder: folderOf(values),
    height: height === undefined ? undefined : Number(height),
    sources: values.chain,
    walletUnknown: values['wallet-unknown'],
    dryRun: values['dry-run'],
    yes: values.yes,
  };
}
