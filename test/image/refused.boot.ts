import { expect, onTestFinished, test } from 'vitest';
import { bundle, repository } from '../../infra/build/bundle.ts';
import { runtime } from '../../infra/build/runtime.ts';
import { unifiedImage } from '../../infra/image/image.ts';
import { withSections } from '../../infra/image/uki.ts';
import { imageOfCheckout, sampleConfiguration, served, startFirmware, testImage } from './booted.ts';
import { GuestTpm } from './guest-tpm.ts';
import type { Firmware } from './qemu.ts';
import { verified } from './verified.ts';

/*
 * Machines that differ in one thing from one that booted what was published: each serves as it would, and is refused by
 * `btc-pinata verify` from outside, which says by what. Minutes each, and run on demand alone.
 */

const text = (words: string): Uint8Array => new TextEncoder().encode(words);
const bootFile = 'EFI/BOOT/BOOTX64.EFI';

const of = (file: Uint8Array, more: Readonly<Record<string, string>> = {}): Firmware => ({
  type: 'uefi',
  files: { [bootFile]: file, ...more },
});

/** The page has a word more in its title. */
async function withAnotherWord(): Promise<Firmware> {
  const program = Buffer.from((await bundle()).bytes).toString('utf8');
  const changed = program.replace('<title>', '<title>Our ');
  expect(changed).not.toBe(program);
  return of(unifiedImage({ ...testImage, bundle: text(changed), node: runtime(repository).bytes }).file);
}

const registers = [4, 7, 8, 9, 11, 12, 13] as const;

test.each<readonly [string, (file: Uint8Array) => Firmware | Promise<Firmware>, readonly number[], readonly string[]]>([
  [
    'a credential file was dropped beside the image',
    (file) => of(file, { [`${bootFile}.extra.d/dropped.cred`]: 'a credential' }),
    [9, 12],
    [],
  ],
  [
    'a credential file was dropped for every image of the disk',
    (file) => of(file, { 'loader/credentials/dropped.cred': 'a credential' }),
    [9, 12],
    [],
  ],
  [
    'the boot entry has words for the kernel',
    // Nothing is where the firmware looks: its shell is next, and does as it is told here.
    (file) => ({
      type: 'uefi',
      files: { 'pinata.efi': file, 'startup.nsh': 'fs0:\\pinata.efi rdinit=/bin/sh\r\n' },
    }),
    [4, 9, 12],
    [],
  ],
  [
    'the image has another command line',
    (file) => of(withSections(file, [['.cmdline', text('rdinit=/bin/sh')]])),
    [4, 9, 11],
    [],
  ],
  ['one word of the program is another', withAnotherWord, [4, 9, 11], ['build']],
])('%s', async (_, change, differing, alsoBlamed) => {
  const image = await imageOfCheckout();
  const tpm = await GuestTpm.manufacture();
  onTestFinished(() => tpm.scrap());
  const guest = await startFirmware(await change(image.file), tpm, sampleConfiguration);
  onTestFinished(() => guest.powerOff());
  await served(guest);
  const { status, blamed } = await verified(await guest.ports(), tpm, image);
  expect(status).toBe(1);
  expect(new Set(Object.keys(blamed))).toEqual(new Set(['expected-pcrs', ...alsoBlamed]));
  const found = blamed['expected-pcrs'] ?? '';
  expect(registers.filter((pcr) => found.includes(`sha256 PCR ${pcr} is `))).toEqual(differing);
});
