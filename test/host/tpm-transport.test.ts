import { execFileSync, spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { constants, tmpdir } from 'node:os';
import { join } from 'node:path';
import { concatBytes } from '@noble/hashes/utils.js';
import { afterAll, beforeAll, describe, expect, onTestFinished, test, vi } from 'vitest';
import { TPM_ALG, TPM_CC, TPMA_NV } from '../../service/attest/tpm-constants.ts';
import { sized, u16, u32 } from '../../service/attest/tpm-wire.ts';
import { flush, Tpm } from '../../service/host/tpm.ts';
import {
  decodeResponse,
  emptyPassword,
  encodeCommand,
  execute,
  TpmError,
  TpmGarbled,
} from '../../service/host/tpm-command.ts';
import { runAuthorized, startSaltedSession } from '../../service/host/tpm-hmac-session.ts';
import { createAttestationKey, loadEndorsementKey } from '../../service/host/tpm-keys.ts';
import { isNoNitroTpm, requestNitroDocument } from '../../service/host/tpm-nitro.ts';
import { byIndex, defineNv, nameOfNv, readNv, readNvPublic, undefineNv } from '../../service/host/tpm-nv.ts';
import { waitForTpm } from '../../service/host/tpm-patience.ts';
import { startPolicySession } from '../../service/host/tpm-policy.ts';
import { openTpmDevice, type TpmTransport } from '../../service/host/tpm-transport.ts';
import { noSandbox } from '../sandbox/confined.ts';
import { boot } from '../support/measured-boot.ts';
import { required } from '../support/required.ts';
import { SoftwareTpm } from '../support/swtpm.ts';
import { anyPorts, Program } from './program.ts';

const missing = required.tool('swtpm').missing || required.tool('swtpm_setup').missing;
const log = () => undefined;
const command = { name: 'Test', code: 0x17e, parameters: [Uint8Array.of(1, 2, 3)] } as const;

const response = (tag: number, code: number, body: Uint8Array, size = 10 + body.length) =>
  concatBytes(u16(tag), u32(size), u32(code), body);

describe('a response', () => {
  test('is its parameters', () => {
    expect(decodeResponse(command, response(0x8001, 0, Uint8Array.of(7)))).toMatchObject({
      handle: 0,
      parameters: Uint8Array.of(7),
    });
  });

  test.each<[string, Uint8Array, string]>([
    ['is empty', new Uint8Array(), 'TPM2_Test: a response of 0 bytes, 10 to 4096 are read'],
    [
      'is too long',
      response(0x8001, 0, new Uint8Array(4087)),
      'TPM2_Test: a response of 4097 bytes, 10 to 4096 are read',
    ],
    [
      'has another size than it says',
      response(0x8001, 0, new Uint8Array(2), 11),
      'TPM2_Test: a response of 12 bytes that says it has 11',
    ],
    ['has another tag', response(0x8002, 0, new Uint8Array(4)), 'TPM2_Test: a response with tag 0x8002'],
  ])('that %s is none', (_, bytes, words) => {
    expect(() => decodeResponse(command, bytes)).toThrow(new TpmGarbled(words));
  });

  test('with authorisations says where its parameters end', () => {
    const authorised = { ...command, authorizations: [emptyPassword] };
    const long = response(0x8002, 0, concatBytes(u32(9), Uint8Array.of(1)));
    expect(() => decodeResponse(authorised, long)).toThrow('TPM2_Test: parameters of 9 bytes, 1 are there');
    expect(() => decodeResponse(authorised, response(0x8002, 0, Uint8Array.of(1)))).toThrow('ends after 11 bytes');
    const handle = { ...authorised, responseHandles: 1 } as const;
    expect(() => decodeResponse(handle, response(0x8002, 0, u32(1)))).toThrow('ends after 14 bytes');
  });

  test('with a code is an error that says what it means', () => {
    expect(() => decodeResponse(command, response(0x8001, 0x921, new Uint8Array()))).toThrow(
      /^TPM2_Test: the TPM answers 0x921 TPM_RC_LOCKOUT: /,
    );
  });

  test('and its command are zeroed once they are read: a key may be in them', async () => {
    const buffers: Uint8Array[] = [];
    const transport: TpmTransport = {
      transmit: async (bytes) => {
        const answer = response(0x8001, 0, Uint8Array.of(0x5e, 0xc2, 0xe7));
        buffers.push(bytes, answer);
        return answer;
      },
      close: async () => undefined,
    };
    const { parameters } = await execute(transport, command);
    expect(parameters).toEqual(Uint8Array.of(0x5e, 0xc2, 0xe7));
    expect(buffers.map((buffer) => buffer.every((octet) => octet === 0))).toEqual([true, true]);
  });
});

describe('the device', () => {
  const folder = mkdtempSync(join(tmpdir(), 'tpm-device-'));
  afterAll(() => rmSync(folder, { recursive: true }));

  test('takes a command in one write and gives its response in one read', async () => {
    // A pipe gives back what is written: that is a device that answers with the command.
    const path = join(folder, 'pipe');
    execFileSync('mkfifo', [path]);
    const device = await openTpmDevice(path);
    const bytes = encodeCommand(command);
    expect(await device.transmit(bytes)).toEqual(bytes);
    await device.close();
  });

  test('that is not there, or may not be opened, says what to do', async () => {
    await expect(openTpmDevice(join(folder, 'none'))).rejects.toThrow(/cannot be opened \(ENOENT\): is there a TPM/);
    writeFileSync(join(folder, 'file'), '');
    await expect(openTpmDevice(join(folder, 'file', 'x'))).rejects.toThrow(/\(ENOTDIR\): is there a TPM/);
  });

  test('that is a file has no command written over what is in it', async () => {
    const path = join(folder, 'key');
    writeFileSync(path, 'a key that somebody needs');
    await expect(openTpmDevice(path)).rejects.toThrow(/key is no device of a TPM, but a file or a disk: nothing was/);
    expect(readFileSync(path, 'utf8')).toBe('a key that somebody needs');
  });
});

describe('a TPM that does not answer', () => {
  const folder = mkdtempSync(join(tmpdir(), 'tpm-hangs-'));
  afterAll(() => rmSync(folder, { recursive: true }));

  test('is not waited for by who ends', async () => {
    let hangs = false;
    const none = () => response(0x8001, 0, Uint8Array.of(0, 0, 0, 0, 1, 0, 0, 0, 0));
    const transmit = () => (hangs ? new Promise<never>(() => undefined) : Promise.resolve(none()));
    const closed = vi.fn(async () => undefined);
    const tpm = await Tpm.open({ transmit, close: closed });
    hangs = true;
    void tpm.task((run) => run(command));
    await tpm.close();
    expect(closed).not.toHaveBeenCalled();
  });

  describe('keeps no process from its exit, which would wait with the thread that waits:', () => {
    const path = join(folder, 'pipe');
    // Nothing is ever written to this pipe, so that the read waits for good.
    const script = `
      import { openTpmDevice } from ${JSON.stringify(join(import.meta.dirname, '../../service/host/tpm-transport.ts'))};
      const device = await openTpmDevice(${JSON.stringify(path)});
      void device.transmit(new Uint8Array());
      setTimeout(() => process.exit(0), 300);`;
    const words = [process.execPath, '--input-type=module', '--eval', script];
    beforeAll(() => void execFileSync('mkfifo', [path]));
    const ended = async ([program = '', ...rest]: readonly string[]): Promise<readonly unknown[]> =>
      once(spawn(program, rest, { stdio: 'ignore' }), 'exit');

    test('not any other', async () => {
      expect(await ended(words)).toEqual([null, 'SIGKILL']);
    });

    test.skipIf(noSandbox)('nor the first of a machine, which hears no SIGKILL', async () => {
      const first = ['bwrap', '--unshare-user', '--unshare-pid', '--as-pid-1', '--dev-bind', '/', '/', '--', ...words];
      const [code, signal] = await ended(first);
      expect(signal).toBeNull();
      expect([128 + constants.signals.SIGABRT, 128 + constants.signals.SIGSEGV]).toContain(code);
    });
  });

  test('while nobody else speaks is named, and then given up', async () => {
    vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval', 'performance'] });
    onTestFinished(() => void vi.useRealTimers());
    const said: unknown[] = [];
    const hung = waitForTpm(new Promise<never>(() => undefined), (name, fields) => void said.push([name, fields]));
    hung.catch(() => undefined); // it is looked at below
    await vi.advanceTimersByTimeAsync(20_000);
    expect(said).toEqual([
      ['tpm_waited_for', { seconds: 10 }],
      ['tpm_waited_for', { seconds: 20 }],
    ]);
    await vi.advanceTimersByTimeAsync(310_000);
    await expect(hung).rejects.toThrow(/^the TPM has not answered for 330 seconds: it hangs, or another program/);
    expect(await waitForTpm(Promise.resolve(7), log)).toBe(7);
    await expect(waitForTpm(Promise.reject(new Error('as it was')), log)).rejects.toThrow('as it was');
    expect(vi.getTimerCount()).toBe(0);
  });
});

describe('--tpm', () => {
  const folder = mkdtempSync(join(tmpdir(), 'tpm-flag-'));
  afterAll(() => rmSync(folder, { recursive: true }));

  test.each([
    ['a path where nothing is', join(folder, 'none'), 'cannot be opened (ENOENT): is there a TPM'],
    ['a file', join(folder, 'file'), 'is no device of a TPM, but a file or a disk: nothing was written to it'],
  ])('%s: it says so and does not start', async (_, path, words) => {
    writeFileSync(join(folder, 'file'), '');
    const program = new Program([...anyPorts, '--tpm', path]);
    expect((await program.ended()).code).toBe(1);
    expect(program.stderr).toContain(words);
  });
});

describe.skipIf(missing)('a TPM in software', () => {
  let chip: SoftwareTpm;
  let tpm: Tpm;
  beforeAll(async () => {
    chip = await SoftwareTpm.manufacture();
    tpm = await boot(chip);
  }, 60_000);
  afterAll(() => chip?.scrap());

  test('says so where it does not know a command', async () => {
    const unknown = tpm.task((run) => run({ name: 'None', code: 0x2000_0002 }));
    await expect(unknown).rejects.toThrow(
      'TPM2_None: the TPM answers 0x143 TPM_RC_COMMAND_CODE: it does not know this command',
    );
  });

  test('is taken over with its slots full: what somebody left there is flushed', async () => {
    const own = await SoftwareTpm.manufacture();
    try {
      const transport = await own.powerOn();
      const before = await Tpm.open(transport);
      const fill = () => before.task(createAttestationKey);
      for (let i = 0; i < 3; i++) await fill();
      await expect(fill()).rejects.toThrow('TPM_RC_OBJECT_MEMORY');
      for (let i = 0; i < 3; i++) await before.task(startPolicySession);
      await expect(before.task(startPolicySession)).rejects.toThrow('TPM_RC_SESSION_MEMORY');
      const after = await Tpm.open(transport);
      expect((await after.task(createAttestationKey)).publicArea).toHaveLength(88);
      for (let i = 0; i < 3; i++) await after.task(startPolicySession);
    } finally {
      await own.scrap();
    }
  }, 60_000);

  test('runs one task after the other, and the next after one that failed', async () => {
    const order: number[] = [];
    const tasks = [0, 1, 2].map((number) =>
      tpm.task(async (run) => {
        order.push(number);
        await run({
          name: 'None',
          code: number === 1 ? 0x2000_0002 : TPM_CC.GetCapability,
          parameters: [u32(1), u32(0x8000_0000), u32(1)],
        });
        order.push(number);
      }),
    );
    await Promise.allSettled(tasks);
    expect(order).toEqual([0, 0, 1, 2, 2]);
  });

  describe('in a salted session with SHA-512', () => {
    const nvIndex = 0x0185_b7cf;
    const entropy = (length: number) => Uint8Array.from(randomBytes(length));
    const data = Uint8Array.of(1, 2, 3);

    /** Writes `data` to a new index under such a session, whose key `change` may change. */
    const write = (change: (key: Uint8Array) => Uint8Array) =>
      tpm.task(async (run) => {
        const attributes = TPMA_NV.AUTHREAD | TPMA_NV.AUTHWRITE | TPMA_NV.NO_DA;
        await defineNv(run, {
          nvIndex,
          nameAlg: TPM_ALG.SHA512,
          attributes,
          authPolicy: new Uint8Array(),
          dataSize: 3,
        });
        const session = await startSaltedSession(run, await loadEndorsementKey(run), entropy);
        try {
          const name = await nameOfNv(run, nvIndex);
          const command = {
            name: 'NV_Write',
            code: TPM_CC.NV_Write,
            handles: [nvIndex, nvIndex],
            parameters: [sized(data), u16(0)],
          };
          await runAuthorized(run, { ...session, key: change(session.key) }, command, [name, name], entropy);
          return await readNv(run, nvIndex, byIndex(nvIndex), 3);
        } finally {
          await flush(run, session.handle);
          await undefineNv(run, nvIndex);
        }
      });

    test('takes a command whose HMAC is right, and its response has one that is', async () => {
      expect(await write((key) => key)).toEqual(data);
    });

    test('refuses one by another key', async () => {
      await expect(write((key) => key.with(0, (key[0] ?? 0) ^ 1))).rejects.toThrow('TPM_RC_BAD_AUTH');
    });
  });

  test('is asked as a NitroTPM is, up to the vendor command: session, index and request are right', async () => {
    const request = {
      endorsementKey: await tpm.task(loadEndorsementKey),
      userData: new Uint8Array(32).fill(1),
      nonce: new Uint8Array(32).fill(2),
      entropy: (length: number) => Uint8Array.from(randomBytes(length)),
      size: 2048, // the most that libtpms has; NitroTPM has 8192
    };
    const failure: unknown = await requestNitroDocument(tpm, request).catch((error: unknown) => error);
    expect(failure).toBeInstanceOf(TpmError);
    expect(String(failure)).toContain('0x143');
    expect(isNoNitroTpm(failure)).toBe(true);
    expect(String(failure)).toContain('0x143');
    // What was made for it is gone.
    expect(await tpm.task((run) => readNvPublic(run, 0x0185_b7c1))).toBeUndefined();
  });
});

describe('a TPM that is busy', () => {
  const busyFor = (times: number): { readonly transport: TpmTransport; readonly sent: () => number } => {
    let sent = 0;
    const answer = (code: number, body = new Uint8Array()) =>
      concatBytes(u16(0x8001), u32(10 + body.length), u32(code), body);
    const transmit = async (): Promise<Uint8Array> => {
      sent++;
      // TPM2_GetCapability: no handles.
      return sent <= times ? answer(0x922) : answer(0, concatBytes(Uint8Array.of(0), u32(1), u32(0)));
    };
    return { transport: { transmit, close: async () => undefined }, sent: () => sent };
  };

  test('is asked again', async () => {
    const { transport, sent } = busyFor(2);
    await Tpm.open(transport);
    expect(sent()).toBe(2 + 2);
  });

  test('for ever is given up', async () => {
    await expect(Tpm.open(busyFor(Number.POSITIVE_INFINITY).transport)).rejects.toThrow('TPM_RC_RETRY: it was busy');
  });
});
