import { type ChildProcessByStdio, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, readFileSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import type { Readable } from 'node:stream';
import { text } from 'node:stream/consumers';
import * as v from 'valibot';
import { finished } from '../../infra/build/finished.ts';

/* Somebody with npm and a folder, and without a checkout. */

export interface Said {
  readonly status: number | null;
  readonly out: string;
  readonly err: string;
}

type Running = ChildProcessByStdio<null, Readable, Readable>;

const lockSchema = v.object({
  packages: v.record(v.string(), v.object({ version: v.optional(v.string()) })),
});

export class Stranger {
  readonly folder: string;

  constructor(folder: string) {
    mkdirSync(folder, { recursive: true });
    this.folder = folder;
  }

  /** Where npm has put the package. */
  get home(): string {
    return join(this.folder, 'node_modules', 'btc-pinata');
  }

  file(path: string): string {
    return join(this.home, path);
  }

  async installs(name: string, registry: string): Promise<void> {
    const argv = ['install', name, `--registry=${registry}`, '--no-audit', '--no-fund', '--prefer-offline'];
    await finished('npm', argv, { cwd: this.folder, env: this.#environment({}) });
  }

  npx(...words: readonly string[]): Promise<Said> {
    return this.npxWith({}, ...words);
  }

  async npxWith(variables: NodeJS.ProcessEnv, ...words: readonly string[]): Promise<Said> {
    const child = this.#spawns('npx', ['--no-install', '--offline', 'btc-pinata', ...words], variables);
    const [out, err] = await Promise.all([text(child.stdout), text(child.stderr), once(child, 'close')]);
    return { status: child.exitCode, out, err };
  }

  /** Without npx, which passes no signal on that is sent to it alone. */
  starts(...words: readonly string[]): Running {
    return this.#spawns(join(this.folder, 'node_modules', '.bin', 'btc-pinata'), words, {});
  }

  #spawns(program: string, words: readonly string[], variables: NodeJS.ProcessEnv): Running {
    return spawn(program, words, {
      cwd: this.folder,
      env: this.#environment(variables),
      stdio: ['ignore', 'pipe', 'pipe'],
    });
  }

  /** Path -> version, of a lock or a shrinkwrap. */
  static lock(file: string): ReadonlyMap<string, string | undefined> {
    const { packages } = v.parse(lockSchema, JSON.parse(readFileSync(file, 'utf8')));
    return new Map(Object.entries(packages).flatMap(([path, { version }]) => (path === '' ? [] : [[path, version]])));
  }

  /** Of all that npm has installed, wherever it has put it: name and version. */
  installed(): readonly string[] {
    const found = Stranger.lock(join(this.folder, 'package-lock.json'));
    return [...found].map(([path, version]) => `${nameOf(path)}@${version}`);
  }

  /** Without what npm and vitest have said to the test, and without the Node of the checkout. */
  #environment(variables: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
    const own = Object.entries(process.env).filter(([name]) => !/^(?:npm_|VITEST|NODE_|CI$|INIT_CWD)/.test(name));
    const path = (process.env['PATH'] ?? '').split(delimiter).filter((folder) => !folder.includes('node_modules'));
    return { ...Object.fromEntries(own), PATH: path.join(delimiter), ...variables };
  }
}

/** `node_modules/a/node_modules/@of/b` is `@of/b`. */
export const nameOf = (path: string): string => path.slice(path.lastIndexOf('node_modules/') + 'node_modules/'.length);

/** What the package.json says that is in an archive of npm. */
export async function manifestIn(archive: string): Promise<{ readonly name: string; readonly version: string }> {
  const said = await finished('tar', ['-xOzf', archive, 'package/package.json'], { cwd: '/', env: process.env });
  return v.parse(v.looseObject({ name: v.string(), version: v.string() }), JSON.parse(said));
}
