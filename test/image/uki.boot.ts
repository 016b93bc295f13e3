import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import { canonicalConfiguration } from '../../service/attest/machine-configuration.ts';
import { pcr8 } from '../../service/attest/pcr.ts';
import { anyPorts, Program } from '../host/program.ts';
import { relayed, replayedEvidence } from '../support/relayed.ts';
import { answers, imageOfCheckout, registersOf, sampleConfiguration, served, startImage } from './booted.ts';
import { GuestTpm } from './guest-tpm.ts';
import type { GuestPort } from './qemu.ts';
import { type Published, verified } from './verified.ts';

describe('the measured image as a UKI, under OVMF and a TPM', () => {
  let image: Published;
  let tpm: GuestTpm;
  let address: unknown;

  beforeAll(async () => {
    image = await imageOfCheckout();
    tpm = await GuestTpm.manufacture();
  });
  afterAll(() => tpm?.scrap());

  test('serves all five ports, the TPM holds what the file says it would, and verify accepts it', async () => {
    const guest = await startImage(image.file, tpm, sampleConfiguration);
    try {
      ({ address } = await served(guest));
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
    expect(await registersOf(tpm)).toEqual({ ...image.expected, 8: pcr8(canonicalConfiguration(sampleConfiguration)) });
  });

  /** From outside, by btc-pinata verify: as far as a root for tests reaches; and what is not as it should be is refused. */
  async function isVerified(ports: Readonly<Record<GuestPort, number>>): Promise<void> {
    const { status, out } = await verified(ports, tpm, image);
    expect([status, out]).toEqual([0, expect.stringContaining('L2, self-reported, NOT ATTESTED, TEST ROOT')]);
    expect(out).toContain(`from block ${sampleConfiguration.lockHeight}`);

    const { 4: pcr4, ...rest } = image.expected;
    const turned = { sha256: pcr4.sha256.map((octet) => octet ^ 1), sha384: pcr4.sha384 };
    const other = await verified(ports, tpm, { ...image, expected: { ...rest, 4: turned } });
    expect([other.status, other.blamed]).toEqual([1, { 'expected-pcrs': expect.stringContaining('sha256 PCR 4 is') }]);

    const unknown = await verified(ports, undefined, image);
    expect([unknown.status, unknown.blamed['endorsement']]).toEqual([1, expect.stringContaining('no root is trusted')]);

    const replaying = { ...ports, http: await relayed(ports.http, replayedEvidence()) };
    const replayed = await verified(replaying, tpm, image);
    expect([replayed.status, Object.keys(replayed.blamed)]).toEqual([1, ['quote-nonce']]);

    // Another piñata, which has this one say who it is.
    const rogue = new Program(['--json', ...anyPorts]);
    onTestFinished(async () => void (await rogue.stop()));
    const { https = 0, server = 0 } = (await rogue.ready()).ports;
    const borrowed = await verified({ ...ports, https, server }, tpm, image);
    expect([borrowed.status, Object.keys(borrowed.blamed)]).toEqual([1, ['bounty-authority', 'site-authority']]);
  }

  test('has the same key after its power was gone', async () => {
    const guest = await startImage(image.file, tpm, sampleConfiguration);
    try {
      expect((await served(guest))['address']).toBe(address);
    } finally {
      await guest.powerOff();
    }
    await tpm.powerOff();
  });
});
