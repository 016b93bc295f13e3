import { type Html, html } from '../../service/site/html.ts';
import { civilDate, internetDate } from '../../service/site/http-date.ts';
import { age } from './age.ts';

export { age };

/* Times, sums and counts as people read them. */

/** Of satoshis: `0.5 BTC`, exact, without the zeros at its end. */
export function bitcoin(satoshis: number): string {
  const whole = Math.floor(Math.abs(satoshis) / 100_000_000);
  const rest = String(Math.abs(satoshis) % 100_000_000)
    .padStart(8, '0')
    .replace(/0+$/, '');
  return `${satoshis < 0 ? '−' : ''}${grouped(whole)}${rest === '' ? '' : `.${rest}`} BTC`;
}

/** 1234567 as 1 234 567, with narrow no-break spaces. */
export const grouped = (count: number): string => String(count).replace(/\B(?=(?:\d{3})+$)/g, '\u202f');

/** `21 Nov 2026, 21:04 UTC` */
export const moment = (at: number): Html => html`<time datetime="${internetDate(at)}">${civilDate(at)}</time>`;

/** `3 minutes ago`, as of `now`; a script keeps it true while the page is open. */
export const ago = (at: number, now: number): Html =>
  html`<time datetime="${internetDate(at)}" title="${civilDate(at)}" data-ago="${at}">${age(now - at)} ago</time>`;

export const short = (hash: string): Html => html`<code title="${hash}">${hash.slice(0, 16)}…</code>`;

/** A name of a machine or of a source: the scheme says nothing to people. */
export const bare = (url: string): string => url.replace(/^https?:\/\//, '').replace(/\/(?:api)?\/?$/, '');

export const plural = (count: number, one: string, many = `${one}s`): string =>
  `${grouped(count)} ${count === 1 ? one : many}`;
