import { sha256 } from '@noble/hashes/sha2.js';
import { utf8ToBytes } from '@noble/hashes/utils.js';
import { TPM_ALG } from '../../service/attest/tpm-constants.ts';
import { extended } from '../../service/attest/tpm-pcr.ts';
import { Tpm } from '../../service/host/tpm.ts';
import { extendPcr } from '../../service/host/tpm-registers.ts';
import type { SoftwareTpm } from './swtpm.ts';

/* What firmware and image do to the registers of a TPM, without either: one measurement a register, each named by a word. */

export interface Boot {
  readonly image: string;
  readonly secureBoot: string;
  readonly configuration: string;
  /** Undefined where nothing is measured into PCR 12. */
  readonly commandLine: string | undefined;
}

export const published: Boot = {
  image: 'the published image',
  secureBoot: 'off',
  configuration: '{"network":"regtest"}',
  commandLine: undefined,
};

const registers = { image: 4, secureBoot: 7, configuration: 8, commandLine: 12 } as const;

const measurements = ({
  image,
  secureBoot,
  configuration,
  commandLine,
}: Boot): readonly (readonly [number, Uint8Array])[] =>
  [
    [registers.image, image] as const,
    [registers.secureBoot, secureBoot] as const,
    [registers.configuration, configuration] as const,
    [registers.commandLine, commandLine] as const,
  ].flatMap(([pcr, word]) => (word === undefined ? [] : [[pcr, utf8ToBytes(word)] as const]));

/** Switches the machine on and measures. */
export async function boot(chip: SoftwareTpm, what: Boot = published): Promise<Tpm> {
  const tpm = await Tpm.open(await chip.powerOn());
  await tpm.task(async (run) => {
    for (const [pcr, data] of measurements(what)) await extendPcr(run, pcr, data, [TPM_ALG.SHA256, TPM_ALG.SHA384]);
  });
  return tpm;
}

/** Switches it off as it should be. */
export async function shutDown(chip: SoftwareTpm, tpm: Tpm): Promise<void> {
  await tpm.close();
  await chip.powerOff();
}

/** The values of SHA-256 that follow from it, of the registers that a key is sealed to. */
export function expectedPcrs(what: Boot = published): ReadonlyMap<number, Uint8Array> {
  const zero = new Uint8Array(32);
  const values = new Map<number, Uint8Array>(Object.values(registers).map((pcr) => [pcr, zero]));
  for (const [pcr, data] of measurements(what)) values.set(pcr, extended(TPM_ALG.SHA256, zero, sha256(data)));
  return values;
}
