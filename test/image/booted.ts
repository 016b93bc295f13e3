import { connect } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';
import { connect as connectTls } from 'node:tls';
import { bundle, repository } from '../../infra/build/bundle.ts';
import { runtime } from '../../infra/build/runtime.ts';
import { disk } from '../../infra/image/disk.ts';
import { unifiedImage } from '../../infra/image/image.ts';
import { type Banks, zeroRegister } from '../../service/attest/pcr.ts';
import { TPM_ALG } from '../../service/attest/tpm-constants.ts';
import { Tpm } from '../../service/host/tpm.ts';
import { readPcrs } from '../../service/host/tpm-registers.ts';
import type { GuestTpm } from './guest-tpm.ts';
import { type Firmware, Guest, type GuestPort } from './qemu.ts';

/* What the tests that boot an image have in common. */

/** Of zstd: a release takes a minute longer, and boots the same. */
const quick = 3;

export const testImage = { version: '0.0.0-test', level: quick } as const;

/** The image of this checkout, as a UKI, and the program in it. Throws a `CannotBuild` for what is missing. */
export async function imageOfCheckout() {
  const { bytes: program } = await bundle();
  const image = unifiedImage({ ...testImage, bundle: program, node: runtime(repository).bytes });
  return { ...image, program };
}

export const sampleConfiguration = {
  network: 'regtest',
  refundKey: '79be667ef9dcbbac55a06295ce870b07029bfcdb2dce28d959f2815b16f81798',
  lockHeight: 900_000,
  name: 'pinata.example.org',
} as const;

/** With its power on, and not waited for. */
export const startImage = (file: Uint8Array, tpm: GuestTpm, configuration: object): Promise<Guest> =>
  startFirmware({ type: 'uefi', disk: disk(file) }, tpm, configuration);

export const startFirmware = async (firmware: Firmware, tpm: GuestTpm, configuration: object): Promise<Guest> =>
  Guest.start({ firmware, userData: JSON.stringify(configuration), tpm: await tpm.powerOn() });

/**
 * /status.json, once there is one. Not what the console says: a line of the kernel may stand in the middle of another. Throws
 * where the machine stops before.
 */
export async function served(guest: Guest): Promise<Readonly<Record<string, unknown>>> {
  for (;;) {
    try {
      const { http } = await guest.ports();
      const response = await fetch(`http://127.0.0.1:${http}/status.json`, { signal: AbortSignal.timeout(60_000) });
      return await response.json();
    } catch (error) {
      // Nobody listens yet; qemu takes a connection all the same, and drops it.
      if (!guest.running) throw new Error(`the machine stopped:\n${guest.console}`, { cause: error });
      await delay(200);
    }
  }
}

const registers = [4, 7, 8, 9, 11, 12] as const;

/** Of a machine that lost its power a moment ago. */
export async function registersOf(tpm: GuestTpm): Promise<Readonly<Record<(typeof registers)[number], Banks>>> {
  const opened = await Tpm.open(await tpm.takeOver());
  const [sha256, sha384] = [
    await opened.task((run) => readPcrs(run, { hash: TPM_ALG.SHA256, pcrs: registers })),
    await opened.task((run) => readPcrs(run, { hash: TPM_ALG.SHA384, pcrs: registers })),
  ];
  await opened.close();
  const value = (pcr: number): Banks => ({
    sha256: Uint8Array.from(sha256.get(pcr) ?? zeroRegister.sha256),
    sha384: Uint8Array.from(sha384.get(pcr) ?? zeroRegister.sha384),
  });
  return { 4: value(4), 7: value(7), 8: value(8), 9: value(9), 11: value(11), 12: value(12) };
}

/** What each port says to who says nothing sensible, as text or as the first byte of a record. */
export async function answers(ports: Readonly<Record<GuestPort, number>>) {
  const { address } = await fetch(`http://127.0.0.1:${ports.http}/status.json`).then((response) => response.json());
  return {
    http: address,
    https: await overTls(ports.https),
    server: (await received(ports.server, 'GET / HTTP/1.1\r\n\r\n'))[0],
    dialback: (await received(ports.dialback, '')).length,
    reverse: (await received(ports.reverse, ''))[0],
  };
}

/** All that comes until the other side ends; a first byte is enough where it waits for us. */
function received(port: number, said: string): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    const socket = connect(port, '127.0.0.1', () => void (said === '' || socket.write(said)));
    let all = Buffer.alloc(0);
    socket.on('data', (chunk: Buffer) => {
      all = Buffer.concat([all, chunk]);
      socket.destroy();
    });
    socket.on('close', () => resolve(all));
    socket.on('error', reject);
  });
}

/** The status line of the page by HTTPS. Whose certificate it is, other tests ask. */
function overTls(port: number): Promise<string> {
  return new Promise((resolve, reject) => {
    const socket = connectTls({ port, host: '127.0.0.1', servername: 'pinata.example.org', rejectUnauthorized: false });
    socket.setEncoding('latin1');
    socket.on('secureConnect', () => socket.write('GET /status.json HTTP/1.1\r\nHost: pinata.example.org\r\n\r\n'));
    socket.once('data', (text: string) => {
      socket.destroy();
      resolve(text.split('\r\n', 1)[0] ?? '');
    });
    socket.on('error', reject);
  });
}
