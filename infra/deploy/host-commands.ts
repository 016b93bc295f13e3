import { parseWords } from '../../service/tools/command-words.ts';
import { printable } from '../../service/tools/sequence-diagram.ts';
import { Refusal } from '../claim/refusal.ts';
import { agreed } from './deploy-command.ts';
import type { Deployment } from './deployment.ts';
import { another, type Generation, generation } from './generations.ts';
import { type HostPower, hostPower } from './host-power.ts';
import { locked } from './lock.ts';
import { existing, folderOf, ofDeployment, sameAccount } from './names.ts';
import { beginRotation, begunRotation, endRotation } from './rotation.ts';
import { processTerminal } from './terminal.ts';
import { exits, type Terminal, verb } from './verb.ts';

export interface PowerSurroundings {
  readonly terminal: Terminal;
  readonly environment: NodeJS.ProcessEnv;
  readonly power: (options: Parameters<typeof hostPower>[0]) => HostPower;
}

const here = (): PowerSurroundings => ({ terminal: processTerminal(), environment: process.env, power: hostPower });

/** `btc-pinata logs`. */
export const logsCommand = (argv: readonly string[], around: PowerSurroundings = here()): Promise<number> =>
  verb('logs', around.terminal, async (signal) => {
    const { values } = parseWords({ args: [...argv], options: ofDeployment });
    const deployment = existing(folderOf(values), values.name);
    const power = around.power({ environment: around.environment, signal });
    if (deployment.provider === 'ec2') await sameAccount(deployment, power);
    const text = await power.console(deployment);
    if (text.trim() === '')
      throw new Refusal('the cloud has nothing of its console yet: EC2 shows it some minutes after a start');
    // Whoever talks to the host has a part in what it prints.
    for (const line of text.split(/\r?\n/)) around.terminal.stdout.write(`${printable(line)}\n`);
    return exits.done;
  });

/** `btc-pinata rotate`. */
export const rotateCommand = (argv: readonly string[], around: PowerSurroundings = here()): Promise<number> =>
  verb('rotate', around.terminal, async (signal) => {
    const { values } = parseWords({ args: [...argv], options: ofDeployment });
    const folder = folderOf(values);
    const deployment = existing(folder, values.name);
    const power = around.power({ environment: around.environment, signal });
    if (deployment.provider === 'ec2') await sameAccount(deployment, power);
    const say = (text: string): void => void around.terminal.stdout.write(`${text}\n`);
    const begun = begunRotation(folder);
    const before = begun ?? (await generation(deployment, signal));
    const had = `the authority ${before.caSha256.slice(0, 16)}..., since ${before.startedAt}`;
    say(
      begun === undefined
        ? `${values.name} has ${had}.`
        : `A rotate that was interrupted is ended: the host had ${had}.`,
    );
    if (!values.yes && begun === undefined) {
      await agreed(around.terminal, 'Restart it? Connections end, and the wallet stays. [y/N] ');
    }
    return locked(folder, async () => {
      if (await isToRestart(deployment, begun, signal)) {
        beginRotation(folder, before);
        await power.reboot(deployment).catch((error: unknown) => {
          // It was refused, so that nothing is to be ended.
          endRotation(folder);
          throw error;
        });
        say('It restarts.');
      }
      const after = await another(deployment, before, signal);
      endRotation(folder);
      if (after.address !== before.address) {
        throw new Refusal(
          `the host came back with another wallet, ${after.address}, and had ${before.address}: its key is lost`,
        );
      }
      say(`It is back, with the authority ${after.caSha256.slice(0, 16)}..., and the same wallet.`);
      return exits.done;
    });
  });

/** Not, where the cloud heard of it from the run before: then the host has another authority, or is on its way to one. */
async function isToRestart(
  deployment: Deployment,
  begun: Generation | undefined,
  signal: AbortSignal,
): Promise<boolean> {
  if (begun === undefined) return true;
  const now = await generation(deployment, signal).catch(() => undefined);
  signal.throwIfAborted();
  return now?.caSha256 === begun.caSha256;
}
