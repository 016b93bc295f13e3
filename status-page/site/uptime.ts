import { type Html, html } from '../../service/site/html.ts';
import { dayNumber, dayText } from '../../service/site/http-date.ts';
import {
  type DaySum,
  type Door,
  doors,
  type HistoryDocument,
  type ProbeDocument,
  type StatusDocument,
} from '../document/index.ts';
import { age, ago, grouped, moment } from './words.ts';

/* The doors as they are seen from outside, now and over ninety days. */

const shown = 90;

const names: Readonly<Record<Door, string>> = {
  http: 'its page',
  https: 'its page by its own TLS',
  server: 'it is the server',
  dialback: 'it calls back',
  reverse: 'it is the client',
};

export function machine(status: StatusDocument, history: HistoryDocument): Html {
  return html`
<h2 id="machine-title">Does the machine answer?</h2>
<p>Looked at from outside by another stack, Node’s own: the page, over HTTP and HTTPS, and the server at every poll, the other two each hour. A machine that does not answer has not been broken: the chain alone tells that.</p>
<div class="doors">${doors.map((door) => row(door, status, history))}</div>
<p class="small soft key-row"><span class="swatch up"></span>up <span class="swatch partly"></span>partly <span class="swatch down"></span>down <span class="swatch none"></span>nobody looked · <a href="/history.html">day by day</a></p>`;
}

const states = { up: 'answers', down: 'does not answer', unknown: 'not known' } as const;

function row(door: Door, { host, watched, asOf }: StatusDocument, history: HistoryDocument): Html {
  const probe = host[door];
  const share = uptimeShare(history, door);
  return html`
<div class="door">
<h3><span class="port">${watched.ports[door]}</span> ${names[door]}</h3>
<p class="state ${probe.state}"><strong>${states[probe.state]}</strong> ${sinceOf(probe, asOf)}</p>
${bars(door, history, asOf)}
<p class="small soft found">${share === undefined ? 'No day on record' : `${share} of all looks`} · ${probe.sentence}${probe.checkedAt === null ? undefined : html` <span class="nowrap">(${ago(probe.checkedAt, asOf)})</span>`}</p>
</div>`;
}

function sinceOf({ state, since, lastUp }: ProbeDocument, now: number): Html {
  const last = state !== 'up' && lastUp !== null ? html`; answered last ${moment(lastUp)}` : undefined;
  return html`<span class="soft">for ${age(now - since)}${last}</span>`;
}

type Condition = 'up' | 'partly' | 'down' | 'none';

function conditionOf(sum: DaySum | undefined, door: Door): Condition {
  if (sum === undefined) return 'none';
  const { up, down } = sum.uptime[door];
  if (up + down === 0) return 'none';
  if (down === 0) return 'up';
  return up === 0 ? 'down' : 'partly';
}

/** Undefined where nobody looked. Never rounded up to a whole that it is not. */
export function uptimeShare({ days }: HistoryDocument, door: Door): string | undefined {
  let [up, looks] = [0, 0];
  for (const { uptime } of days) {
    up += uptime[door].up;
    looks += uptime[door].up + uptime[door].down;
  }
  if (looks === 0) return undefined;
  return up === looks ? '100 %' : `${(Math.floor((up / looks) * 10_000) / 100).toFixed(2)} %`;
}

function bars(door: Door, history: HistoryDocument, now: number): Html {
  const today = Math.floor(now / 86_400);
  const byDay = new Map(history.days.map((sum) => [dayNumber(sum.day), sum]));
  const days = Array.from({ length: shown }, (_, index) => today - shown + 1 + index);
  const found = days.map((day) => ({ day, sum: byDay.get(day), condition: conditionOf(byDay.get(day), door) }));
  const count = (of: Condition): number => found.filter(({ condition }) => condition === of).length;
  const label = `Ninety days: ${count('up')} up, ${count('partly')} partly, ${count('down')} down, on ${count('none')} nobody looked.`;
  return html`<svg class="bars" viewBox="0 0 ${shown * 4 - 1} 34" preserveAspectRatio="none" role="img" aria-label="${label}">${found.map(
    ({ day, sum, condition }, index) =>
      html`<rect class="${condition}" x="${index * 4}" width="3" height="34"><title>${dayText(day)}: ${titleOf(sum, door)}</title></rect>`,
  )}</svg>`;
}

function titleOf(sum: DaySum | undefined, door: Door): string {
  if (sum === undefined) return 'nobody looked';
  const { up, down, unknown } = sum.uptime[door];
  return `up ${grouped(up)}, down ${grouped(down)}${unknown > 0 ? `, unknown ${grouped(unknown)}` : ''}`;
}
