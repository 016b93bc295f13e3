import { createServer, type IncomingMessage, type RequestListener } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, describe, expect, onTestFinished, test, vi } from 'vitest';
import { canonicalConfiguration } from '../../service/attest/machine-configuration.ts';
import { pcr8 } from '../../service/attest/pcr.ts';
import { TPM_ALG } from '../../service/attest/tpm-constants.ts';
import type { Clock } from '../../service/host/clock.ts';
import { entropy } from '../../service/host/entropy.ts';
import { awaitEntropy, expectPlausibleClock, settingsOf, startMachine } from '../../service/host/machine.ts';
import { calmConsole } from '../../service/host/machine-console.ts';
import { readUserData } from '../../service/host/machine-metadata.ts';
import { Tpm } from '../../service/host/tpm.ts';
import { extendPcr, readPcrs } from '../../service/host/tpm-registers.ts';
import { required } from '../support/required.ts';
import { SoftwareTpm } from '../support/swtpm.ts';

const chosen = {
  network: 'regtest',
  refundKey: '79be667ef9dcbbac55a06295ce870b07029bfcdb2dce28d959f2815b16f81798',
  lockHeight: 900_000,
  name: 'pinata.example.org',
} as const;
const clock: Clock = { seconds: () => Date.UTC(2027, 0, 1) / 1000, monotonic: () => 0 };
const log = () => undefined;
const userData = () => Promise.resolve(JSON.stringify(chosen));

test('a machine whose TPM hangs says so, and is given up', async () => {
  vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval', 'performance'] });
  onTestFinished(() => void vi.useRealTimers());
  const said: string[] = [];
  const never = () => new Promise<never>(() => undefined);
  const openTpm = () => Promise.resolve({ transmit: never, close: never });
  const telling = (name: string) => void said.push(name);
  const start = startMachine({ clock, entropy, log: telling, userData, openTpm });
  start.catch(() => undefined); // it is looked at below
  await vi.advanceTimersByTimeAsync(300_000);
  expect(said).toContain('tpm_waited_for');
  await vi.advanceTimersByTimeAsync(100_000);
  await expect(start).rejects.toThrow('the TPM has not answered');
});

describe('a machine without a TPM', () => {
  const openTpm = () => Promise.resolve(undefined);

  test('has a vault whose key nothing keeps, on regtest alone', async () => {
    const { wallet, tpm } = await startMachine({ clock, entropy, log, userData, openTpm });
    expect(wallet).toMatchObject({ ephemeral: true, wallet: { kind: 'vault', keyOrigin: 'host', recovery: 'none' } });
    expect(tpm).toBeUndefined();
    const mainnet = () => Promise.resolve(JSON.stringify({ ...chosen, network: 'mainnet' }));
    await expect(startMachine({ clock, entropy, log, userData: mainnet, openTpm })).rejects.toThrow('needs a TPM');
  });

  test('says what it was given and its address, and nothing that a key could be', async () => {
    const said: unknown[] = [];
    const telling = (...line: readonly unknown[]) => void said.push(line);
    const { wallet } = await startMachine({ clock, entropy, log: telling, userData, openTpm });
    const text = JSON.stringify(said);
    expect(text).toContain(wallet.wallet.address);
    expect(text.match(/[0-9a-f]{64}|[5KLc][1-9A-HJ-NP-Za-km-z]{50,51}/g)).toEqual([chosen.refundKey]);
  });

  test('takes nothing but its four keys', async () => {
    const more = () => Promise.resolve(JSON.stringify({ ...chosen, keyFile: '/key' }));
    await expect(startMachine({ clock, entropy, log, userData: more, openTpm })).rejects.toThrow('key "keyFile"');
  });

  test.each([
    ['years ago', Date.UTC(1970, 0, 1)],
    ['before this source was written', Date.UTC(2026, 9, 1)],
    ['in two hundred years', Date.UTC(2226, 0, 1)],
  ])('does not start %s', async (_, time) => {
    const wrong = { ...clock, seconds: () => time / 1000 };
    await expect(startMachine({ clock: wrong, entropy, log, userData, openTpm })).rejects.toThrow(
      'set its clock to UTC',
    );
    expect(() => expectPlausibleClock(clock.seconds())).not.toThrow();
  });
});

const swtpm = required.tool('swtpm');
describe.skipIf(swtpm.missing)('a machine with a TPM', () => {
  test('measures its configuration into PCR 8 of both banks before it has a key, and refuses one measured already', async () => {
    const software = await SoftwareTpm.manufacture();
    const transport = await software.powerOn();
    // As a firmware does: a key is for what was booted, so something must have been.
    const firmware = await Tpm.open({ ...transport, close: () => Promise.resolve() });
    await firmware.task((run) => extendPcr(run, 4, Uint8Array.of(1), [TPM_ALG.SHA256, TPM_ALG.SHA384]));
    const openTpm = () => Promise.resolve(transport);
    const { wallet, tpm } = await startMachine({ clock, entropy, log, userData, openTpm });
    expect(wallet).toMatchObject({ ephemeral: false, wallet: { kind: 'vault', keyOrigin: 'measured-image' } });
    const expected = pcr8(canonicalConfiguration(chosen));
    for (const [hash, value] of [
      [TPM_ALG.SHA256, expected.sha256],
      [TPM_ALG.SHA384, expected.sha384],
    ] as const) {
      const read = await tpm?.task((run) => readPcrs(run, { hash, pcrs: [8] }));
      expect(read?.get(8)).toEqual(value);
    }
    await expect(startMachine({ clock, entropy, log, userData, openTpm })).rejects.toThrow(
      'PCR 8 of the TPM is not zero',
    );
    await tpm?.close();
    await software.scrap();
  });
});

describe('the settings of a machine', () => {
  const gibibyte = 1024 ** 3;

  test('are those of the public piñata, whatever is chosen', () => {
    expect(settingsOf(chosen, gibibyte)).toMatchObject({
      listen: ['0.0.0.0'],
      httpPort: 80,
      httpsPort: 443,
      serverPort: 10_000,
      dialbackPort: 10_001,
      reversePort: 10_002,
      name: ['pinata.example.org'],
      network: 'regtest',
    });
    for (const key of ['keyFile', 'data', 'testCredentials', 'managementPort', 'keyCredential'] as const) {
      expect(settingsOf(chosen, gibibyte)).not.toHaveProperty(key);
    }
  });

  test('leave room for what was unpacked into memory, and for the descriptors there are', () => {
    expect(settingsOf(chosen, gibibyte).connections).toBe(1920);
    expect(settingsOf(chosen, 512 * 1024 ** 2).connections).toBe(480);
    expect(settingsOf(chosen, 256 * 1024 ** 2).connections).toBe(1);
  });

  test('a generator that is ready does not keep it waiting', () => {
    expect(() => awaitEntropy()).not.toThrow();
  });
});

describe('the metadata of an instance', () => {
  let close = () => undefined as undefined;
  afterEach(() => close());

  const serving = async (listener: RequestListener) => {
    const server = createServer(listener);
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    close = () => {
      server.closeAllConnections();
      server.close();
    };
    const { port } = server.address() as AddressInfo;
    return { host: '127.0.0.1', port, milliseconds: 0 };
  };
  const honest =
    (body: string, asked: string[] = []): RequestListener =>
    (request: IncomingMessage, response) => {
      asked.push(`${request.method} ${request.url}`);
      if (request.method === 'PUT') {
        response.statusCode = request.headers['x-aws-ec2-metadata-token-ttl-seconds'] === '60' ? 200 : 400;
        return response.end('token==');
      }
      response.statusCode = request.headers['x-aws-ec2-metadata-token'] === 'token==' ? 200 : 401;
      return response.end(body);
    };

  test('is asked for with a token of its own, and nothing else is asked', async () => {
    const asked: string[] = [];
    expect(await readUserData(await serving(honest('{"a": 1}', asked)))).toBe('{"a": 1}');
    expect(asked).toEqual(['PUT /latest/api/token', 'GET /latest/user-data']);
  });

  test.each<readonly [string, RequestListener, string]>([
    ['longer than any configuration', honest('x'.repeat(100_000)), 'more than 2048 bytes'],
    ['not there', (_, response) => response.writeHead(404).end(), 'status 404'],
    ['for a token that is none', (_, response) => response.end('a b'), 'token'],
    ['cut off', (request) => request.socket.destroy(), 'user-data'],
  ])('%s is refused, with what to do', async (_, listener, words) => {
    const source = await serving(listener);
    await expect(readUserData(source)).rejects.toThrow(words);
    await expect(readUserData(source)).rejects.toThrow('start the instance with IMDSv2');
  });

  test('that comes only at the second try is taken', async () => {
    let tries = 0;
    const answer = honest('{}');
    const source = await serving((request, response) => {
      tries += 1;
      if (tries === 1) request.socket.destroy();
      else answer(request, response);
    });
    expect(await readUserData({ ...source, milliseconds: 60_000 })).toBe('{}');
  });
});

describe('the console of a machine', () => {
  test('writes so many lines of a flood, and says how many it left out', () => {
    const lines: string[] = [];
    let now = 0;
    const write = calmConsole(
      (line) => lines.push(line),
      () => now,
      { burst: 2, perSecond: 1 },
    );
    for (let n = 1; n <= 5; n++) write(`${n}\n`);
    now = 1000;
    write('6\n');
    write('7\n');
    expect(lines).toEqual(['1\n', '2\n', '(3 lines left out)\n', '6\n']);
  });
});
