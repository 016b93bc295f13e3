import { concatBytes, hexToBytes } from '@noble/hashes/utils.js';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type DerElement, derLimits, readDer } from '../../service/x509/der.ts';
import { dotted } from '../../service/x509/object-identifier.ts';
import { octetString, oid, sequence, tlv } from './certificate-builder.ts';

const refusal = (hex: string): string => {
  const result = readDer(hexToBytes(hex));
  return result.ok ? 'accepted' : result.fault;
};

/** Values around `inner`, `count` of them: nested without recursion. */
const nested = (count: number): Uint8Array => {
  let value: Uint8Array = new Uint8Array();
  for (let i = 0; i < count; i++) value = sequence(value);
  return value;
};

describe('what one value can be (X.690 §8, §10, §11)', () => {
  it.each([
    ['0101ff', 'TRUE'],
    ['010100', 'FALSE'],
    ['020100', 'zero'],
    ['02020080', 'a positive INTEGER whose high bit is set'],
    ['0202ff7f', 'a negative INTEGER'],
    ['030100', 'an empty BIT STRING'],
    ['03020780', 'a BIT STRING of one bit'],
    ['0400', 'an empty OCTET STRING'],
    ['0500', 'NULL'],
    ['06032a0304', 'an OBJECT IDENTIFIER'],
    ['3000', 'an empty SEQUENCE'],
    ['3100', 'an empty SET'],
    ['3106020101020102', 'a SET OF in order'],
    ['8000', 'an empty context-specific value'],
    [`170d${Buffer.from('491231235959Z').toString('hex')}`, 'a UTCTime'],
    [`180f${Buffer.from('20500101000000Z').toString('hex')}`, 'a GeneralizedTime'],
  ])('%s is %s', (hex) => {
    expect(refusal(hex)).toBe('accepted');
  });

  it.each([
    ['', /ends within/],
    ['30', /ends within/],
    ['0201', /beyond/],
    ['300202', /beyond/],
    ['3003020101 00', /1 bytes follow/],
    ['3080020101 0000', /indefinite/],
    ['308103020101', /not minimal/],
    ['30820003020101', /not minimal/],
    ['3083000003020101', /length of 3 octets/],
    ['3084ffffffff', /length of 4 octets/],
    ['30ff', /length of 127 octets/],
    ['0100', /BOOLEAN/],
    ['010101', /BOOLEAN/],
    ['01020000', /BOOLEAN/],
    ['0200', /INTEGER/],
    ['02020000', /INTEGER/],
    ['0202007f', /INTEGER/],
    ['0202ff80', /INTEGER/],
    ['0300', /BIT STRING/],
    ['030107', /BIT STRING/],
    ['03020880', /BIT STRING/],
    ['03020781', /BIT STRING/],
    ['050100', /NULL/],
    ['0600', /OBJECT IDENTIFIER of 0/],
    ['060280 01', /arc that is not minimal/],
    ['06032a8001', /arc that is not minimal/],
    ['06022a81', /ends within an arc/],
    ['2403040100', /universal tag 0x24/],
    ['2303030100', /universal tag 0x23/],
    ['2c030c0141', /universal tag 0x2c/],
    ['1000', /universal tag 0x10/],
    ['0000', /universal tag 0x0/],
    ['090100', /universal tag 0x9/],
    ['1f1f00', /tag number above 30/],
    ['bf1f00', /tag number above 30/],
    ['4000', /application or private/],
    ['c000', /application or private/],
    ['3106020102020101', /not in order/],
    [`170b${Buffer.from('4912312359Z').toString('hex')}`, /UTCTime/],
    [`1711${Buffer.from('491231235959+0000').toString('hex')}`, /UTCTime/],
    [`1811${Buffer.from('20500101000000.5Z').toString('hex')}`, /GeneralizedTime/],
  ])('%s is refused: %s', (hex, why) => {
    expect(refusal(hex.replaceAll(' ', ''))).toMatch(why);
  });
});

describe('what an input can cost', () => {
  it('has a depth that is capped, at the cap and one beyond it', () => {
    expect(readDer(nested(derLimits.depth)).ok).toBe(true);
    expect(readDer(nested(derLimits.depth + 1))).toMatchObject({ ok: false, fault: /nested deeper/ });
    expect(readDer(nested(5_000))).toMatchObject({ ok: false, fault: /nested deeper/ });
  });

  it('has a number of values that is capped', () => {
    const nulls = (count: number): Uint8Array => sequence(...Array.from({ length: count }, () => tlv(0x05)));
    expect(readDer(nulls(derLimits.elements - 1)).ok).toBe(true);
    expect(readDer(nulls(derLimits.elements))).toMatchObject({ ok: false, fault: /more than 2048 values/ });
  });

  it('has a size that is capped', () => {
    expect(readDer(octetString(new Uint8Array(derLimits.bytes - 4))).ok).toBe(true);
    expect(readDer(octetString(new Uint8Array(derLimits.bytes - 3)))).toMatchObject({
      ok: false,
      fault: /at most 16384/,
    });
  });

  it('ends before the first arc of an OBJECT IDENTIFIER that is too long', () => {
    const longest = tlv(0x06, new Uint8Array(derLimits.objectIdentifier).fill(1));
    expect(readDer(longest).ok).toBe(true);
    expect(readDer(tlv(0x06, new Uint8Array(derLimits.objectIdentifier + 1).fill(1)))).toMatchObject({ ok: false });
    // the input that stopped asn1js for 1.6 s: refused for its size, and within the size for its length
    expect(readDer(tlv(0x06, new Uint8Array(254_000).fill(1)))).toMatchObject({ ok: false, fault: /at most 16384/ });
    expect(readDer(tlv(0x06, new Uint8Array(16_000).fill(1)))).toMatchObject({ ok: false, fault: /of 16000 bytes/ });
  });

  it('ends where an arc is larger than any that is given out', () => {
    expect(readDer(oid(`2.25.${2n ** 128n - 1n}`)).ok).toBe(true);
    expect(readDer(oid(`2.25.${2n ** 133n}`))).toMatchObject({ ok: false, fault: /an arc above 19 octets/ });
  });

  it('is no exception, whatever the bytes are', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 64 }), (bytes) => void readDer(bytes)),
      { numRuns: 5_000 },
    );
  });
});

/** Any value of the gate's language, with its depth kept small. */
const value: fc.Arbitrary<Uint8Array> = fc.letrec<{ value: Uint8Array }>((tie) => ({
  value: fc.oneof(
    { maxDepth: 4 },
    fc.uint8Array({ maxLength: 300 }).map(octetString),
    fc.uint8Array({ maxLength: 5 }).map((content) => tlv(0x80, content)),
    fc.boolean().map((flag) => tlv(0x01, Uint8Array.of(flag ? 0xff : 0))),
    fc.integer({ min: 0, max: 127 }).map((number) => tlv(0x02, Uint8Array.of(number))),
    fc.array(tie('value'), { maxLength: 4 }).map((items) => sequence(...items)),
    fc.array(tie('value'), { maxLength: 4 }).map((items) => tlv(0xa0, ...items)),
  ),
})).value;

function encoded(element: DerElement): Uint8Array {
  return element.children.length > 0
    ? tlv(element.tag, ...element.children.map(encoded))
    : tlv(element.tag, element.content);
}

describe('the encoding is unique', () => {
  it('encoding what was read gives the bytes that were read', () => {
    fc.assert(
      fc.property(value, (bytes) => {
        const result = readDer(bytes);
        expect(result.ok).toBe(true);
        if (result.ok) expect(encoded(result.value)).toEqual(bytes);
      }),
    );
  });

  it('no strict prefix and no extension of a value is a value', () => {
    fc.assert(
      fc.property(value, fc.integer({ min: 0, max: 255 }), (bytes, octet) => {
        for (let length = 0; length < bytes.length; length++) expect(readDer(bytes.subarray(0, length)).ok).toBe(false);
        expect(readDer(concatBytes(bytes, Uint8Array.of(octet))).ok).toBe(false);
      }),
      { numRuns: 50 },
    );
  });
});

describe('object identifiers', () => {
  it.each([
    '0.0',
    '0.39',
    '1.0',
    '1.39.1',
    '2.0',
    '2.40.5',
    '2.999',
    '1.2.840.113549.1.1.11',
    '2.25.42095045963457113556817268850454953073.1',
    '2.25.340282366920938463463374607431768211455',
    '2.48.281474976710656',
    '2.9007199254740993',
  ])('%s comes out as it went in', (text) => {
    const result = readDer(oid(text));
    expect(result.ok && dotted(result.value.content)).toBe(text);
  });

  it('of any arcs come out as they went in', () => {
    const arc = fc.oneof(fc.bigInt({ min: 0n, max: 1000n }), fc.bigInt({ min: 0n, max: 2n ** 130n }));
    fc.assert(
      fc.property(fc.array(arc, { maxLength: 8 }), (arcs) => {
        const text = ['2', '100', ...arcs].join('.');
        const result = readDer(oid(text));
        expect(result.ok && dotted(result.value.content)).toBe(text);
      }),
    );
  });
});
