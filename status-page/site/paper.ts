import { burro, coat, coin, rope } from '../../service/site/logo.ts';
import type { Pose } from './answer.ts';

/* The piñata in each of its states, of the same paper as the host's own page. Presentation attributes only. */

const coinAt = (x: number, y: number, scale: number): string =>
  `<g transform="translate(${x} ${y}) scale(${scale}) translate(-144 -170)">${coin}</g>`;

/** Cut paper that flies: `at` are corners, colours those of the coat. */
const confetti = (at: readonly (readonly [number, number, number])[]): string =>
  at
    .map(
      ([x, y, turn], index) =>
        `<path fill="${coat[index % coat.length] ?? coat[0]}" transform="translate(${x} ${y}) rotate(${turn})" d="M-7-3h14l-3 6h-14z"/>`,
    )
    .join('');

const seam = 'l9 14-13 13 12 14-12 13 13 14-12 13 12 14-13 13 12 14-12 13 13 14-11 13 10 14-11 13 10 140';
const halves = (id: string): string =>
  `<clipPath id="${id}l"><path d="M140 0${seam}H-90V0z"/></clipPath><clipPath id="${id}r"><path d="M140 0${seam}H420V0z"/></clipPath>`;

const flying = [
  [40, 92, 20],
  [70, 60, 70],
  [112, 40, -30],
  [150, 74, 15],
  [168, 36, 60],
  [290, 40, -20],
  [306, 150, 45],
  [18, 150, -50],
  [130, 104, 80],
  [300, 210, 10],
] as const;

const hits =
  '<path fill="none" stroke="#ffd23f" stroke-width="7" stroke-linecap="round" d="M62 96l-22-16m8 44l-28-2m52-46l-8-26"/>' +
  '<path fill="none" stroke="#8a5a2b" stroke-width="12" stroke-linecap="round" d="M-34 40l84 62"/><path fill="none" stroke="#c08b4f" stroke-width="5" stroke-linecap="round" d="M-30 40l76 56"/>';

function inside(pose: Pose): string {
  switch (pose) {
    case 'hanging':
      return `<g class="swing">${rope}${burro('coat')}${coin}</g>`;
    case 'hit':
      return `<g class="swing hard">${rope}${burro('coat')}${coin}</g>${hits}${confetti(flying.slice(0, 5))}`;
    case 'broken':
      return (
        `${halves('half')}<defs><g id="whole">${burro('coat')}</g></defs>${rope}` +
        '<g transform="translate(-16 14) rotate(-15 120 140)"><use href="#whole" clip-path="url(#halfl)"/></g>' +
        '<g transform="translate(20 10) rotate(13 180 140)"><use href="#whole" clip-path="url(#halfr)"/></g>' +
        `${confetti(flying)}${coinAt(150, 214, 1.1)}${coinAt(112, 276, 0.8)}${coinAt(196, 282, 0.9)}${coinAt(154, 290, 0.7)}${coinAt(76, 296, 0.6)}${coinAt(238, 296, 0.62)}`
      );
    case 'down':
      return (
        '<path fill="none" stroke="#a9804f" stroke-width="5" stroke-linecap="round" d="M150-140v196l-7 14m7-14l8 11"/>' +
        `<g transform="translate(0 8)">${burro('coat')}</g>`
      );
    case 'empty':
      return `<g class="swing">${rope}${burro('coat')}<circle cx="144" cy="170" r="24" fill="#fff4d6"/><circle cx="144" cy="170" r="19" fill="none" stroke="#c9a36a" stroke-width="2.500" stroke-dasharray="5 4"/></g>`;
    case 'faded':
      return `<g class="faded">${rope}${burro('coat')}<circle cx="144" cy="170" r="24" fill="#fff"/><path fill="none" stroke="#444" stroke-width="6" stroke-linecap="round" d="M136 164c0-12 17-12 17 0 0 7-9 7-9 14"/><circle cx="144" cy="187" r="3.500" fill="#444"/></g>`;
    default:
      return pose satisfies never;
  }
}

export const drawing = (pose: Pose): string =>
  `<svg class="burro" viewBox="0 0 320 310" width="320" height="310" aria-hidden="true" focusable="false">${inside(pose)}</svg>`;

/** Papel picado under a curve: the area is a piece of the coat. */
export const paperPattern = (() => {
  const teeth = 'l3.500 9 3.500-9'.repeat(3);
  const rows = [...coat]
    .reverse()
    .map((colour, index) => {
      const top = (coat.length - 1 - index) * 15;
      return `<path fill="${colour}" d="M${index % 2 === 0 ? 0 : -3.5} ${top - 2}v16${teeth}V${top - 2}z"/>`;
    })
    .join('');
  const last = coat.at(-1) ?? coat[0];
  return `<pattern id="paper" width="14" height="90" patternUnits="userSpaceOnUse"><rect width="14" height="90" fill="${last}"/>${rows}</pattern>`;
})();
