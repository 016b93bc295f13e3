import type { Check, Outcome } from '../attest/check.ts';
import { claims, levelNames, unproven } from '../attest/ladder.ts';
import { type Level, reaches } from '../attest/levels.ts';
import { readMachineConfiguration } from '../attest/machine-configuration.ts';
import type { Verification } from '../attest/verification.ts';
import type { Verdict } from '../attest/verify.ts';
import { paint, printable, type Style } from './sequence-diagram.ts';

/* One screen: the ladder, what it stands on, and the verdict with what is not proven. The most important stands last. */

type Colour = 'green' | 'red' | 'yellow';
const marks: Readonly<Record<Outcome, { readonly colour: Colour; readonly sign: string; readonly ascii: string }>> = {
  pass: { colour: 'green', sign: '✓', ascii: '+' },
  fail: { colour: 'red', sign: '✗', ascii: 'X' },
  unchecked: { colour: 'yellow', sign: '–', ascii: '-' },
};

interface Row {
  readonly outcome: Outcome;
  readonly name: string;
  readonly text: string;
}

const nameWidth = 18;
const widest = 100;

export function verifyPicture(verification: Verification, verdict: Verdict, style: Style): readonly string[] {
  return [
    heading(verification, style),
    '',
    ...ladder(verdict).flatMap((row) => lines(row, style)),
    '',
    ...foundations(verdict).flatMap((row) => lines(row, style)),
    '',
    ...conclusion(verdict, style),
  ];
}

const columns = ({ width }: Style): number => Math.max(40, Math.min(width, widest));

function heading({ host, observations }: Verification, style: Style): string {
  const [left, right] = [` piñata at ${printable(host)}`, at(observations[1].answered)];
  const shown = style.unicode ? left : left.replace('ñ', 'n');
  const gap = Math.max(2, columns(style) - shown.length - right.length - 1);
  return `${paint(style, 'bold', shown)}${' '.repeat(gap)}${paint(style, 'dim', right)}`;
}

/** Of a file, whose maker may have written any number. */
function at(seconds: number): string {
  const date = new Date(seconds * 1000);
  return Number.isNaN(date.getTime()) ? `second ${seconds}` : date.toISOString().replace('.000', '');
}
const short = (hex: string): string => hex.slice(0, 16);

/** Why what it says it runs is none of what the release names. */
function heldAgainst(build: string, { release: { release } }: Verdict): string {
  if (build.startsWith('source-'))
    return 'source files, not the program of a release: `btc-pinata build` makes one, to be run and to verify with --release dist/release.json';
  return release === undefined
    ? 'and no release is here to hold it against'
    : `which is no program of release ${release.version}: --release FILE names another`;
}

function ladder(verdict: Verdict): readonly Row[] {
  const { level, hardware, fields, release } = verdict;
  const of = (name: string): Check | undefined => checkOf(verdict, 'second statement', name);
  const build = of('build');
  const output = release.release?.outputs.find(({ sha256 }) => sha256 === fields?.buildSha256);
  const says =
    output === undefined
      ? fields === undefined
        ? 'it says nothing that can be read'
        : `it says it runs ${short(fields.buildSha256)}, ${heldAgainst(fields.buildSha256, verdict)}`
      : `it says it runs ${output.name} of ${release.release?.version}, ${short(output.sha256)}`;
  const rebuilt = checkOf(verdict, 'release', 'rebuilt');
  const [failed] = failures(verdict);
  const key = reaches(level, 'L1') ? 'signed twice, over bytes that we made' : `not shown: ${failed?.name}`;
  return [
    { outcome: rebuilt?.outcome ?? 'fail', name: 'L0  reproducible', text: rebuilt?.found ?? '' },
    { outcome: reaches(level, 'L1') ? 'pass' : 'fail', name: 'L1  key holder', text: key },
    reached('L2', { outcome: build?.outcome ?? 'fail', name: 'L2  self-reported', text: says }),
    reached('L3', { name: 'L3  vTPM', ...rung(hardware.tpm, 'no TPM whose maker is known speaks for it') }),
    reached('L4', { name: 'L4  EC2 NitroTPM', ...rung(hardware.nitro, 'no document of AWS speaks for it') }),
  ];

  /** What holds by itself counts for nothing where a level below it was not reached. */
  function reached(wanted: Level, row: Row): Row {
    return row.outcome === 'pass' && !reaches(level, wanted) ? { ...row, outcome: 'unchecked' } : row;
  }
}

function rung(worth: Verdict['hardware']['tpm'], nothing: string): Pick<Row, 'outcome' | 'text'> {
  switch (worth) {
    case 'none':
      return { outcome: 'unchecked', text: nothing };
    case 'test':
      return { outcome: 'unchecked', text: 'TEST ROOT: it holds, and counts for nothing' };
    case 'pinned':
      return { outcome: 'pass', text: 'it booted this release, under a root that is known' };
    case 'refused':
      return { outcome: 'fail', text: 'what it shows does not hold' };
    default:
      return worth satisfies never;
  }
}

function foundations(verdict: Verdict): readonly Row[] {
  const { release, fields, promise, configuration } = verdict;
  const signature = checkOf(verdict, 'release', 'release-signature');
  const found = release.signature === 'UNSIGNED' ? 'UNSIGNED' : (signature?.found ?? '');
  const version =
    release.release === undefined
      ? 'none is here; --release FILE names one'
      : `${release.release.version}, SHA-256 ${short(release.sha256)}`;
  const anchors = ['timestamp', 'funding'].flatMap((name) => checkOf(verdict, 'release', name) ?? []);
  const anchored =
    anchors.find(({ outcome }) => outcome === 'fail') ?? anchors.find(({ outcome }) => outcome === 'pass');
  const [bounty, site] = ['bounty-authority', 'site-authority'].map((name) =>
    checkOf(verdict, 'second statement', name),
  );
  const joined = checkOf(verdict, 'both', 'client-port')?.outcome === 'pass' ? ', and its client took its server' : '';
  const rows: Row[] = [
    { outcome: signature?.outcome ?? 'fail', name: 'release', text: `${version}, ${found}` },
    {
      outcome: anchored?.outcome ?? 'unchecked',
      name: 'since when',
      text: anchored?.found ?? anchors.map((anchor) => anchor.found).join('; '),
    },
    {
      outcome: worst(bounty?.outcome, site?.outcome),
      name: 'on its ports',
      text: `authority ${shown(bounty)}, of the page ${shown(site)}${joined}`,
    },
    boot(verdict),
    ...confined(verdict),
  ];
  if (fields !== undefined && promise !== undefined) {
    const { network, wallet, address } = fields;
    const worth = network === 'mainnet' ? '' : ': worth nothing';
    const because = promise.because === undefined ? '' : `; ${promise.because}`;
    rows.push(
      {
        // Whose address that is, a signature tells.
        outcome: worst(...['address', 'signature'].map((name) => checkOf(verdict, 'second statement', name)?.outcome)),
        name: 'wallet',
        text: `${address} (${wallet.kind}, ${network}${worth})`,
      },
      { outcome: promise.proven ? 'pass' : 'unchecked', name: 'coins', text: `${promise.words}${because}` },
    );
  }
  if (configuration !== undefined)
    rows.push({
      outcome: checkOf(verdict, 'both', 'measured-wallet')?.outcome ?? 'fail',
      name: 'configured',
      text: configured(configuration),
    });
  return rows;
}

function configured(text: string): string {
  const read = readMachineConfiguration(text);
  if ('fault' in read) return text.trim();
  return `${read.name}, ${read.network}, back to ${short(read.refundKey)} from block ${read.lockHeight}`;
}

const shown = (check: Check | undefined): string => (check?.outcome === 'pass' ? short(check.found) : 'not as signed');

function boot(verdict: Verdict): Row {
  const process = checkOf(verdict, 'both', 'same-process');
  const reset = checkOf(verdict, 'both', 'same-boot');
  const outcome = worst(process?.outcome, reset?.outcome === 'fail' ? 'fail' : 'pass');
  const words = reset?.outcome === 'unchecked' ? '' : `; ${reset?.found.replace(', resumed 0 times', '')}`;
  const confinement = verdict.fields?.sandbox === 'none' ? '; sandbox: none' : '';
  return { outcome, name: 'running', text: `${process?.found}${words}${confinement}` };
}

/** A line of its own where there is something to tell. */
function confined(verdict: Verdict): readonly Row[] {
  const { fields } = verdict;
  const check = checkOf(verdict, 'sandbox', 'sandbox');
  if (check === undefined || fields === undefined || fields.sandbox === 'none') return [];
  return [
    { outcome: check.outcome, name: 'sandbox', text: check.found.replace(fields.sandbox, short(fields.sandbox)) },
  ];
}

const worst = (...outcomes: readonly (Outcome | undefined)[]): Outcome =>
  outcomes.some((outcome) => outcome === 'fail' || outcome === undefined)
    ? 'fail'
    : outcomes.every((outcome) => outcome === 'pass')
      ? 'pass'
      : 'unchecked';

const checkOf = ({ sections }: Verdict, title: string, name: string): Check | undefined =>
  sections.find((section) => section.title === title)?.checks.find((check) => check.name === name);

/** What failed, each check once, as it failed first. */
function failures({ sections }: Verdict): readonly { readonly name: string; readonly found: string }[] {
  const failed = sections.flatMap(({ checks }) => checks.filter(({ outcome }) => outcome === 'fail'));
  // What was not reached stands behind what it was not reached for.
  const told = failed.filter(({ found }) => found !== 'not reached');
  return told.filter(({ name }, i) => told.findIndex((one) => one.name === name) === i);
}

const mostFailures = 6;

function conclusion(verdict: Verdict, style: Style): readonly string[] {
  const { level, refused, hardware } = verdict;
  const failed = failures(verdict);
  const colour: Colour = refused || level === 'none' ? 'red' : reaches(level, 'L3') ? 'green' : 'yellow';
  const name = level === 'none' ? levelNames.none : `${level}, ${levelNames[level]}`;
  const test = hardware.tpm === 'test' || hardware.nitro === 'test' ? ', TEST ROOT' : '';
  const unconfirmed = hardware.nitro === 'none' || hardware.nitro === 'refused' ? [] : [notOnEc2];
  const said = refused
    ? failed.slice(0, mostFailures).map(({ name: check, found }) => `${check}: ${printable(found)}`)
    : [claims[level], ...unconfirmed];
  const more = failed.length > mostFailures ? [`and ${failed.length - mostFailures} more: --all`] : [];
  const paragraphs = [...said, ...more, `Not proven: ${unproven[level].join('; ')}.`];
  const bar = paint(style, colour, style.unicode ? '┃' : '|');
  const head = refused ? `REFUSED. What holds: ${name}${test}` : `${name}${test}`;
  return [
    ` ${bar} ${paint(style, colour, head)}`,
    ...paragraphs.flatMap((paragraph) => wrapped(paragraph, columns(style) - 4)).map((line) => ` ${bar} ${line}`),
  ];
}

/** Until a golden document and an event log of a real boot are in the repository. */
export const notOnEc2 = 'This code was not yet confirmed on real EC2.';

function lines({ outcome, name, text }: Row, style: Style): readonly string[] {
  const { colour, sign, ascii } = marks[outcome];
  const indent = nameWidth + 5;
  const [first = '', ...rest] = wrapped(printable(text), columns(style) - indent);
  const mark = paint(style, colour, style.unicode ? sign : ascii);
  return [` ${mark} ${name.padEnd(nameWidth)}  ${first}`, ...rest.map((line) => ' '.repeat(indent) + line)];
}

/** Lines of at most `room` letters. A word that is longer is cut. */
function wrapped(text: string, room: number): readonly string[] {
  const rows: string[] = [];
  for (const word of text.split(' ').flatMap((whole) => whole.match(new RegExp(`.{1,${room}}`, 'g')) ?? [])) {
    const last = rows.at(-1);
    if (last !== undefined && last.length + 1 + word.length <= room) rows[rows.length - 1] = `${last} ${word}`;
    else rows.push(word);
  }
  return rows;
}

/** Each check with what it proves and what not even then. */
export function everyCheck({ sections }: Verdict, style: Style): readonly string[] {
  const room = columns(style) - 4;
  return sections.flatMap(({ title, checks }) => [
    paint(style, 'bold', title),
    ...checks.flatMap(({ name, outcome, found, proves, unproven: not }) => {
      const { colour, sign, ascii } = marks[outcome];
      const word = outcome === 'pass' ? 'Proves' : 'Would prove';
      const paragraphs = [printable(found), `${word}: ${proves}.`, `Not: ${not}.`];
      return [
        ` ${paint(style, colour, style.unicode ? sign : ascii)} ${name}`,
        ...paragraphs.flatMap((paragraph) => wrapped(paragraph, room)).map((line) => `    ${line}`),
      ];
    }),
    '',
  ]);
}
