import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as v from 'valibot';
import { type Deployment, deployedPorts } from '../../infra/deploy/deployment.ts';
import { archiveFor, inputsOf } from '../../infra/deploy/vps.ts';
import type { HostOutputs, Tell } from '../../infra/deploy/world.ts';
import { testCredentialsFolder } from '../../infra/host-image/definition.ts';
import type { VpsInputs } from '../../infra/vps/inputs.ts';
import { destroy, up } from '../../infra/vps/run.ts';
import { findKey } from '../host-image/key-search.ts';
import { Machine } from '../host-image/machine.ts';
import { keptRootfs } from '../host-image/rootfs.ts';
import { Volume } from '../host-image/volume.ts';
import { Wire } from '../host-image/wire.ts';
import { builtEngine } from '../vps/build-engine.ts';
import { type FakeHetzner, fakeHetzner } from '../vps/fake-hetzner.ts';
import { place, testToken } from '../vps/place.ts';
import type { Edge } from './edge.ts';
import { type Means, type StoryHost, testCredentialNames } from './story-host.ts';

/*
 * The host at Hetzner: a server of systemd-nspawn, made of the user-data that the deployment rendered, with the network, the
 * volume and the names that a provider gives. Where this machine has the engine of Pulumi, the engine asks a stand-in of
 * Hetzner's API for it, and what that was asked for is what is booted; else the user-data goes to the machine directly.
 */

/** Why there can be none here; undefined: there can. */
export function whyNoMachine(): string | undefined {
  if (process.getuid?.() !== 0) return 'only root boots a machine in namespaces';
  if (!existsSync('/usr/bin/systemd-nspawn'))
    return 'systemd-nspawn is not installed (apt-get install systemd-container)';
  if (!existsSync('/dev/loop-control')) return 'there are no loop devices here';
  if (keptRootfs() === undefined) return 'there is no Debian in the cache yet (npm run test:host -- --rootfs)';
  return undefined;
}

const hasEngine = (): boolean => existsSync(join(builtEngine(), 'bin', 'pulumi'));

/** What a request for a server has in it. */
const serverSchema = v.object({ name: v.string(), user_data: v.string() });

export class VpsHost implements StoryHost {
  readonly words: string;
  readonly deployWords = ['--host', 'hetzner'] as const;
  readonly environment = { HCLOUD_TOKEN: testToken } as const;
  readonly #wire: Wire;
  readonly #volume: Volume;
  readonly #layer = mkdtempSync(join(tmpdir(), 'pinata-layer-'));
  readonly #engine: ReturnType<typeof place> | undefined;
  readonly #edge: Edge;
  readonly #root: string;
  #hetzner: FakeHetzner | undefined;
  #machine: Machine | undefined;

  private constructor(edge: Edge, root: string, wire: Wire, volume: Volume) {
    this.#wire = wire;
    this.#volume = volume;
    this.#edge = edge;
    this.#root = root;
    this.#engine = hasEngine() ? place() : undefined;
    this.words =
      this.#engine === undefined
        ? 'a machine of systemd-nspawn, made of the user-data; the engine of Pulumi is not here'
        : 'a machine of systemd-nspawn, made of the user-data that the engine of Pulumi asked a stand-in of Hetzner for';
  }

  static async start(edge: Edge, root: string): Promise<VpsHost> {
    const volume = new Volume();
    const wire = wiredOr(() => volume.remove());
    const host = new VpsHost(edge, root, wire, volume);
    try {
      // A server goes out to no other port.
      await edge.listen(host.#wire.here.ipv4, 443);
      host.#hetzner = await fakeHetzner(testToken);
      return host;
    } catch (error) {
      await host[Symbol.asyncDispose]();
      throw error;
    }
  }

  get endpoint(): string | undefined {
    return this.#hetzner?.endpoint;
  }

  async deploy(deployment: Deployment, { release }: Means, tell: Tell): Promise<HostOutputs> {
    const inputs = inputsOf(deployment, await archiveFor(release, this.#root));
    const { serverId, userData } = await this.#asked(inputs, tell);
    if (this.#machine === undefined) {
      this.#machine = this.#made(userData, new URL(deployment.status?.url ?? '').hostname);
      this.#machine.boot();
    }
    return { serverId, address: this.#wire.host.ipv4, ports: deployedPorts };
  }

  async remove(deployment: Deployment): Promise<void> {
    if (this.#engine !== undefined && this.#hetzner !== undefined) {
      const { endpoint, servers, volumes, primaryIps, firewalls } = this.#hetzner;
      await destroy(
        { provider: 'hetzner', name: deployment.name, endpoint },
        { ...this.#engine.options, deleteVolume: true },
      );
      const left = [servers, volumes, primaryIps, firewalls].reduce((sum, { size }) => sum + size, 0);
      if (left > 0) throw new Error(`${left} things are left at Hetzner`);
    }
    await this.#machine?.destroy();
    this.#machine = undefined;
  }

  credentials(folder: string): void {
    const machine = this.#running();
    for (const name of testCredentialNames) {
      writeFileSync(join(folder, name), machine.run('cat', `${testCredentialsFolder}/${name}`), { mode: 0o600 });
    }
  }

  leaks(): readonly string[] {
    const { key, passphrase, planted } = findKey(this.#running());
    if (!planted) throw new Error('the search does not find what there is');
    return [...key, ...passphrase.filter((path) => !passphrasePlaces.test(path))];
  }

  outputs(): readonly Buffer[] {
    const engine = this.#engine === undefined ? [] : [...this.#engine.files().values()];
    const bodies = (this.#hetzner?.bodies ?? []).map((text) => Buffer.from(text));
    const machine = this.#machine === undefined ? [] : [this.#machine.console, this.#machine.userData];
    return [...engine, ...bodies, ...machine.map((text) => Buffer.from(text, 'latin1'))];
  }

  #running(): Machine {
    if (this.#machine === undefined) throw new Error('the host is not there');
    return this.#machine;
  }

  async #asked(inputs: VpsInputs, tell: Tell): Promise<{ readonly serverId: string; readonly userData: string }> {
    if (this.#engine === undefined || this.#hetzner === undefined || inputs.provider !== 'hetzner') {
      return { serverId: 'nspawn', userData: inputs.userData };
    }
    const { endpoint, bodies } = this.#hetzner;
    const { serverId } = await up(
      { ...inputs, endpoint },
      {
        ...this.#engine.options,
        replaceServer: false,
        onEvent: (event) =>
          tell(event.kind === 'note' ? event.text : `${event.operation} ${event.resource} ${event.state}`),
      },
    );
    const requests = bodies.flatMap((text) => (text === '' ? [] : [v.safeParse(serverSchema, JSON.parse(text))]));
    const asked = requests.findLast(({ success }) => success);
    if (asked?.success !== true) throw new Error('nobody asked Hetzner for a server');
    return { serverId, userData: asked.output.user_data };
  }

  /** With what a machine on the Internet has by itself: the name of the status page resolves, and its authority is known. */
  #made(userData: string, page: string): Machine {
    const rootfs = keptRootfs();
    if (rootfs === undefined) throw new Error(whyNoMachine());
    const authorities = 'etc/ssl/certs/ca-certificates.crt';
    mkdirSync(join(this.#layer, 'etc/ssl/certs'), { recursive: true });
    writeFileSync(
      join(this.#layer, authorities),
      `${readFileSync(join(rootfs, authorities), 'utf8')}\n${this.#edge.authority}`,
    );
    writeFileSync(join(this.#layer, 'etc/hosts'), `127.0.0.1 localhost\n${this.#wire.here.ipv4} ${page}\n`);
    return new Machine({
      system: `${this.#layer}:${rootfs}`,
      userData,
      // As Hetzner names it. A second time under its own name, by which blkid finds it.
      volumes: [`${this.#volume.device}:/dev/disk/by-id/scsi-0HC_Volume_1`, this.#volume.device],
      wire: this.#wire,
    });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#machine?.destroy();
    await this.#hetzner?.close();
    this.#engine?.remove();
    this.#wire.remove();
    this.#volume.remove();
    rmSync(this.#layer, { recursive: true, force: true });
  }
}

function wiredOr(undo: () => void): Wire {
  try {
    return new Wire();
  } catch (error) {
    undo();
    throw error;
  }
}

/** In memory, for the service. */
const passphrasePlaces = /^\/run\/(?:btc-pinata-secrets|credentials)\//;
