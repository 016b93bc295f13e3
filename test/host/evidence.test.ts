import { randomBytes } from 'node:crypto';
import { bytesToHex, hexToBytes, utf8ToBytes } from '@noble/hashes/utils.js';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { attestedIdentity } from '../../service/attest/attested-identity.ts';
import { type Cbor, CborMap } from '../../service/attest/cbor.ts';
import { decodeEvidence, type Evidence, statementName, type TpmEvidence } from '../../service/attest/evidence.ts';
import { decodeProof, isProof, verifyProof } from '../../service/attest/index.ts';
import { nitroTpmMeasured, verifyNitroDocument } from '../../service/attest/nitro-verify.ts';
import {
  credentialRequestLength,
  encodeCredentialRequest,
  makeCredential,
} from '../../service/attest/tpm-credential.ts';
import { attestationKeyName, endorsementKey, verifyTpmEvidence } from '../../service/attest/verify-evidence.ts';
import { decodeStatement } from '../../service/bitcoin/index.ts';
import { Attester } from '../../service/host/attester.ts';
import { evidenceLimits, HostEvidence } from '../../service/host/evidence.ts';
import { openAttester } from '../../service/host/open-attester.ts';
import { boot, expectedPcrs, published } from '../support/measured-boot.ts';
import { mockNitro, nitroTime, signedDocument } from '../support/mock-nitro.ts';
import { required } from '../support/required.ts';
import { SoftwareTpm } from '../support/swtpm.ts';
import { liveService } from './live-service.ts';
import { eventually } from './relay.ts';

const missing = required.tool('swtpm').missing || required.tool('swtpm_setup').missing;
const random = (length: number): Uint8Array => Uint8Array.from(randomBytes(length));
const quiet = () => undefined;

describe.skipIf(missing)('a piñata with a TPM', () => {
  let chip: SoftwareTpm;
  let attester: Attester;
  beforeAll(async () => {
    chip = await SoftwareTpm.manufacture();
    // As the program does it: this is no NitroTPM, and it finds out.
    attester = await openAttester(await boot(chip), published.configuration, { entropy: random, log: quiet });
  }, 60_000);
  afterAll(() => chip?.scrap());

  /** Until it is there: 202 says that it is being made. */
  const answered = async (url: string): Promise<Response> =>
    eventually(
      () => fetch(url),
      ({ status }) => status !== 202,
    );

  test('answers a challenge with a proof, evidence of the same statement, and the secret of a credential', async () => {
    const { service } = await liveService([], undefined, attester);
    const base = `http://127.0.0.1:${service.ports.http}`;
    const post = async (path: string, body: Uint8Array<ArrayBuffer>): Promise<string> => {
      const response = await fetch(base + path, { method: 'POST', body });
      expect(response.status).toBe(202);
      const ticket: { readonly url: string } = JSON.parse(await response.text());
      return base + ticket.url;
    };

    const challenge = randomBytes(32);
    const proof = decodeProof(await (await answered(await post('/challenge', new Uint8Array(challenge)))).text());
    if ('fault' in proof || !isProof(proof)) throw new Error('no proof');
    const judged = verifyProof(proof, { challenge });
    expect(judged.find(({ name }) => name === 'challenge')?.outcome).toBe('pass');

    const name = bytesToHex(statementName(proof.statement));
    const decoded = decodeEvidence(await (await answered(`${base}/evidence/${name}`)).text());
    if (!decoded.ok) throw new Error(decoded.fault);
    const evidence: Evidence = decoded.value;
    const tpm: TpmEvidence | undefined = evidence.tpm;
    if (tpm === undefined) throw new Error('no evidence of a TPM');

    const { root, issuer } = chip.authority;
    const trust = { roots: [root], intermediates: [issuer], now: Math.floor(Date.now() / 1000) };
    const key = endorsementKey(tpm.ekCertificate, trust);
    const ak = attestationKeyName(tpm.akPublic);
    if (!key.ok || !ak.ok) throw new Error('no keys');
    const sent = random(32);
    const made = makeCredential(key.value.publicKey, ak.value, {
      credential: sent,
      seed: random(32),
      oaepSeed: random(32),
    });
    if (!made.ok) throw new Error(made.fault);
    const request = new Uint8Array(encodeCredentialRequest(made.value));
    const opened: { readonly format: string; readonly secret: string } = JSON.parse(
      await (await answered(await post('/credential', request))).text(),
    );
    expect(opened).toEqual({ format: 'btc-pinata/credential/v1', secret: bytesToHex(sent) });

    const { checks } = verifyTpmEvidence(
      { ...evidence, tpm },
      {
        ...trust,
        statement: proof.statement,
        credential: { sent, answered: Uint8Array.from(Buffer.from(opened.secret, 'hex')) },
        pcrs: [...expectedPcrs()].map(([pcr, value]) => ({ bank: 'sha256', pcr, value })),
      },
    );
    expect(checks.filter(({ outcome }) => outcome === 'fail')).toEqual([]);

    // What is not for this machine, and what is none.
    const turned = request.slice();
    turned[40] = (turned[40] ?? 0) ^ 1;
    for (const wrong of [turned, new Uint8Array(credentialRequestLength)]) {
      const outcome = await (await answered(await post('/credential', wrong))).text();
      expect(JSON.parse(outcome)).toEqual({ format: 'btc-pinata/credential/v1', secret: null });
    }
    expect((await fetch(`${base}/credential`, { method: 'POST', body: new Uint8Array(327) })).status).toBe(400);
    expect((await fetch(`${base}/credential`, { method: 'POST', body: new Uint8Array(329) })).status).toBe(413);
    expect((await fetch(`${base}/evidence/${'0'.repeat(64)}`)).status).toBe(404);
    expect((await fetch(`${base}/credential/0000000000000000-0`)).status).toBe(404);
    expect((await fetch(`${base}/credential`)).status).toBe(405);
  }, 60_000);

  test('on EC2 has the document of AWS too, over the same identity and the same challenges', async () => {
    const own = await SoftwareTpm.manufacture();
    try {
      const nitro = mockNitro();
      // What NitroTPM answers with, but for the key that signs.
      const nitroDocument = async (userData: Uint8Array, nonce: Uint8Array): Promise<Uint8Array> =>
        signedDocument({
          module_id: 'i-0123456789abcdef0',
          digest: 'SHA384',
          timestamp: BigInt(nitroTime) * 1000n,
          nitrotpm_pcrs: new CborMap([4, 7].map((pcr): [bigint, Cbor] => [BigInt(pcr), new Uint8Array(48).fill(pcr)])),
          certificate: nitro.certificate,
          cabundle: nitro.cabundle,
          public_key: null,
          user_data: userData,
          nonce,
        });
      const { configuration } = published;
      const tpm = await boot(own);
      const attested = await Attester.open({ tpm, configuration, eventLog: undefined, nitroDocument });
      const { service } = await liveService([], undefined, attested);
      const base = `http://127.0.0.1:${service.ports.http}`;
      const { statement }: { readonly statement: string } = JSON.parse(
        await (await fetch(`${base}/attestation.json`)).text(),
      );
      const name = bytesToHex(statementName(statement));
      const evidence = decodeEvidence(await (await answered(`${base}/evidence/${name}`)).text());
      if (!evidence.ok || evidence.value.nitroTpm === undefined) throw new Error('no document');
      const checks = verifyNitroDocument(evidence.value.nitroTpm, {
        source: 'nitrotpm',
        roots: [nitro.rootSha256],
        now: nitroTime,
        nonce: hexToBytes(decodeStatement(statement)?.fields.challengeRoot ?? ''),
        identity: attestedIdentity(statement, utf8ToBytes(configuration)),
        pcrs: new Map([[4, new Uint8Array(48).fill(4)]]),
        measured: nitroTpmMeasured,
      });
      expect(checks.filter(({ outcome }) => outcome !== 'pass')).toEqual([]);
    } finally {
      await own.scrap();
    }
  }, 60_000);

  test('without one has no evidence, and takes no credential', async () => {
    const { service } = await liveService();
    const base = `http://127.0.0.1:${service.ports.http}`;
    const attestation: { readonly statement: string } = JSON.parse(
      await (await fetch(`${base}/attestation.json`)).text(),
    );
    expect((await fetch(`${base}/evidence/${bytesToHex(statementName(attestation.statement))}`)).status).toBe(404);
    const post = await fetch(`${base}/credential`, { method: 'POST', body: new Uint8Array(credentialRequestLength) });
    expect([404, 405, 413]).toContain(post.status);
  });

  test('of many statements at once has evidence of as many as may wait, and of the others none', async () => {
    const logged: string[] = [];
    const evidence = new HostEvidence({ attester, entropy: random, log: (event) => logged.push(event) });
    const statements = Array.from({ length: evidenceLimits.quotes + 2 }, (_, i) => `statement ${i}`);
    for (const statement of statements) evidence.attest(statement);
    expect(logged).toEqual(['quote_omitted', 'quote_omitted']);
    const found = () => statements.map((statement) => evidence.store.evidence(bytesToHex(statementName(statement))));
    await eventually(
      async () => found(),
      (now) => now.every((entry) => entry !== 'waiting'),
    );
    expect(found().map((entry) => typeof entry)).toEqual([
      'object',
      'object',
      'object',
      'object',
      'undefined',
      'undefined',
    ]);
    evidence.stop();
  });

  test('lets so many credentials wait, and forgets the oldest documents first', async () => {
    const evidence = new HostEvidence({ attester, entropy: random, log: quiet });
    const { credentials } = evidence.store;
    const made = makeCredential(
      { algorithm: 'rsa', modulus: (1n << 2047n) + 1n, exponent: 65_537n, bits: 2048 },
      new Uint8Array(34),
      { credential: random(32), seed: random(32), oaepSeed: random(32) },
    );
    if (!made.ok) throw new Error(made.fault);
    const request = encodeCredentialRequest(made.value);
    // The first is being opened, and does not wait.
    const ids = Array.from({ length: evidenceLimits.credentials + 2 }, () => credentials.take(request));
    expect(ids.filter((id) => id === undefined)).toHaveLength(1);
    const [first = ''] = ids;
    expect(
      await eventually(
        async () => credentials.find(first),
        (outcome) => outcome !== 'waiting',
      ),
    ).toEqual({ secret: undefined });
    evidence.stop();
    expect(credentials.take(request)).toBeUndefined();

    const others = new HostEvidence({ attester, entropy: random, log: quiet });
    const malformed = Array.from({ length: evidenceLimits.remembered + 1 }, () =>
      others.store.credentials.take(new Uint8Array(credentialRequestLength)),
    );
    expect(others.store.credentials.find(malformed[0] ?? '')).toBeUndefined();
    expect(others.store.credentials.find(malformed[1] ?? '')).toEqual({ secret: undefined });
    others.stop();
  });
});
