import { sha256 } from '@noble/hashes/sha2.js';
import { bytesToHex, utf8ToBytes } from '@noble/hashes/utils.js';
import { describe, expect, test } from 'vitest';
import type { Level } from '../../service/attest/levels.ts';
import { readSandboxManifest } from '../../service/attest/sandbox-manifest.ts';
import { decodeVerification, encodeVerification, type Verification } from '../../service/attest/verification.ts';
import { pinnedRoots, type Trust, verify } from '../../service/attest/verify.ts';
import { networks, publicWallet } from '../../service/bitcoin/index.ts';
import { verifyPicture } from '../../service/tools/verify-picture.ts';
import { key, otherKey, terms } from './sample-statement.ts';
import { build, ekCertificate, now, type Scene, sandboxText, sceneOf, trust } from './verification-scene.ts';

/** The level, and what is blamed: `section: check` of what failed, but for what was not reached for it. */
function judged(verification: Verification, by: Trust = trust): readonly [Level, readonly string[]] {
  const verdict = verify(verification, by);
  const blamed = verdict.sections.flatMap(({ checks }) =>
    checks.flatMap(({ name, outcome, found }) => (outcome === 'fail' && found !== 'not reached' ? [name] : [])),
  );
  expect(verdict.refused).toBe(blamed.length > 0);
  return [verdict.level, [...new Set(blamed)].toSorted((a, b) => (a < b ? -1 : 1))];
}

describe('the ladder', () => {
  test('L2: a machine that only says what it runs', () => {
    const verification = sceneOf();
    expect(judged(verification)).toEqual(['L2', []]);
    expect(verify(verification, trust).promise).toEqual({
      proven: false,
      words: 'the operator promises not to take it before block 958000',
      because: 'nothing shows that the key was made in the image: that takes L4',
    });
  });

  test('L3: a TPM whose maker is pinned', () => {
    expect(judged(sceneOf({ kind: 'tpm' }))).toEqual(['L3', []]);
  });

  test('L4: the document of AWS, and with it the one promise that is more than one', () => {
    const verification = sceneOf({ kind: 'nitro' });
    expect(judged(verification)).toEqual(['L4', []]);
    expect(verify(verification, trust).promise).toEqual({
      proven: true,
      words: 'the operator cannot take it before block 958000',
      because: undefined,
    });
  });

  test.each([['tpm'], ['nitro']] as const)('a root for tests (%s): it holds, and reaches L2 and no more', (kind) => {
    const verdict = verify(sceneOf({ kind }), { ...trust, pinned: pinnedRoots });
    expect([verdict.level, verdict.refused, verdict.hardware[kind]]).toEqual(['L2', false, 'test']);
    expect(verdict.promise?.proven).toBe(false);
  });

  test('AWS’s own root is pinned, and that of no TPM', () => {
    expect(pinnedRoots).toEqual({
      tpm: [],
      nitro: ['641a0321a3e244efe456463195d606317ed7cdcc3c1756e09893f3c68f79bb5b'],
    });
  });

  test('a TPM without a certificate claims nothing, and proves nothing', () => {
    const scene = {
      kind: 'tpm',
      machine: { ekCertificate: undefined },
      verification: { credential: undefined },
    } as const;
    expect(judged(sceneOf(scene))).toEqual(['L2', []]);
  });

  test('where AWS speaks for the machine, who made its TPM is not asked', () => {
    expect(judged(sceneOf({ kind: 'nitro', machine: { ekCertificate } }))).toEqual(['L4', []]);
  });

  test('evidence of one statement alone is none', () => {
    const whole = sceneOf({ kind: 'nitro' });
    const [first, second] = whole.observations;
    const half = { ...whole, observations: [{ ...first, evidence: undefined }, second] } as const;
    expect(judged(half)).toEqual(['L2', []]);
  });

  test('at L4 a classic wallet, and a key from a host, are still only promised', () => {
    const { address, descriptor } = publicWallet(key, networks.regtest, terms.classic);
    const classic = { address, wallet: { kind: 'classic', descriptor } } as const;
    for (const [fields, because] of [
      [classic, 'it is no vault: whoever has the key can spend it'],
      [{ keyOrigin: 'host' }, 'its key was not made in a measured image (host)'],
    ] as const) {
      const verdict = verify(sceneOf({ kind: 'nitro', fields, machine: { configuration: undefined } }), trust);
      expect([verdict.level, verdict.promise?.proven, verdict.promise?.because]).toEqual(['L4', false, because]);
    }
  });
});

describe('the sandbox', () => {
  const hash = bytesToHex(sha256(utf8ToBytes(sandboxText)));
  const seen = (sandbox: string, shown: string | undefined) => {
    const verification = sceneOf({ fields: { sandbox }, verification: { sandbox: shown } });
    const read = decodeVerification(encodeVerification(verification));
    expect(read).toEqual({ ok: true, value: verification });
    const [check] = verify(verification, trust).sections.find(({ title }) => title === 'sandbox')?.checks ?? [];
    const picture = verifyPicture(verification, verify(verification, trust), {
      width: 80,
      colour: false,
      unicode: true,
    });
    return { verification, check, picture: picture.join(' ').replace(/\s+/g, ' ') };
  };

  test('none is said, and no more', () => {
    const { verification, check, picture } = seen('none', undefined);
    expect(judged(verification)).toEqual(['L2', []]);
    expect(check).toMatchObject({ outcome: 'unchecked', found: 'none' });
    expect(picture).toContain('both times; sandbox: none');
  });

  test('is told with what it declares, once that is what was signed', () => {
    const { verification, check, picture } = seen(hash, sandboxText);
    expect(judged(verification)).toEqual(['L2', []]);
    const words =
      '5 listening sockets; dialled for: port 40001; 2 files, 1 of them written; 2 system calls; no compiler; ' +
      '2048 MiB, 64 threads';
    expect(check).toMatchObject({ outcome: 'pass', found: `${hash}: ${words}` });
    expect(picture).toContain(`✓ sandbox ${hash.slice(0, 16)}: ${words}`);
  });

  test('is refused where another manifest is shown than was signed', () => {
    const { verification, check } = seen(hash, sandboxText.replace('2048', '4096'));
    expect(judged(verification)).toEqual(['L2', ['sandbox']]);
    expect(check?.found).toContain(`signed is ${hash}`);
  });

  test('with no manifest, or one in another form, is a hash', () => {
    const { check } = seen(hash, undefined);
    expect(check).toMatchObject({ outcome: 'unchecked', found: `${hash}, and its manifest is not shown` });
    const other = sandboxText.replace('sandbox/v1', 'sandbox/v2');
    const unknown = seen(bytesToHex(sha256(utf8ToBytes(other))), other);
    expect(judged(unknown.verification)).toEqual(['L2', []]);
    expect(unknown.check).toMatchObject({ outcome: 'unchecked', found: expect.stringContaining('not known here') });
  });

  test.each([
    ['', 'it is no JSON'],
    ['null', 'it is no object'],
    ['{}', 'it has no field "format"'],
    [sandboxText.replace('"flags"', '"flogs"'), 'it has no field "flags"'],
    [sandboxText.replace('"port":40001', '"port":"40001"'), '"port" of its dial-back is no whole number'],
    [sandboxText.replace('"holds":"traces",', ''), 'a file has no field "holds"'],
    [`${sandboxText}${' '.repeat(65_536)}`, 'it is longer than 65536'],
  ])('a manifest that is none: %#', (text, fault) => {
    expect(readSandboxManifest(text)).toEqual({ fault: expect.stringContaining(fault) });
  });
});

describe('is refused', () => {
  const zeros = (length: number) => Object.fromEntries([0, 4, 7].map((pcr) => [pcr, new Uint8Array(length)]));
  const six = (length: number) => new Uint8Array(length).fill(6);
  const hardware = (change: Partial<Scene>) => ({ kind: 'tpm', ...change }) as const;
  const onEc2 = (change: Partial<Scene>) => ({ kind: 'nitro', ...change }) as const;

  test.each<[string, Partial<Scene>, Level, readonly string[]]>([
    ['another bundle', { fields: { buildSha256: '99'.repeat(32) } }, 'L1', ['build']],
    ['the bill of materials as its program', { fields: { buildSha256: 'cd'.repeat(32) } }, 'L1', ['build']],
    ['source files as its program', { fields: { buildSha256: `source-${build}` } }, 'L1', ['build']],
    ['another nonce', { random: new Uint8Array(32).fill(9) }, 'none', ['challenge', 'preimage']],
    [
      'a statement of another address',
      { fields: { address: publicWallet(otherKey, networks.regtest, terms.vault).address } },
      'none',
      ['address', 'signature'],
    ],
    ['test credentials', { fields: { test: true } }, 'L2', ['test']],
    ['a statement six minutes old', { fields: { time: now - 360 } }, 'none', ['time']],
    ['a process that was started anew in between', { both: [{}, { startedAt: now - 10 }] }, 'none', ['same-process']],
    [
      'a process that started earlier the second time',
      { both: [{}, { startedAt: now - 7200 }] },
      'none',
      ['same-process', 'started-at'],
    ],
    ['two ways of confinement', { both: [{}, { sandbox: '77'.repeat(32) }] }, 'none', ['same-identity']],
    [
      'a reset in between',
      hardware({ machines: [{}, { clockInfo: { resetCount: 8, clock: 2000n } }] }),
      'none',
      ['same-boot'],
    ],
    [
      'a boot from before',
      hardware({ machines: [{}, { clockInfo: { resetCount: 6 } }] }),
      'none',
      ['quote-boot', 'same-boot'],
    ],
    ['a quote of another statement', hardware({ machine: { quoted: 'other' } }), 'L2', ['quote-nonce']],
    [
      'a document about another statement',
      onEc2({ machine: { quoted: 'other' } }),
      'L2',
      ['nitro-identity', 'quote-nonce'],
    ],
    ['a document with another nonce', onEc2({ machine: { nitroFields: { nonce: six(32) } } }), 'L2', ['nitro-nonce']],
    ['zeros in the registers', hardware({ machine: { registers: zeros(32) } }), 'L2', ['expected-pcrs']],
    [
      'zeros in the document',
      onEc2({ machine: { nitroRegisters: zeros(48) } }),
      'L2',
      ['nitro-measured', 'nitro-pcrs'],
    ],
    ['another image', hardware({ machine: { registers: { 4: six(32) } } }), 'L2', ['expected-pcrs']],
    ['another image on EC2', onEc2({ machine: { nitroRegisters: { 4: six(48) } } }), 'L2', ['nitro-pcrs']],
    ['a PCR 12 that is not zero', hardware({ machine: { registers: { 12: six(32) } } }), 'L2', ['expected-pcrs']],
    [
      'a PCR 12 that is not zero, on EC2',
      onEc2({ machine: { nitroRegisters: { 12: six(48) } } }),
      'L2',
      ['nitro-pcrs'],
    ],
    ['a PCR 13 that is not zero', hardware({ machine: { registers: { 13: six(32) } } }), 'L2', ['expected-pcrs']],
    [
      'a PCR 13 that is not zero, on EC2',
      onEc2({ machine: { nitroRegisters: { 13: six(48) } } }),
      'L2',
      ['nitro-pcrs'],
    ],
    [
      'another configuration than was measured',
      hardware({ machine: { registers: { 8: six(32) } } }),
      'L2',
      ['configuration'],
    ],
    ['another configuration, on EC2', onEc2({ machine: { nitroRegisters: { 8: six(48) } } }), 'L2', ['nitro-pcrs']],
    [
      'a document six minutes old',
      onEc2({ machine: { nitroFields: { timestamp: BigInt(now - 360) * 1000n } } }),
      'L2',
      ['nitro-time'],
    ],
    [
      'certificates that were not valid then',
      onEc2({ machine: { nitroFields: { timestamp: BigInt(now + 7201) * 1000n } } }),
      'L2',
      ['nitro-chain'],
    ],
    [
      'a credential that did not come out',
      hardware({ verification: { credential: { sent: six(32), answered: six(31) } } }),
      'L2',
      ['credential'],
    ],
    ['the operator’s own root', hardware({ verification: { roots: [] } }), 'L2', ['credential', 'endorsement']],
    ['the operator’s own AWS', onEc2({ verification: { roots: [] } }), 'L4', []],
    ['evidence that is none', { verification: { observations: garbled() } }, 'L2', ['evidence-form']],
  ])('%s', (_, scene, level, blamed) => {
    expect(judged(sceneOf(scene))).toEqual([level, blamed]);
  });

  test('the operator’s own AWS', () => {
    const scene = sceneOf({ kind: 'nitro', verification: { roots: [] } });
    expect(judged(scene, { ...trust, pinned: pinnedRoots })).toEqual(['L2', ['nitro-root']]);
  });

  test('a measured configuration that names another wallet, even if all else holds', () => {
    const text = '{"network":"regtest","refundKey":"KEY","lockHeight":958001,"name":"pinata.example.org"}\n';
    const refundKey = terms.vault.kind === 'vault' ? terms.vault.refund.publicKey : '';
    const machine = { configuration: text.replace('KEY', refundKey) };
    expect(judged(sceneOf({ kind: 'tpm', machine }))).toEqual(['none', ['measured-wallet']]);
  });

  function garbled(): Verification['observations'] {
    const [first, second] = sceneOf().observations;
    return [{ ...first, evidence: { text: '{}', received: now } }, second];
  }
});
