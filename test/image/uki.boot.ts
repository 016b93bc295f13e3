import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { ExpectedPcrs } from '../../service/attest/expected-pcrs.ts';
import { canonicalConfiguration } from '../../service/attest/machine-configuration.ts';
import { pcr8 } from '../../service/attest/pcr.ts';
import { announced, answers, imageOfCheckout, registersOf, sampleConfiguration, startImage } from './booted.ts';
import { GuestTpm } from './guest-tpm.ts';
import type { GuestPort } from './qemu.ts';
import { verified } from './verified.ts';

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

  test('serves all five ports, the TPM holds what the file says it would, and verify accepts it', async () => {
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
      await isVerified(await guest.ports());
    } finally {
      await guest.powerOff();
    }
    expect(await registersOf(tpm)).toEqual({ ...expected, 8: pcr8(canonicalConfiguration(sampleConfiguration)) });
  });

  /** From outside, by btc-pinata verify: as far as a root for tests reaches; and what another image would report is refused. */
  async function isVerified(ports: Readonly<Record<GuestPort, number>>): Promise<void> {
    const { status, out } = await verified(ports, tpm, { file, expected });
    expect([status, out]).toEqual([0, expect.stringContaining('L2, self-reported, NOT ATTESTED, TEST ROOT')]);
    expect(out).toContain(`from block ${sampleConfiguration.lockHeight}`);
    const { 4: pcr4, ...rest } = expected;
    const turned = { sha256: pcr4.sha256.map((octet) => octet ^ 1), sha384: pcr4.sha384 };
    const other = await verified(ports, tpm, { file, expected: { ...rest, 4: turned } });
    expect([other.status, other.out]).toEqual([1, expect.stringContaining('expected-pcrs: sha256 PCR 4 is')]);
  }

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
