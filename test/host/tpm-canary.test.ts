import { randomBytes } from 'node:crypto';
import { bytesToHex } from '@noble/hashes/utils.js';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { statementName } from '../../service/attest/evidence.ts';
import { TPM_ALG } from '../../service/attest/tpm-constants.ts';
import { credentialRequestLength } from '../../service/attest/tpm-credential.ts';
import { networks, publicWallet, releasePayload } from '../../service/bitcoin/index.ts';
import { secretToSeal } from '../../service/bitcoin/sealing.ts';
import { openAttester } from '../../service/host/open-attester.ts';
import { Tpm } from '../../service/host/tpm.ts';
import { extendPcr } from '../../service/host/tpm-registers.ts';
import { openTpmWallet } from '../../service/host/tpm-wallet.ts';
import { formsOfKey } from '../support/forms-of-a-key.ts';
import { required } from '../support/required.ts';
import { SoftwareTpm } from '../support/swtpm.ts';
import { liveService } from './live-service.ts';
import { eventually } from './relay.ts';

/* The canary of a machine with a TPM: the key was made in it, and is in nothing that came out or was left behind. */

const missing = required.tool('swtpm').missing || required.tool('swtpm_setup').missing;
const random = (length: number): Uint8Array => Uint8Array.from(randomBytes(length));

describe.skipIf(missing)('a key that is sealed in a TPM', () => {
  let chip: SoftwareTpm;
  beforeAll(async () => {
    chip = await SoftwareTpm.manufacture();
  }, 60_000);
  afterAll(() => chip?.scrap());

  test('is in no buffer of a command or a response afterwards, in no evidence and in no line of the log', async () => {
    const transport = await chip.powerOn();
    /** The very buffers that were sent and received: they are looked at again at the end. */
    const buffers: Uint8Array[] = [];
    const copies: Buffer[] = [];
    const tpm = await Tpm.open({
      ...transport,
      transmit: async (command) => {
        const sent = Buffer.from(command);
        const response = await transport.transmit(command);
        buffers.push(command, response);
        copies.push(sent, Buffer.from(response));
        return response;
      },
    });
    await tpm.task((run) => extendPcr(run, 4, random(8), [TPM_ALG.SHA256]));
    const { key } = await openTpmWallet(tpm, random);
    const secret = secretToSeal(key);
    const wallet = publicWallet(key, networks.regtest, { kind: 'classic', keyOrigin: 'host', recovery: 'none' });
    const wif = /^wif: (\S+)$/m.exec(Buffer.from(releasePayload(key, wallet)()).toString())?.[1] ?? '';
    expect(wif).toHaveLength(52);

    const lines: string[] = [];
    const log = (event: string, fields?: object): void => void lines.push(JSON.stringify({ event, ...fields }));
    const attester = await openAttester(tpm, undefined, { entropy: random, log });
    const { service, log: serviceLog } = await liveService([], undefined, attester);
    const base = `http://127.0.0.1:${service.ports.http}`;
    const heard: string[] = [];
    const get = async (path: string): Promise<Response> =>
      eventually(
        async () => fetch(base + path),
        ({ status }) => status !== 202,
      );
    const attestation = await (await get('/attestation.json')).text();
    const { statement }: { readonly statement: string } = JSON.parse(attestation);
    heard.push(attestation, await (await get(`/evidence/${bytesToHex(statementName(statement))}`)).text());
    const posted = await fetch(`${base}/credential`, { method: 'POST', body: new Uint8Array(credentialRequestLength) });
    const { url }: { readonly url: string } = JSON.parse(await posted.text());
    heard.push(await (await get(url)).text());
    expect(heard[1]).toContain('btc-pinata/evidence/v1');

    const outputs = [...heard, ...lines, serviceLog()].map((text) => Buffer.from(text));
    for (const [form, bytes] of formsOfKey(secret, wif)) {
      for (const output of [...outputs, ...buffers.map((buffer) => Buffer.from(buffer))]) {
        expect(output.includes(bytes), form).toBe(false);
      }
    }
    // It went through them, to the TPM and back.
    expect(copies.filter((copy) => copy.includes(Buffer.from(secret)))).toHaveLength(2);
  }, 60_000);
});
