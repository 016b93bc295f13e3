import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { ExpectedPcrs } from '../../service/attest/expected-pcrs.ts';
import { canonicalConfiguration } from '../../service/attest/machine-configuration.ts';
import { pcr8 } from '../../service/attest/pcr.ts';
import { announced, answers, imageOfCheckout, registersOf, sampleConfiguration, startImage } from './booted.ts';
import { GuestTpm } from './guest-tpm.ts';

describe('the measured image as a UKI, under OVMF and a TPM', () => {
  let file: Uint8Array;
  let expected: ExpectedPcrs;
  let tpm: GuestTpm;
  let address: unknown;

  beforeAll(async () => {
    ({ file, expected } = await imageOfCheckout());
    tpm = await GuestTpm.manufacture();
  });
  afterAll(() => tpm?.scrap());

  test('serves all five ports, and the TPM holds what the file says it would', async () => {
    const guest = await startImage(file, tpm, sampleConfiguration);
    try {
      ({ address } = await announced(guest));
      expect(address).toMatch(/^bcrt1p/);
      expect(await answers(await guest.ports())).toEqual({
        http: address,
        https: 'HTTP/1.1 200 OK',
        server: 21, // an alert
        dialback: 0, // closed at once
        reverse: 22, // a ClientHello
      });
    } finally {
      await guest.powerOff();
    }
    expect(await registersOf(tpm)).toEqual({ ...expected, 8: pcr8(canonicalConfiguration(sampleConfiguration)) });
  });

  test('has the same key after its power was gone', async () => {
    const guest = await startImage(file, tpm, sampleConfiguration);
    try {
      expect((await announced(guest))['address']).toBe(address);
    } finally {
      await guest.powerOff();
    }
    await tpm.powerOff();
  });
});
