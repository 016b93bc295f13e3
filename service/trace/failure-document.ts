import type { AlertName } from '../tls/index.ts';
import type { FailureEntry, InTheArticle } from './failure-entry.ts';
import { reasonsOf } from './failure-key.ts';
import { type FailureKey, failureChapters, failureTable } from './failure-table.ts';
import { type Counterpart, ocaml2026, tls2015 } from './ocaml-constructors.ts';

/** docs/failures.md, written from the table. Pure: a test compares it with the file, PINATA_UPDATE=1 writes it. */
export function failureDocument(): string {
  return `${[introduction, ...failureChapters.map(chapter), counterparts()].join('\n\n')}\n`;
}

const introduction = `# Categories

<!-- Written from service/trace/failure-table.ts. After a change there: PINATA_UPDATE=1 npx vitest run test/trace -->

Every connection ends in exactly one of these categories, and they sum to 100.0 % of the connections that ended. The keys
are the vocabulary of the statistics, the traces and the pages. A fault is what the engine found; several share a category
where the article of 2015 counted them together, and the fault stays its sub-key.

- **Alert**: what we answer with at TLS 1.3, and at TLS 1.2 where that is another one.
- **Send**: the bytes which, sent first to port 10000, bring it about: \`echo BYTES | xxd -r -p | nc HOST 10000\`.
- A quotation is the article's, with its count. Those with "about" are worked out from a share in percent of about 21 000.

Of several things that happened on one connection the first of these decides: the bait was released (final, whatever
follows); it was our own probe; the first fault, alert or refusal; the website's first error, or its answer; a handshake
with the website; how the transport ended.`;

function chapter({ title, keys }: (typeof failureChapters)[number]): string {
  const head = '| key | what happened | fault | alert | how to bring it about |\n|---|---|---|---|---|';
  return `## ${title}\n\n${head}\n${keys.map((key) => row(key, failureTable[key])).join('\n')}`;
}

function row(key: FailureKey, entry: FailureEntry): string {
  const cells = [
    code(key),
    sentence(entry),
    reasonsOf(key).map(code).join('<br>') || '–',
    (entry.alerts ?? []).map(alerts).join('<br>') || '–',
    [entry.bytes === undefined ? [] : [`send ${code(entry.bytes)}`], entry.provoke ?? []].flat().join('; '),
  ];
  return `| ${cells.map((cell) => cell.replaceAll('|', '\\|')).join(' | ')} |`;
}

function sentence({ title, article, only }: FailureEntry): string {
  return [title, only === undefined ? [] : [`${only} alone`], article === undefined ? [] : [quotation(article)]]
    .flat()
    .join('. ');
}

function quotation({ wording, count, exact }: InTheArticle): string {
  const number = count === undefined ? '' : ` (${exact === true ? '' : 'about '}${count})`;
  return `*“${wording}”*${number}`;
}

/** TLS 1.2 does not know the alerts that RFC 8446 added. */
const otherAt12 = new Map<AlertName, AlertName>([
  ['certificate_required', 'handshake_failure'],
  ['missing_extension', 'handshake_failure'],
]);

function alerts(name: AlertName): string {
  const at12 = otherAt12.get(name);
  return at12 === undefined ? code(name) : `${code(name)}, at 1.2 ${code(at12)}`;
}

const counterparts = (): string => `## The constructors of OCaml-TLS and OCaml-X.509

What the original counted by, and where it is here.

| OCaml-TLS 0.4/0.5, OCaml-X.509 0.2/0.3 (2015) | here |
|---|---|
${constructors(tls2015)}

| OCaml-TLS 2.1, OCaml-X.509 1.1 (2026) | here |
|---|---|
${constructors(ocaml2026)}`;

const constructors = (table: Readonly<Record<string, Counterpart>>): string =>
  Object.entries(table)
    .map(
      ([name, here]) =>
        `| ${code(name)} | ${typeof here === 'string' ? code(here) : `cannot exist here: ${here.cannot}`} |`,
    )
    .join('\n');

const code = (text: string): string => `\`${text}\``;
