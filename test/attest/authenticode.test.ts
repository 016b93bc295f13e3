import { bytesToHex } from '@noble/hashes/utils.js';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { uki } from '../../infra/image/uki.ts';
import { authenticodeDigest } from '../../service/attest/authenticode.ts';
import { NotPe, readPe } from '../../service/attest/pe.ts';
import { tinyPe } from '../image/tiny-pe.ts';

const text = (words: string) => new TextEncoder().encode(words);
const tinyUki = () =>
  uki(tinyPe(), { linux: text('kernel'.repeat(100)), initrd: text('initrd'.repeat(200)), osrel: text('ID=test\n') });

describe('the Authenticode digest', () => {
  // SHA-256 by `pesign -h -i FILE` (pesign 116), SHA-384 by `osslsigncode sign -h sha384` and `verify` (2.9).
  test.each([
    [
      'of an image',
      tinyPe,
      '932507142fa3d8b554135087d8c941d1cc6883fd38d93513132a557aeb36f8f6',
      'f2cc35a0eba23e20f21cc92509a18884538c1d9145fe1bc967737fb4fe2c5c90da46eceb76d87abfefe4a2907a52e1ac',
    ],
    [
      'of an image with three more sections',
      tinyUki,
      '0b3d1fec14a2059b6ad8b20ade264b5e3e0bb38724654c197229dc2ae532afea',
      '8eb5ea4ba65ea94ecc2cda37103f335c3332ee8897cca286e6ea3628bbf2d9cdce1cf6c9e23227cee34ac1c40be0e6cb',
    ],
  ])('%s is that of pesign and of osslsigncode', (_, image, sha256, sha384) => {
    const digest = authenticodeDigest(image());
    expect(bytesToHex(digest.sha256)).toBe(sha256);
    expect(bytesToHex(digest.sha384)).toBe(sha384);
  });

  test('leaves out the checksum, and a signature with its entry', () => {
    const plain = tinyPe();
    const signature = new Uint8Array(16).fill(7);
    const signed = new Uint8Array([...plain, ...signature]);
    const { checkSum, certificateTable } = readPe(plain).offsets;
    const view = new DataView(signed.buffer);
    view.setUint32(checkSum, 1, true);
    view.setUint32(certificateTable, plain.length, true);
    view.setUint32(certificateTable + 4, signature.length, true);
    expect(authenticodeDigest(signed)).toEqual(authenticodeDigest(plain));
  });

  test('changes with every other byte', () => {
    const plain = tinyPe();
    const { checkSum, certificateTable } = readPe(plain).offsets;
    const left = (at: number) =>
      (at >= checkSum && at < checkSum + 4) || (at >= certificateTable && at < certificateTable + 8);
    const before = bytesToHex(authenticodeDigest(plain).sha256);
    for (let at = 0; at < plain.length; at++) {
      const changed = plain.slice();
      changed[at] = (changed[at] ?? 0) ^ 1;
      if (left(at)) continue;
      expect(digestOrRefusal(changed)).not.toBe(before);
    }
  });

  test('is refused where tools and firmware would differ, and where sections overlap', () => {
    expect(() => authenticodeDigest(tinyPe().subarray(0, 1535))).toThrow('1535 bytes');
    const overlapping = tinyPe();
    new DataView(overlapping.buffer).setUint32(readPe(overlapping).offsets.certificateTable + 4, 1024, true);
    expect(() => authenticodeDigest(overlapping)).toThrow('overlap');
  });

  test('no prefix of an image, and nothing else, throws anything but NotPe', () => {
    const image = tinyUki();
    for (let length = 0; length < 1200; length += 8) {
      expect(() => authenticodeDigest(image.subarray(0, length))).toThrow(NotPe);
    }
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 700 }), fc.uint8Array({ minLength: 1, maxLength: 8 }), (at, bytes) => {
        const changed = tinyPe();
        changed.set(bytes, at);
        expect(digestOrRefusal(changed)).toMatch(/^[0-9a-f]{64}$|^NotPe$/);
      }),
    );
  });
});

function digestOrRefusal(image: Uint8Array): string {
  try {
    return bytesToHex(authenticodeDigest(image).sha256);
  } catch (error) {
    if (error instanceof NotPe) return error.name;
    throw error;
  }
}
