/* What a check found, as a list. Words of strangers are text, whatever they hold. */

export interface Finding {
  readonly outcome: 'pass' | 'fail' | 'unchecked';
  readonly text: string;
}

/** What a judge in a worker makes of a document; `fault` where it is none. */
export type Judgement =
  | { readonly outcome: 'good' | 'bad' | 'old'; readonly title: string; readonly findings: readonly Finding[] }
  | { readonly fault: string };

const signs = { pass: '✓', fail: '✗', unchecked: '–' } as const;
const words = { pass: 'passed: ', fail: 'failed: ', unchecked: 'not checked: ' } as const;

export function showFindings(
  place: HTMLElement,
  title: string,
  outcome: 'good' | 'bad' | 'old',
  findings: readonly Finding[],
): void {
  const heading = document.createElement('p');
  const strong = document.createElement('strong');
  strong.className = `mark-${outcome} standing`;
  strong.textContent = title;
  heading.append(strong);
  const details = document.createElement('details');
  const summary = document.createElement('summary');
  summary.textContent = 'Each check';
  const list = document.createElement('ul');
  list.className = 'checks';
  list.append(...findings.map(item));
  details.append(summary, list);
  place.replaceChildren(heading, ...(findings.length === 0 ? [] : [details]));
}

function item({ outcome, text }: Finding): HTMLElement {
  const element = document.createElement('li');
  const sign = document.createElement('b');
  sign.className = { pass: 'mark-good', fail: 'mark-bad', unchecked: 'mark-old' }[outcome];
  sign.textContent = signs[outcome];
  sign.setAttribute('role', 'img');
  sign.setAttribute('aria-label', words[outcome]);
  element.append(sign, text);
  return element;
}

/** Of a place that this page came from. Throws what can be shown. */
export async function fetchText(path: string, longest: number): Promise<string> {
  const response = await fetch(path, { cache: 'no-cache' });
  if (!response.ok) throw new Error(`${path} answers ${response.status}`);
  const text = await response.text();
  if (text.length > longest) throw new Error(`${path} is longer than ${longest} characters`);
  return text;
}
