import { closeSync, openSync, readSync } from 'node:fs';
import { totalmem } from 'node:os';
import * as v from 'valibot';
import {
  canonicalConfiguration,
  type MachineConfiguration,
  readMachineConfiguration,
} from '../attest/machine-configuration.ts';
import { TPM_ALG } from '../attest/tpm-constants.ts';
import { isZero } from '../attest/tpm-pcr.ts';
import { networks, publicWallet, WalletKey, walletKeyEntropyLength } from '../bitcoin/index.ts';
import type { Clock } from './clock.ts';
import { withinDescriptors } from './descriptors.ts';
import type { Log } from './log.ts';
import { readUserData } from './machine-metadata.ts';
import { withinMemory } from './memory.ts';
import type { KeptWallet } from './open-wallet.ts';
import { type Configuration, configurationSchema } from './settings.ts';
import { Tpm } from './tpm.ts';
import { waitForTpm } from './tpm-patience.ts';
import { extendPcr, readPcrs } from './tpm-registers.ts';
import { openTpmDevice, type TpmTransport } from './tpm-transport.ts';
import { openTpmWallet } from './tpm-wallet.ts';
import { Unstartable } from './unstartable.ts';

/*
 * The measured image: this program is the first process and the only one (docs/image.md). There is no command line, no
 * environment and no disk to take settings from: one public text from outside, which is measured before any port opens.
 * A key cannot be handed in here, credentials for tests cannot be written, and nothing is kept but the key in the TPM.
 */

/** The word behind the program on the kernel's command line (infra/image/kernel.config). */
export const machineProfile = 'measured-image';

/** Extended by nobody else: the firmware and the boot loader of a UKI leave it alone. */
const configurationPcr = 8;
const banks = [TPM_ALG.SHA256, TPM_ALG.SHA384] as const;

export interface Machine {
  readonly configuration: Configuration;
  readonly wallet: KeptWallet;
  /** Open: nobody else speaks to it. Absent where the machine has none. */
  readonly tpm: Tpm | undefined;
  /** What was measured into PCR 8, in its canonical form. */
  readonly measured: string;
}

export interface MachineSurroundings {
  readonly clock: Clock;
  readonly entropy: (length: number) => Uint8Array;
  readonly log: Log;
  readonly userData?: () => Promise<string>;
  readonly openTpm?: () => Promise<TpmTransport | undefined>;
}

/** All that happens before a port opens. Throws an `Unstartable`. */
export async function startMachine(surroundings: MachineSurroundings): Promise<Machine> {
  const { clock, entropy, log, userData = readUserData, openTpm = openMachineTpm } = surroundings;
  expectPlausibleClock(clock.seconds());
  const chosen = readMachineConfiguration(await userData());
  if ('fault' in chosen) throw new Unstartable(`user-data: ${chosen.fault}`);
  log('configuration', { ...chosen });
  const canonical = canonicalConfiguration(chosen);
  const transport = await openTpm();
  if (transport === undefined) log('no_tpm', { key: 'in memory alone', proves: 'nothing' });
  const tpm = transport === undefined ? undefined : await waitForTpm(Tpm.open(transport), log);
  if (tpm !== undefined) await waitForTpm(measure(tpm, canonical), log);
  const wallet = await waitForTpm(walletOf(chosen, tpm, entropy), log);
  log('wallet', { address: wallet.wallet.address, keyOrigin: wallet.wallet.keyOrigin, ephemeral: wallet.ephemeral });
  return { configuration: settingsOf(chosen), wallet, tpm, measured: String.fromCharCode(...canonical) };
}

/** The kernel seeds its generator from the processor, the TPM and the host; until then a read waits. */
export function awaitEntropy(path = '/dev/random'): void {
  const device = openSync(path, 'r');
  readSync(device, new Uint8Array(32));
  closeSync(device);
}

/** Of this source, and far beyond what it will be of use for. There is no other clock to compare it with. */
const plausible = { from: Date.UTC(2026, 10, 1) / 1000, to: Date.UTC(2126, 0, 1) / 1000 } as const;

export function expectPlausibleClock(seconds: number): void {
  if (seconds >= plausible.from && seconds < plausible.to) return;
  const says = new Date(seconds * 1000).toISOString();
  throw new Unstartable(
    `the clock of this machine says ${says}, and certificates made by it would be for nobody; set its clock to UTC`,
  );
}

async function openMachineTpm(): Promise<TpmTransport | undefined> {
  try {
    return await openTpmDevice();
  } catch (error) {
    // The node is always there, a driver behind it only with a TPM; and nobody else could have it open.
    if (error instanceof Unstartable) return undefined;
    throw error;
  }
}

/** A register that has a value already would hide what the configuration is. */
async function measure(tpm: Tpm, canonical: Uint8Array): Promise<void> {
  await tpm.task(async (run) => {
    for (const hash of banks) {
      const values = await readPcrs(run, { hash, pcrs: [configurationPcr] });
      if (!isZero(values.get(configurationPcr) ?? Uint8Array.of(1))) {
        throw new Unstartable(`PCR ${configurationPcr} of the TPM is not zero: something measured into it before us`);
      }
    }
    await extendPcr(run, configurationPcr, canonical, banks);
  });
}

async function walletOf(
  chosen: MachineConfiguration,
  tpm: Tpm | undefined,
  entropy: (length: number) => Uint8Array,
): Promise<KeptWallet> {
  const { network, refundKey, lockHeight } = chosen;
  const vault = { kind: 'vault', recovery: 'none', refund: { height: lockHeight, publicKey: refundKey } } as const;
  if (tpm !== undefined) {
    const { key } = await openTpmWallet(tpm, entropy);
    return {
      key,
      wallet: publicWallet(key, networks[network], { ...vault, keyOrigin: 'measured-image' }),
      ephemeral: false,
    };
  }
  if (network !== 'regtest') {
    throw new Unstartable(
      `network: "${network}" needs a TPM, and this machine has none: its key would be lost at the next restart; allowed without one: regtest`,
    );
  }
  const key = WalletKey.fromEntropy(entropy(walletKeyEntropyLength));
  return { key, wallet: publicWallet(key, networks[network], { ...vault, keyOrigin: 'host' }), ephemeral: true };
}

/** RLIMIT_NOFILE, hard, of a first process (INR_OPEN_MAX of the kernel); without /proc nobody tells. */
const descriptors = 4096;
/** The initramfs is unpacked into memory: Node, its libraries and the program. */
const unpacked = 136 * 1024 * 1024;

export function settingsOf({ network, name }: MachineConfiguration, memory = totalmem()): Configuration {
  const settings = v.parse(configurationSchema, {
    listen: ['0.0.0.0'],
    httpPort: 80,
    httpsPort: 443,
    network,
    name: [name],
    json: true, // to be read from the console by a program: EC2 shows it as get-console-output
  });
  return withinMemory(withinDescriptors(settings, descriptors), memory - unpacked);
}
