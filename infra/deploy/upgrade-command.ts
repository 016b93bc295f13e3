import { join } from 'node:path';
import { parseWords } from '../../service/tools/command-words.ts';
import { Refusal } from '../claim/refusal.ts';
import { agreed, carriedOut, type Surroundings, surroundings } from './deploy-command.ts';
import type { Deployment } from './deployment.ts';
import { locked } from './lock.ts';
import { existing, folderOf, ofDeployment, sameAccount, unchanged } from './names.ts';
import { planOf, planText, type StepName, usesAws } from './plan.ts';
import { releaseIn, releaseOf } from './release-files.ts';
import { exits, verb } from './verb.ts';

const steps: readonly StepName[] = ['release', 'host', 'answer', 'verify', 'watch', 'page'];

/** `btc-pinata upgrade`. */
export const upgradeCommand = (argv: readonly string[], around: Surroundings = surroundings()): Promise<number> =>
  verb('upgrade', around.terminal, async (signal) => {
    const { values } = parseWords({
      args: [...argv],
      options: { ...ofDeployment, release: { type: 'string' }, 'dry-run': { type: 'boolean', default: false } },
    });
    const { terminal, environment } = around;
    const folder = folderOf(values);
    const deployment = existing(folder, values.name);
    const release = releaseIn(values.release ?? join(around.root, 'dist'));
    const next = releaseOf(release, deployment.provider === 'ec2', deployment.release.url);
    const say = (text: string): void => void terminal.stdout.write(`${text}\n`);
    if (next.sha256 === deployment.release.sha256 && !deployment.state.startsWith('deploying')) {
      say(`${values.name} runs release ${next.version} (${next.build.slice(0, 16)}...) already.`);
      return exits.done;
    }
    if (deployment.provider === 'ec2') throw new Refusal(beside(deployment, next.version));
    if (deployment.wallet === null)
      throw new Refusal(`${values.name} is not live yet: end \`btc-pinata deploy\` first`);
    const world: Surroundings['world'] = (options) => around.world({ ...options, replaceServer: true });
    if (usesAws(deployment)) {
      await sameAccount(deployment, world({ root: around.root, folder, release, environment, signal }));
    }
    const upgraded: Deployment = { ...deployment, release: next };
    const plan = planOf(upgraded, folder).filter(({ name }) => steps.includes(name));
    say(
      `${values.name}: from release ${deployment.release.version} to ${next.version}. A new server takes the address and the volume; the old one is deleted last.\n\nWhat will be done:\n${planText(plan)}\n`,
    );
    if (values['dry-run']) return exits.done;
    if (!values.yes) await agreed(terminal);
    return locked(folder, async () => {
      unchanged(folder, deployment);
      say(`\n${(await carriedOut(upgraded, plan, folder, release, { ...around, world }, signal)).text}`);
      return exits.done;
    });
  });

/** The key of a measured host is for exactly its image: else the next image of an operator could take the bait. */
const beside = ({ name, wallet, chosen, region }: Deployment, version: string): string =>
  `a measured host has its key for exactly its image, so that no later image can take it, and cannot be upgraded in place: \`btc-pinata deploy --name ${nextName(name)} --region ${region} --network ${chosen.network}\` puts ${version} beside it, with a key and an address of its own. ${name} runs on until its coins are claimed${wallet?.refundHeight == null ? '' : ` or, from block ${wallet.refundHeight} on, taken back by you`}; then \`btc-pinata destroy --name ${name}\``;

const nextName = (name: string): string => {
  const [, stem = name, number = '1'] = /^(.*?)-(\d+)$/.exec(name) ?? [];
  return `${stem}-${Number(number) + 1}`;
};
