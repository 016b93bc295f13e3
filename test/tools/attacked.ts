import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { afterAll, beforeAll } from 'vitest';
import type { AttackedPort } from '../../service/tools/attack.ts';
import { attackUsage } from '../../service/tools/attack-options.ts';
import type { Target } from '../../service/tools/attack-run.ts';
import { freePort } from '../support/free-port.ts';
import { LivePinata } from '../support/live-pinata.ts';

/* A live piñata that `btc-pinata attack` is let loose on, with test credentials, and a port of ours that it calls back to. */

const launcher = resolve(import.meta.dirname, '../../infra/btc-pinata.mjs');

export interface Ran {
  readonly status: number;
  readonly out: string;
  readonly err: string;
}

export class Attacked {
  #pinata: LivePinata | undefined;
  #folder = '';
  #calledPort = 0;

  static forThisFile(): Attacked {
    const attacked = new Attacked();
    beforeAll(() => attacked.#open());
    afterAll(() => attacked.#close());
    return attacked;
  }

  get pinata(): LivePinata {
    if (this.#pinata === undefined) throw new Error('the piñata was not started');
    return this.#pinata;
  }

  /** For whatever a test writes, until the file is done. */
  get folder(): string {
    return this.#folder;
  }

  get credentials(): string {
    return join(this.#folder, 'test');
  }

  target(port: AttackedPort): Target {
    const { ports } = this.pinata.ready;
    return {
      host: '127.0.0.1',
      port,
      ports,
      calledPort: this.#calledPort,
      site: new URL(`http://127.0.0.1:${ports.http}/`),
      credentials: this.credentials,
      counted: false,
    };
  }

  /** The command as it is typed, with each port that it can be told. */
  command(...words: readonly string[]): Promise<Ran> {
    const doors: Readonly<Record<string, number>> = {
      ...this.pinata.ready.ports,
      'dialback-target': this.#calledPort,
    };
    const flags = [...attackUsage.matchAll(/^ {2}(--([a-z-]+)-port) N/gm)];
    const ports = flags.flatMap(([, flag = '', door = '']) => [flag, `${doors[door]}`]);
    return attackCommand(...words, ...ports);
  }

  /** What was counted, but for those who read the page: to ask is to be one. */
  async counted(): Promise<Readonly<Record<string, number>>> {
    const { byCategory } = (await this.pinata.status()).connections;
    return Object.fromEntries(Object.entries(byCategory).filter(([key, n]) => n > 0 && key !== 'website.page'));
  }

  async #open(): Promise<void> {
    this.#folder = mkdtempSync(join(tmpdir(), 'attack-'));
    this.#calledPort = await freePort();
    const calls = ['--dialback-target-port', `${this.#calledPort}`, '--dialbacks-per-minute', '1000'];
    this.#pinata = await LivePinata.start(['--test-credentials', this.credentials, ...calls], false);
  }

  async #close(): Promise<void> {
    await this.#pinata?.stop();
    rmSync(this.#folder, { recursive: true });
  }
}

/** `btc-pinata attack` with these words, and what came of it. */
export function attackCommand(...words: readonly string[]): Promise<Ran> {
  return new Promise((done) => {
    execFile(
      process.execPath,
      [launcher, 'attack', ...words],
      { encoding: 'utf8', maxBuffer: 16 << 20, env: { ...process.env, COLUMNS: '90', LC_ALL: 'C.UTF-8' } },
      (error, out, err) =>
        done({ status: typeof error?.code === 'number' ? error.code : error === null ? 0 : -1, out, err }),
    );
  });
}
