import { equalBytes } from '@noble/curves/utils.js';
import { TPM_ALG, TPMA_NV } from '../attest/tpm-constants.ts';
import { isZero, type PcrSelection } from '../attest/tpm-pcr.ts';
import { TPM_RC } from '../attest/tpm-response-code.ts';
import { WalletKey, walletKeyEntropyLength } from '../bitcoin/index.ts';
import { secretToSeal } from '../bitcoin/sealing.ts';
import { flush, type Run, type Tpm } from './tpm.ts';
import { TpmError } from './tpm-command.ts';
import {
  byPolicy,
  defineNv,
  lockNvReads,
  lockNvWrites,
  type NvAccess,
  type NvPublic,
  readNv,
  readNvPublic,
  writeNv,
} from './tpm-nv.ts';
import { pcrPolicyDigest, policyPcr, startPolicySession } from './tpm-policy.ts';
import { readPcrs } from './tpm-registers.ts';
import { Unstartable } from './unstartable.ts';

/*
 * The wallet's key in the memory of a TPM, which gives it to the image and the configuration alone that made it: the index
 * is written and read by PolicyPCR, written once (TPMA_NV_WRITEDEFINE and its lock), and read once a boot (TPMA_NV_READ_STCLEAR and its lock).
 * The owner of the machine can undefine the index: then the key is gone, and nobody has it.
 */

/** In the range of the owner (TCG Registry of Reserved TPM 2.0 Handles §2.2). */
export const walletIndex = 0x0185_b7c0;

/** Boot loader, Secure Boot, configuration, command line. */
export const sealingPcrs: PcrSelection = { hash: TPM_ALG.SHA256, pcrs: [4, 7, 8, 12] };

/** The format, and the key. */
const version = 1;
const sealedLength = 1 + 32;

const attributes =
  (TPMA_NV.POLICYWRITE |
    TPMA_NV.POLICYREAD |
    TPMA_NV.WRITEALL |
    TPMA_NV.WRITEDEFINE |
    TPMA_NV.NO_DA |
    TPMA_NV.READ_STCLEAR) >>>
  0;

/** What the TPM itself notes among the attributes. */
const state = (TPMA_NV.WRITTEN | TPMA_NV.WRITELOCKED | TPMA_NV.READLOCKED) >>> 0;

export interface TpmWalletKey {
  readonly key: WalletKey;
  /** It was made now: there was none. */
  readonly made: boolean;
}

/**
 * The key of this image with this configuration, made if this TPM has none. Throws an Unstartable where it has one that is
 * not for us: nothing is changed then.
 */
export function openTpmWallet(tpm: Tpm, entropy: (length: number) => Uint8Array): Promise<TpmWalletKey> {
  return tpm.task(async (run) => {
    const values = await readPcrs(run, sealingPcrs);
    if (isZero(values.get(4) ?? new Uint8Array()))
      throw new Unstartable(
        'PCR 4 of the TPM is zero: the firmware measured no boot loader, so that a key sealed now would be for any; boot by UEFI with measured boot switched on',
      );
    const authPolicy = pcrPolicyDigest(sealingPcrs, values);
    const area: NvPublic = {
      nvIndex: walletIndex,
      nameAlg: TPM_ALG.SHA256,
      attributes,
      authPolicy,
      dataSize: sealedLength,
    };
    const there = await readNvPublic(run, walletIndex);
    if (there === undefined) await defineNv(run, area);
    else expectOurs(there, area);
    // Defined and not written: the power went in between. Nobody was told an address.
    const made = there === undefined || (there.attributes & TPMA_NV.WRITTEN) === 0;
    if (made) await seal(run, entropy);
    const key = await unseal(run);
    return { key, made };
  });
}

function expectOurs(there: NvPublic, ours: NvPublic): void {
  const index = `NV index 0x${walletIndex.toString(16)} of the TPM`;
  const kept = 'nothing was changed';
  if (
    there.dataSize !== ours.dataSize ||
    there.nameAlg !== ours.nameAlg ||
    (there.attributes & ~state) >>> 0 !== ours.attributes
  )
    throw new Unstartable(
      `${index} is there and is no wallet of this program; ${kept}. Whoever put it there can undefine it (tpm2_nvundefine 0x${walletIndex.toString(16)})`,
    );
  if (!equalBytes(there.authPolicy, ours.authPolicy))
    throw new Unstartable(
      `${index} holds a wallet key that is for another image, command line or configuration than was booted (PCR ${sealingPcrs.pcrs.join(', ')} differ): this one has no key; ${kept}. Boot what made it, or undefine the index, which destroys that key for good`,
    );
}

async function seal(run: Run, entropy: (length: number) => Uint8Array): Promise<void> {
  const key = WalletKey.fromEntropy(entropy(walletKeyEntropyLength));
  const secret = secretToSeal(key);
  const data = new Uint8Array(sealedLength);
  data[0] = version;
  data.set(secret, 1);
  try {
    await underPolicy(run, (access) => writeNv(run, walletIndex, access, data));
    await underPolicy(run, (access) => lockNvWrites(run, walletIndex, access));
  } finally {
    for (const buffer of [secret, data]) buffer.fill(0);
    key.destroy();
  }
}

async function unseal(run: Run): Promise<WalletKey> {
  const data = await readSealed(run);
  await underPolicy(run, (access) => lockNvReads(run, walletIndex, access));
  const [found] = data;
  const secret = data.slice(1);
  data.fill(0);
  if (found !== version) {
    secret.fill(0);
    throw new Unstartable(
      `the wallet key in the TPM has format ${found}, and this program knows ${version}; nothing was changed`,
    );
  }
  return WalletKey.fromSealed(secret);
}

async function readSealed(run: Run): Promise<Uint8Array> {
  try {
    return await underPolicy(run, (access) => readNv(run, walletIndex, access, sealedLength));
  } catch (error) {
    if (error instanceof TpmError && error.kind === TPM_RC.NV_LOCKED)
      throw new Unstartable(
        'the wallet key was read from the TPM already since this machine started, and is read once only: reboot it',
      );
    throw error;
  }
}

/** A session authorises one command: its policy is stated anew for each. */
async function underPolicy<T>(run: Run, work: (access: NvAccess) => Promise<T>): Promise<T> {
  const session = await startPolicySession(run);
  try {
    await policyPcr(run, session, sealingPcrs);
    return await work(byPolicy(walletIndex, session));
  } finally {
    await flush(run, session);
  }
}
