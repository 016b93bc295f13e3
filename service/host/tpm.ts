import { setTimeout as delay } from 'node:timers/promises';
import { bytesToHex } from '@noble/hashes/utils.js';
import { TPM_CC } from '../attest/tpm-constants.ts';
import { TPM_RC } from '../attest/tpm-response-code.ts';
import { type TpmReader, u32, unmarshal } from '../attest/tpm-wire.ts';
import { execute, type TpmCommand, TpmError, TpmGarbled, type TpmResponse } from './tpm-command.ts';
import type { TpmTransport } from './tpm-transport.ts';

/** TPM_SU_CLEAR, TPM 2.0 Library, Part 2 §6.10. */
const TPM_SU_CLEAR = 0;
/** TPM_CAP_HANDLES, §6.12. */
const TPM_CAP_HANDLES = 1;
/** What takes a slot: transient objects, and sessions that are loaded, whose handles are of two types (§7.2). */
const slots = [
  { first: 0x8000_0000, types: [0x80] },
  { first: 0x0200_0000, types: [0x02, 0x03] },
] as const;

/** A TPM to which one task at a time speaks: a session or a loaded key of one is not disturbed by another. */
export class Tpm {
  readonly #transport: TpmTransport;
  #last: Promise<unknown> = Promise.resolve();

  private constructor(transport: TpmTransport) {
    this.#transport = transport;
  }

  /**
   * Takes the TPM over: what a process before this one left loaded is flushed, for there are three slots. (Through /dev/tpm0
   * there is no other program: it is opened by one at a time, and the kernel keeps what comes through /dev/tpmrm0 out of the slots.)
   */
  static async open(transport: TpmTransport): Promise<Tpm> {
    const tpm = new Tpm(transport);
    await tpm.task(async (run) => {
      for (const { first, types } of slots) {
        for (const handle of await handlesFrom(run, first)) {
          if (types.some((type) => type === handle >>> 24)) await flush(run, handle);
        }
      }
    });
    return tpm;
  }

  /** Runs `work` when those before it have ended; its commands follow each other with nobody else's in between. */
  task<T>(work: (run: Run) => Promise<T>): Promise<T> {
    const result = this.#last.then(() => work((command) => insist(this.#transport, command)));
    this.#last = result.catch(() => undefined);
    return result;
  }

  /**
   * TPM2_Shutdown: a TPM that is switched off without it counts that towards its lockout. One that does not answer is left as
   * it is, open: whoever ends cannot wait for it.
   */
  async close(): Promise<void> {
    const timer = new AbortController();
    await Promise.race([this.#shutDown(), delay(patienceMilliseconds, undefined, timer).catch(() => undefined)]);
    timer.abort();
  }

  async #shutDown(): Promise<void> {
    try {
      await this.task((run) =>
        run({ name: 'Shutdown', code: TPM_CC.Shutdown, parameters: [Uint8Array.of(0, TPM_SU_CLEAR)] }),
      );
    } catch (error) {
      // What it says to that changes nothing any more.
      if (!(error instanceof TpmError || error instanceof TpmGarbled)) throw error;
    } finally {
      await this.#transport.close();
    }
  }
}

/** A signature that is under way is waited for. */
const patienceMilliseconds = 2000;

/** Nothing was done, and the same command is to be sent again (Part 1 §37.4). */
const again: readonly number[] = [TPM_RC.RETRY, TPM_RC.YIELDED, TPM_RC.TESTING];
const tries = 40;
const pauseMilliseconds = 50;

async function insist(transport: TpmTransport, command: TpmCommand): Promise<TpmResponse> {
  for (let left = tries - 1; ; left--) {
    try {
      return await execute(transport, command);
    } catch (error) {
      if (!(error instanceof TpmError && again.includes(error.code)) || left === 0) throw error;
    }
    await delay(pauseMilliseconds);
  }
}

export type Run = (command: TpmCommand) => Promise<TpmResponse>;

/** The parameters of a response, all of them; a TPM that sends something else is not to be talked to. */
export function parametersOf<T>(name: string, { parameters }: TpmResponse, read: (reader: TpmReader) => T): T {
  const value = unmarshal(parameters, read);
  if (!value.ok) throw new TpmGarbled(`TPM2_${name}: ${value.fault}, in ${bytesToHex(parameters.subarray(0, 64))}`);
  return value.value;
}

/** TPM2_FlushContext, Part 3 §28.4. */
export async function flush(run: Run, handle: number): Promise<void> {
  await run({ name: 'FlushContext', code: TPM_CC.FlushContext, parameters: [u32(handle)] });
}

/** TPM2_GetCapability of handles, Part 3 §30.2: 254 at most, of what `first` is of. */
async function handlesFrom(run: Run, first: number): Promise<readonly number[]> {
  const response = await run({
    name: 'GetCapability',
    code: TPM_CC.GetCapability,
    parameters: [u32(TPM_CAP_HANDLES), u32(first), u32(254)],
  });
  return parametersOf('GetCapability', response, (reader) => {
    reader.yesNo('moreData');
    if (reader.u32('capability') !== TPM_CAP_HANDLES) reader.refuse('another capability than TPM_CAP_HANDLES');
    const count = reader.u32('count');
    if (count > 254) reader.refuse(`${count} handles`);
    return Array.from({ length: count }, () => reader.u32('handle'));
  });
}
