import { doors, latest, type Observed, type StatusDocument } from '../../status-page/document/index.ts';
import { retirementLine } from './chain-text.ts';
import type { PageFiles } from './page-files.ts';
import { at, duration, type PageReport } from './page-report.ts';
import type { RetirementCheck } from './page-retirement.ts';

/** The page, line by line: what it says, how old that is, and what it is made of. */
export function pageLines({
  url,
  standing,
  asOf,
  age,
  title,
  failure,
  files,
  shown,
  retirement,
}: PageReport): readonly string[] {
  return [
    `page        ${url}${shown === null ? '' : ` (${shown.page.name})`}`,
    `as of       ${asOf === null ? 'never read' : `${at(asOf)}, ${age === null ? 'which has not come yet' : aged(age)}`}${standing === 'old' ? ': it has stopped' : ''}`,
    ...(failure === null ? [] : [`failure     ${failure}`]),
    `says        ${title}`,
    ...(shown === null ? [] : shownLines(shown, asOf ?? 0)),
    ...(retirement === null ? [] : [`notice      ${retirementWords(retirement)}`]),
    `files       ${filesWords(files)}`,
  ];
}

function shownLines(shown: StatusDocument, asOf: number): readonly string[] {
  const { watched, build, proof, evidence, incidents, retirement } = shown;
  const proven = latest(proof);
  const level = latest(evidence);
  const open = incidents.filter(({ resolvedAt }) => resolvedAt === null);
  return [
    `host        ${watched.host}: ${doors.map((door) => `${watched.ports[door]} ${shown.host[door].state}`).join(', ')}`,
    `key         ${proven === undefined ? 'never proven' : `proven ${duration(Math.max(0, asOf - proven.value.answeredAt))} before that`}${unknownWords(proof)}`,
    `program     ${buildWords(build)}${level === undefined ? '' : `; evidence: ${level.value.refused ? 'refused' : level.value.level}${unknownWords(evidence)}`}`,
    ...(watched.test ? ['test        it has test credentials: a win proves nothing'] : []),
    ...open.map(({ title, createdAt }) => `incident    since ${at(createdAt)}: ${title}`),
    ...(retirement === null ? [] : [retirementLine({ ...retirement, url: retirement.url })]),
  ];
}

const aged = (age: number): string => (age < 0 ? 'just now' : `${duration(age)} ago`);

const unknownWords = <T>(of: Observed<T>): string =>
  of.state === 'known' ? '' : `, unknown since ${at(of.since)} (${of.reason})`;

function buildWords({ verdict, reported, expected }: StatusDocument['build']): string {
  const says = latest(reported)?.value.version ?? 'unknown';
  switch (verdict) {
    case 'match':
      return `${says}, as released`;
    case 'mismatch':
      return `${says}, NOT as released (${expected?.version ?? 'none'})`;
    case 'unknown':
      return `${says}, held against no release`;
    default:
      return verdict satisfies never;
  }
}

function retirementWords(check: RetirementCheck): string {
  switch (check.state) {
    case 'signed':
      return 'signed with the refund key of this address';
    case 'refused':
      return `NOT signed with the refund key of this address: ${check.reason}`;
    case 'unchecked':
      return `its signature was not looked at: ${check.reason}`;
    default:
      return check satisfies never;
  }
}

function filesWords(files: PageFiles): string {
  switch (files.state) {
    case 'match':
      return `${files.count} files are those of release ${files.release}`;
    case 'differ':
      return `NOT those of release ${files.release}: ${files.differences.join('; ')}`;
    case 'unchecked':
      return `not compared: ${files.reason}`;
    default:
      return files satisfies never;
  }
}

/** Of every page, also of one that is as it was released. */
export function unprovenLines({ shown }: PageReport): readonly string[] {
  const { host, ports } = shown?.watched ?? {};
  const named = host === undefined ? 'HOST' : `${host.includes(':') ? `[${host}]` : host}:${ports?.http ?? 80}`;
  return [
    'What a page cannot prove: whoever owns its bucket can replace all of it, the deposit address too, and show you',
    'another page than others. Of host, key and program it has the word of its poller. This trusts neither:',
    `  btc-pinata verify ${named}`,
  ];
}
