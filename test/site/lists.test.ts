import { expect, test } from 'vitest';
import { listing, rowsOf } from '../../service/site/listing.ts';
import { rejected } from '../../service/site/lists.ts';
import { sampleView } from './sample-view.ts';

/** What a page of the gallery asks the archive for. */
function askedFor(limit: number | undefined): number | undefined {
  let asked: number | undefined;
  const rejectedCertificates: typeof sampleView.archive.rejectedCertificates = (query) => {
    asked = query.limit;
    return [];
  };
  const view = { ...sampleView, archive: { ...sampleView.archive, rejectedCertificates } };
  rejected(view, limit === undefined ? {} : { limit });
  return asked;
}

test('each certificate of a page is read anew, and a stranger wrote it: a page has few, whatever limit is asked for', () => {
  expect([undefined, 1, 20, 21, 100].map(askedFor)).toEqual([21, 2, 21, 21, 21]);
});

test('the page after the longest one there is keeps to what was asked', () => {
  const rows = Array.from({ length: 50 }, (_, i) => 50 - i);
  const page = listing(
    { limit: rowsOf.certificates },
    rowsOf.certificates,
    ({ limit }) => rows.slice(0, limit),
    (row) => row,
  );
  expect(page.rows).toHaveLength(20);
  expect(page.next).toEqual({ limit: 20, before: 31 });
});
