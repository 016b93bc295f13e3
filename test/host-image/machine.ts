import { type ChildProcess, spawn } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { willMake } from './leavings.ts';
import { attempt, type Finished, run } from './run.ts';
import { Wire } from './wire.ts';

/*
 * A server as a provider would give one, in systemd-nspawn: Debian with cloud-init, its own network, a disk that outlasts a
 * reboot, and volumes that outlast the server. For root.
 */

export interface MachineOptions {
  /** Of `rootfs`. */
  readonly system: string;
  readonly userData: string;
  /** Block devices that are attached. */
  readonly volumes?: readonly string[];
  /** The network that it is to be in, which is then the caller's to remove. */
  readonly wire?: Wire;
}

export class Machine {
  readonly wire: Wire;
  readonly #options: MachineOptions;
  /** Its disk. */
  readonly #folder: string;
  #child: ChildProcess | undefined;
  #ended: Promise<void> = Promise.resolve();

  /** Not booted yet. */
  constructor(options: MachineOptions) {
    this.#options = options;
    this.#folder = mkdtempSync(join(tmpdir(), 'pinata-machine-'));
    willMake({ kind: 'folder', path: this.#folder });
    this.wire = options.wire ?? new Wire();
    const seed = join(this.#folder, 'disk/var/lib/cloud/seed/nocloud');
    mkdirSync(seed, { recursive: true });
    writeFileSync(join(seed, 'user-data'), options.userData);
    writeFileSync(join(seed, 'meta-data'), `instance-id: ${this.wire.machine}-${Date.now()}\n`);
    for (const name of ['work', 'root']) mkdirSync(join(this.#folder, name));
  }

  /** All that it wrote to its console, of each boot. */
  get console(): string {
    const path = join(this.#folder, 'console');
    return existsSync(path) ? readFileSync(path, 'latin1') : '';
  }

  get running(): boolean {
    return this.#child !== undefined && this.#child.exitCode === null && this.#child.signalCode === null;
  }

  boot(): void {
    const { system, volumes = [] } = this.#options;
    const [disk, work, root] = ['disk', 'work', 'root'].map((name) => join(this.#folder, name));
    const group = `/sys/fs/cgroup/${this.wire.machine}`;
    // A mount and a control group namespace of its own, as systemd wants to be the one that arranges control groups.
    const steps = [
      'mount --make-rprivate /',
      'mount -t cgroup2 cgroup2 /sys/fs/cgroup',
      `mkdir -p ${group}`,
      `echo $$ >${group}/cgroup.procs`,
      `mount -t overlay overlay -o lowerdir=${system},upperdir=${disk},workdir=${work} ${root}`,
      `exec systemd-nspawn --quiet --boot --directory=${root} --register=no --keep-unit --machine=pinata ` +
        `--network-namespace-path=/run/netns/${this.wire.machine} --console=interactive --capability=CAP_NET_ADMIN --resolv-conf=off --timezone=off ` +
        volumes.map((path) => `--bind=${path} `).join(''),
    ];
    const command = `unshare --mount --cgroup --pid --fork --kill-child --mount-proc sh -ec '${steps.join('\n')}'`;
    // `script` gives it the terminal that it wants for a console. Whoever ends takes the rest along: this process `script`, that
    // the terminal, and with its process 1 the whole namespace.
    const child = spawn(
      'setpriv',
      [
        ...['--pdeathsig', 'KILL', 'script', '--quiet', '--flush', '--append', '--command', command],
        join(this.#folder, 'console'),
      ],
      { stdio: ['pipe', 'ignore', 'ignore'], detached: true },
    );
    this.#child = child;
    this.#ended = new Promise((resolve) => {
      child.once('exit', () => resolve());
      child.once('error', () => resolve());
    });
  }

  /** In the machine, as root: all of its namespaces. */
  attempt(program: string, ...words: readonly string[]): Finished {
    return attempt('nsenter', this.#inside(program, words));
  }

  /** What it printed; throws where it failed. */
  run(program: string, ...words: readonly string[]): string {
    return run('nsenter', ...this.#inside(program, words));
  }

  /** The same with `input` on its standard input. */
  feed(input: string, program: string, ...words: readonly string[]): string {
    const { status, stdout, stderr } = attempt('nsenter', this.#inside(program, words), input);
    if (status !== 0) throw new Error(`${program} ended with ${status}: ${stderr}`);
    return stdout;
  }

  /** Writes a file. */
  give(path: string, content: Uint8Array): void {
    this.feed(Buffer.from(content).toString('base64'), 'sh', '-c', `base64 --decode >'${path}'`);
  }

  get userData(): string {
    return this.#options.userData;
  }

  /** Until `text` is on the console; throws, with its end, where it never comes. */
  async said(text: string | RegExp, seconds = 600): Promise<void> {
    await this.until(`says ${String(text)}`, seconds, () => this.console.search(text) !== -1);
  }

  async until(what: string, seconds: number, holds: () => boolean | Promise<boolean>): Promise<void> {
    const end = Date.now() + seconds * 1000;
    while (!(await holds())) {
      if (!this.running) throw new Error(`the machine ended before it ${what}:\n${this.console.slice(-4000)}`);
      if (Date.now() > end) throw new Error(`the machine never ${what}:\n${this.console.slice(-4000)}`);
      await sleep(200);
    }
  }

  /** As by the button: everything stops in order. */
  async powerOff(): Promise<void> {
    if (!this.running) return;
    this.attempt('systemctl', 'poweroff', '--no-block');
    const gone = await Promise.race([this.#ended.then(() => true), sleep(180_000, false, { ref: false })]);
    if (gone !== true) this.#kill();
    await this.#ended;
  }

  async reboot(): Promise<void> {
    await this.powerOff();
    this.boot();
  }

  /** As a provider destroys a server: its disk is gone, its volumes are not. */
  async destroy(): Promise<void> {
    await this.powerOff();
    if (this.#options.wire === undefined) this.wire.remove();
    rmSync(this.#folder, { recursive: true, force: true });
  }

  #inside(program: string, words: readonly string[]): readonly string[] {
    return ['--target', this.#leader(), '--all', '--', program, ...words];
  }

  /** Process 1 of the machine, as it is numbered here. Throws while there is none. */
  #leader(): string {
    let pid = String(this.#child?.pid ?? 0);
    for (let depth = 0; depth < 6; depth += 1) {
      const [first] = childrenOf(pid);
      if (first === undefined) break;
      pid = first;
      if (nameOf(pid) === 'systemd') return pid;
    }
    throw new Error(`the machine has no process 1:\n${this.console.slice(-2000)}`);
  }

  #kill(): void {
    try {
      process.kill(Number(this.#leader()), 'SIGKILL');
    } catch {
      this.#child?.kill('SIGKILL');
    }
  }
}

const read = (path: string): string => {
  try {
    return readFileSync(path, 'latin1').trim();
  } catch {
    return '';
  }
};
const childrenOf = (pid: string): readonly string[] =>
  read(`/proc/${pid}/task/${pid}/children`).split(' ').filter(Boolean);
const nameOf = (pid: string): string => read(`/proc/${pid}/comm`);
