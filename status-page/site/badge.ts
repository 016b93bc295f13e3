import { escaped } from '../../service/site/html.ts';
import type { Answer, Tone } from './answer.ts';

/* The state in a strip of 20 pixels: a drawing of our own, and the words for shields.io to draw. */

const colours: Readonly<Record<Tone, string>> = {
  good: '#08705f',
  watch: '#8a5300',
  alarm: '#b3063f',
  end: '#6b2fa8',
  none: '#2f5fb3',
  grey: '#5d5562',
};

const label = 'bitcoin piñata';
/** Of a letter of DejaVu Sans or Verdana at 11 px, on the wide side; textLength makes it fit. */
const letter = 6.8;

export function badge({ tone, pill }: Answer): string {
  const words = pill.toLowerCase();
  const [left, right] = [label, words].map((text) => Math.round(text.length * letter) + 12) as [number, number];
  const text = (content: string, x: number, width: number): string =>
    `<text x="${x + width / 2}" y="14" textLength="${width - 12}" lengthAdjust="spacingAndGlyphs">${escaped(content)}</text>`;
  return (
    `<svg xmlns="http://www.w3.org/2000/svg" width="${left + right}" height="20" role="img" aria-label="${label}: ${escaped(words)}">` +
    `<title>${label}: ${escaped(words)}</title><clipPath id="r"><rect width="${left + right}" height="20" rx="4"/></clipPath>` +
    `<g clip-path="url(#r)"><rect width="${left}" height="20" fill="#2a2130"/><rect x="${left}" width="${right}" height="20" fill="${colours[tone]}"/></g>` +
    `<g fill="#fff" font-family="Verdana,DejaVu Sans,Geneva,sans-serif" font-size="11" text-anchor="middle">${text(label, 0, left)}${text(words, left, right)}</g></svg>\n`
  );
}

/** https://shields.io/badges/endpoint-badge */
export const shields = ({ tone, pill }: Answer) => ({
  schemaVersion: 1,
  label,
  message: pill.toLowerCase(),
  color: colours[tone].slice(1),
  isError: tone === 'grey',
  cacheSeconds: 300,
});
