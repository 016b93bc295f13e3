import { existsSync } from 'node:fs';
import type { Benchmark } from './benchmark.ts';
import { outcomeOf } from './child.ts';
import { against } from './figure.ts';
import { median } from './measure.ts';

/** Of the unikernel of 2015, as it was deployed. */
const original = 8.2;
const mebibyte = 1024 * 1024;

interface ImageSamples {
  readonly bytes: number;
  readonly layers: { readonly kernel: number; readonly initramfs: number; readonly program: number };
  readonly seconds: readonly number[];
  readonly processor: readonly number[];
  readonly stuck: number;
}

/** The measured image: how large it is, and how soon it answers. */
export const e1: Benchmark = {
  id: 'E1',
  title: 'the measured image: size, and time from the start of the machine to the first byte of the page',
  async run(run) {
    const method =
      'The image of this checkout as a UKI; and qemu without an accelerator (-M microvm, one processor, 512 MiB), from its start ' +
      'to the first byte of /status.json. All of it is computed, so that whatever else this machine does makes it longer. ' +
      '`npm run test:image -- --kernel` makes what this needs.';
    if (!existsSync('/usr/bin/qemu-system-x86_64')) {
      return { comparisons: [], method, details: {}, notes: ['not measured: there is no qemu-system-x86_64 here'] };
    }
    const script = new URL('../test/image/first-byte.ts', import.meta.url);
    const { bytes, layers, seconds, processor, stuck } = await outcomeOf<ImageSamples>(script, [run.quick ? '1' : '5']);
    return {
      comparisons: [
        against('size of the file', bytes / mebibyte, 'MiB', { atMost: 40e6 / mebibyte }),
        against('first byte', median(seconds) * 1000, 'ms', { atMost: 8000 }),
      ],
      method,
      details: {
        'first byte, the quickest machine, ms': Math.round(Math.min(...seconds) * 1000),
        ...(processor.length === 0 ? {} : { 'of it on a processor, ms': Math.round(median(processor) * 1000) }),
        ...(stuck === 0 ? {} : { 'left out: machines that could not calibrate a clock': stuck }),
        'the original of 2015, MB': original,
        'ours, MB': Number((bytes / 1e6).toFixed(1)),
        'kernel, MB': Number((layers.kernel / 1e6).toFixed(1)),
        'initramfs (Node, its libraries, the program), MB': Number((layers.initramfs / 1e6).toFixed(1)),
        'the program before compression, MB': Number((layers.program / 1e6).toFixed(1)),
      },
      notes: [],
    };
  },
};
