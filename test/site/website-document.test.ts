import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { statusDocument } from '../../service/site/documents.ts';
import { httpLimits } from '../../service/site/http.ts';
import { newestPairs } from '../../service/site/page-numbers.ts';
import { mostRows, parameters } from '../../service/site/query.ts';
import { patterns, routes } from '../../service/site/routes.ts';
import { sampleNow, sampleView } from './sample-view.ts';

/* docs/website.md says what the code does, or this fails. */

const text = readFileSync(join(import.meta.dirname, '../../docs/website.md'), 'utf8');
const rows = (title: string): readonly string[] => {
  const section = text.split(/^## /m).find((each) => each.startsWith(title)) ?? '';
  return section.split('\n').filter((line) => line.startsWith('| ') && !line.startsWith('|--'));
};

test('every path, and no other', () => {
  const documented = rows('Paths').flatMap((row) => /^\| `([^`]+)`/.exec(row)?.[1] ?? []);
  expect(new Set(documented)).toEqual(new Set([...routes.keys(), ...patterns.map(({ path }) => path)]));
});

test('every parameter of a query, and no other', () => {
  const documented = rows('Paging').flatMap((row) => /^\| `([^`]+)`/.exec(row)?.[1] ?? []);
  expect(documented).toEqual([...parameters]);
  expect(text).toContain(`1 to ${mostRows}`);
});

/** Behind the first of its row. */
const abbreviated = ['open', 'age', 'url'];

test('every field of /status.json, and no other', () => {
  const documented = rows('`/status.json`').flatMap((row) =>
    [...(row.split('|')[1] ?? '').matchAll(/`\.?([\w.]+)`/g)].map(([, name]) => name),
  );
  const status = statusDocument(sampleView, sampleNow);
  const names = Object.entries(status).flatMap(([name, value]) =>
    name === 'connections' || name === 'successes' || name === 'proof'
      ? Object.keys(value ?? {}).map((inner) => (abbreviated.includes(inner) ? inner : `${name}.${inner}`))
      : [name],
  );
  expect(new Set(documented)).toEqual(new Set(names));
});

describe('limits', () => {
  test.each([
    ['request line', httpLimits.requestLine],
    ['field lines together', httpLimits.fields],
    ['field lines', httpLimits.fieldCount],
    ['requests on a connection', httpLimits.requests],
  ])('%s', (name, limit) => {
    expect(rows('HTTP').find((row) => row.startsWith(`| ${name} |`))).toContain(`| ${limit}`);
  });

  test('of /pairs.json', () => {
    expect(text).toContain(`the newest ${newestPairs.document} bridges`);
  });
});
