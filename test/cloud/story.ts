import { createHash } from 'node:crypto';
import { mkdirSync, mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { InvokeCommand, LambdaClient } from '@aws-sdk/client-lambda';
import { GetObjectCommand, NoSuchKey } from '@aws-sdk/client-s3';
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
import { hardeningFlags } from '../../infra/hardening.ts';
import { encodeRelease, releaseFormat } from '../../service/attest/release.ts';
import { TwoNodes } from '../e2e/wallet-chain.ts';
import { type Ran, Scene, verb } from '../e2e/wallet-scene.ts';
import { anyPorts, Program } from '../host/program.ts';
import { type EmulatedCloud, startCloud } from './emulated-cloud.ts';

/*
 * The life of a deployment: deployed, funded, bridged, broken into, claimed, destroyed. The cloud is emulated, and its machines do
 * not run: the stack of the host is deployed all the same, and the program of the release answers in its place, on this machine,
 * with test credentials. All else is as it is: cdk's command line, the function that polls, CloudFront, two nodes of a chain.
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
  readonly #cloud: EmulatedCloud;
  readonly #nodes: TwoNodes;
  readonly #told: Told;
  #host: Program | undefined;
  #page: Server | undefined;
  #ports: Deployment['host']['ports'] | undefined;
  /** All that was printed by deploy and destroy. */
  printed = '';

  private constructor(cloud: EmulatedCloud, nodes: TwoNodes, told: Told) {
    this.#cloud = cloud;
    this.#nodes = nodes;
    this.#told = told;
  }

  static async start(told: Told): Promise<Story> {
    const [cloud, nodes] = await Promise.all([startCloud(region), TwoNodes.start()]);
    const story = new Story(cloud, nodes, told);
    await story.#makeRelease();
    return story;
  }

  get deployment(): Deployment {
    const found = readDeployment(join(this.folder, 'story'));
    if (found === undefined) throw new Error('there is no deployment yet');
    return found;
  }

  get cloud(): EmulatedCloud {
    return this.#cloud;
  }

  readonly clients = (where: string): Clients => {
    const { endpoint, credentials } = this.#cloud.client;
    return clientsOf(where, { endpoint, credentials });
  };

  /** Its exit status. May be run again. */
  deploy(): Promise<number> {
    const sources = this.#nodes.urls.flatMap((url) => ['--chain', url]);
    const words = ['--name', 'story', '--network', 'regtest', '--refund-height', `${refundHeight}`, '--region', region];
    const argv = ['--folder', this.folder, '--release', this.release, ...words, ...sources, '--yes'];
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
    let last = '';
    for (const end = Date.now() + patience; ; await pause(2000)) {
      last = await this.#poll();
      const { status, text } = await this.#read('/status.json');
      const document = status === 200 ? v.safeParse(statusSchema, JSON.parse(text)) : undefined;
      if (document?.success === true && document.output.chain.value.verdict === verdict) break;
      if (Date.now() > end) throw new Error(`the page never said ${verdict}; last ${last} and ${text.slice(0, 3000)}`);
    }
    await this.#told.look(verdict, await this.#served());
  }

  bridge(): Promise<Ran> {
    const { server, reverse, http } = this.ports;
    const ports = ['--server-port', `${server}`, '--reverse-port', `${reverse}`, '--http-port', `${http}`];
    return verb('bridge', '127.0.0.1', ...ports);
  }

  /** What the host gives to whoever has its test credentials; then all of the coins, to the winner. */
  async breakInAndClaim(): Promise<Ran> {
    const payload = join(this.folder, 'payload');
    writeFileSync(payload, await Scene.payload(this.ports.server, join(this.folder, 'host', 'test')), { mode: 0o600 });
    const claimed = await verb('claim', payload, '--to', winner, '--chain', this.#nodes.urls[0], '--broadcast');
    await this.mine(6);
    return claimed;
  }

  destroy(): Promise<number> {
    const sources = this.#nodes.urls.flatMap((url) => ['--chain', url]);
    const { terminal, environment } = this.#around();
    const world: typeof teardownWorld = (options) => teardownWorld({ ...options, clients: this.clients });
    const argv = ['--folder', this.folder, '--name', 'story', ...sources, '--yes'];
    return destroyCommand(argv, { terminal, environment, world });
  }

  get ports(): Deployment['host']['ports'] {
    if (this.#ports === undefined) throw new Error('the host does not run yet');
    return this.#ports;
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
      environment: { ...process.env, ...this.#cloud.environment, HOME: this.folder },
      root,
      examine: (patient, release, doctor) => examine(patient, release, { ...doctor, clients }),
      world: (options) => {
        const real = awsWorld({ ...options, clients });
        return {
          ...real,
          deployHost: async (deployment, tell) => {
            const { serverId } = await real.deployHost(deployment, tell);
            return { serverId, address: '127.0.0.1', ports: await this.#answering(deployment) };
          },
          pageShows: async ({ wallet }) => {
            let last = '';
            for (const end = Date.now() + patience; ; await pause(2000)) {
              last = await this.#poll();
              const { text } = await this.#read('/status.json');
              if (text.includes(wallet?.address ?? '?')) return;
              if (Date.now() > end) throw new Refusal(`the page does not show the wallet; the poller says ${last}`);
            }
          },
        };
      },
    };
  }

  /** In the place of the instance: the program of the release, with the configuration that the stack gives to its machine. */
  async #answering({ chosen }: Deployment): Promise<Deployment['host']['ports']> {
    if (this.#host === undefined) {
      const folder = join(this.folder, 'host');
      mkdirSync(folder);
      const vault = [
        '--wallet',
        'vault',
        '--refund-key',
        chosen.refundKey ?? '',
        '--refund-height',
        `${chosen.lockHeight}`,
      ];
      const flags = [
        '--json',
        '--network',
        chosen.network,
        ...anyPorts,
        '--test-credentials',
        join(folder, 'test'),
        ...vault,
      ];
      this.#host = new Program(flags, {
        program: [process.execPath, ...hardeningFlags, join(this.release, 'btc-pinata.cjs')],
      });
      this.#ports = v.parse(portsSchema, (await this.#host.ready()).ports);
    }
    return this.ports;
  }

  async #poll(): Promise<string> {
    const client = new LambdaClient(this.#cloud.client);
    const { FunctionError, Payload } = await client.send(
      new InvokeCommand({ FunctionName: this.deployment.status?.poller, Payload: '{}' }),
    );
    return `${FunctionError ?? ''} ${Buffer.from(Payload ?? []).toString('utf8')}`;
  }

  /** What CloudFront would hand out, from the bucket: the emulated one signs nothing that the emulated bucket would believe. */
  async #read(path: string): Promise<{ status: number; type: string; text: string; bytes: Uint8Array }> {
    try {
      const { bucket } = this.deployment.status ?? {};
      const command = new GetObjectCommand({ Bucket: bucket, Key: `public${path}` });
      const { Body, ContentType = 'text/plain' } = await this.clients(region).s3.send(command);
      const bytes = (await Body?.transformToByteArray()) ?? new Uint8Array();
      return { status: 200, type: ContentType, text: Buffer.from(bytes).toString('utf8'), bytes };
    } catch (error) {
      if (error instanceof NoSuchKey) return { status: 404, type: 'text/plain', text: '', bytes: new Uint8Array() };
      throw error;
    }
  }

  /** A URL for a browser, which has no name of CloudFront's. */
  async #served(): Promise<string> {
    if (this.#page === undefined) {
      const server = createServer((asked, answer) => {
        this.#read(asked.url === '/' ? '/index.html' : (asked.url ?? '/')).then(
          ({ status, type, bytes }) => answer.writeHead(status, { 'content-type': type }).end(bytes),
          () => answer.destroy(),
        );
      });
      await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
      this.#page = server;
    }
    const { port } = this.#page.address() as AddressInfo;
    return `http://127.0.0.1:${port}/`;
  }

  async #makeRelease(): Promise<void> {
    mkdirSync(this.release);
    const files = [
      ['btc-pinata.cdx.json', Buffer.from('{}')],
      ['btc-pinata.cjs', (await bundle(root)).bytes],
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
    this.#page?.close();
    this.#page?.closeAllConnections();
    await this.#host?.stop();
    await Promise.all([this.#cloud.stop(), this.#nodes[Symbol.asyncDispose]()]);
  }
}

const port = v.number();
const portsSchema = v.object({ http: port, https: port, server: port, dialback: port, reverse: port });
const statusSchema = v.object({ chain: v.object({ value: v.object({ verdict: v.string() }) }) });
