import { type ChildProcess, execFile } from 'node:child_process';
import { existsSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { promisify } from 'node:util';
import type { TpmTransport } from '../../service/host/tpm-transport.ts';
import { connectTpm, SoftwareTpm } from '../support/swtpm.ts';
import { endsWithUs } from './ends-with-us.ts';

/** A TPM for machines of qemu: one state for several boots, switched on anew for each. */
export class GuestTpm {
  readonly #tpm: SoftwareTpm;
  #process: ChildProcess | undefined;
  #ended: Promise<void> = Promise.resolve();

  private constructor(tpm: SoftwareTpm) {
    this.#tpm = tpm;
  }

  static async manufacture(): Promise<GuestTpm> {
    return new GuestTpm(await SoftwareTpm.manufacture());
  }

  get authority() {
    return this.#tpm.authority;
  }

  /** For `MachineOptions.tpm`. */
  async powerOn(): Promise<string> {
    await this.powerOff();
    // What `takeOver` wrote: with it, the machine would find the registers of its last run.
    rmSync(join(this.#tpm.folder, 'state', 'tpm2-00.volatilestate'), { force: true });
    const control = join(this.#tpm.folder, 'control');
    await this.#start(['--ctrl', `type=unixio,path=${control}`], control);
    return control;
  }

  /**
   * Speaks to it in the place of the machine, which must have lost its power, and must not have been shut down, before: what
   * is in its memory goes to a file, and another swtpm takes that up where this one was. (One alone cannot serve qemu, which
   * hands it a socket, and listen at another.)
   */
  async takeOver(): Promise<TpmTransport> {
    const { folder } = this.#tpm;
    await promisify(execFile)('swtpm_ioctl', ['--unix', join(folder, 'control'), '-v']);
    await this.powerOff();
    const server = join(folder, 'tpm');
    await this.#start(['--server', `type=unixio,path=${server}`, '--flags', 'not-need-init'], server);
    return connectTpm(server, () => (this.#process?.exitCode === null ? undefined : 'it ended'));
  }

  async #start(words: readonly string[], socket: string): Promise<void> {
    rmSync(socket, { force: true });
    const state = ['socket', '--tpm2', '--tpmstate', `dir=${join(this.#tpm.folder, 'state')}`];
    const started = endsWithUs('swtpm', [...state, ...words], { stdio: 'ignore' });
    this.#process = started;
    this.#ended = new Promise((resolve) => started.once('exit', () => resolve()));
    while (!existsSync(socket)) {
      if (started.exitCode !== null) throw new Error('swtpm does not start');
      await delay(20);
    }
  }

  async powerOff(): Promise<void> {
    this.#process?.kill('SIGKILL');
    await this.#ended;
  }

  async scrap(): Promise<void> {
    await this.powerOff();
    await this.#tpm.scrap();
  }
}
