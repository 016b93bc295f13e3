import { randomBytes } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { allPassed } from '../../service/attest/check.ts';
import { decodeEvidence, type Evidence, encodeEvidence, type TpmEvidence } from '../../service/attest/evidence.ts';
import type { ExpectedPcr } from '../../service/attest/quote.ts';
import { marshalQuote, unmarshalQuote } from '../../service/attest/tpm-attest.ts';
import { TPM_RH, TPMA_OBJECT } from '../../service/attest/tpm-constants.ts';
import { type Credential, credentialLength, makeCredential } from '../../service/attest/tpm-credential.ts';
import { endorsementKeyTemplate } from '../../service/attest/tpm-endorsement-key.ts';
import { attestationKeyTemplate } from '../../service/attest/tpm-public.ts';
import {
  attestationKeyName,
  endorsementKey,
  type TpmExpectations,
  verifyTpmEvidence,
} from '../../service/attest/verify-evidence.ts';
import { Attester } from '../../service/host/attester.ts';
import { flush, Tpm } from '../../service/host/tpm.ts';
import {
  activateCredential,
  createAttestationKey,
  createPrimary,
  loadEndorsementKey,
  quote,
} from '../../service/host/tpm-keys.ts';
import { boot, expectedPcrs, published, shutDown } from '../support/measured-boot.ts';
import { required } from '../support/required.ts';
import { SoftwareTpm } from '../support/swtpm.ts';

const missing = required.tool('swtpm').missing || required.tool('swtpm_setup').missing;

const statement = 'btc-pinata/attest/v1\nchallenge-root: with the nonce of the visitor\n';
const { configuration } = published;
const now = () => Math.floor(Date.now() / 1000);
const random = (length: number): Uint8Array => Uint8Array.from(randomBytes(length));

const pcrs = (what = published): readonly ExpectedPcr[] =>
  [...expectedPcrs(what)].map(([pcr, value]) => ({ bank: 'sha256', pcr, value }));

type WithTpm = Evidence & { readonly tpm: TpmEvidence };

function withTpm(evidence: Evidence): WithTpm {
  const { tpm } = evidence;
  if (tpm === undefined) throw new Error('no evidence of a TPM');
  return { ...evidence, tpm };
}

describe.skipIf(missing)('the evidence of a TPM', () => {
  let fresh: SoftwareTpm;
  let tpm: Tpm;
  let attester: Attester;
  let evidence: WithTpm;
  let expected: TpmExpectations;

  const credentialFor = (about: WithTpm): { readonly secret: Uint8Array; readonly credential: Credential } => {
    const key = endorsementKey(about.tpm.ekCertificate, expected);
    const name = attestationKeyName(about.tpm.akPublic);
    if (!key.ok || !name.ok) throw new Error('no key to make a credential to');
    const secret = random(credentialLength);
    const made = makeCredential(key.value.publicKey, name.value, {
      credential: secret,
      seed: random(32),
      oaepSeed: random(32),
    });
    if (!made.ok) throw new Error(made.fault);
    return { secret, credential: made.value };
  };

  beforeAll(async () => {
    fresh = await SoftwareTpm.manufacture();
    tpm = await boot(fresh);
    attester = await Attester.open({ tpm, configuration, eventLog: undefined });
    evidence = withTpm(await attester.attest(statement));
    const { root, issuer } = fresh.authority;
    expected = { statement, now: now(), roots: [root], intermediates: [issuer], credential: undefined, pcrs: pcrs() };
    const { secret, credential } = credentialFor(evidence);
    expected = { ...expected, credential: { sent: secret, answered: await attester.activate(credential) } };
  }, 60_000);
  afterAll(() => fresh?.scrap());

  const judge = (about: WithTpm = evidence, change: Partial<TpmExpectations> = {}) =>
    verifyTpmEvidence(about, { ...expected, ...change });

  /** Each check that failed, with its words; what was not reached has none to say. */
  const blamed = (about: WithTpm, change: Partial<TpmExpectations> = {}): string[] =>
    judge(about, change)
      .checks.filter(({ outcome, found }) => outcome === 'fail' && found !== 'not reached')
      .map(({ name, found }) => `${name}: ${found}`);

  const changed = (change: Partial<TpmEvidence>): WithTpm => ({ ...evidence, tpm: { ...evidence.tpm, ...change } });

  test('passes where the machine booted what it should: every check but those there is nothing to compare for', () => {
    expect(judge().checks.map(({ name, outcome }) => `${name} ${outcome}`)).toEqual([
      'evidence-statement pass',
      'endorsement pass',
      'credential pass',
      'configuration pass',
      'event-log unchecked',
      'attestation-key pass',
      'quote-form pass',
      'quote-signature pass',
      'quote-nonce pass',
      'quote-pcrs pass',
      'expected-pcrs pass',
      'quote-boot unchecked',
    ]);
  });

  test('is the same after it went through JSON', () => {
    const text = encodeEvidence(evidence);
    expect(decodeEvidence(text)).toEqual({ ok: true, value: evidence });
  });

  test('of a second quote is not of an earlier boot', async () => {
    const { clockInfo } = judge();
    const second = withTpm(await attester.attest(`${statement}2`));
    const { checks } = judge(second, { statement: `${statement}2`, earlier: clockInfo });
    expect(checks.filter(({ outcome }) => outcome !== 'pass').map(({ name }) => name)).toEqual(['event-log']);
  });

  describe('is refused for', () => {
    test('another statement, so another nonce or a relayed identity', () => {
      const other = blamed(evidence, { statement: `${statement}other` });
      expect(other).toEqual([
        expect.stringMatching(/^evidence-statement: /),
        expect.stringMatching(/^quote-nonce: quoted is [0-9a-f]{64}, expected [0-9a-f]{64}$/),
      ]);
    });

    test('another configuration than the one that was measured, and one that is not shown', () => {
      expect(blamed({ ...evidence, configuration: '{}' })).toEqual([
        'configuration: PCR 8 was extended with something else',
        expect.stringMatching(/^quote-nonce/),
      ]);
      expect(blamed({ ...evidence, configuration: undefined })).toEqual([
        'configuration: none is shown, and PCR 8 is not zero, or not quoted',
        expect.stringMatching(/^quote-nonce/),
      ]);
    });

    test.each([
      ['another image', { ...published, image: 'evil' }, 4],
      ['another configuration', { ...published, configuration: '{}' }, 8],
      ['another command line', { ...published, commandLine: 'init=/bin/sh' }, 12],
    ])('%s', (_, what, pcr) => {
      const words = blamed(evidence, { pcrs: pcrs(what) });
      expect(words).toEqual([
        expect.stringMatching(new RegExp(`^expected-pcrs: sha256 PCR ${pcr} is [0-9a-f]{64}, expected`)),
      ]);
    });

    test('a register that was not quoted, and a verifier who expects nothing', () => {
      const value = new Uint8Array(32);
      expect(blamed(evidence, { pcrs: [{ bank: 'sha256', pcr: 20, value }] })).toEqual([
        'expected-pcrs: sha256 PCR 20 is not quoted',
      ]);
      expect(blamed(evidence, { pcrs: [{ bank: 'sha384', pcr: 4, value }] })).toEqual([
        'expected-pcrs: sha384 PCR 4 is not quoted',
      ]);
      expect(blamed(evidence, { pcrs: [] })).toEqual(['expected-pcrs: no value is known that could be expected']);
    });

    test('registers that are shown otherwise than quoted', () => {
      const values = new Map(evidence.tpm.pcrs.sha256);
      values.set(4, new Uint8Array(32).fill(1));
      expect(blamed(changed({ pcrs: { sha256: values } }))).toEqual([
        expect.stringMatching(/^quote-pcrs: the values shown/),
      ]);
      values.delete(4);
      expect(blamed(changed({ pcrs: { sha256: values } }))).toEqual([expect.stringMatching(/^quote-pcrs: /)]);
      expect(blamed(changed({ pcrs: {} }))).toEqual([
        expect.stringMatching(/^configuration: /),
        expect.stringMatching(/^quote-pcrs: /),
      ]);
      const both = { ...evidence.tpm.pcrs, sha384: new Map([[4, new Uint8Array(48)]]) };
      expect(blamed(changed({ pcrs: both }))).toEqual([expect.stringMatching(/^quote-pcrs: 2 banks are shown/)]);
    });

    test('every bit turned in the quote, the signature or the key', () => {
      for (const part of ['quote', 'signature', 'akPublic'] as const) {
        const original = evidence.tpm[part];
        // Each octet, in one of its bits or another.
        for (let at = 0; at < original.length; at++) {
          const turned = original.slice();
          turned[at] = (turned[at] ?? 0) ^ (1 << (at & 7));
          expect(blamed(changed({ [part]: turned })), `${part}, octet ${at}`).not.toEqual([]);
        }
      }
    });

    test('a quote that is cut short or goes on', () => {
      const { quote: whole } = evidence.tpm;
      for (const wrong of [whole.subarray(0, -1), Uint8Array.of(...whole, 0), new Uint8Array()]) {
        expect(blamed(changed({ quote: wrong }))).toEqual([expect.stringMatching(/^quote-form/)]);
      }
    });

    test('a boot that is older than the one seen before', () => {
      const { clockInfo } = judge();
      if (clockInfo === undefined) throw new Error('no clock');
      const { resetCount, restartCount, clock } = clockInfo;
      for (const earlier of [
        { ...clockInfo, resetCount: resetCount + 1 },
        { ...clockInfo, restartCount: restartCount + 1 },
        { ...clockInfo, clock: clock + 1n },
      ]) {
        expect(blamed(evidence, { earlier })).toEqual([expect.stringMatching(/^quote-boot: boot \d+/)]);
      }
      expect(blamed(evidence, { earlier: { ...clockInfo, resetCount: resetCount - 1, clock: clock + 1n } })).toEqual(
        [],
      );
    });

    test('another root, no root, an expired certificate, or none', () => {
      const { root, issuer } = fresh.authority;
      const refusals = [
        blamed(evidence, { roots: [issuer].slice(1) }),
        blamed(evidence, { intermediates: [] }),
        blamed(evidence, { now: 0 }),
        blamed(changed({ ekCertificate: undefined })),
        blamed(changed({ ekCertificate: root })),
      ];
      for (const words of refusals) {
        expect(words).toEqual([
          expect.stringMatching(/^endorsement: /),
          'credential: no certificate that holds, so nothing that it could be bound to',
        ]);
      }
      expect(blamed(evidence, { roots: [issuer], intermediates: [] })).toEqual([]);
    });

    test('a secret that did not come out', () => {
      const sent = new Uint8Array(32).fill(1);
      expect(blamed(evidence, { credential: { sent, answered: new Uint8Array(32) } })).toEqual([
        'credential: it did not come out',
      ]);
      expect(blamed(evidence, { credential: { sent, answered: undefined } })).toEqual([
        'credential: it did not come out',
      ]);
      expect(judge(evidence, { credential: undefined }).checks.find(({ name }) => name === 'credential')?.outcome).toBe(
        'unchecked',
      );
    });
  });

  test('a credential for another attestation key, for another chip, or with a bit turned opens nothing', async () => {
    const { credential } = credentialFor(evidence);
    for (const part of ['credentialBlob', 'secret'] as const) {
      const turned = credential[part].slice();
      turned[turned.length - 1] = (turned.at(-1) ?? 0) ^ 1;
      expect(await attester.activate({ ...credential, [part]: turned })).toBeUndefined();
    }
    const key = endorsementKey(evidence.tpm.ekCertificate, expected);
    const name = attestationKeyName(evidence.tpm.akPublic);
    if (!key.ok || !name.ok) throw new Error('no key');
    const otherName = name.value.with(-1, (name.value.at(-1) ?? 0) ^ 1);
    const entropy = { credential: random(32), seed: random(32), oaepSeed: random(32) };
    const forAnother = makeCredential(key.value.publicKey, otherName, entropy);
    if (!forAnother.ok) throw new Error(forAnother.fault);
    expect(await attester.activate(forAnother.value)).toBeUndefined();
    // And it goes on answering those that are right.
    const right = credentialFor(evidence);
    expect(await attester.activate(right.credential)).toEqual(right.secret);
  });

  test('an endorsement key that is made anew from the template is the one of the certificate, and opens credentials as well', async () => {
    const { secret, credential } = credentialFor(evidence);
    await tpm.task(async (run) => {
      const there = await loadEndorsementKey(run);
      const made = await createPrimary(run, TPM_RH.ENDORSEMENT, endorsementKeyTemplate);
      expect(there.handle).not.toBe(made.handle);
      expect(made.publicArea).toEqual(there.publicArea);
      const attestationKey = await createAttestationKey(run);
      expect(await activateCredential(run, attestationKey, made, credential)).toEqual(secret);
      for (const { handle } of [made, attestationKey]) await flush(run, handle);
    });
  });

  test('a key that signs whatever it is given is none, though a TPM made it', async () => {
    const loose = {
      ...attestationKeyTemplate,
      objectAttributes: attestationKeyTemplate.objectAttributes & ~TPMA_OBJECT.restricted,
    };
    const forged = await tpm.task(async (run) => {
      const key = await createPrimary(run, TPM_RH.ENDORSEMENT, loose);
      const attest = unmarshalQuote(evidence.tpm.quote);
      if (!attest.ok) throw new Error(attest.fault);
      const quoted = await quote(run, key, attest.value.extraData, attest.value.pcrSelect);
      return { ...quoted, akPublic: key.publicArea };
    });
    expect(blamed(changed(forged))).toEqual([expect.stringMatching(/^attestation-key: it is not of the template/)]);
  });

  test('a quote by hand is none, whatever it says', () => {
    const attest = unmarshalQuote(evidence.tpm.quote);
    if (!attest.ok) throw new Error(attest.fault);
    const forged = marshalQuote({ ...attest.value, clockInfo: { ...attest.value.clockInfo, resetCount: 9 } });
    expect(blamed(changed({ quote: forged }))).toEqual(['quote-signature: it is not by the attestation key']);
  });

  test('the attestation key is the same after a reboot; the count of boots is one more; a copy of the state is an old boot', async () => {
    let old: SoftwareTpm | undefined;
    const chip = await SoftwareTpm.manufacture();
    try {
      const first = await boot(chip);
      const before = await first.task(async (run) => (await createAttestationKey(run)).publicArea);
      await shutDown(chip, first);
      old = chip.copy();
      const second = await boot(chip);
      const at = await Attester.open({ tpm: second, configuration, eventLog: undefined });
      const seen = withTpm(await at.attest(statement));
      expect(seen.tpm.akPublic).toEqual(before);
      await shutDown(chip, second);
      const third = await boot(chip);
      const later = withTpm(
        await (await Attester.open({ tpm: third, configuration, eventLog: undefined })).attest(statement),
      );
      await shutDown(chip, third);
      const { root, issuer } = chip.authority;
      const own = { roots: [root], intermediates: [issuer], now: now() };
      const { clockInfo } = judge(seen, own);
      const laterInfo = judge(later, { ...own, earlier: clockInfo });
      expect(laterInfo.clockInfo?.resetCount).toBe((clockInfo?.resetCount ?? 0) + 1);
      expect(laterInfo.checks.find(({ name }) => name === 'quote-boot')?.outcome).toBe('pass');
      const copied = await boot(old);
      const stale = withTpm(
        await (await Attester.open({ tpm: copied, configuration, eventLog: undefined })).attest(statement),
      );
      expect(blamed(stale, { ...own, credential: undefined, earlier: laterInfo.clockInfo })).toEqual([
        expect.stringMatching(/^quote-boot: /),
      ]);
      await shutDown(old, copied);
    } finally {
      await old?.scrap();
      await chip.scrap();
    }
  }, 60_000);

  test('nothing is good of a machine whose firmware measured nothing, whatever is expected', async () => {
    const chip = await SoftwareTpm.manufacture();
    try {
      const bare = await Tpm.open(await chip.powerOn());
      const of = withTpm(
        await (await Attester.open({ tpm: bare, configuration: undefined, eventLog: undefined })).attest(statement),
      );
      const zero = [{ bank: 'sha256', pcr: 4, value: new Uint8Array(32) }] as const;
      const { root, issuer } = chip.authority;
      const words = blamed(of, { roots: [root], intermediates: [issuer], now: now(), pcrs: zero });
      expect(words).toEqual(['expected-pcrs: PCR 4 is zero or not quoted: the firmware measured nothing']);
      expect(allPassed(judge(of).checks)).toBe(false);
    } finally {
      await chip.scrap();
    }
  }, 60_000);
});
