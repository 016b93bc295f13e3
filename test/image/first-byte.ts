import { connect } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';
import { cpuTimeOf } from '../../bench/cpu-time.ts';
import { bundle, repository } from '../../infra/build/bundle.ts';
import { runtime } from '../../infra/build/runtime.ts';
import { unifiedImage } from '../../infra/image/image.ts';
import { sampleConfiguration } from './booted.ts';
import { Guest } from './qemu.ts';

/* Run by itself, for who measures: how large the image of this checkout is, and how long it takes to answer on a microvm. */

export interface ImageSamples {
  readonly bytes: number;
  /** Of the layers, in the file. */
  readonly layers: { readonly kernel: number; readonly initramfs: number; readonly program: number };
  /** From the start of qemu to the first byte of the page, each of a machine of its own. */
  readonly seconds: readonly number[];
  /** Of those, how long a processor computed the machine; where this system tells. */
  readonly processor: readonly number[];
  /** Machines that are not among them: this one was too busy for their kernels to calibrate a clock, for which they wait for ever. */
  readonly stuck: number;
}

const [rounds = '3'] = process.argv.slice(2);
const program = (await bundle()).bytes;
const image = unifiedImage({ bundle: program, node: runtime(repository).bytes, version: '0.0.0-bench' });
const samples: Sample[] = [];
let stuck = 0;
while (samples.length < Number(rounds)) {
  const sample = await firstByte();
  if (sample !== undefined) samples.push(sample);
  else if (++stuck > 10)
    throw new Error('no machine gets its clock calibrated here: measure where less else is at work');
}
process.send?.({
  bytes: image.file.length,
  layers: { kernel: image.kernel.length, initramfs: image.initramfs.length, program: program.length },
  seconds: samples.map(({ seconds }) => seconds),
  processor: samples.flatMap(({ processor }) => processor ?? []),
  stuck,
} satisfies ImageSamples);

interface Sample {
  readonly seconds: number;
  readonly processor: number | undefined;
}

/** Undefined: of a machine that waits for its clock. */
async function firstByte(): Promise<Sample | undefined> {
  const { kernel, initramfs } = image;
  const before = performance.now();
  const guest = Guest.start({
    firmware: { type: 'direct', machine: 'microvm', kernel, initramfs },
    userData: JSON.stringify(sampleConfiguration),
    hostTime: true,
  });
  try {
    while (!guest.console.includes('configuration ')) {
      if (!guest.running) throw new Error(`the machine stopped:\n${guest.console}`);
      if (guest.console.includes('Unable to calibrate') && performance.now() - before > 30_000) return undefined;
      await delay(20); // nobody listens yet
    }
    const { http } = await guest.ports();
    while (!(await answers(http))) await delay(20);
    const microseconds = cpuTimeOf(guest.pid);
    return {
      seconds: (performance.now() - before) / 1000,
      processor: microseconds === undefined ? undefined : microseconds / 1e6,
    };
  } finally {
    await guest.powerOff();
  }
}

/** qemu accepts for a guest that does not, and closes again. */
function answers(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1', () => socket.write('GET /status.json HTTP/1.1\r\nHost: a\r\n\r\n'));
    socket.once('data', () => {
      resolve(true);
      socket.destroy();
    });
    socket.on('error', () => undefined);
    socket.once('close', () => resolve(false));
  });
}
