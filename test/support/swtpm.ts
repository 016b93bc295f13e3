import { execFile, spawn } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { connect, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { promisify } from 'node:util';
import type { TpmTransport } from '../../service/host/tpm-transport.ts';
import { decodePem } from '../../service/x509/index.ts';

/*
 * A TPM 2.0 in software (swtpm, libtpms), each with a state of its own: a TPM that was killed a few times is in lockout, and
 * a test is not to find another's. Its endorsement key has a certificate of an authority made in its folder.
 */

const run = promisify(execFile);

export class SoftwareTpm {
  readonly folder: string;
  #running: Running | undefined;

  private constructor(folder: string) {
    this.folder = folder;
  }

  /** Made as a maker of TPMs does it: an endorsement key, its certificate, banks of SHA-256 and SHA-384. */
  static async manufacture(): Promise<SoftwareTpm> {
    // The path of a Unix socket has 107 bytes at most: the folder is in the shortest place there is.
    const folder = mkdtempSync(join(tmpdir(), 'swtpm-'));
    const state = join(folder, 'state');
    const authority = join(folder, 'authority');
    for (const path of [state, authority]) mkdirSync(path);
    const localca = {
      statedir: authority,
      signingkey: join(authority, 'signkey.pem'),
      issuercert: join(authority, 'issuercert.pem'),
      certserial: join(authority, 'certserial'),
    };
    const setup = {
      create_certs_tool: 'swtpm_localca',
      create_certs_tool_config: join(folder, 'localca.conf'),
      create_certs_tool_options: join(folder, 'localca.options'),
    };
    writeFileSync(setup.create_certs_tool_config, settings(localca));
    writeFileSync(
      setup.create_certs_tool_options,
      '--platform-manufacturer test\n--platform-version 1\n--platform-model test\n',
    );
    writeFileSync(join(folder, 'setup.conf'), settings({ ...setup, create_certs_tool: await pathOf('swtpm_localca') }));
    await run('swtpm_setup', [
      ...['--tpm2', '--create-ek-cert', '--tpmstate', state, '--config', join(folder, 'setup.conf')],
      ...['--pcr-banks', 'sha256,sha384', '--logfile', join(folder, 'setup.log')],
    ]);
    return new SoftwareTpm(folder);
  }

  /** Another machine with this one's state as it is now, switched off: what a copy of a virtual machine's disk is. */
  copy(): SoftwareTpm {
    if (this.#running !== undefined) throw new Error('this TPM is on: its state is not all in its files');
    const folder = mkdtempSync(join(tmpdir(), 'swtpm-'));
    cpSync(this.folder, folder, { recursive: true });
    return new SoftwareTpm(folder);
  }

  /** DER of the root of its authority, and of the one between it and the certificate of the endorsement key. */
  get authority(): { readonly root: Uint8Array; readonly issuer: Uint8Array } {
    return {
      root: certificate(join(this.folder, 'authority', 'swtpm-localca-rootca-cert.pem')),
      issuer: certificate(join(this.folder, 'authority', 'issuercert.pem')),
    };
  }

  /** Switches it on and sends TPM2_Startup(CLEAR): a boot. It ends with the connection, so with a test that is killed. */
  async powerOn(): Promise<TpmTransport> {
    if (this.#running !== undefined) throw new Error('this TPM is on already');
    const socket = join(this.folder, 'tpm');
    rmSync(socket, { force: true });
    const process = spawn(
      'swtpm',
      [
        ...['socket', '--tpm2', '--tpmstate', `dir=${join(this.folder, 'state')}`],
        ...['--server', `type=unixio,path=${socket}`, '--flags', 'not-need-init,startup-clear', '--terminate'],
      ],
      { stdio: ['ignore', 'ignore', 'pipe'] },
    );
    let errors = '';
    process.stderr.on('data', (chunk: Buffer) => {
      errors += chunk.toString();
    });
    const ended = new Promise<void>((resolve) => {
      process.once('exit', () => resolve());
      process.once('error', () => resolve());
    });
    this.#running = { stop: () => process.kill('SIGKILL'), ended };
    return connectTpm(socket, () => (process.exitCode === null ? undefined : errors));
  }

  /** Switches it off: what was not meant to last is gone. The transport is of no more use. */
  async powerOff(): Promise<void> {
    this.#running?.stop();
    await this.#running?.ended;
    this.#running = undefined;
  }

  async scrap(): Promise<void> {
    await this.powerOff();
    rmSync(this.folder, { recursive: true, force: true });
  }
}

interface Running {
  readonly stop: () => void;
  readonly ended: Promise<void>;
}

const settings = (values: Readonly<Record<string, string>>): string =>
  Object.entries(values)
    .map(([key, value]) => `${key} = ${value}\n`)
    .join('');

const pathOf = async (program: string): Promise<string> => (await run('which', [program])).stdout.trim();

function certificate(path: string): Uint8Array {
  const [der] = decodePem(readFileSync(path, 'utf8')) ?? [];
  if (der === undefined) throw new Error(`${path} holds no certificate`);
  return der;
}

/** To a swtpm that listens at a Unix socket, or will in a moment; `failed` says why it never will. */
export const connectTpm = async (path: string, failed: () => string | undefined): Promise<TpmTransport> =>
  transport(await connected(path, failed));

/** Once it listens; `failed` says why it never will. */
async function connected(path: string, failed: () => string | undefined): Promise<Socket> {
  for (let tries = 0; ; tries++) {
    const socket = connect({ path });
    const problem = await new Promise<Error | undefined>((resolve) => {
      socket.once('connect', () => resolve(undefined));
      socket.once('error', resolve);
    });
    if (problem === undefined) return socket;
    const words = failed();
    if (words !== undefined || tries === 600) throw new Error(`swtpm does not answer: ${words ?? problem.message}`);
    await delay(50);
  }
}

/** The bytes of commands and responses behind each other: a response is whole when its responseSize is there. */
function transport(socket: Socket): TpmTransport {
  let received = Buffer.alloc(0);
  let waiting:
    | { readonly resolve: (response: Uint8Array) => void; readonly reject: (error: Error) => void }
    | undefined;
  const fail = () => {
    waiting?.reject(new Error('the TPM was switched off'));
    waiting = undefined;
  };
  socket.on('error', fail);
  socket.on('close', fail);
  socket.on('data', (chunk: Buffer) => {
    received = Buffer.concat([received, chunk]);
    if (received.length < 6 || received.length < received.readUInt32BE(2)) return;
    waiting?.resolve(Uint8Array.from(received));
    received = Buffer.alloc(0);
    waiting = undefined;
  });
  return {
    transmit: (command) =>
      new Promise((resolve, reject) => {
        waiting = { resolve, reject };
        if (socket.destroyed) fail();
        else socket.write(command);
      }),
    close: async () => {
      socket.destroy();
    },
  };
}
