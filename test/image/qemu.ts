import type { ChildProcess } from 'node:child_process';
import { copyFileSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { endsWithUs } from './ends-with-us.ts';

/*
 * A machine for an image: qemu, in software alone (TCG), with nothing that the image does not need. Its network is qemu's
 * own: the ports of the bounty are forwarded from ports of loopback that the system chooses, DHCP and the metadata of EC2
 * answer inside, and there is no way out.
 */

export type Firmware =
  /** OVMF starts \EFI\BOOT\BOOTX64.EFI of a disk, measuring into the TPM if there is one. */
  | { readonly type: 'uefi'; readonly disk: Uint8Array }
  /** The same of a disk that qemu makes of files, by their paths: for who puts something beside the image. */
  | { readonly type: 'uefi'; readonly files: Readonly<Record<string, Uint8Array | string>> }
  /** qemu loads the kernel itself: nothing is measured, and the boot is short. */
  | {
      readonly type: 'direct';
      readonly kernel: Uint8Array;
      readonly initramfs: Uint8Array;
      readonly machine: 'q35' | 'microvm';
    };

export interface MachineOptions {
  readonly firmware: Firmware;
  readonly userData: string;
  /** The control socket of swtpm. */
  readonly tpm?: string;
  readonly mebibytes?: number;
  /** Its time is this machine's, as that of a real one would be; without it, that of its instructions (see `start`). */
  readonly hostTime?: boolean;
  /** A machine that restarts goes on, in place of ending. */
  readonly restarts?: boolean;
}

const guestPorts = { http: 80, https: 443, server: 10_000, dialback: 10_001, reverse: 10_002 } as const;
export type GuestPort = keyof typeof guestPorts;

const metadataServer = join(import.meta.dirname, 'metadata-server.mjs');
const ovmf = '/usr/share/OVMF';
/** The metadata's address has to be within the network that qemu makes. */
const network = 'net=169.254.0.0/16,host=169.254.0.2,dhcpstart=169.254.0.15';
const longestConsole = 1 << 20;

export class Guest {
  readonly #folder: string;
  readonly #process: ChildProcess;
  readonly #ended: Promise<void>;
  #console = '';

  private constructor(folder: string, words: readonly string[]) {
    this.#folder = folder;
    this.#process = endsWithUs('qemu-system-x86_64', words, { cwd: folder, stdio: ['ignore', 'pipe', 'pipe'] });
    for (const stream of [this.#process.stdout, this.#process.stderr]) {
      stream?.setEncoding('latin1');
      stream?.on('data', (chunk: string) => {
        this.#console = (this.#console + chunk).slice(-longestConsole);
      });
    }
    this.#ended = new Promise((resolve) => {
      this.#process.once('exit', () => resolve());
      this.#process.once('error', (error) => {
        this.#console += String(error);
        resolve();
      });
    });
  }

  static start(options: MachineOptions): Guest {
    const folder = mkdtempSync(join(tmpdir(), 'guest-'));
    writeFileSync(join(folder, 'user-data'), options.userData);
    return new Guest(folder, [
      // Without "enhanced rep movsb": a kernel that is told of it copies byte by byte, and TCG makes an instruction of each.
      ...['-accel', 'tcg', '-cpu', 'max,-erms', '-m', String(options.mebibytes ?? 512)],
      // The guest's time passes with its instructions, so that its clocks fit together however busy this machine is: a kernel
      // that cannot calibrate one against another waits for ever.
      ...(options.hostTime === true ? [] : ['-icount', `shift=${instructionTime(options.firmware)}`]),
      ...['-nodefaults', '-no-user-config', '-nographic', '-serial', 'stdio'],
      ...(options.restarts === true ? [] : ['-no-reboot']),
      ...['-monitor', 'unix:monitor,server=on,wait=off'],
      ...firmwareWords(options.firmware, folder),
      ...networkWords(options.firmware),
      ...(options.tpm === undefined ? [] : tpmWords(options.tpm)),
    ]);
  }

  /** What the kernel and the program said so far. */
  get console(): string {
    return this.#console;
  }

  /** Of qemu. */
  get pid(): number {
    return this.#process.pid ?? 0;
  }

  get running(): boolean {
    return this.#process.exitCode === null && this.#process.signalCode === null;
  }

  /** Resolves once `words` are on the console; throws if the machine stops before, or never says them. */
  async says(words: string, milliseconds = 800_000): Promise<void> {
    const end = performance.now() + milliseconds;
    while (!this.#console.includes(words)) {
      if (!this.running) throw new Error(`the machine stopped before it said «${words}»:\n${this.#console}`);
      if (performance.now() > end) throw new Error(`the machine never said «${words}»:\n${this.#console}`);
      await delay(50);
    }
  }

  /** The machine restarted, or was switched off by itself: -no-reboot makes an end of both. */
  async stopped(): Promise<void> {
    await this.#ended;
  }

  /** Ports of loopback by which the machine is reached. */
  async ports(): Promise<Readonly<Record<GuestPort, number>>> {
    const table = await this.#monitor('info usernet');
    const forwarded = (port: number): number => {
      const row = new RegExp(`HOST_FORWARD\\]\\s+\\d+\\s+127\\.0\\.0\\.1\\s+(\\d+)\\s+\\S+\\s+${port}\\s`).exec(table);
      if (row?.[1] === undefined) throw new Error(`port ${port} is not forwarded:\n${table}`);
      return Number(row[1]);
    };
    const { http, https, server, dialback, reverse } = guestPorts;
    return {
      http: forwarded(http),
      https: forwarded(https),
      server: forwarded(server),
      dialback: forwarded(dialback),
      reverse: forwarded(reverse),
    };
  }

  /** Pulls the plug, which no TPM is told of. */
  async powerOff(): Promise<void> {
    this.#process.kill('SIGKILL');
    await this.#ended;
    rmSync(this.#folder, { recursive: true, force: true });
  }

  #monitor(command: string): Promise<string> {
    return new Promise((resolve, reject) => {
      const socket = connect(join(this.#folder, 'monitor'));
      let text = '';
      socket.setEncoding('latin1');
      socket.on('error', reject);
      socket.on('close', () => reject(new Error('the machine stopped before its monitor answered')));
      socket.on('data', (chunk: string) => {
        text += chunk;
        const prompts = text.split('(qemu) ').length - 1;
        if (prompts === 1 && !text.includes(command)) socket.write(`${command}\n`);
        if (prompts < 2) return;
        socket.destroy();
        resolve(text);
      });
    });
  }
}

/**
 * Of each instruction, in powers of two of a nanosecond. 2 ns, so that no guest is ahead of the clock by which somebody judges
 * what it signed; 8 ns where nobody does, since the kernel turns round for a tenth of a second of it.
 */
const instructionTime = ({ type }: Firmware): 1 | 3 => (type === 'direct' ? 3 : 1);

function firmwareWords(firmware: Firmware, folder: string): readonly string[] {
  const file = (name: string, content: Uint8Array | string): string => {
    mkdirSync(dirname(join(folder, name)), { recursive: true });
    writeFileSync(join(folder, name), content);
    return name;
  };
  const source = (from: Extract<Firmware, { type: 'uefi' }>): string => {
    if ('disk' in from) return `file=${file('disk', from.disk)}`;
    for (const [path, content] of Object.entries(from.files)) file(join('files', path), content);
    return 'readonly=on,file=fat:files';
  };
  switch (firmware.type) {
    case 'direct':
      return [
        ...['-M', firmware.machine === 'q35' ? 'q35' : 'microvm,acpi=on,rtc=on'],
        ...['-kernel', file('kernel', firmware.kernel), '-initrd', file('initramfs', firmware.initramfs)],
      ];
    case 'uefi':
      copyFileSync(join(ovmf, 'OVMF_VARS_4M.fd'), join(folder, 'variables'));
      return [
        ...['-M', 'q35'],
        ...['-drive', `if=pflash,format=raw,unit=0,readonly=on,file=${join(ovmf, 'OVMF_CODE_4M.fd')}`],
        ...['-drive', 'if=pflash,format=raw,unit=1,file=variables'],
        ...['-drive', `if=none,id=disk,format=raw,${source(firmware)}`],
        ...['-device', 'virtio-blk-pci,drive=disk,bootindex=0'],
      ];
    default:
      return firmware satisfies never;
  }
}

function networkWords(firmware: Firmware): readonly string[] {
  const forwards = Object.values(guestPorts).map((port) => `hostfwd=tcp:127.0.0.1:0-:${port}`);
  const metadata = `guestfwd=tcp:169.254.169.254:80-cmd:${process.execPath} ${metadataServer} user-data`;
  const device = firmware.type === 'direct' && firmware.machine === 'microvm' ? 'virtio-net-device' : 'virtio-net-pci';
  return [
    ...['-netdev', `user,id=net,${network},restrict=on,${[metadata, ...forwards].join(',')}`],
    // No file of iPXE's: nothing is booted from the network.
    ...['-device', `${device},netdev=net${device === 'virtio-net-pci' ? ',romfile=' : ''}`],
  ];
}

const tpmWords = (control: string): readonly string[] => [
  ...['-chardev', `socket,id=tpm,path=${control}`],
  ...['-tpmdev', 'emulator,id=tpm0,chardev=tpm', '-device', 'tpm-crb,tpmdev=tpm0'],
];
