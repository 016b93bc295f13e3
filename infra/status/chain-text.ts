import { type ChainDocument, inBitcoin } from '../../status-page/chain/index.ts';
import { at } from './page-report.ts';

/** The sums and the sources of a document, line by line. */
export function chainLines(document: ChainDocument, now: number): readonly string[] {
  const { address, network, balance, bait, donations, retirement, spends, sources } = document;
  const rows: string[][] = [['source', 'block', 'balance', 'heard', 'standing']];
  for (const { source, height, balance: its, heardAt, standing, failure } of sources) {
    const heard = heardAt === null ? 'never' : `${Math.max(0, now - heardAt)} s ago`;
    const said = failure === null ? standing : `${standing}: ${failure.message}`;
    rows.push([source, height === null ? '-' : String(height), its === null ? '-' : inBitcoin(its), heard, said]);
  }
  return [
    `address     ${address} (${network})`,
    ...(balance === null ? [] : [`balance     ${inBitcoin(balance.confirmed)}${pending(balance)}`]),
    ...(bait === null
      ? []
      : [
          `bait        ${inBitcoin(bait.satoshis)} since ${day(bait.first.time)}, block ${bait.first.height}${bait.announced ? '' : ' (what came in first)'}`,
        ]),
    ...(donations === null ? [] : [`donations   ${gifts(donations)}`]),
    ...spends.map(
      ({ txid, satoshis, confirmations }) =>
        `spent by    ${txid} (${inBitcoin(satoshis)}, ${confirmations === 0 ? 'unconfirmed' : `confirmed ${confirmations}`})`,
    ),
    ...(retirement === null ? [] : [retirementLine(retirement)]),
    '',
    ...table(rows),
  ];
}

export const retirementLine = ({ announcedAt, effectiveAt, url }: NonNullable<ChainDocument['retirement']>): string =>
  `retirement  announced ${at(announcedAt)}, to take effect ${at(effectiveAt)}${url === null ? '' : `: ${url}`}`;

export function pending({ incoming, outgoing }: { readonly incoming: number; readonly outgoing: number }): string {
  const coming = incoming > 0 ? `, ${inBitcoin(incoming)} coming in` : '';
  return outgoing > 0 ? `${coming}, ${inBitcoin(outgoing)} going out` : coming;
}

function gifts({ count, satoshis, dust, complete }: NonNullable<ChainDocument['donations']>): string {
  const crumbs = dust.count > 0 ? `, and ${dust.count} of dust, ${inBitcoin(dust.satoshis)}` : '';
  const partial = complete ? '' : ', of the part of the history that was read';
  return `${count === 0 ? 'none' : `${inBitcoin(satoshis)} in ${count}`}${crumbs}${partial}`;
}

const day = (seconds: number): string => new Date(seconds * 1000).toISOString().slice(0, 10);

function table(rows: readonly (readonly string[])[]): readonly string[] {
  const widths = (rows[0] ?? []).map((_, column) => Math.max(...rows.map((row) => row[column]?.length ?? 0)));
  return rows.map((row) =>
    row
      .map((cell, column) => cell.padEnd(widths[column] ?? 0))
      .join('  ')
      .trimEnd(),
  );
}
