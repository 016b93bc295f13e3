import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { hostPort } from '../../service/site/host-port.ts';
import { escaped, html, markup, ownMarkup, safeUri } from '../../service/site/html.ts';
import { civilDate, duration, httpDate, internetDate } from '../../service/site/http-date.ts';
import { percentages } from '../../service/site/percentages.ts';

describe('percentages', () => {
  test('sum to exactly 100.00, whatever is shared', () => {
    fc.assert(
      fc.property(fc.array(fc.nat(2 ** 31), { minLength: 1, maxLength: 60 }), (counts) => {
        const shares = percentages(counts);
        const hundredths = shares.reduce((sum, share) => sum + Math.round(Number(share) * 100), 0);
        const total = counts.reduce((sum, count) => sum + count, 0);
        expect(hundredths).toBe(total === 0 ? 0 : 10_000);
        counts.forEach((count, index) => {
          if (total > 0) expect(Math.abs(Number(shares[index]) - (100 * count) / total)).toBeLessThanOrEqual(0.0101);
        });
      }),
    );
  });

  test.each([
    [
      [1, 1, 1],
      ['33.34', '33.33', '33.33'],
    ],
    [
      [0, 5],
      ['0.00', '100.00'],
    ],
    [
      [0, 0],
      ['0.00', '0.00'],
    ],
    [[], []],
    [
      [1, 2 ** 52],
      ['0.00', '100.00'],
    ],
  ])('%j', (counts, shares) => {
    expect(percentages(counts)).toEqual(shares);
  });
});

describe('times, against the platform’s own calendar', () => {
  const seconds = fc.oneof(fc.integer({ min: -62_135_596_800, max: 253_402_300_799 }), fc.nat(4_102_444_800));
  test('httpDate and internetDate', () => {
    fc.assert(
      fc.property(seconds, (at) => {
        const date = new Date(at * 1000);
        expect(internetDate(at)).toBe(date.toISOString().replace('.000Z', 'Z'));
        expect(httpDate(at)).toBe(date.toUTCString());
      }),
      { numRuns: 500 },
    );
  });

  test('the RFC’s example', () => {
    expect(httpDate(784_111_777)).toBe('Sun, 06 Nov 1994 08:49:37 GMT');
    expect(civilDate(784_111_777)).toBe('6 Nov 1994, 08:49 UTC');
  });

  test.each([
    [-5, '0 seconds'],
    [0, '0 seconds'],
    [1, '1 second'],
    [61, '1 minute 1 second'],
    [3600, '1 hour'],
    [90_061, '1 day 1 hour'],
    [86_400 * 400 + 59, '400 days'],
  ])('duration of %i', (length, text) => {
    expect(duration(length)).toBe(text);
  });
});

describe('html', () => {
  test('text is escaped, Html is not, numbers and nothing stand for themselves', () => {
    const inner = html`<b>${'<i>'}</b>`;
    expect(markup(html`<p title="${'"'}">${inner}${1}${undefined}${[inner, inner]}${ownMarkup('<hr>')}</p>`)).toBe(
      '<p title="&quot;"><b>&lt;i&gt;</b>1<b>&lt;i&gt;</b><b>&lt;i&gt;</b><hr></p>',
    );
  });

  test('what only looks like Html is no Html', () => {
    const forged = JSON.parse('{"markup":"<script>","length":1}');
    expect(() => markup(html`${forged}`)).toThrow(TypeError);
    expect(() => markup(html`${[forged]}`)).toThrow(TypeError);
    expect(() => markup(forged)).toThrow(TypeError);
  });

  test('no markup, no quote, no control and no hidden sign comes through', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 50 }), (text) => {
        expect(escaped(text)).not.toMatch(
          /[<>"'`\u0000-\u0008\u000b-\u001f\u007f-\u009f\u202a-\u202e\u2066-\u2069\u200b]/u,
        );
        expect(escaped(text).isWellFormed()).toBe(true);
      }),
    );
    expect(escaped('Piñata\n\t“ok” 金')).toBe('Piñata\n\t“ok” 金');
  });

  test.each([
    'javascript:alert(1)',
    'JavaScript:alert(1)',
    ' https://a',
    'https://a b',
    'https://a\n',
    'data:text/html,x',
    'http://a',
    '//a',
    '/a',
    'https:',
    'vbscript:x',
    '',
  ])('safeUri(%j) is nowhere', (uri) => {
    expect(safeUri(uri)).toBe('#');
  });

  test.each(['https://example.org/x?y=1#z', 'mailto:a@example.org', 'bitcoin:bc1q?amount=1'])(
    'safeUri(%j) is itself',
    (uri) => {
      expect(safeUri(uri)).toBe(uri);
    },
  );
});

test('an IPv6 address stands in brackets before a port', () => {
  expect(hostPort('::1', 80)).toBe('[::1]:80');
  expect(hostPort('example.org', 80)).toBe('example.org:80');
});
