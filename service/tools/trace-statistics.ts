import { type FailureKey, failureChapters, failureTable, percentages } from '../trace/index.ts';
import { paint, type Style } from './sequence-diagram.ts';

/* How many were in each category, beside the article's. The shares sum to exactly 100.0 %. */

export type Counts = Readonly<Partial<Record<FailureKey, number>>>;

/** Only categories that occurred, or that the article counted. */
export function statisticsTable(counts: Counts, what: string, style: Style): readonly string[] {
  const present = failureChapters.flatMap(({ keys }) => keys.filter((key) => (counts[key] ?? 0) > 0));
  const shares = percentages(present.map((key) => counts[key] ?? 0));
  const share = new Map(present.map((key, index) => [key, shares[index] ?? '']));
  const total = present.reduce((sum, key) => sum + (counts[key] ?? 0), 0);
  const row = (name: string, count: string, percent: string, article: string): string =>
    `${name.padEnd(nameWidth)}${count.padStart(10)}${percent.padStart(9)}   ${article}`.trimEnd();
  return [
    paint(style, 'bold', row('category', what, '%', 'in the article of 2015')),
    ...failureChapters.flatMap(({ title, keys }) => {
      const shown = keys.filter((key) => share.has(key) || failureTable[key].article !== undefined);
      if (shown.length === 0) return [];
      return [
        paint(style, 'dim', title),
        ...shown.map((key) => row(`  ${key}`, String(counts[key] ?? 0), share.get(key) ?? '–', articleOf(key))),
      ];
    }),
    paint(style, 'bold', row('all', String(total), total === 0 ? '0.0' : '100.0', '')),
  ];
}

const nameWidth = 34;

function articleOf(key: FailureKey): string {
  const { article } = failureTable[key];
  if (article === undefined) return '';
  if (article.count === undefined) return 'several';
  return `${article.exact === true ? '' : 'about '}${article.count}`;
}

/** The same as data; the shares are as text, for they are exact. */
export function statisticsRows(counts: Counts) {
  const present = failureChapters.flatMap(({ keys }) => keys.filter((key) => (counts[key] ?? 0) > 0));
  const shares = percentages(present.map((key) => counts[key] ?? 0));
  return present.map((key, index) => ({
    category: key,
    count: counts[key] ?? 0,
    percent: shares[index] ?? '',
    article: failureTable[key].article ?? null,
  }));
}
