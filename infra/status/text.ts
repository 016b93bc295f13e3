import { printable } from '../../service/tools/sequence-diagram.ts';
import { type ChainDocument, inBitcoin } from '../../status-page/chain/index.ts';
import { chainLines, pending } from './chain-text.ts';
import { at, type PageReport } from './page-report.ts';
import { pageLines, unprovenLines } from './page-text.ts';
import type { StatusReport } from './report.ts';

/** The report for people, with what sources and pages said of themselves made harmless to a terminal. */
export function statusLines({ asOf, found, chain, page, contradictions }: StatusReport): readonly string[] {
  const { title, sentence } = spokesman(chain, page);
  const lines = [
    ...(found === null ? [] : [`of ${found}`]),
    title,
    sentence,
    ...contradictions.map((sentence) => `CONTRADICTION: ${sentence}`),
    '',
    ...(chain === null ? [] : [...chainLines(chain, asOf), '']),
    ...(page === null ? [] : [...pageLines(page), ...(chain === null ? [] : [compared(page, contradictions)]), '']),
    ...(page === null ? [] : unprovenLines(page)),
  ];
  return lines.slice(0, lines.findLastIndex((line) => line !== '') + 1).map(printable);
}

/** One line, that changes when something does: for whoever keeps a record. */
export function statusLine({ chain, page, contradictions }: StatusReport): string {
  const { title } = spokesman(chain, page);
  const { balance } = chain ?? page?.chain ?? {};
  return printable(
    [
      title,
      ...(balance === null || balance === undefined ? [] : [`${inBitcoin(balance.confirmed)}${pending(balance)}`]),
      ...(chain === null ? [] : [supports[chain.support]]),
      ...(page === null || chain === null ? [] : [`page: ${page.title}`]),
      ...contradictions.map((sentence) => `CONTRADICTION: ${sentence}`),
    ].join('; '),
  );
}

const supports: Readonly<Record<ChainDocument['support'], string>> = {
  quorum: 'two sources or more agree',
  single: 'by one source alone',
  none: 'by no source',
};

/** Whose verdict stands above: that of the explorers, where any was asked. */
const spokesman = (chain: ChainDocument | null, page: PageReport | null): { title: string; sentence: string } =>
  chain ?? page ?? { title: 'unknown', sentence: 'Nobody was asked.' };

function compared({ verdict, chain }: PageReport, contradictions: readonly string[]): string {
  if (verdict === 'unknown' || chain === null) return 'explorers   nothing on the page to hold against them';
  if (contradictions.length > 0) return 'explorers   see above';
  return `explorers   do not contradict what the page says of ${at(chain.asOf)}`;
}
