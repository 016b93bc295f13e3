/*
 * The piñata: a paper burro on a rope, drawn here. Its coat is rows of fringe, each hanging over the one below, clipped to
 * the silhouette. Presentation attributes only: a style attribute would be against the page's own policy.
 */

const width = 320;
const height = 300;
const row = 15;
const tooth = 7;

export const coat = ['#e5267b', '#ff8a1f', '#ffd23f', '#19b394', '#3a86ff', '#8b46d6'] as const;

/** One strip of crêpe paper, cut into teeth along its lower edge; each second row is set off by half a tooth. */
function fringe(index: number): string {
  const top = index * row;
  const left = index % 2 === 0 ? 0 : -tooth / 2;
  const teeth = 'l3.5 9 3.5-9'.repeat(Math.ceil(width / tooth) + 1);
  const colour = coat[index % coat.length] ?? coat[0];
  return `<path fill="${colour}" d="M${left} ${top - 2}v${row + 1}${teeth}V${top - 2}z"/>`;
}

/** From the lowest row up, so that each lies over the next. */
const rows = Array.from({ length: Math.ceil(height / row) }, (_, index) => fringe(index))
  .reverse()
  .join('');

/** Body, neck, head, ears, legs and tail overlap; in a clip path overlapping shapes are one. */
const silhouette = [
  'M78 128c30-12 92-12 124 0 20 8 24 36 20 58-6 24-30 30-78 30s-72-6-80-32c-4-22-2-46 14-56z',
  'M176 146l26-74c6-14 34-14 42 4l6 42-34 66z',
  'M204 68c10-16 36-18 50-6l40 34c10 8 10 28-2 34-14 8-30 4-46 0l-42-20z',
  'M208 74c-14-20-18-46-8-66 16 12 26 34 26 58z',
  'M230 66c-6-20-2-44 12-60 10 16 12 40 4 62z',
  'M76 184h30l-2 84c0 8-26 8-26 0z',
  'M110 196h28l-1 74c0 8-25 8-25 0z',
  'M160 196h28l-1 74c0 8-25 8-25 0z',
  'M192 184h30l-4 84c0 8-26 8-26 0z',
  'M84 146c-18-4-34 8-40 30-4 16-14 22-22 24 12 10 32 6 42-8 8-12 10-24 22-24z',
]
  .map((d) => `<path d="${d}"/>`)
  .join('');

const mane = Array.from({ length: 6 }, (_, index) => {
  const x = 205 - index * 5;
  const y = 68 + index * 13;
  return `<path fill="${coat[(index + 3) % coat.length] ?? coat[0]}" d="M${x} ${y}l-17 1 12 6-14 6 17 4z"/>`;
}).join('');

export const coin =
  '<circle cx="144" cy="170" r="24" fill="#fff4d6"/><circle cx="144" cy="170" r="20" fill="#f7931a"/>' +
  '<path fill="none" stroke="#fff" stroke-width="4.4" stroke-linejoin="round" d="M138 159v22m-4-22h11c8 0 8 10 0 10 9 0 9 12 0 12h-11m4-12h7"/>' +
  '<path stroke="#fff" stroke-width="3.4" d="M140.5 154.500v5m5-5v5m-5 21v5m5-5v5"/>';

const face =
  '<circle cx="242" cy="86" r="11" fill="#fff"/><circle cx="245" cy="87" r="6.5" fill="#221a2b"/>' +
  '<circle cx="247.5" cy="84.5" r="2.2" fill="#fff"/>' +
  '<path fill="none" stroke="#221a2b" stroke-width="3.5" stroke-linecap="round" d="M230 73q9-8 20-5M262 122q14 5 25-5"/>' +
  '<circle cx="287" cy="103" r="3" fill="#221a2b"/><circle cx="278" cy="99" r="2.4" fill="#221a2b"/>';

export const rope =
  '<path fill="none" stroke="#a9804f" stroke-width="5" stroke-linecap="round" d="M150-140v260"/>' +
  '<path fill="none" stroke="#d9b27c" stroke-width="2" stroke-dasharray="5 5" d="M150-140v260"/>' +
  '<path fill="none" stroke="#a9804f" stroke-width="5" d="M132 126q18-16 36 0"/>';

/** The animal alone: what hangs in it and what it hangs on are drawn before and after. */
export const burro = (clip: string): string =>
  `<clipPath id="${clip}">${silhouette}</clipPath><g clip-path="url(#${clip})">${rows}</g>${mane}${face}`;

const drawing = (clip: string): string =>
  `<clipPath id="${clip}">${silhouette}</clipPath>${rope}<g clip-path="url(#${clip})">${rows}</g>${mane}${coin}${face}`;

/** Within the page, where a name of its own is read out in its stead. */
export const inlineLogo = `<svg class="burro" viewBox="0 0 ${width} ${height}" width="${width}" height="${height}" aria-hidden="true" focusable="false"><g class="swing">${drawing('coat')}</g></svg>`;

/** A document of its own: /favicon.svg. */
export const favicon = `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 -14 ${width} ${width}">${drawing('coat')}</svg>\n`;

/** Papel picado: flags of cut tissue on a line, repeated over the whole width. */
export const garland = (() => {
  const flags = coat.map((colour, index) => {
    const x = index * 80;
    const edge = 'q5 9 10 0'.repeat(7);
    return (
      `<path fill="${colour}" fill-rule="evenodd" d="M${x + 5} 8v44${edge}V8z` +
      `M${x + 40} 18l7 7-7 7-7-7zM${x + 19} 20a5 5 0 1 0 .1 0zM${x + 61} 20a5 5 0 1 0 .1 0z` +
      `M${x + 22} 38l6 6h-12zM${x + 40} 37a5 5 0 1 0 .1 0zM${x + 58} 38l6 6h-12z"/>`
    );
  });
  return (
    '<svg class="garland" width="100%" height="64" aria-hidden="true" focusable="false">' +
    '<pattern id="picado" width="480" height="64" patternUnits="userSpaceOnUse">' +
    `${flags.join('')}<path fill="none" stroke="#a9804f" stroke-width="2" d="M0 8h480"/></pattern>` +
    '<rect width="100%" height="64" fill="url(#picado)"/></svg>'
  );
})();
