import { scaleLinear, scaleSymlog } from 'd3-scale';
import { area, curveMonotoneX, curveStepAfter, line } from 'd3-shape';
import { type Html, html, ownMarkup } from '../../service/site/html.ts';
import { dayText } from '../../service/site/http-date.ts';
import { paperPattern } from './paper.ts';

/*
 * Curves over time, drawn where the page is made. The drawing is stretched to its place; letters and dots are not, so that
 * they keep their size on a phone.
 */

const width = 720;
const height = 220;
const top = 8;

export interface Point {
  /** Seconds since 1970. */
  readonly at: number;
  readonly value: number;
}

export interface Series {
  readonly name: string;
  /** Of a class in the stylesheet: `bounty`, `website`, `balance`. */
  readonly kind: 'bounty' | 'website' | 'balance';
  readonly points: readonly Point[];
}

export interface Plot {
  readonly title: string;
  /** The same for whoever does not see it. */
  readonly description: string;
  readonly series: readonly Series[];
  readonly from: number;
  readonly until: number;
  /** `tens`: by powers of ten, with room for zero. */
  readonly scale: 'even' | 'tens';
  /** `steps`: a value holds until the next. */
  readonly shape: 'steps' | 'smooth';
  /** Beside the lines of the grid. */
  readonly label: (value: number) => string;
  /** Events to be marked on the first series. */
  readonly marks?: readonly Point[];
  /** The first series is filled with paper. */
  readonly paper?: boolean;
}

export function plot(of: Plot): Html {
  const { series, from, until, shape } = of;
  const most = Math.max(1, ...series.flatMap(({ points }) => points.map(({ value }) => value)));
  const x = scaleLinear([from, Math.max(until, from + 1)], [0, width]);
  const y = valueScale(of.scale, most);
  const curve = shape === 'steps' ? curveStepAfter : curveMonotoneX;
  const path = line<Point>(
    ({ at }) => round(x(at)),
    ({ value }) => round(y.place(value)),
  ).curve(curve);
  const fill = area<Point>(
    ({ at }) => round(x(at)),
    height,
    ({ value }) => round(y.place(value)),
  ).curve(curve);
  const [first] = series;
  const lines = y.lines.map((value) => ({ value, at: y.place(value) }));
  return html`
<figure class="plot">
<figcaption><strong>${of.title}</strong>${series.length > 1 ? html`<span class="keys">${series.map(({ name, kind }) => html`<span class="key ${kind}">${name}</span>`)}</span>` : undefined}</figcaption>
<div class="canvas${of.paper === true ? ' paper-canvas' : ''}"><svg viewBox="0 0 ${width} ${height}" preserveAspectRatio="none" role="img" aria-label="${of.description}">${
    of.paper === true ? html`<defs>${ownMarkup(paperPattern)}</defs>` : undefined
  }${lines.map(({ at }) => html`<path class="grid" d="M0 ${round(at)}H${width}"/>`)}${
    first === undefined
      ? undefined
      : html`<path class="${of.paper === true ? 'paper' : `wash ${first.kind}`}" d="${fill([...first.points]) ?? ''}"/>`
  }${series.toReversed().map(({ kind, points }) => html`<path class="curve ${kind}" d="${path([...points]) ?? ''}"/>`)}${(
    of.marks ?? []
  ).map(({ at, value }) => html`<path class="mark" d="M${round(x(at))} ${round(y.place(value))}h.01"/>`)}</svg>
<svg class="labels" aria-hidden="true" focusable="false">${lines.map(
    ({ value, at }) => html`<text x="0" y="${((at / height) * 100).toFixed(1)}%" dy="-4">${of.label(value)}</text>`,
  )}</svg></div>
<p class="axis" aria-hidden="true">${ticks(from, until).map((tick) => html`<span>${tick}</span>`)}</p>
</figure>`;
}

const round = (value: number): number => Math.round(value * 10) / 10;

function valueScale(kind: Plot['scale'], most: number) {
  if (kind === 'even') {
    const scale = scaleLinear([0, most * 1.02], [height, top]);
    return { place: (value: number) => scale(value), lines: scale.ticks(3).filter((value) => value > 0) };
  }
  const scale = scaleSymlog([0, most], [height, top]);
  const tens = [1, 10, 100, 1000, 10_000, 100_000, 1_000_000, 10_000_000];
  return { place: (value: number) => scale(value), lines: tens.filter((value) => value <= most).slice(-4) };
}

/** Days at the ends, and between them where there is room for one. */
function ticks(from: number, until: number): readonly string[] {
  const middle = (from + until) / 2;
  const days = [from, middle, until].map((at) => dayText(Math.floor(at / 86_400)));
  return [...new Set(days)];
}
