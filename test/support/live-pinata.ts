import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { get } from 'node:http';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import type { StatusDocument } from '../../service/site/documents.ts';
import { type Identity, signerOf } from './rogue/identity.ts';

/* The whole program as a process of its own, started as anybody starts it, on free ports of the loopback. */

const launcher = resolve(import.meta.dirname, '../../infra/btc-pinata.mjs');

export interface Ready {
  readonly ports: Readonly<Record<'http' | 'https' | 'server' | 'dialback' | 'reverse', number>>;
  readonly address: string;
  readonly network: string;
}

export class LivePinata {
  readonly ready: Ready;
  readonly #process: ChildProcess;
  readonly #folder: string;
  readonly #output: string[];

  private constructor(ready: Ready, process: ChildProcess, folder: string, output: string[]) {
    this.ready = ready;
    this.#process = process;
    this.#folder = folder;
    this.#output = output;
  }

  /** With test credentials, unless told otherwise. `flags` come last. */
  static async start(flags: readonly string[] = [], credentials = true): Promise<LivePinata> {
    const folder = mkdtempSync(join(tmpdir(), 'pinata-'));
    const ports = ['http', 'https', 'server', 'dialback', 'reverse'].flatMap((name) => [`--${name}-port`, '0']);
    const test = credentials ? ['--test-credentials', join(folder, 'test')] : [];
    const child = spawn(process.execPath, [launcher, 'run', '--json', ...ports, ...test, ...flags], {
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    const output: string[] = [];
    child.stderr.setEncoding('utf8').on('data', (text: string) => output.push(text));
    let out = '';
    child.stdout.setEncoding('utf8').on('data', (text: string) => {
      out += text;
      output.push(text);
    });
    const ended = once(child, 'close').then(() => 'ended' as const);
    while (!out.includes('\n')) {
      if ((await Promise.race([once(child.stdout, 'data'), ended])) === 'ended') {
        rmSync(folder, { recursive: true });
        throw new Error(`the piñata ended before it was ready:\n${output.join('')}`);
      }
    }
    return new LivePinata(JSON.parse(out.slice(0, out.indexOf('\n'))), child, folder, output);
  }

  /** All that it has printed. */
  get output(): string {
    return this.#output.join('');
  }

  get pid(): number | undefined {
    return this.#process.pid;
  }

  /** The client that `--test-credentials` lets in. */
  get testClient(): Identity {
    const read = (name: string): string => readFileSync(join(this.#folder, 'test', name), 'utf8');
    return { chain: pemCertificates(read('client.pem')).slice(0, 1), signer: signerOf(read('client-key.pem')) };
  }

  async text(path: string): Promise<string> {
    return new Promise((resolveText, reject) => {
      const request = get({ port: this.ready.ports.http, path, agent: false }, (response) => {
        let text = '';
        response.setEncoding('utf8');
        response.on('data', (part: string) => (text += part));
        response.on('end', () => resolveText(text));
      });
      request.on('error', reject);
    });
  }

  async status(): Promise<StatusDocument> {
    return JSON.parse(await this.text('/status.json'));
  }

  /** The published certificates of the present generation, by owner and role: `bounty: client`. */
  async certificates(): Promise<ReadonlyMap<string, Uint8Array>> {
    const text = await this.text('/certificates.pem');
    const blocks = text.matchAll(/# Generation 1, (.*?), SHA-256 .*\n(-----BEGIN[^#]*-----END CERTIFICATE-----)/g);
    return new Map([...blocks].flatMap(([, title = '', pem = '']) => pemCertificates(pem).map((der) => [title, der])));
  }

  async stop(): Promise<void> {
    if (this.#process.exitCode === null && this.#process.signalCode === null) {
      const ended = once(this.#process, 'close');
      this.#process.kill('SIGTERM');
      await ended;
    }
    rmSync(this.#folder, { recursive: true, force: true });
  }
}

export const pemCertificates = (text: string): readonly Uint8Array[] =>
  [...text.matchAll(/-----BEGIN CERTIFICATE-----([\s\S]*?)-----END CERTIFICATE-----/g)].map(
    ([, body = '']) => new Uint8Array(Buffer.from(body, 'base64')),
  );
