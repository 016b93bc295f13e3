import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { endOf9999, generalizedTime, startOf2050, timeText, utcTime } from '../../service/x509/time.ts';

const ascii = (text: string): Uint8Array => Uint8Array.from(text, (character) => character.charCodeAt(0));
const seconds = (iso: string): number => Date.parse(iso) / 1000;

describe('Time (RFC 5280 §4.1.2.5)', () => {
  it.each([
    ['491231235959Z', '2049-12-31T23:59:59Z'],
    ['500101000000Z', '1950-01-01T00:00:00Z'],
    ['991231235959Z', '1999-12-31T23:59:59Z'],
    ['000229120000Z', '2000-02-29T12:00:00Z'],
    ['700101000000Z', '1970-01-01T00:00:00Z'],
  ])('UTCTime %s is %s', (text, iso) => {
    expect(utcTime(ascii(text))).toBe(seconds(iso));
  });

  it.each([
    ['20500101000000Z', '2050-01-01T00:00:00Z'],
    ['99991231235959Z', '9999-12-31T23:59:59Z'],
    ['21000228235959Z', '2100-02-28T23:59:59Z'],
    ['00010101000000Z', '0001-01-01T00:00:00Z'],
    ['24000229000000Z', '2400-02-29T00:00:00Z'],
  ])('GeneralizedTime %s is %s', (text, iso) => {
    expect(generalizedTime(ascii(text))).toBe(seconds(iso));
  });

  it.each([
    '4912312359Z', // without seconds
    '491231235959',
    '491231235959z',
    '4912312359590Z',
    '491231235959+0000',
    '491331235959Z',
    '490001000000Z',
    '490100000000Z',
    '490230000000Z',
    '490229000000Z', // 2049 is no leap year
    '490431000000Z',
    '491231240000Z',
    '491231236000Z',
    '491231235960Z', // nor is there a leap second
    '4 1231235959Z',
    '-91231235959Z',
  ])('%s is no UTCTime', (text) => {
    expect(utcTime(ascii(text))).toBeUndefined();
  });

  it.each(['21000229000000Z', '20500101000000.0Z', '20500101000000', '205001010000Z', '2050010100000:Z'])(
    '%s is no GeneralizedTime',
    (text) => {
      expect(generalizedTime(ascii(text))).toBeUndefined();
    },
  );

  it('is written in the form of its year', () => {
    expect(timeText(startOf2050 - 1)).toBe('491231235959Z');
    expect(timeText(startOf2050)).toBe('20500101000000Z');
    expect(timeText(endOf9999)).toBe('99991231235959Z');
    expect(timeText(0)).toBe('700101000000Z');
  });

  it('agrees with Date over all times there are, to and fro', () => {
    fc.assert(
      fc.property(fc.integer({ min: seconds('1950-01-01T00:00:00Z'), max: endOf9999 }), (time) => {
        const text = timeText(time);
        const digits = new Date(time * 1000).toISOString().replace(/[-:T]|\.000/g, '');
        expect(text).toBe(time < startOf2050 ? digits.slice(2) : digits);
        expect(time < startOf2050 ? utcTime(ascii(text)) : generalizedTime(ascii(text))).toBe(time);
      }),
    );
  });
});
