import { html, markup, ownMarkup } from '../../service/site/html.ts';
import { garland } from '../../service/site/logo.ts';
import { type Answer, cardOf, type Tone } from './answer.ts';
import { drawing } from './paper.ts';

/*
 * What is shown where somebody links to the page: 1200 by 630, one for each state. Such pictures are kept by others for days,
 * so they have no number in them; another state has another name, which none of them has kept.
 */

export const cardSize = { width: 1200, height: 630 } as const;

const tones: Readonly<Record<Tone, readonly [fill: string, wash: string]>> = {
  good: ['#08705f', '#dff4ea'],
  watch: ['#8a5300', '#fff0cf'],
  alarm: ['#b3063f', '#ffe1ea'],
  end: ['#6b2fa8', '#f1e5ff'],
  none: ['#2f5fb3', '#e4eefe'],
  grey: ['#5d5562', '#ece9ee'],
};

/** A page to be photographed: it is never served. */
export function cardPage(name: Answer['name']): string {
  const { tone, pose, pill, answer } = cardOf(name);
  const [fill, wash] = tones[tone];
  const style = `*{box-sizing:border-box}body{margin:0;width:${cardSize.width}px;height:${cardSize.height}px;overflow:hidden;background:linear-gradient(${wash} 50%,#fffaf1);color:#2a2130;font-family:Seravek,Ubuntu,"Segoe UI","DejaVu Sans",sans-serif}.garland{display:block;width:${cardSize.width}px;transform:scale(1.25);transform-origin:0 0}main{display:grid;grid-template-columns:700px 1fr;gap:10px;padding:46px 0 0 64px;align-items:center}p{margin:0}.name{color:${fill};font-weight:700;font-size:30px}.ask{font-weight:650;font-size:42px;margin:14px 0 20px}h1{font-size:78px;line-height:1.04;letter-spacing:-.03em;margin:0 0 34px;font-weight:800;text-wrap:balance}.pill{display:inline-block;background:${fill};color:#fff;font-weight:750;letter-spacing:.09em;font-size:34px;border-radius:99px;padding:16px 38px}.burro{width:385px;height:auto;overflow:visible;margin:-10px 0 0 -6px}.faded{filter:grayscale(1);opacity:.6}`;
  return markup(html`<!doctype html>
<html lang="en"><head><meta charset="utf-8"><title>${name}</title><style>${ownMarkup(style)}</style></head>
<body>${ownMarkup(garland)}<main><div><p class="name">Bitcoin Piñata</p><p class="ask">Was it taken?</p><h1>${answer}</h1><p class="pill">${pill}</p></div><div>${ownMarkup(drawing(pose))}</div></main></body></html>
`);
}
