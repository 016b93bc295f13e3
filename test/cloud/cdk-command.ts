import { spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import * as v from 'valibot';
import type { StackConfig } from '../../infra/stacks/config.ts';

/* CDK's own command line, with the app of this repository, and a folder of its own for what it writes. */

const root = resolve(import.meta.dirname, '../..');

/** In the place of the poller: a template has its hash, which would change with each line of the real one. */
export const placeholderPoller = join(root, 'test/cdk/poller');

export interface CdkEnd {
  readonly status: number | null;
  readonly output: string;
}

export class CdkCommand implements Disposable {
  readonly folder = mkdtempSync(join(tmpdir(), 'pinata-cdk-'));
  readonly #environment: Readonly<Record<string, string>>;

  /** Without an environment it finds no cloud at all. */
  constructor(environment: Readonly<Record<string, string>> = {}) {
    this.#environment = environment;
  }

  /** Of the synthesised templates. */
  get assembly(): string {
    return join(this.folder, 'out');
  }

  run(words: readonly string[], config: StackConfig, poller: string): Promise<CdkEnd> {
    const file = join(this.folder, 'config.json');
    writeFileSync(file, JSON.stringify(config));
    const context = ['--context', `config=${file}`, '--context', `poller=${poller}`];
    return this.#runs([...words, ...context, '--output', this.assembly], root);
  }

  /** Outside of the repository there is no app to synthesise first. */
  bootstrap(account: string, region: string): Promise<CdkEnd> {
    return this.#runs(['bootstrap', `aws://${account}/${region}`, '--no-notices'], this.folder);
  }

  /** The outputs of each stack, which is deployed by whatever it takes. */
  async deploy(stacks: readonly string[], config: StackConfig, poller: string) {
    const file = join(this.folder, 'outputs.json');
    const words = ['deploy', ...stacks, '--exclusively', '--require-approval', 'never', '--outputs-file', file];
    const { status, output } = await this.run(words, config, poller);
    if (status !== 0) throw new Error(`cdk deploy ${stacks.join(' ')} ended with ${status}:\n${output}`);
    const outputs = v.record(v.string(), v.record(v.string(), v.string()));
    return v.parse(outputs, JSON.parse(readFileSync(file, 'utf8')));
  }

  #runs(words: readonly string[], cwd: string): Promise<CdkEnd> {
    const cdk = join(root, 'node_modules/aws-cdk/bin/cdk');
    const env = {
      ...process.env,
      AWS_ACCESS_KEY_ID: 'nobody',
      AWS_SECRET_ACCESS_KEY: 'nothing',
      AWS_CONFIG_FILE: '/dev/null',
      AWS_SHARED_CREDENTIALS_FILE: '/dev/null',
      AWS_EC2_METADATA_DISABLED: 'true',
      ...this.#environment,
      HOME: this.folder,
      // The app is started by a shell, as `node`.
      PATH: `${dirname(process.execPath)}:${process.env['PATH'] ?? ''}`,
    };
    return new Promise((end, fail) => {
      const child = spawn(process.execPath, [cdk, ...words, '--ci', '--no-color', '--progress', 'events'], {
        cwd,
        env,
      });
      let output = '';
      for (const stream of [child.stdout, child.stderr]) {
        stream.setEncoding('utf8').on('data', (text: string) => {
          output += text;
        });
      }
      child.on('error', fail).on('close', (status) => end({ status, output }));
    });
  }

  [Symbol.dispose](): void {
    rmSync(this.folder, { recursive: true, force: true });
  }
}
