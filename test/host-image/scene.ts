import { type ChildProcess, spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { HostArchive } from '../../infra/host-image/archive.ts';
import type { HostDefinition } from '../../infra/host-image/definition.ts';
import { renderUserData } from '../../infra/host-image/user-data.ts';
import { Machine } from './machine.ts';
import { archiveOfCheckout, type BuiltArchive, Releases } from './releases.ts';
import { rootfs } from './rootfs.ts';
import { attempt, type Finished } from './run.ts';
import { Volume } from './volume.ts';
import { Wire } from './wire.ts';

/*
 * What a deployment has on a provider: an address, a volume, a bucket with the release, and one server at a time. All of it is
 * gone after `end`.
 */

export class Scene {
  readonly wire: Wire;
  readonly volume: Volume;
  readonly archive: BuiltArchive;
  readonly #releases: Releases;
  readonly #release: HostDefinition['release'];
  readonly #machines: Machine[] = [];
  readonly #children: ChildProcess[] = [];

  private constructor(wire: Wire, volume: Volume, archive: BuiltArchive, releases: Releases) {
    this.wire = wire;
    this.volume = volume;
    this.archive = archive;
    this.#releases = releases;
    this.#release = releases.offer(archive);
  }

  static async begin(volume: Volume = new Volume()): Promise<Scene> {
    const archive = await archiveOfCheckout();
    const wire = new Wire();
    try {
      return new Scene(wire, volume, archive, await Releases.serve(wire));
    } catch (error) {
      wire.remove();
      volume.remove();
      throw error;
    }
  }

  /** A classic wallet on regtest, unless something else is said. */
  definition(other: Partial<HostDefinition> = {}): HostDefinition {
    return {
      name: 'pinata',
      hostNames: [this.wire.hostOutside.ipv4],
      network: 'regtest',
      wallet: 'classic',
      release: this.#release,
      volumes: [this.volume.device],
      ...other,
    };
  }

  /** Puts another release into the bucket, for a definition of its own. */
  offer(archive: HostArchive): HostDefinition['release'] {
    return this.#releases.offer(archive);
  }

  /** A new server with the volume, booting. */
  boot(other: Partial<HostDefinition> = {}): Machine {
    const machine = new Machine({
      system: rootfs((line) => console.error(line)),
      userData: renderUserData(this.definition(other)),
      volumes: [this.volume.device],
      wire: this.wire,
    });
    this.#machines.push(machine);
    machine.boot();
    return machine;
  }

  /** A program on the Internet, to its end. */
  outside(program: string, ...words: readonly string[]): Finished {
    return attempt('ip', ['netns', 'exec', this.wire.internet, program, ...words]);
  }

  /** `btc-pinata` of this checkout, there. */
  command(...words: readonly string[]): Finished {
    return this.outside(process.execPath, join(import.meta.dirname, '../../infra/btc-pinata.mjs'), ...words);
  }

  /** Somebody there who listens on these ports until the end of the scene. */
  async stranger(...ports: readonly number[]): Promise<void> {
    const words = [process.execPath, join(import.meta.dirname, 'stranger.cjs'), ...ports.map(String)];
    // It ends with this process, however that ends.
    const ends = ['--pdeathsig', 'KILL', 'ip', 'netns', 'exec', this.wire.internet];
    const child = spawn('setpriv', [...ends, ...words], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    this.#children.push(child);
    await new Promise((resolve, reject) => {
      child.once('exit', (status) => reject(new Error(`the stranger ended with ${status}`)));
      child.stdout.once('data', resolve);
    });
  }

  async end(): Promise<void> {
    for (const child of this.#children) child.kill();
    for (const machine of this.#machines) await machine.destroy();
    this.#releases.close();
    this.wire.remove();
    this.volume.remove();
  }
}

/** What is in this folder for a program of the machine to read. */
export const own = (name: string): string => readFileSync(join(import.meta.dirname, name), 'utf8');

export interface Said {
  readonly address: string;
  readonly caSha256: string;
  readonly build: string;
  readonly version: string;
}

/** /status.json, at an address of the host; undefined while nobody answers. */
export async function status(address: string): Promise<Said | undefined> {
  try {
    const host = address.includes(':') ? `[${address}]` : address;
    const response = await fetch(`http://${host}/status.json`, { signal: AbortSignal.timeout(5000) });
    const { address: wallet, caSha256, build, version } = JSON.parse(await response.text());
    return { address: wallet, caSha256, build, version };
  } catch {
    return undefined;
  }
}

/** As soon as the host answers. */
export async function serving(machine: Machine): Promise<Said> {
  let said: Said | undefined;
  await machine.until('answered', 600, async () => {
    said = await status(machine.wire.host.ipv4);
    return said !== undefined;
  });
  if (said === undefined) throw new Error('unreachable');
  return said;
}
