import { type FailureKey, failureTable } from '../trace/index.ts';
import type { Outcome, Row } from './simulate-count.ts';
import { inTheArticle } from './simulate-crowd.ts';

/* The counts beside those of the article, by what it told of. */

const width = 27;

export function simulateTable({ rows }: Outcome): readonly string[] {
  const tls = rows.filter(({ key }) => isTls(key));
  const [ofArticle, unexplained] = [tls.filter(isInArticle), tls.filter((row) => !isInArticle(row))];
  const others = rows.filter(({ key }) => !isTls(key)).filter(happened);
  const all = sums(tls);
  const told = ofArticle.reduce((sum, { key }) => sum + articleCount(key), 0);
  const line = (row: Line, article: string): string => shareLine(row, all, article);
  return [
    head('TLS connections'),
    ...ofArticle
      .filter((row) => happened(row) || articleCount(row.key) > 0)
      .map((row) => line(row, inArticle(row.key))),
    '',
    line(
      { ...sums(unexplained), key: 'not explained in 2015' },
      share(inTheArticle.connections - told, inTheArticle.connections),
    ),
    ...unexplained.filter(happened).map((row) => line({ ...row, key: `  ${row.key}` }, '')),
    '',
    line({ ...all, key: 'all' }, '100.00'),
    '',
    '  without TLS, or answered by the page',
    ...others.map((row) => shareLine(row, undefined, '')),
  ];
}

interface Sums {
  readonly expected: number;
  readonly counted: number;
}
type Line = Sums & { readonly key: string };

const sums = (rows: readonly Row[]): Sums => ({
  expected: rows.reduce((sum, { expected }) => sum + expected, 0),
  counted: rows.reduce((sum, { counted }) => sum + counted, 0),
});

const happened = ({ expected, counted }: Sums): boolean => expected > 0 || counted > 0;
const isInArticle = ({ key }: Row): boolean => failureTable[key].article !== undefined;

/** What began a handshake with us, or might have: the article's shares are of those. */
export const isTls = (key: FailureKey): boolean =>
  ['released', 'failed', 'unfinished'].includes(failureTable[key].nature) && !key.startsWith('connectback.');

/** "Several" of six kinds are what is left of its 100 certificates: 42, that is seven each. */
const several = 7;
const articleCount = (key: FailureKey): number => {
  const { article } = failureTable[key];
  return article === undefined ? 0 : (article.count ?? several);
};
const inArticle = (key: FailureKey): string =>
  failureTable[key].article?.count === undefined ? 'several' : share(articleCount(key), inTheArticle.connections);

const share = (count: number, of: number): string => (of === 0 ? '0.00' : ((100 * count) / of).toFixed(2));

const head = (title: string): string =>
  `  ${title.padEnd(width)}${'counted'.padStart(9)}${'expected'.padStart(10)}${'counted %'.padStart(11)}${'expected %'.padStart(12)}${'article %'.padStart(11)}`;

function shareLine({ key, counted, expected }: Line, all: Sums | undefined, article: string): string {
  const shares = all === undefined ? ['', ''] : [share(counted, all.counted), share(expected, all.expected)];
  const cells = [...shares, article].map((cell, column) => cell.padStart(column === 1 ? 12 : 11)).join('');
  const differs = counted === expected || key === 'website.page' ? '' : '  <-';
  return `  ${key.padEnd(width)}${String(counted).padStart(9)}${String(expected).padStart(10)}${cells}${differs}`.trimEnd();
}
