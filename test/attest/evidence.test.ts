import { utf8ToBytes } from '@noble/hashes/utils.js';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { attestedIdentity } from '../../service/attest/attested-identity.ts';
import { allPassed, Checklist } from '../../service/attest/check.ts';
import { decodeEvidence, type Evidence, encodeEvidence, longestEvidence } from '../../service/attest/evidence.ts';
import { verifyTpmEvidence } from '../../service/attest/verify-evidence.ts';

const bytes = (maxLength: number) => fc.uint8Array({ maxLength });
const digest = (length: number) => fc.uint8Array({ minLength: length, maxLength: length });
const optional = <T>(of: fc.Arbitrary<T>) => fc.option(of, { nil: undefined });
const registers = (length: number) =>
  fc
    .uniqueArray(fc.nat({ max: 23 }))
    // JSON sorts keys that are numbers.
    .map((pcrs) => pcrs.toSorted((a, b) => a - b))
    .chain((pcrs) => fc.tuple(...pcrs.map((pcr) => fc.tuple(fc.constant(pcr), digest(length)))))
    .map((entries) => new Map(entries));

const documents: fc.Arbitrary<Evidence> = fc.record({
  statementSha256: digest(32),
  configuration: optional(fc.stringMatching(/^[ -~\n]{1,99}$/)),
  tpm: optional(
    fc.record({
      quote: bytes(200),
      signature: bytes(100),
      akPublic: bytes(100),
      ekCertificate: optional(bytes(1000)),
      eventLog: optional(bytes(1000)),
      pcrs: fc.oneof(
        fc.record({ sha256: registers(32) }),
        fc.record({ sha256: registers(32), sha384: registers(48) }),
        fc.constant({}),
      ),
    }),
  ),
  nitroTpm: optional(bytes(1000)),
});

test('evidence comes back as it went in, and what leads nowhere is judged without an exception', () => {
  fc.assert(
    fc.property(documents, (evidence) => {
      const text = encodeEvidence(evidence);
      expect(decodeEvidence(text)).toEqual({ ok: true, value: evidence });
      const { tpm } = evidence;
      if (tpm === undefined) return;
      const { checks } = verifyTpmEvidence(
        { ...evidence, tpm },
        {
          statement: '',
          now: 0,
          roots: [new Uint8Array(9)],
          intermediates: [new Uint8Array(9)],
          credential: undefined,
          pcrs: [],
        },
      );
      expect(checks).toHaveLength(12);
      expect(allPassed(checks)).toBe(false);
    }),
    { numRuns: 50 },
  );
});

describe('no evidence is', () => {
  const good = {
    format: 'btc-pinata/evidence/v1',
    statementSha256: '00'.repeat(32),
    configuration: null,
    tpm: {
      quote: 'AA==',
      signature: 'AA==',
      akPublic: 'AA==',
      ekCertificate: null,
      eventLog: null,
      pcrs: { sha256: { '4': '00'.repeat(32) } },
    },
    nitroTpm: null,
  };
  const { nitroTpm: _, ...short } = good;
  const tpm = (change: object) => ({ ...good, tpm: { ...good.tpm, ...change } });

  test('wrong with the one that the others are made from', () => {
    expect(decodeEvidence(`${JSON.stringify(good, undefined, 2)}\n`).ok).toBe(true);
  });

  test.each([
    ['a key twice', (text: string) => text.replace('"nitroTpm": null', '"nitroTpm": "AA==",\n  "nitroTpm": null')],
    ['the same letters as escapes', (text: string) => text.replace('"AA=="', String.raw`"\u0041A=="`)],
    ['other blanks', (text: string) => text.replace('\n  ', '\n\t')],
    ['no end of its last line', (text: string) => text.trimEnd()],
    ['its registers in another order', (text: string) => text.replace('"pcrs": {', '"pcrs": {"sha384": {},')],
  ])('in another form than the one: %s', (_, change) => {
    const text = `${JSON.stringify(good, undefined, 2)}\n`;
    expect(change(text)).not.toBe(text);
    expect(decodeEvidence(change(text))).toMatchObject({ ok: false, fault: expect.stringContaining('canonical form') });
  });

  test.each<[string, unknown, string]>([
    ['a list', [], 'it is no object'],
    ['null', null, 'it is no object'],
    ['of another format', { ...good, format: 'x' }, 'its format is "x"; known is "btc-pinata/evidence/v1"'],
    ['without a field', short, 'it has no field "nitroTpm"'],
    ['with one too many', { ...good, more: 1 }, 'it has a field "more", which the format does not have'],
    ['with a short hash', { ...good, statementSha256: '00' }, 'statementSha256 is not 64 lower-case hex digits'],
    ['with capitals', { ...good, statementSha256: 'AA'.repeat(32) }, 'statementSha256 is not 64 lower-case hex digits'],
    ['with a number for a hash', { ...good, statementSha256: 1 }, 'statementSha256 is not 64 lower-case hex digits'],
    [
      'with a carriage return in the configuration',
      { ...good, configuration: '{}\r' },
      'configuration is not 1 to 4096 characters of ASCII',
    ],
    ['with what is no base64', tpm({ quote: '!' }), 'quote is no base64'],
    ['with base64 of two spellings', tpm({ quote: 'AB==' }), 'quote is no base64'],
    ['without padding', tpm({ quote: 'AA' }), 'quote is no base64'],
    ['with a long quote', tpm({ quote: 'AAAA'.repeat(400) }), 'quote is no base64 of at most 1024 bytes'],
    ['with a bank of SHA-1', tpm({ pcrs: { sha1: {} } }), 'pcrs has a bank "sha1"; known are sha256 and sha384'],
    ['with a register 24', tpm({ pcrs: { sha256: { '24': '00'.repeat(32) } } }), '"24" is no number of a register'],
    ['with a register 04', tpm({ pcrs: { sha256: { '04': '00'.repeat(32) } } }), '"04" is no number of a register'],
    [
      'with a register of another bank',
      tpm({ pcrs: { sha384: { '4': '00'.repeat(32) } } }),
      'PCR 4 is not 96 lower-case hex digits',
    ],
    ['with a stray field of the TPM', tpm({ more: 1 }), 'tpm has a field "more", which the format does not have'],
    ['with an undefined TPM', { ...good, tpm: 1 }, 'tpm is no object'],
  ])('%s', (_name, value, fault) => {
    expect(decodeEvidence(JSON.stringify(value))).toEqual({ ok: false, fault });
  });

  test('what is no JSON, or too long', () => {
    expect(decodeEvidence('{')).toEqual({ ok: false, fault: 'it is no JSON' });
    expect(decodeEvidence(' '.repeat(longestEvidence + 1)).ok).toBe(false);
  });
});

test('an identity is of one statement with one configuration', () => {
  const identities = [
    attestedIdentity('a', undefined),
    attestedIdentity('b', undefined),
    attestedIdentity('a', utf8ToBytes('{}')),
    attestedIdentity('a', utf8ToBytes('{"a":1}')),
    attestedIdentity('a', new Uint8Array()),
  ].map(String);
  expect(new Set(identities).size).toBe(identities.length);
});

describe('a list of checks', () => {
  const table = { first: { proves: 'x', unproven: 'y' }, second: { proves: 'z', unproven: '' } } as const;

  test('has each name of its table; what was not reached failed', () => {
    const list = new Checklist(table);
    expect(list.enter('second', true, 'seen')).toBe(true);
    expect(list.list()).toEqual([
      { name: 'first', outcome: 'fail', found: 'not reached', proves: 'x', unproven: 'y' },
      { name: 'second', outcome: 'pass', found: 'seen', proves: 'z', unproven: '' },
    ]);
    expect(allPassed(list.list())).toBe(false);
  });

  test('of two outcomes keeps the failure, whichever came first', () => {
    const list = new Checklist(table);
    list.enter('first', false, 'no');
    list.enter('first', true, 'yes');
    list.enter('second', true, 'yes');
    list.enter('second', false, 'no');
    expect(list.list().map(({ outcome, found }) => `${outcome} ${found}`)).toEqual(['fail no', 'fail no']);
  });

  test('passed where all did, and there is one', () => {
    const list = new Checklist(table);
    list.enter('first', true, '');
    list.unchecked('second', '');
    expect(allPassed(list.list())).toBe(false);
    expect(allPassed([])).toBe(false);
    list.enter('second', true, '');
    expect(allPassed(list.list())).toBe(true);
  });
});
