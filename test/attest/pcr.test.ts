import { bytesToHex } from '@noble/hashes/utils.js';
import { describe, expect, test } from 'vitest';
import { uki } from '../../infra/image/uki.ts';
import { authenticodeDigest } from '../../service/attest/authenticode.ts';
import { enclavePcrs } from '../../service/attest/eif.ts';
import { expectedPcrs } from '../../service/attest/expected-pcrs.ts';
import { canonicalConfiguration } from '../../service/attest/machine-configuration.ts';
import {
  type Banks,
  digests,
  extendRegister,
  pcr4,
  pcr7WithoutSecureBoot,
  pcr8,
  pcr11,
  zeroRegister,
} from '../../service/attest/pcr.ts';
import { NotPe } from '../../service/attest/pe.ts';
import { tinyPe } from '../image/tiny-pe.ts';

const hex = ({ sha256, sha384 }: Banks) => ({ sha256: bytesToHex(sha256), sha384: bytesToHex(sha384) });
const text = (words: string) => new TextEncoder().encode(words);

/* Values that a TPM held: swtpm 0.7.1 behind OVMF 2022.11 and systemd-stub 252. */

describe('registers as a TPM has them', () => {
  test('PCR 7 of a firmware without Secure Boot', () => {
    expect(hex(pcr7WithoutSecureBoot())).toEqual({
      sha256: '65caf8dd1e0ea7a6347b635d2b379c93b9a1351edc2afc3ecda700e534eb3068',
      sha384: '98441c7f7625d10058c47683aec486ce311c633235eb555593a7ee791121e3578ae72d04ecef661f272d59058b77af35',
    });
  });

  test('PCR 8 of a configuration', () => {
    const configuration = canonicalConfiguration({
      network: 'regtest',
      refundKey: '79be667ef9dcbbac55a06295ce870b07029bfcdb2dce28d959f2815b16f81798',
      lockHeight: 900_000,
      name: 'pinata.example.org',
    });
    expect(hex(pcr8(configuration))).toEqual({
      sha256: '1dcb35bc0c4d53392cd65c541f88649472c4dbb3746bf1b0711a7d9983f370af',
      sha384: 'd2ed94609d30e04c74d81d28d9ebc52662cbc8171c0531b632cfe184f43c09f1b80362dabf14daf3dbb602e94758cf8b',
    });
  });

  test('PCR 2, 3 and 6 of the same machine are a separator alone, extended once', () => {
    expect(hex(extendRegister(zeroRegister, digests(new Uint8Array(4)))).sha256).toBe(
      '3d458cfe55cc03ea1f443f1562beec8df51c75e14a9fcf9a7234a13f198e7969',
    );
  });
});

describe('what is expected of a file', () => {
  const parts = { linux: tinyPe(), initrd: text('an initramfs'), osrel: text('ID=test\n') };

  test('a UKI: the firmware starts it and then the kernel in it, which measures its initramfs', () => {
    const file = uki(tinyPe(), parts);
    const expected = expectedPcrs(file, text('{}\n'));
    expect(expected[4]).toEqual(pcr4([authenticodeDigest(file), authenticodeDigest(parts.linux)]));
    expect(expected[7]).toEqual(pcr7WithoutSecureBoot());
    expect(expected[8]).toEqual(pcr8(text('{}\n')));
    expect(expected[9]).toEqual(extendRegister(zeroRegister, digests(parts.initrd)));
    expect(expected[11]).toEqual(
      pcr11([
        { name: '.linux', content: parts.linux },
        { name: '.osrel', content: parts.osrel },
        { name: '.initrd', content: parts.initrd },
      ]),
    );
    expect(expected[12]).toEqual(zeroRegister);
  });

  test('a one-file kernel: nothing but itself, and no configuration where none is given', () => {
    const file = tinyPe();
    const expected = expectedPcrs(file);
    expect(expected[4]).toEqual(pcr4([authenticodeDigest(file)]));
    expect([expected[9], expected[11], expected[12]]).toEqual([zeroRegister, zeroRegister, zeroRegister]);
    expect(8 in expected).toBe(false);
  });

  test('one changed byte of any part changes PCR 4', () => {
    const values = [parts, { ...parts, initrd: text('an initramfS') }, { ...parts, osrel: text('ID=tess\n') }].map(
      (changed) => hex(expectedPcrs(uki(tinyPe(), changed))[4]).sha256,
    );
    expect(new Set(values).size).toBe(3);
  });

  test('a kernel in it that is no program of a firmware is refused', () => {
    expect(() => expectedPcrs(uki(tinyPe(), { ...parts, linux: text('a kernel') }))).toThrow(NotPe);
  });
});

describe('an enclave', () => {
  test('PCR2 without an application is the value that everybody publishes', () => {
    const { pcr2 } = enclavePcrs({ kernel: text('k'), cmdline: text('c'), ramdisks: [text('r')] });
    expect(bytesToHex(pcr2)).toBe(
      '21b9efbc184807662e966d34f390821309eeac6802309798826296bf3e8bec7c10edb30948c90ba67310f7b964fc500a',
    );
  });

  test('PCR0 is of all of it, PCR1 of kernel, command line and first ramdisk, PCR2 of the others', () => {
    const image = { kernel: text('k'), cmdline: text('c'), ramdisks: [text('1'), text('2')] };
    const { pcr0, pcr1, pcr2 } = enclavePcrs(image);
    expect(enclavePcrs({ ...image, ramdisks: [text('12')] }).pcr0).toEqual(pcr0);
    expect(enclavePcrs({ ...image, ramdisks: [text('1')] })).toMatchObject({ pcr0: pcr1, pcr1 });
    expect(enclavePcrs({ ...image, ramdisks: [text('3'), text('2')] }).pcr2).toEqual(pcr2);
    expect(pcr0).not.toEqual(pcr1);
  });
});
