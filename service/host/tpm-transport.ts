import { type FileHandle, open } from 'node:fs/promises';
import { Unstartable } from './unstartable.ts';

/** The bytes of one command in, those of its response out (TPM 2.0 Library, Part 1 §18). One at a time: `Tpm` sees to that. */
export interface TpmTransport {
  readonly transmit: (command: Uint8Array) => Promise<Uint8Array>;
  readonly close: () => Promise<void>;
}

/** The largest response of a TPM of a PC (TPM_PT_MAX_RESPONSE_SIZE); Linux reads no more either. */
export const longestResponse = 4096;

export const tpmDevice = '/dev/tpm0';

/**
 * Linux's character device: one write is one command, one read its whole response. It is opened by one process at a time
 * (EBUSY), so that nobody changes what we loaded; of /dev/tpmrm0 the kernel would swap our sessions out.
 *
 * A signature takes a TPM from ten milliseconds to half a second, in which the write or the read waits in the kernel: so the reads
 * and writes are those of the thread pool, and the listeners go on.
 */
export async function openTpmDevice(path: string = tpmDevice): Promise<TpmTransport> {
  const device = await openDevice(path);
  // The first command would be written over what is in a file, or on a disk.
  const kind = await device.stat();
  if (!kind.isCharacterDevice() && !kind.isFIFO()) {
    await device.close();
    throw new Unstartable(`${path} is no device of a TPM, but a file or a disk: nothing was written to it`);
  }
  let waits = false;
  // Node ends its thread pool before it exits, and so would wait with the thread that waits in the kernel.
  process.once('exit', () => {
    if (waits) endAtOnce();
  });
  return {
    transmit: async (command) => {
      waits = true;
      try {
        const { bytesWritten } = await device.write(command, 0, command.length, null);
        if (bytesWritten !== command.length)
          throw new Error(`${path} took ${bytesWritten} of a command of ${command.length} bytes`);
        const response = new Uint8Array(longestResponse);
        const { bytesRead } = await device.read(response, 0, response.length, null);
        return response.subarray(0, bytesRead);
      } finally {
        waits = false;
      }
    },
    close: () => device.close(),
  };
}

/** The first process of a machine does not hear SIGKILL, not even from itself; abort(3) ends on an instruction that is none. */
function endAtOnce(): void {
  if (process.pid === 1) process.abort();
  process.kill(process.pid, 'SIGKILL');
}

async function openDevice(path: string): Promise<FileHandle> {
  try {
    return await open(path, 'r+');
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? String(error.code) : 'unreadable';
    const advice =
      code === 'EBUSY'
        ? 'another program has it open (a resource manager such as tpm2-abrmd): stop that'
        : code === 'EACCES' || code === 'EPERM'
          ? 'this user may not read and write it'
          : 'is there a TPM, and a driver for it in the kernel?';
    throw new Unstartable(`${path} cannot be opened (${code}): ${advice}`);
  }
}
