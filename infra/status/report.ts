import { type ChainDocument, inBitcoin, type Watched } from '../../status-page/chain/index.ts';
import { type VerdictName, verdicts } from '../../status-page/document/index.ts';
import { exitStatus, unknown } from './exit-status.ts';
import { at, type PageReport } from './page-report.ts';

/** All that `status` says, as `--json` prints it. A field may be added but not changed. */
export interface StatusReport {
  readonly format: 'btc-pinata/status-report/v1';
  /** Seconds since 1970, as all times. */
  readonly asOf: number;
  /** Of the explorers where any was asked, else of the page. */
  readonly verdict: VerdictName | 'unknown';
  readonly exitStatus: number;
  readonly found: string | null;
  /** What the explorers say that were asked from here (docs/chain.md); null where none was. */
  readonly chain: ChainDocument | null;
  readonly page: PageReport | null;
  /** What of this cannot be true together, in sentences. */
  readonly contradictions: readonly string[];
}

export interface Found {
  readonly found: string | undefined;
  readonly expected: Pick<Watched, 'network' | 'address'> | undefined;
  readonly chain: ChainDocument | undefined;
  readonly page: PageReport | undefined;
}

export function statusReport({ found, expected, chain, page }: Found, now: number): StatusReport {
  const contradictions = page === undefined ? [] : contradictionsOf(page, chain, expected);
  const verdict = chain === undefined ? (page?.verdict ?? 'unknown') : verdictNamed(chain.verdict);
  return {
    format: 'btc-pinata/status-report/v1',
    asOf: now,
    verdict,
    exitStatus: statusOf(verdict, chain === undefined, contradictions.length > 0),
    found: found ?? null,
    chain: chain ?? null,
    page: page ?? null,
    contradictions,
  };
}

const verdictNamed = (text: string): VerdictName | 'unknown' => verdicts.find((name) => name === text) ?? 'unknown';

/**
 * Nothing is green that something contradicts, and of a page that is not what was released nothing is believed. That coins
 * move is told whatever a page says of it.
 */
function statusOf(verdict: StatusReport['verdict'], byPageAlone: boolean, contradicted: boolean): number {
  if (verdict === 'unknown') return unknown;
  const status = exitStatus[verdict];
  const bad = status >= exitStatus.spend_seen && status <= exitStatus.refunded;
  return contradicted && (byPageAlone || !bad) ? unknown : status;
}

function contradictionsOf(
  page: PageReport,
  chain: ChainDocument | undefined,
  expected: Found['expected'],
): readonly string[] {
  const found: string[] = [];
  const { files, shown, retirement } = page;
  if (files.state === 'differ')
    found.push(
      `The page's files are not those of release ${files.release}: ${files.differences.join('; ')}. Of the page that \`npm run status\` makes of a checkout they are what \`btc-pinata build\` makes there: --release dist/release.json.`,
    );
  if (retirement?.state === 'refused')
    found.push(`The page shows a retirement that the refund key of its address did not sign: ${retirement.reason}.`);
  const its = shown?.watched;
  if (its !== undefined && expected !== undefined && its.address !== null) {
    if (its.address !== expected.address || its.network !== expected.network)
      found.push(
        `The page is of ${its.address} (${its.network}), and what was asked for is ${expected.address} (${expected.network}).`,
      );
  }
  if (chain === undefined || page.chain === null) return found;
  if (chain.address !== page.chain.address) {
    found.push(`The page counts the coins of ${page.chain.address}, and the explorers were asked of ${chain.address}.`);
    return found;
  }
  const [ours, theirs] = [verdictNamed(chain.verdict), page.verdict];
  if (blind(ours) || blind(theirs)) return found;
  if (group(ours) !== group(theirs))
    found.push(
      `The page says "${page.title}" as of ${at(page.chain.asOf)}, and the explorers say "${chain.title}". Of the same minute, one of them is wrong.`,
    );
  const [here, there] = [chain.common, page.chain.common];
  if (here !== null && there?.height === here.height) {
    if (there.hash !== here.hash) found.push(`The page has another block ${here.height} than the explorers.`);
    else if (chain.balance?.confirmed !== page.chain.balance?.confirmed)
      found.push(
        `At block ${here.height} the page counts ${amount(page.chain)}, and the explorers count ${amount(chain)}.`,
      );
  }
  return found;
}

const blind = (verdict: StatusReport['verdict']): boolean => verdict === 'unknown' || exitStatus[verdict] === unknown;

const group = (verdict: StatusReport['verdict']): number => (verdict === 'unknown' ? unknown : exitStatus[verdict]);

const amount = ({ balance }: ChainDocument): string => (balance === null ? 'nothing' : inBitcoin(balance.confirmed));
