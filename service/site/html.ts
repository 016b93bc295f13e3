/*
 * HTML by template: what is interpolated is text and is escaped, unless it is Html itself. There is no other way to make Html
 * of a string that is not a literal, so a value of the view cannot become markup.
 */

class Html {
  readonly #markup: string;

  constructor(markup: string) {
    this.#markup = markup;
  }

  static markupOf(value: Html): string {
    return value.#markup;
  }

  static is(value: unknown): value is Html {
    return typeof value === 'object' && value !== null && #markup in value;
  }
}

export type { Html };

/** `undefined` stands for nothing at all. */
export type Interpolated = string | number | Html | readonly Html[] | undefined;

export function html(literals: TemplateStringsArray, ...values: readonly Interpolated[]): Html {
  let markup = literals[0] ?? '';
  values.forEach((value, index) => {
    markup += markupFor(value) + (literals[index + 1] ?? '');
  });
  return new Html(markup);
}

/** Markup written in our own source: a drawing, a stylesheet. Never anything of a view. */
export const ownMarkup = (markup: string): Html => new Html(markup);

export const markup = (value: Html): string => Html.markupOf(value);

function markupFor(value: Interpolated): string {
  if (value === undefined) return '';
  if (Html.is(value)) return Html.markupOf(value);
  if (typeof value === 'number') return String(value);
  if (typeof value === 'string') return escaped(value);
  return value.map((item) => Html.markupOf(item)).join('');
}

const entities: ReadonlyMap<string, string> = new Map([
  ['&', '&amp;'],
  ['<', '&lt;'],
  ['>', '&gt;'],
  ['"', '&quot;'],
  ["'", '&#39;'],
  ['`', '&#96;'],
]);

/**
 * Good in text and in quoted attributes. Controls, and the signs that turn or hide the text around them (bidirectional
 * overrides and isolates, zero-width marks), become U+FFFD, so that what is read is what is there.
 */
export function escaped(text: string): string {
  return text
    .toWellFormed()
    .replace(/[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff]/g, '\ufffd')
    .replace(/[&<>"'`]/g, (sign) => entities.get(sign) ?? '');
}

/** What may stand in an href. Anything else (`javascript:`, `data:`, a relative surprise) links to nowhere. */
export function safeUri(uri: string): string {
  return /^(?:https:\/\/|mailto:|bitcoin:)[!-~]+$/.test(uri) ? uri : '#';
}
