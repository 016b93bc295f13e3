import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { bundle, repository } from '../../infra/build/bundle.ts';
import { runtime } from '../../infra/build/runtime.ts';
import { oneFileImage } from '../../infra/image/image.ts';
import { withSections } from '../../infra/image/uki.ts';
import { canonicalConfiguration } from '../../service/attest/machine-configuration.ts';
import { pcr8 } from '../../service/attest/pcr.ts';
import { imageOfCheckout, registersOf, sampleConfiguration, served, startImage } from './booted.ts';
import { GuestTpm } from './guest-tpm.ts';
import { Guest } from './qemu.ts';

type Image = Awaited<ReturnType<typeof imageOfCheckout>>;

/** What is the same for every boot; minutes of them, so that they are run on demand alone. */
describe('other ways to boot it', () => {
  let image: Image;
  beforeAll(async () => {
    image = await imageOfCheckout();
  });

  test.each(['q35', 'microvm'] as const)(
    'by qemu itself, on a %s without a TPM: for regtest alone',
    async (machine) => {
      const firmware = { type: 'direct', kernel: image.kernel, initramfs: image.initramfs, machine } as const;
      const guest = Guest.start({ firmware, userData: JSON.stringify(sampleConfiguration) });
      try {
        expect(await served(guest)).toMatchObject({ network: 'regtest' });
        expect(guest.console).toContain('no_tpm');
      } finally {
        await guest.powerOff();
      }
      const refused = Guest.start({
        firmware,
        userData: JSON.stringify({ ...sampleConfiguration, network: 'mainnet' }),
      });
      try {
        await refused.says('network: "mainnet" needs a TPM');
      } finally {
        await refused.powerOff();
      }
    },
  );

  test('with user-data that it does not know: says so, and restarts', async () => {
    const firmware = { type: 'direct', kernel: image.kernel, initramfs: image.initramfs, machine: 'q35' } as const;
    const guest = Guest.start({ firmware, userData: '{"keyFile": "/key"}' });
    try {
      await guest.says('key "keyFile" is not allowed');
      await guest.stopped();
      expect(guest.console).toContain('Attempted to kill init');
    } finally {
      await guest.powerOff();
    }
  });

  test('as one file: PCR 9, 11 and 12 stay zero', async () => {
    const tpm = await GuestTpm.manufacture();
    const { bytes } = await bundle();
    const one = oneFileImage({ bundle: bytes, node: runtime(repository).bytes, version: '0.0.0-test', level: 3 });
    const guest = await startImage(one.file, tpm, sampleConfiguration);
    try {
      await served(guest);
    } finally {
      await guest.powerOff();
    }
    const configured = { 8: pcr8(canonicalConfiguration(sampleConfiguration)) };
    expect(await registersOf(tpm)).toEqual({ ...one.expected, ...configured });
    await tpm.scrap();
  });

  describe('what is not the same has no key', () => {
    let tpm: GuestTpm;
    let address: unknown;
    beforeAll(async () => {
      tpm = await GuestTpm.manufacture();
      const guest = await startImage(image.file, tpm, sampleConfiguration);
      ({ address } = await served(guest));
      await guest.powerOff();
      await tpm.powerOff();
    });
    afterAll(() => tpm.scrap());

    test.each([
      ['another configuration', (file: Uint8Array) => file, { lockHeight: 900_001 }],
      ['another image', (file: Uint8Array) => withSections(file, [['.more', new Uint8Array(8)]]), {}],
    ])('%s', async (_, change, changed) => {
      const guest = await startImage(change(image.file), tpm, { ...sampleConfiguration, ...changed });
      try {
        await guest.says('holds a wallet key that is for another image, command line or configuration');
        expect(guest.console).not.toContain(String(address));
      } finally {
        await guest.powerOff();
        await tpm.powerOff();
      }
    });
  });
});
