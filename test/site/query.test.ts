import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { dayNumber, dayText } from '../../service/site/http-date.ts';
import { json } from '../../service/site/json.ts';
import { mostRows, parameters, parseQuery, type Query, queryText } from '../../service/site/query.ts';
import { resolve } from '../../service/site/router.ts';
import { siteRoutes } from '../../service/site/routes.ts';
import { portNames } from '../../service/site/view.ts';

const query = fc.record(
  {
    before: fc.integer({ min: 1, max: 10 ** 15 - 1 }),
    limit: fc.integer({ min: 1, max: mostRows }),
    port: fc.constantFrom(...portNames),
    category: fc.stringMatching(/^[a-z0-9_]{1,32}(?:\.[a-z0-9_]{1,32}){0,2}$/),
  },
  { requiredKeys: [] },
);

describe('a query', () => {
  test('is what was written, in whatever order', () => {
    fc.assert(
      fc.property(query, (value) => {
        const text = queryText(value);
        expect(parseQuery(text === '' ? undefined : text.slice(1), parameters)).toEqual(value);
        const turned = text.slice(1).split('&').reverse().join('&');
        expect(parseQuery(text === '' ? undefined : turned, parameters)).toEqual(value);
      }),
    );
  });

  test.each([
    '',
    '&',
    'before',
    'before=',
    'before=0',
    'before=01',
    'before=-1',
    'before=+1',
    'before=1.5',
    'before=1e3',
    'before=0x10',
    'before=1000000000000000',
    'before=1=2',
    'before=1&before=2',
    'before=1&before=1',
    'before=1&',
    '&before=1',
    'before=%31',
    'Before=1',
    'limit=0',
    'limit=101',
    'limit=',
    'port=10000',
    'port=SERVER',
    'port=',
    'category=',
    'category=Cert.none',
    'category=cert..none',
    'category=.none',
    'category=a.b.c.d',
    `category=${'a'.repeat(33)}`,
    'category=__proto__;',
    'category=%3Cscript%3E',
    'other=1',
    '__proto__=1',
    'constructor=1',
    'before=1;limit=2',
    'before=1&limit=2&port=server&category=a&before=3',
  ])('%j is none', (text) => {
    expect(parseQuery(text, parameters)).toBeUndefined();
    expect(resolve(siteRoutes, '/attempts', text)).toBe(400);
  });

  test('holds no parameter that the path does not take', () => {
    const one: readonly Query[] = [{ port: 'server' }, { category: 'cert.none' }];
    for (const each of one) expect(resolve(siteRoutes, '/guest-book', queryText(each).slice(1))).toBe(400);
    expect(resolve(siteRoutes, '/guest-book', 'before=1')).toMatchObject({ key: '/guest-book?before=1', keep: 'many' });
  });

  test('in another order is the same page', () => {
    const key = '/attempts?before=9&limit=3&port=server';
    for (const text of ['before=9&limit=3&port=server', 'port=server&limit=3&before=9']) {
      expect(resolve(siteRoutes, '/attempts', text)).toMatchObject({ key, keep: 'many' });
    }
    expect(resolve(siteRoutes, '/attempts', undefined)).toMatchObject({ key: '/attempts', keep: 'few' });
  });

  test('is ignored where a path takes none', () => {
    expect(resolve(siteRoutes, '/status.json', 'at=17')).toMatchObject({ key: '/status.json', keep: 'few' });
  });
});

describe('a path', () => {
  const digest = 'ab'.repeat(32);
  test.each(['/attempts/1', '/attempts/999999999999999.json', '/attempts/17.jsonl'])('%s is one', (path) => {
    expect(resolve(siteRoutes, path, undefined)).toMatchObject({ key: path, keep: 'many' });
  });
  test.each(['', '.json', '.pem'])('/certificates/rejected/SHA256%s is one', (suffix) => {
    const path = `/certificates/rejected/${digest}${suffix}`;
    expect(resolve(siteRoutes, path, undefined)).toMatchObject({ key: path, keep: 'many' });
  });

  test.each([
    '/attempts/',
    '/attempts/0',
    '/attempts/01',
    '/attempts/-1',
    '/attempts/1.0',
    '/attempts/1e3',
    '/attempts/%31',
    '/attempts/1000000000000000',
    '/attempts/1/',
    '/attempts/1.xml',
    '/attempts/.json',
    '/attempts/1.json.json',
    '/attempts/NaN',
    '/attempts/__proto__',
    '/certificates/rejected/',
    `/certificates/rejected/${digest.toUpperCase()}`,
    `/certificates/rejected/${digest}0`,
    `/certificates/rejected/${digest.slice(1)}`,
    `/certificates/rejected/${digest}.der`,
  ])('%s is none', (path) => {
    expect(resolve(siteRoutes, path, undefined)).toBe(404);
  });
});

describe('a day', () => {
  test('is a number and a text, as the platform’s own calendar has it', () => {
    fc.assert(
      fc.property(fc.integer({ min: -719_162, max: 2_932_896 }), (number) => {
        const text = new Date(number * 86_400_000).toISOString().slice(0, 10);
        expect(dayText(number)).toBe(text);
        expect(dayNumber(text)).toBe(number);
      }),
      { numRuns: 1000 },
    );
  });

  test.each(['', '2026-02-29', '2026-13-01', '2026-00-01', '2026-04-31', '2026-1-1', '20261121', '2026-11-21T'])(
    '%j is none',
    (text) => {
      expect(dayNumber(text)).toBeUndefined();
    },
  );
});

describe('JSON', () => {
  test('says the same to every parser, and holds nothing that a page could be made of', () => {
    fc.assert(
      fc.property(fc.jsonValue(), (value) => {
        const text = json(value);
        expect(JSON.parse(text)).toEqual(JSON.parse(JSON.stringify(value)));
        expect(text).not.toMatch(/[<>&\u007f-\u009f\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff]/);
      }),
    );
    expect(json('</script>\u202e&')).toBe('"\\u003c/script\\u003e\\u202e\\u0026"');
  });
});
