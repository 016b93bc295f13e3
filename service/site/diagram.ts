import { type Html, html } from './html.ts';
import { grouped } from './page-frame.ts';
import type { ArrowView, FieldView } from './view.ts';

/*
 * A sequence diagram as a list: the visitor's line on the left, the piñata's on the right, an arrow for each thing that
 * passed. One that has bytes opens, without script, into its fields. It reads in order to whoever does not see it.
 */

/** What one page shows: a flood that was recorded is not worth a page without end. The rest is in the trace. */
const most = { arrows: 200, fields: 1500, bytes: 16 * 1024 } as const;
/** Of one field and of one message, in bytes. */
const shown = { field: 32, message: 1024 } as const;
/** Levels that are set apart by their indentation. */
const deepest = 6;

export function diagram(arrows: readonly ArrowView[]): Html {
  if (arrows.length === 0) return html`<p class="soft">Nothing passed.</p>`;
  const left = { fields: most.fields, bytes: most.bytes as number };
  const items = arrows.slice(0, most.arrows).map((arrow, index) => item(arrow, index + 1, left));
  const more = arrows.length - most.arrows;
  return html`
<div class="lanes" aria-hidden="true"><span>visitor</span><span>piñata</span></div>
<ol class="sequence">${items}</ol>
${more > 0 ? html`<p class="soft">${grouped(more)} more are in the trace.</p>` : undefined}`;
}

function item(arrow: ArrowView, number: number, left: { fields: number; bytes: number }): Html {
  const opens = arrow.bytes !== '' || arrow.fields.length > 0;
  const content = head(arrow);
  const kind = `${arrow.kind} ${arrow.direction ?? 'none'}`;
  if (!opens) return html`<li class="${kind}">${content}</li>`;
  const fields = arrow.fields.slice(0, left.fields);
  left.fields -= fields.length;
  const hidden = arrow.fields.length - fields.length;
  const bytes = Math.min(shown.message, left.bytes);
  left.bytes -= Math.min(bytes, arrow.bytes.length / 2);
  return html`<li class="${kind}"><details><summary>${content}</summary><div>${fields.length === 0 ? undefined : fieldTable(`${number}, ${arrow.title}`, fields, arrow.bytes)}${
    hidden > 0 ? html`<p class="soft">${grouped(hidden)} more fields are in the trace.</p>` : undefined
  }${hex(arrow.bytes, bytes)}</div></details></li>`;
}

const directions = { received: 'from the visitor', sent: 'from the piñata' } as const;
const kinds: Readonly<Record<ArrowView['kind'], string | undefined>> = {
  clear: 'in clear',
  encrypted: 'encrypted',
  alert: 'alert',
  remark: undefined,
  verdict: undefined,
};

function head({ t, direction, kind, title, detail, section, bytes }: ArrowView): Html {
  const length = bytes.length / 2;
  const notes = [
    direction === undefined ? undefined : directions[direction],
    kinds[kind],
    length === 0 ? undefined : `${grouped(length)} bytes`,
  ].filter((note) => note !== undefined);
  return html`<span class="at">${grouped(t)}&nbsp;ms</span> <span class="what"><strong>${title}</strong>${detail === '' ? undefined : html`: ${detail}`}</span>${
    direction === undefined ? undefined : html`<span class="arrow" aria-hidden="true"></span>`
  } <span class="notes">${notes.join(', ')}${section === undefined ? undefined : html`, ${section}`}</span>`;
}

/** `RFC 9846 §4.1.2` and `RFC 5246 §A.1` lead to the place; another standard's is named alone. */
export function sectionLink(place: string): Html {
  const [, rfc, section] = /^RFC ([0-9]{1,5}) §([0-9A-Z]{1,3}(?:\.[0-9]{1,3}){0,5})$/.exec(place) ?? [];
  if (rfc === undefined || section === undefined) return html`${place}`;
  const kind = /^[A-Z]/.test(section) ? 'appendix' : 'section';
  return html`<a href="https://www.rfc-editor.org/rfc/rfc${rfc}#${kind}-${section}">${place}</a>`;
}

/** `bytes`: hex, that the fields are of. */
export const fieldTable = (title: string, fields: readonly FieldView[], bytes: string): Html => html`
<div class="scroll" tabindex="0" role="region" aria-label="Fields of ${title}"><table class="fields"><thead><tr><th scope="col">Field</th><th scope="col" class="number">At</th><th scope="col">Bytes</th><th scope="col">Meaning</th></tr></thead><tbody>${fields.map(
  (field, index) => fieldRow(field, bytes, (fields[index + 1]?.depth ?? 0) > field.depth),
)}</tbody></table></div>`;

/** The bytes of a structure are those of its fields. */
function fieldRow(
  { name, start, end, depth, value, section, problem }: FieldView,
  bytes: string,
  isStructure: boolean,
): Html {
  const length = end - start;
  const own = bytes.slice(2 * start, 2 * Math.min(end, start + shown.field));
  return html`<tr><th scope="row" class="d${Math.min(depth, deepest)}">${name}</th><td class="number">${start}</td><td>${isStructure ? undefined : html`<code>${own}${length > shown.field ? '…' : ''}</code> `}${
    isStructure || length > shown.field ? html`<span class="soft">${grouped(length)} bytes</span>` : undefined
  }</td><td>${value}${problem === undefined ? undefined : html` <strong>${problem}</strong>`}${section === undefined ? undefined : html` <span class="small soft">${sectionLink(section)}</span>`}</td></tr>`;
}

function hex(bytes: string, most: number): Html | undefined {
  if (bytes === '' || most <= 0) return undefined;
  const lines = bytes.slice(0, 2 * most).match(/.{1,64}/g) ?? [];
  const rest = bytes.length / 2 - most;
  return html`<pre class="hex" tabindex="0" aria-label="Bytes"><code>${lines.map((line) => `${line.replace(/(..)(?=.)/g, '$1 ')}\n`).join('')}</code></pre>${
    rest > 0 ? html`<p class="small soft">${grouped(rest)} more bytes are in the trace.</p>` : undefined
  }`;
}
