import type { DayTally } from '../trace/index.ts';
import { type Html, html } from './html.ts';
import { dayNumber, dayText } from './http-date.ts';
import { grouped } from './page-frame.ts';

/*
 * Two curves over time, drawn without a script: connections each day, by powers of ten as the first piñata's authors drew
 * theirs, and all together. The letters are HTML beside the drawing, so that they keep their size on a phone.
 */

/** Of the drawing; it is stretched to its place. */
const width = 600;
const height = 200;
/** Points of a curve. A longer life is drawn in steps of several days. */
const most = 300;

interface Step {
  /** The first day of it, since 1970. */
  readonly day: number;
  readonly bounty: number;
  readonly website: number;
}

interface Drawn {
  readonly steps: readonly Step[];
  /** Of each. */
  readonly days: number;
  /** The last day that somebody came; the last step may reach further. */
  readonly end: number;
}

export function curves(tallies: readonly DayTally[]): Html {
  const { steps, days, end } = stepsOf(tallies);
  const [first, last] = [steps[0], steps.at(-1)];
  if (first === undefined || last === undefined) return html`<p class="soft">There is no day to draw yet.</p>`;
  const each = days === 1 ? 'each day' : `every ${days} days`;
  const range = [dayText(first.day), dayText(Math.min(last.day + days - 1, end))] as const;
  return html`
${curve({ title: `Connections ${each}`, steps, range, scale: byTens })}
${curve({ title: 'Connections, all together', steps: cumulative(steps), range, scale: evenly })}
<p class="small soft">In numbers: <a href="/days">day by day</a>.</p>`;
}

/** Days on which nobody came are drawn as such. */
function stepsOf(tallies: readonly DayTally[]): Drawn {
  const numbered = tallies.flatMap(({ day, byPort }) => {
    const number = dayNumber(day);
    return number === undefined ? [] : [{ day: number, byPort }];
  });
  const first = numbered[0]?.day ?? 0;
  const span = numbered.length === 0 ? 0 : (numbered.at(-1)?.day ?? first) - first + 1;
  const days = Math.max(1, Math.ceil(span / most));
  const steps = Array.from({ length: Math.ceil(span / days) }, (_, index) => ({
    day: first + index * days,
    bounty: 0,
    website: 0,
  }));
  for (const { day, byPort } of numbered) {
    const step = steps[Math.floor((day - first) / days)];
    if (step === undefined) continue;
    step.bounty += byPort.server + byPort.dialback + byPort.reverse;
    step.website += byPort.http + byPort.https;
  }
  return { steps, days, end: first + span - 1 };
}

function cumulative(steps: readonly Step[]): readonly Step[] {
  let [bounty, website] = [0, 0];
  return steps.map((step) => {
    bounty += step.bounty;
    website += step.website;
    return { day: step.day, bounty, website };
  });
}

/** Where a count stands between 0 and 1, and the counts that lines are drawn for. */
interface Scale {
  readonly place: (count: number, top: number) => number;
  readonly lines: (top: number) => readonly number[];
  /** Behind the title, for who would take one scale for another. */
  readonly note: string | undefined;
}

const byTens: Scale = {
  place: (count, top) => Math.log10(1 + count) / Math.log10(1 + top),
  lines: (top) => [1, 10, 100, 1000, 10_000, 100_000, 1_000_000].filter((line) => line <= top).slice(-4),
  note: 'each line ten times the one below',
};

const evenly: Scale = {
  place: (count, top) => count / top,
  lines: (top) => [...new Set([Math.round(top / 2), top])].filter((line) => line > 0),
  note: undefined,
};

interface Curve {
  readonly title: string;
  readonly steps: readonly Step[];
  readonly range: readonly [first: string, last: string];
  readonly scale: Scale;
}

function curve({ title, steps, range: [first, last], scale }: Curve): Html {
  const top = Math.max(1, ...steps.map(({ bounty, website }) => Math.max(bounty, website)));
  const y = (count: number): string => (height - scale.place(count, top) * (height - 2) - 1).toFixed(1);
  const path = (of: 'bounty' | 'website'): string => {
    if (steps.length === 1) return `M0 ${y(steps[0]?.[of] ?? 0)}H${width}`;
    const apart = width / (steps.length - 1);
    return `M${steps.map((step, index) => `${(index * apart).toFixed(1)} ${y(step[of])}`).join('L')}`;
  };
  const lines = scale.lines(top);
  return html`
<figure class="curve">
<figcaption><strong>${title}</strong>${scale.note === undefined || lines.length < 2 ? undefined : html`, ${scale.note}`}<br><span class="key bounty">bounty</span> <span class="key website">website</span></figcaption>
<div class="plot"><svg viewBox="0 0 ${width} ${height}" preserveAspectRatio="none" role="img" aria-label="${title}, ${first} to ${last}: at most ${grouped(Math.max(...steps.map(({ bounty }) => bounty)))} to the bounty, ${grouped(Math.max(...steps.map(({ website }) => website)))} to the website.">
${lines.map((line) => html`<path class="grid" d="M0 ${y(line)}H${width}"/>`)}<path class="curve-website" d="${path('website')}"/><path class="curve-bounty" d="${path('bounty')}"/></svg>
<svg class="scale" aria-hidden="true" focusable="false">${lines.map(
    (line) => html`<text x="0" y="${((1 - scale.place(line, top)) * 100).toFixed(1)}%" dy="-3">${grouped(line)}</text>`,
  )}</svg></div>
<p class="range small soft"><span>${first}</span><span>${last}</span></p>
</figure>`;
}
