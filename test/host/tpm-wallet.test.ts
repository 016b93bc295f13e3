import { randomBytes } from 'node:crypto';
import { bytesToHex } from '@noble/hashes/utils.js';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { TPM_ALG, TPMA_NV } from '../../service/attest/tpm-constants.ts';
import { Tpm } from '../../service/host/tpm.ts';
import {
  byIndex,
  byOwner,
  byPolicy,
  defineNv,
  readNv,
  readNvPublic,
  undefineNv,
  writeNv,
} from '../../service/host/tpm-nv.ts';
import { policyPcr, startPolicySession } from '../../service/host/tpm-policy.ts';
import { extendPcr } from '../../service/host/tpm-registers.ts';
import { openTpmWallet, sealingPcrs, walletIndex } from '../../service/host/tpm-wallet.ts';
import { type Boot, boot, published, shutDown } from '../support/measured-boot.ts';
import { required } from '../support/required.ts';
import { SoftwareTpm } from '../support/swtpm.ts';

const missing = required.tool('swtpm').missing || required.tool('swtpm_setup').missing;

const entropy = (length: number): Uint8Array => Uint8Array.from(randomBytes(length));

describe.skipIf(missing)('the wallet’s key in a TPM', () => {
  let fresh: SoftwareTpm;
  beforeAll(async () => {
    fresh = await SoftwareTpm.manufacture();
  }, 60_000);
  afterAll(() => fresh?.scrap());

  /** A machine of its own for one test. */
  const machine = async (work: (chip: SoftwareTpm) => Promise<void>): Promise<void> => {
    const chip = fresh.copy();
    try {
      await work(chip);
    } finally {
      await chip.scrap();
    }
  };

  /** Boots, opens the wallet and shuts down; the public key in hex, and whether it was made. */
  const wallet = async (
    chip: SoftwareTpm,
    what: Boot = published,
  ): Promise<{ readonly key: string; readonly made: boolean }> => {
    const tpm = await boot(chip, what);
    try {
      const { key, made } = await openTpmWallet(tpm, entropy);
      return { key: bytesToHex(key.publicKey), made };
    } finally {
      await shutDown(chip, tpm);
    }
  };

  test('is made at the first start, and is there after each reboot of the same image with the same configuration', () =>
    machine(async (chip) => {
      const first = await wallet(chip);
      expect(first.made).toBe(true);
      expect(await wallet(chip)).toEqual({ ...first, made: false });
      expect(await wallet(chip)).toEqual({ ...first, made: false });
    }));

  test.each<[string, Boot]>([
    ['another image: the evil upgrade', { ...published, image: 'an image of the operator' }],
    ['another configuration', { ...published, configuration: '{"network":"mainnet"}' }],
    ['a command line, or a credential file', { ...published, commandLine: 'init=/bin/sh' }],
    ['other keys of Secure Boot', { ...published, secureBoot: 'on' }],
  ])('is not for %s, which is told so; nothing is changed', (_, other) =>
    machine(async (chip) => {
      const first = await wallet(chip);
      await expect(wallet(chip, other)).rejects.toThrow(
        /holds a wallet key that is for another image, command line or configuration .*: this one has no key; nothing was changed/,
      );
      expect(await wallet(chip)).toEqual({ ...first, made: false });
    }),
  );

  test('has no second key: an image that came later has one once the owner destroys the first', () =>
    machine(async (chip) => {
      const first = await wallet(chip);
      const next = { ...published, image: 'the next release' };
      await expect(wallet(chip, next)).rejects.toThrow('nothing was changed');
      const tpm = await boot(chip, next);
      await tpm.task((run) => undefineNv(run, walletIndex));
      const { key, made } = await openTpmWallet(tpm, entropy);
      expect(made).toBe(true);
      expect(bytesToHex(key.publicKey)).not.toBe(first.key);
      await shutDown(chip, tpm);
      await expect(wallet(chip)).rejects.toThrow('nothing was changed');
    }));

  test('is read once a boot', () =>
    machine(async (chip) => {
      const tpm = await boot(chip);
      await openTpmWallet(tpm, entropy);
      await expect(openTpmWallet(tpm, entropy)).rejects.toThrow(
        'the wallet key was read from the TPM already since this machine started, and is read once only: reboot it',
      );
      await shutDown(chip, tpm);
    }));

  test('is not made where nothing was measured', () =>
    machine(async (chip) => {
      const bare = await Tpm.open(await chip.powerOn());
      await expect(openTpmWallet(bare, entropy)).rejects.toThrow('PCR 4 of the TPM is zero');
    }));

  test('survives a cut of the power between its place and its writing, and another’s index in its place is left alone', () =>
    machine(async (chip) => {
      const first = await boot(chip);
      await openTpmWallet(first, entropy);
      const area = await first.task((run) => readNvPublic(run, walletIndex));
      if (area === undefined) throw new Error('no index');
      const unwritten = {
        ...area,
        attributes: (area.attributes & ~(TPMA_NV.WRITTEN | TPMA_NV.WRITELOCKED | TPMA_NV.READLOCKED)) >>> 0,
      };
      await first.task(async (run) => {
        await undefineNv(run, walletIndex);
        await defineNv(run, unwritten);
      });
      await chip.powerOff();

      const second = await wallet(chip);
      expect(second.made).toBe(true);

      const third = await boot(chip);
      await third.task(async (run) => {
        await undefineNv(run, walletIndex);
        await defineNv(run, { ...unwritten, attributes: TPMA_NV.OWNERREAD | TPMA_NV.OWNERWRITE });
      });
      await expect(openTpmWallet(third, entropy)).rejects.toThrow('is no wallet of this program; nothing was changed');
    }));

  describe('from other hands', () => {
    const attempts: readonly (readonly [string, (tpm: Tpm) => Promise<unknown>, RegExp])[] = [
      [
        'the owner reads it',
        (tpm) => tpm.task((run) => readNv(run, walletIndex, byOwner, 33)),
        /TPM_RC_NV_AUTHORIZATION/,
      ],
      [
        'somebody reads it with an empty password',
        (tpm) => tpm.task((run) => readNv(run, walletIndex, byIndex(walletIndex), 33)),
        /TPM_RC_(NV_AUTHORIZATION|AUTH_UNAVAILABLE)|0x12f/,
      ],
      [
        'the owner overwrites it',
        (tpm) => tpm.task((run) => writeNv(run, walletIndex, byOwner, new Uint8Array(33))),
        /TPM_RC_NV_/,
      ],
      [
        'the image itself overwrites it',
        (tpm) =>
          underPolicy(tpm, (run, session) =>
            writeNv(run, walletIndex, byPolicy(walletIndex, session), new Uint8Array(33)),
          ),
        /TPM_RC_NV_LOCKED/,
      ],
      [
        'it is read after a register was extended',
        async (tpm) => {
          await tpm.task((run) => extendPcr(run, 12, new Uint8Array(1), [TPM_ALG.SHA256]));
          await underPolicy(tpm, (run, session) => readNv(run, walletIndex, byPolicy(walletIndex, session), 33));
        },
        /TPM_RC_POLICY_FAIL/,
      ],
      [
        'it is read in a session without a policy',
        (tpm) =>
          tpm.task(async (run) => {
            const session = await startPolicySession(run);
            await readNv(run, walletIndex, byPolicy(walletIndex, session), 33);
          }),
        /TPM_RC_POLICY_FAIL/,
      ],
    ];
    test.each(attempts)('%s: the TPM refuses', (_, attempt, words) =>
      machine(async (chip) => {
        await wallet(chip);
        const tpm = await boot(chip);
        await expect(attempt(tpm)).rejects.toThrow(words);
      }),
    );
  });
});

type Run = Parameters<Parameters<Tpm['task']>[0]>[0];

const underPolicy = <T>(tpm: Tpm, work: (run: Run, session: number) => Promise<T>): Promise<T> =>
  tpm.task(async (run) => {
    const session = await startPolicySession(run);
    await policyPcr(run, session, sealingPcrs);
    return work(run, session);
  });
