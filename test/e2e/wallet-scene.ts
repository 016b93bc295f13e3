import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { connect } from 'node:tls';
import { anyPorts, Program } from '../host/program.ts';
import { PeerProcess } from '../support/peer-process.ts';

/* What the tests of a wallet's whole life have in common: a service, somebody who breaks in, and the verbs as processes. */

const launcher = resolve(import.meta.dirname, '../../infra/btc-pinata.mjs');

export interface Ran {
  readonly status: number | string;
  readonly output: string;
}

/** `btc-pinata VERB ...`, to its end. */
export async function verb(...words: readonly string[]): Promise<Ran> {
  const peer = new PeerProcess(process.execPath, [launcher, ...words]);
  peer.endInput();
  return { status: await peer.exited(), output: peer.output };
}

/** One that says a line of JSON, and for people what it likes beside it. */
export async function verbJson(...words: readonly string[]): Promise<Readonly<Record<string, unknown>>> {
  const { status, output } = await verb(...words, '--json');
  if (status !== 0 && status !== 3) throw new Error(`btc-pinata ${words.join(' ')}\nended with ${status}:\n${output}`);
  return JSON.parse(output.split('\n').find((line) => line.startsWith('{')) ?? output);
}

export const newFolder = (): string => mkdtempSync(join(tmpdir(), 'pinata-wallet-'));

/** A service whose bait everybody can open who has the test credentials. */
export class Scene implements AsyncDisposable {
  readonly folder: string;
  readonly #program: Program;
  #ports: Readonly<Record<string, number>> = {};
  #address = '';

  private constructor(folder: string, flags: readonly string[]) {
    this.folder = folder;
    this.#program = new Program(['--json', ...anyPorts, '--test-credentials', join(folder, 'test'), ...flags]);
  }

  static async start(flags: readonly string[] = [], folder = newFolder()): Promise<Scene> {
    const scene = new Scene(folder, flags);
    try {
      const { ports, address } = await scene.#program.ready();
      scene.#ports = ports;
      scene.#address = String(address);
    } catch (error) {
      await scene[Symbol.asyncDispose]();
      throw error;
    }
    return scene;
  }

  /** With a vault that pays back, from `height` on, to a key in `refundKey`. */
  static async startVault(height: number, flags: readonly string[] = []): Promise<Scene> {
    const folder = newFolder();
    const { publicKey } = await verbJson('refund-key', 'new', join(folder, 'refund.key'), '--network', 'regtest');
    const vault = ['--wallet', 'vault', '--refund-key', String(publicKey), '--refund-height', String(height)];
    return Scene.start([...vault, ...flags], folder);
  }

  get refundKey(): string {
    return join(this.folder, 'refund.key');
  }

  /** The one that it prints. */
  get address(): string {
    return this.#address;
  }

  /** Of a path of its website. */
  async page(path: string): Promise<string> {
    return (await fetch(`http://127.0.0.1:${this.#ports['http']}${path}`)).text();
  }

  /** A file with what it releases to a real TLS client that has the test credentials. */
  async breakIn(): Promise<string> {
    return this.file('payload', await Scene.payload(this.#ports['server'] ?? 0, join(this.folder, 'test')));
  }

  /** What the port that plays the server gives to who has the credentials in `folder`. */
  static payload(port: number, folder: string, host = '127.0.0.1'): Promise<Buffer> {
    const read = (name: string): Buffer => readFileSync(join(folder, name));
    return new Promise<Buffer>((done, fail) => {
      const chunks: Buffer[] = [];
      const socket = connect({
        port,
        host,
        servername: 'server.btc-pinata.invalid',
        ca: read('authority.pem'),
        cert: read('client.pem'),
        key: read('client-key.pem'),
        ALPNProtocols: ['pinata/1'],
      });
      socket.on('data', (chunk) => chunks.push(chunk));
      socket.on('end', () => done(Buffer.concat(chunks)));
      socket.on('error', fail);
    });
  }

  /** A new file of this scene, for its owner alone. */
  file(name: string, contents: string | Uint8Array): string {
    const path = join(this.folder, name);
    writeFileSync(path, contents, { mode: 0o600 });
    return path;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#program.stop();
    rmSync(this.folder, { recursive: true });
  }
}
