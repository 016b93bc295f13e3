import { copyFileSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import * as v from 'valibot';
import type { Deployment } from '../../infra/deploy/deployment.ts';
import type { HostOutputs, Tell } from '../../infra/deploy/world.ts';
import { hardeningFlags } from '../../infra/hardening.ts';
import { readMachineConfiguration } from '../../service/attest/machine-configuration.ts';
import { anyPorts, Program } from '../host/program.ts';
import { instanceUserData } from './instance-user-data.ts';
import { type Means, type StoryHost, testCredentialNames } from './story-host.ts';

/*
 * The host on EC2: its stack is deployed, and its instance is one of an emulator, which runs none. In its place the program of
 * the release answers on this machine, told what the user-data of the instance says, as EC2 gives it out.
 */

export class LocalHost implements StoryHost {
  readonly words = 'the program of the release on this machine, in the place of an instance that no emulator runs';
  readonly deployWords = [] as const;
  readonly environment = {} as const;
  readonly endpoint = undefined;
  readonly #folder: string;
  #program: Program | undefined;
  #ports: Deployment['host']['ports'] | undefined;

  /** `folder`: of its own, not there yet. */
  constructor(folder: string) {
    this.#folder = folder;
  }

  async deploy(deployment: Deployment, { release, deployHost, cloud }: Means, tell: Tell): Promise<HostOutputs> {
    const { serverId } = await deployHost(deployment, tell);
    const said = readMachineConfiguration(await instanceUserData(cloud, serverId));
    if ('fault' in said) throw new Error(`the instance ${serverId} has no configuration: ${said.fault}`);
    this.#ports ??= await this.#started(
      ['--network', said.network, '--refund-key', said.refundKey, '--refund-height', `${said.lockHeight}`],
      join(release.folder, 'btc-pinata.cjs'),
    );
    return { serverId, address: '127.0.0.1', ports: this.#ports };
  }

  async remove(...[deployment, removeHost, tell]: Parameters<StoryHost['remove']>): Promise<void> {
    await removeHost(deployment, tell);
    await this.#program?.stop();
  }

  credentials(folder: string): void {
    for (const name of testCredentialNames) copyFileSync(join(this.#folder, name), join(folder, name));
  }

  leaks(): readonly string[] {
    return [];
  }

  outputs(): readonly Buffer[] {
    return this.#program === undefined ? [] : [Buffer.from(this.#program.stdout + this.#program.stderr)];
  }

  async #started(said: readonly string[], program: string): Promise<Deployment['host']['ports']> {
    mkdirSync(this.#folder);
    const flags = ['--json', ...anyPorts, '--wallet', 'vault', ...said, '--test-credentials', this.#folder];
    this.#program = new Program(flags, { program: [process.execPath, ...hardeningFlags, program] });
    return v.parse(portsSchema, (await this.#program.ready()).ports);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#program?.stop();
  }
}

const port = v.number();
const portsSchema = v.object({ http: port, https: port, server: port, dialback: port, reverse: port });
