import { readFile } from 'node:fs/promises';
import { longestShownLog } from '../attest/evidence.ts';
import { Attester } from './attester.ts';
import type { Log } from './log.ts';
import { Tpm } from './tpm.ts';
import { TpmError } from './tpm-command.ts';
import type { Entropy } from './tpm-hmac-session.ts';
import { loadEndorsementKey } from './tpm-keys.ts';
import { requestNitroDocument } from './tpm-nitro.ts';
import { waitForTpm } from './tpm-patience.ts';
import { openTpmDevice } from './tpm-transport.ts';

export interface AttesterSurroundings {
  readonly entropy: Entropy;
  readonly log: Log;
}

/** Where Linux shows the log of the firmware; a machine without securityfs has it nowhere. */
const firmwareLog = '/sys/kernel/security/tpm0/binary_bios_measurements';

/** On a TPM that is open. `configuration` is the text that was measured into PCR 8. Throws an `Unstartable`. */
export const openAttester = (
  tpm: Tpm,
  configuration: string | undefined,
  surroundings: AttesterSurroundings,
): Promise<Attester> => waitForTpm(prepared(tpm, configuration, surroundings), surroundings.log);

async function prepared(
  tpm: Tpm,
  configuration: string | undefined,
  { entropy, log }: AttesterSurroundings,
): Promise<Attester> {
  const endorsementKey = await tpm.task(loadEndorsementKey);
  const nitroDocument = (userData: Uint8Array, nonce: Uint8Array): Promise<Uint8Array> =>
    requestNitroDocument(tpm, { userData, nonce, entropy, endorsementKey });
  const nitro = await answers(nitroDocument);
  const eventLog = await readFirmwareLog();
  log('attester', { nitroTpm: nitro, eventLog: eventLog?.length ?? 0 });
  return Attester.open({
    tpm,
    endorsementKey,
    configuration,
    eventLog,
    nitroDocument: nitro ? nitroDocument : undefined,
  });
}

/** Of a device, for as long as the process runs. Throws an `Unstartable`. */
export async function openDeviceAttester(
  path: string,
  surroundings: AttesterSurroundings,
): Promise<{ readonly attester: Attester; readonly tpm: Tpm }> {
  const tpm = await waitForTpm(Tpm.open(await openTpmDevice(path)), surroundings.log);
  return { attester: await openAttester(tpm, undefined, surroundings), tpm };
}

/** Asked once: another TPM has no room for the request, or does not know the command. */
async function answers(
  nitroDocument: (userData: Uint8Array, nonce: Uint8Array) => Promise<Uint8Array>,
): Promise<boolean> {
  try {
    await nitroDocument(new Uint8Array(32), new Uint8Array(32));
    return true;
  } catch (error) {
    if (error instanceof TpmError) return false;
    throw error;
  }
}

/** One that is too long to be shown with each quote is not shown. */
async function readFirmwareLog(): Promise<Uint8Array | undefined> {
  try {
    const log = await readFile(firmwareLog);
    return log.length > 0 && log.length <= longestShownLog ? new Uint8Array(log) : undefined;
  } catch {
    return undefined; // There is none, or it is root's alone.
  }
}
