import type { Outcome, ProofCheck } from '../attest/index.ts';
import type { StatementFields } from '../bitcoin/index.ts';
import { paint, type Style } from './sequence-diagram.ts';

/* The checks as people read them: what was found, what that proves, and what it does not. */

const marks: Readonly<
  Record<Outcome, { readonly colour: 'green' | 'red' | 'yellow'; readonly sign: string; readonly ascii: string }>
> = {
  pass: { colour: 'green', sign: '✓', ascii: 'ok' },
  fail: { colour: 'red', sign: '✗', ascii: 'NO' },
  unchecked: { colour: 'yellow', sign: '–', ascii: '--' },
};

export function challengePicture(
  checks: readonly ProofCheck[],
  fields: StatementFields | undefined,
  style: Style,
): readonly string[] {
  return [...heading(fields), '', ...checks.flatMap((check) => [...lines(check, style), '']), ...sum(checks, style)];
}

function heading(fields: StatementFields | undefined): readonly string[] {
  if (fields === undefined) return ['What was signed is no statement of a piñata.'];
  const { address, network, wallet, keyOrigin, recovery, service, sandbox } = fields;
  return [
    `${service.host} says that it holds the key of`,
    `  ${address}`,
    `  ${network}, ${wallet.kind}, key from ${keyOrigin}, recovery ${recovery}`,
    `  sandbox: ${sandbox}${sandbox === 'none' ? '' : ', of /sandbox.json'}`,
  ];
}

function lines({ name, outcome, found, proves, unproven }: ProofCheck, style: Style): readonly string[] {
  const { colour, sign, ascii } = marks[outcome];
  const head = `${paint(style, colour, style.unicode ? sign : ascii)} ${paint(style, 'bold', name)}`;
  const word = { pass: 'Proves', fail: 'Would prove', unchecked: 'Would prove' }[outcome];
  return [
    head,
    ...wrapped(printable(found), style),
    ...wrapped(`${word}: ${proves}.`, style),
    ...wrapped(`Not: ${unproven}.`, style),
  ];
}

/** Counted: a short list is not to be taken for a good one. */
function sum(checks: readonly ProofCheck[], style: Style): readonly string[] {
  const count = (outcome: Outcome): number => checks.filter((check) => check.outcome === outcome).length;
  const [passed, failed, unchecked] = [count('pass'), count('fail'), count('unchecked')];
  const verdict =
    failed > 0 ? `${failed} of ${checks.length} checks failed` : `${passed} of ${checks.length} checks passed`;
  const rest = unchecked === 0 ? '' : `; ${unchecked} had nothing to be held against`;
  return [paint(style, failed > 0 ? 'red' : 'green', `${verdict}${rest}.`)];
}

/** What a stranger wrote may be in it. */
const printable = (text: string): string => text.replace(/[^ -~]/g, '?');

function wrapped(text: string, { width }: Style): readonly string[] {
  const room = Math.max(20, Math.min(width, 120) - 4);
  const rows: string[] = [];
  for (const word of text.split(' ')) {
    const last = rows.at(-1);
    if (last !== undefined && last.length + 1 + word.length <= room) rows[rows.length - 1] = `${last} ${word}`;
    else rows.push(word);
  }
  return rows.map((row) => `    ${row}`);
}
