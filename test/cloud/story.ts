import { createHash } from 'node:crypto';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { InvokeCommand, LambdaClient } from '@aws-sdk/client-lambda';
import * as v from 'valibot';
import { bundle } from '../../infra/build/bundle.ts';
import { Refusal } from '../../infra/claim/refusal.ts';
import { awsWorld } from '../../infra/deploy/aws-world.ts';
import { type Clients, clientsOf } from '../../infra/deploy/clients.ts';
import { deployCommand, type Surroundings } from '../../infra/deploy/deploy-command.ts';
import type { Deployment } from '../../infra/deploy/deployment.ts';
import { destroyCommand } from '../../infra/deploy/destroy-command.ts';
import { examine } from '../../infra/deploy/doctor.ts';
import { readDeployment } from '../../infra/deploy/state-file.ts';
import { teardownWorld } from '../../infra/deploy/teardown-world.ts';
import { encodeRelease, releaseFormat } from '../../service/attest/release.ts';
import { TwoNodes } from '../e2e/wallet-chain.ts';
import { type Ran, Scene, verb } from '../e2e/wallet-scene.ts';
import { Edge, type Served } from './edge.ts';
import { type EmulatedCloud, startCloud } from './emulated-cloud.ts';
import type { Call } from './gateway.ts';
import { LocalHost } from './local-host.ts';
import type { StoryHost } from './story-host.ts';
import { VpsHost } from './vps-host.ts';

/*
 * The life of a deployment: deployed, funded, bridged, broken into, claimed, destroyed. The cloud is emulated, and what stands
 * where the deployment has its host is a machine of systemd-nspawn (vps-host.ts) or a program (local-host.ts). All else is as it
 * is: cdk's command line, the function that polls, the distribution that hands out the page, two nodes of a chain.
 */

const region = 'us-east-1';
/** BIP-173's example. */
const winner = 'bcrt1qw508d6qejxtdg4y5r3zarvary0c5xw7kygt080';
const root = dirname(dirname(import.meta.dirname));
const refundHeight = 5000;
export const bait = 50_000_000;

/** Milliseconds for what takes some polls. */
const patience = 600_000;

export interface Told {
  /** A line for whoever follows. */
  readonly say: (line: string) => void;
  /** The page as it is now, under a name. */
  readonly look: (name: string, page: string) => Promise<void>;
}

export class Story implements AsyncDisposable {
  readonly folder = mkdtempSync(join(tmpdir(), 'pinata-story-'));
  readonly release = join(this.folder, 'release');
  readonly cloud: EmulatedCloud;
  readonly edge: Edge;
  readonly #nodes: TwoNodes;
  readonly #told: Told;
  #host: StoryHost | undefined;
  /** Of the gateway's calls, which `cdk bootstrap` made: from, to. */
  readonly #bootstrapped: (readonly [number, number])[] = [];
  /** All that was printed by deploy and destroy. */
  printed = '';

  private constructor(cloud: EmulatedCloud, edge: Edge, nodes: TwoNodes, told: Told) {
    this.cloud = cloud;
    this.edge = edge;
    this.#nodes = nodes;
    this.#told = told;
  }

  /** `where`: what stands in the place of the host. */
  static async start(where: 'machine' | 'program', told: Told): Promise<Story> {
    const program = bundle(root);
    const [cloud, nodes] = await Promise.all([startCloud(region), TwoNodes.start()]);
    const story = new Story(cloud, await Edge.start(cloud.edgePort), nodes, told);
    try {
      story.#makeRelease((await program).bytes);
      story.#host = where === 'machine' ? await VpsHost.start(story.edge, root) : new LocalHost(story.#inside('host'));
      told.say(`The host is ${story.#host.words}.`);
      return story;
    } catch (error) {
      await story[Symbol.asyncDispose]();
      throw error;
    }
  }

  get host(): StoryHost {
    if (this.#host === undefined) throw new Error('there is no place for a host yet');
    return this.#host;
  }

  get deployment(): Deployment {
    const found = readDeployment(join(this.folder, 'story'));
    if (found === undefined) throw new Error('there is no deployment yet');
    return found;
  }

  readonly #inside = (name: string): string => join(this.folder, name);

  readonly clients = (where: string): Clients => {
    const { endpoint, credentials } = this.cloud.client;
    return clientsOf(where, { endpoint, credentials });
  };

  /** Its exit status. May be run again. */
  deploy(...more: readonly string[]): Promise<number> {
    const sources = this.#nodes.urls.flatMap((url) => ['--chain', url]);
    const words = [
      '--name',
      'story',
      '--network',
      'regtest',
      '--refund-height',
      `${refundHeight}`,
      ...(this.host.deployWords.length === 0 ? ['--region', region] : []),
    ];
    const where = ['--folder', this.folder, '--release', this.release, ...this.host.deployWords];
    const argv = [...where, ...words, ...sources, '--yes', ...more];
    return deployCommand(argv, this.#around());
  }

  async fund(): Promise<void> {
    await this.#nodes.a.send(this.#address, bait);
    await this.mine(1);
  }

  mine(blocks: number): Promise<unknown> {
    return this.#nodes.a.mine(blocks);
  }

  /** The page, once the poller says this of the chain: called as its schedule does. */
  async shows(verdict: string): Promise<void> {
    await this.#polled(`the page never said ${verdict}`, (text) => {
      const document = v.safeParse(statusSchema, JSON.parse(text));
      return document.success && document.output.chain.value.verdict === verdict;
    });
    await this.#told.look(verdict, this.pageUrl);
  }

  /** As `deploy` printed it. */
  get pageUrl(): string {
    return `${this.deployment.status?.url ?? ''}/`;
  }

  /** Of the page, as anybody is served it. */
  page(path: string): Promise<Served> {
    return this.edge.get(new URL(path, this.pageUrl).href);
  }

  bridge(): Promise<Ran> {
    const { address, ports } = this.#reached;
    const words = ['--server-port', `${ports.server}`, '--reverse-port', `${ports.reverse}`];
    return verb('bridge', address, ...words, '--http-port', `${ports.http}`);
  }

  /** What the host gives to whoever has its test credentials; then all of the coins, to the winner. */
  async breakInAndClaim(): Promise<Ran> {
    const { address, ports } = this.#reached;
    const credentials = this.#inside('credentials');
    mkdirSync(credentials);
    this.host.credentials(credentials);
    const payload = this.#inside('payload');
    writeFileSync(payload, await Scene.payload(ports.server, credentials, address), { mode: 0o600 });
    const claimed = await verb('claim', payload, '--to', winner, '--chain', this.#nodes.urls[0], '--broadcast');
    await this.mine(6);
    return claimed;
  }

  destroy(): Promise<number> {
    const sources = this.#nodes.urls.flatMap((url) => ['--chain', url]);
    const { terminal, environment } = this.#around();
    const world: typeof teardownWorld = (options) => {
      const real = teardownWorld({ ...options, clients: this.clients });
      return { ...real, removeHost: (deployment, tell) => this.host.remove(deployment, real.removeHost, tell) };
    };
    const argv = ['--folder', this.folder, '--name', 'story', ...sources, '--yes'];
    return destroyCommand(argv, { terminal, environment, world });
  }

  /** Of the credentials of whoever deploys, which cloud's services and roles have not; without those of `cdk bootstrap`. */
  get ownCalls(): readonly Call[] {
    const { accessKeyId } = this.cloud.client.credentials;
    return this.cloud.gateway.calls.filter(
      ({ caller }, at) => caller === accessKeyId && !this.#bootstrapped.some(([from, to]) => from <= at && at < to),
    );
  }

  get #reached() {
    const { address, ports } = this.deployment.host;
    if (address === null) throw new Error('the host has no address yet');
    return { address, ports };
  }

  get #address(): string {
    return this.deployment.wallet?.address ?? '';
  }

  #around(): Surroundings {
    const write = (text: string | Uint8Array): boolean => {
      this.printed += String(text);
      for (const line of String(text).trimEnd().split('\n')) this.#told.say(line);
      return true;
    };
    const { clients } = this;
    return {
      terminal: { stdout: { write }, stderr: { write }, ask: undefined },
      environment: { ...process.env, ...this.cloud.environment, ...this.host.environment, HOME: this.folder },
      root,
      examine: (patient, release, doctor) =>
        examine(patient, release, { ...doctor, clients, endpoint: this.host.endpoint }),
      world: (options) => {
        const real = awsWorld({ ...options, clients });
        const means = { release: options.release, deployHost: real.deployHost, cloud: this.cloud.itself };
        return {
          ...real,
          bootstrap: async (deployment, tell) => {
            const begin = this.cloud.gateway.calls.length;
            await real.bootstrap(deployment, tell);
            this.#bootstrapped.push([begin, this.cloud.gateway.calls.length]);
          },
          deployHost: (deployment, tell) => this.host.deploy(deployment, means, tell),
          // Nothing but the story calls the poller, and no resolver has the names of this CloudFront.
          pageShows: ({ wallet }) =>
            this.#polled('the page does not show the wallet', (text) => text.includes(wallet?.address ?? '?')),
        };
      },
    };
  }

  /** Polls until the page's own document is as wanted. */
  async #polled(otherwise: string, isWanted: (document: string) => boolean): Promise<void> {
    for (const end = Date.now() + patience; ; await pause(1000)) {
      const last = await this.#poll();
      const { status, text } = await this.page('/status.json');
      if (status === 200 && isWanted(text)) return;
      if (Date.now() > end) throw new Refusal(`${otherwise}; the poller says ${last}, the page ${status} ${text}`);
    }
  }

  async #poll(): Promise<string> {
    const client = new LambdaClient(this.cloud.itself);
    const { FunctionError, Payload } = await client.send(
      new InvokeCommand({ FunctionName: this.deployment.status?.poller, Payload: '{}' }),
    );
    return `${FunctionError ?? ''} ${Buffer.from(Payload ?? []).toString('utf8')}`;
  }

  #makeRelease(program: Uint8Array): void {
    mkdirSync(this.release);
    const files = [
      ['btc-pinata.cdx.json', Buffer.from('{}')],
      ['btc-pinata.cjs', program],
      // No machine of this cloud boots it.
      ['btc-pinata.efi', Buffer.from('in the place of an image')],
    ] as const;
    const outputs = files.map(([name, bytes]) => {
      writeFileSync(join(this.release, name), bytes);
      return { name, bytes: bytes.length, sha256: createHash('sha256').update(bytes).digest('hex') };
    });
    const document = {
      format: releaseFormat,
      version: '0.1.0',
      commit: '0'.repeat(40),
      inputs: [],
      outputs,
      measurements: [],
    } as const;
    writeFileSync(join(this.release, 'release.json'), encodeRelease(document));
  }

  /** The key of the wallet, as the winner got it: for looking that it is nowhere else. */
  get releasedKey(): string {
    const payload = readFileSync(join(this.folder, 'payload'), 'utf8');
    return /\b[c5KL9][1-9A-HJ-NP-Za-km-z]{50,51}\b/.exec(payload)?.[0] ?? '';
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#host?.[Symbol.asyncDispose]();
    await this.edge[Symbol.asyncDispose]();
    await Promise.all([this.cloud.stop(), this.#nodes[Symbol.asyncDispose]()]);
    rmSync(this.folder, { recursive: true, force: true });
  }
}

const statusSchema = v.object({ chain: v.object({ value: v.object({ verdict: v.string() }) }) });
