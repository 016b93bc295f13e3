import { type Html, html } from '../../service/site/html.ts';
import { dayNumber } from '../../service/site/http-date.ts';
import { percentages } from '../../service/site/percentages.ts';
import { type FailureEntry, failureTable } from '../../service/trace/index.ts';
import {
  type CountersDocument,
  type HistoryDocument,
  latest,
  type StatusDocument,
  type TrafficDocument,
} from '../document/index.ts';
import { type Plot, plot } from './plot.ts';
import { ago, grouped, plural } from './words.ts';

/* How it was attacked: each connection ends in one category, and the two diagrams of the first piñata's authors. */

const shownCategories = 12;

export function attacks(status: StatusDocument, { traffic }: HistoryDocument): Html {
  const counted = latest(status.counters);
  return html`
<h2 id="attacks-title">How was it tried?</h2>
${counted === undefined ? html`<p class="soft">Its counters were not read yet${status.counters.state === 'unknown' ? `: ${status.counters.reason}` : ''}.</p>` : summary(counted, status)}
${diagrams(traffic)}
${counted === undefined ? undefined : categories(counted.value)}
${archive(status)}`;
}

function summary(
  { at, value }: { readonly at: number; readonly value: CountersDocument },
  { asOf, counters }: StatusDocument,
): Html {
  const { connections, attempts, probes, visitors, successes } = value;
  return html`
<p>${plural(attempts, 'attempt')} from ${plural(visitors, 'network')}, and ${plural(probes, 'look')} of this page’s own that ${probes === 1 ? 'is' : 'are'} not among them: ${plural(connections, 'connection')} in all${
    value.of === 'archive' ? ', over the life of the archive' : ''
  }, as of ${ago(at, asOf)}${counters.state === 'unknown' ? html`. <strong>Since then not known:</strong> ${counters.reason}` : undefined}.</p>
<dl class="facts"><dt>Broken</dt><dd>${successes.unpaired === 0 ? 'never' : html`<strong>${plural(successes.unpaired, 'time')}</strong>`}</dd><dt>Bridged to itself</dt><dd>${plural(successes.paired, 'end')} of sessions in which somebody joined two of its doors: harmless, and meant to work</dd></dl>`;
}

interface DayOfTraffic {
  readonly at: number;
  readonly bounty: number;
  readonly website: number;
}

/** Days on which nobody came are drawn as such. */
function daysOf(traffic: readonly TrafficDocument[]): readonly DayOfTraffic[] {
  const found = new Map<number, DayOfTraffic>();
  for (const { day, byDoor } of traffic) {
    const number = dayNumber(day);
    if (number === undefined) continue;
    found.set(number, {
      at: number * 86_400,
      bounty: byDoor.server + byDoor.dialback + byDoor.reverse,
      website: byDoor.http + byDoor.https,
    });
  }
  const numbers = [...found.keys()];
  if (numbers.length === 0) return [];
  const first = Math.min(...numbers);
  const span = Math.min(Math.max(...numbers) - first + 1, 3660);
  return Array.from({ length: span }, (_, index) => {
    const at = (first + index) * 86_400;
    return found.get(first + index) ?? { at, bounty: 0, website: 0 };
  });
}

function diagrams(traffic: readonly TrafficDocument[]): Html {
  const days = daysOf(traffic);
  const [first, last] = [days[0], days.at(-1)];
  if (first === undefined || last === undefined || days.length < 2)
    return html`<p class="soft">Connections by day are drawn from the second day on.</p>`;
  let [bounty, website] = [0, 0];
  const together = days.map((day) => {
    bounty += day.bounty;
    website += day.website;
    return { at: day.at, bounty, website };
  });
  const of = (title: string, points: readonly DayOfTraffic[], rest: Pick<Plot, 'scale' | 'shape'>): Html =>
    plot({
      title,
      description: `${title}: at most ${grouped(Math.max(...points.map((point) => point.bounty)))} to the bounty and ${grouped(Math.max(...points.map((point) => point.website)))} to the website.`,
      series: [
        {
          name: 'bounty (10000 to 10002)',
          kind: 'bounty',
          points: points.map((point) => ({ at: point.at, value: point.bounty })),
        },
        {
          name: 'website (80 and 443)',
          kind: 'website',
          points: points.map((point) => ({ at: point.at, value: point.website })),
        },
      ],
      from: first.at,
      until: last.at,
      label: grouped,
      ...rest,
    });
  return html`<div class="pair">${of('Connections each day', days, { scale: 'tens', shape: 'smooth' })}${of('Connections, all together', together, { scale: 'even', shape: 'smooth' })}</div>`;
}

const entries: ReadonlyMap<string, FailureEntry> = new Map(Object.entries(failureTable));

function categories({ byCategory }: CountersDocument): Html {
  const met = Object.entries(byCategory)
    .filter(([, count]) => count > 0)
    .toSorted(([, one], [, other]) => other - one);
  if (met.length === 0) return html`<p class="soft">No connection has ended yet.</p>`;
  const shares = percentages(met.map(([, count]) => count));
  const most = met[0]?.[1] ?? 1;
  const item = ([key, count]: readonly [string, number], index: number): Html => {
    const entry = entries.get(key);
    const nature = entry?.nature ?? 'failed';
    return html`<li><span class="what">${entry?.title ?? key} <code>${key}</code></span><span class="number">${grouped(count)} <span class="soft">${shares[index]}&nbsp;%</span></span><svg class="bar" aria-hidden="true" focusable="false"><rect class="track" width="100%" height="100%" rx="4"/><rect class="${nature}" width="${((count / most) * 100).toFixed(2)}%" height="100%" rx="4"/></svg>${entry?.article === undefined ? undefined : html`<span class="then small soft">2015: ${entry.article.count === undefined ? 'several' : grouped(entry.article.count)}, “${entry.article.wording}”</span>`}</li>`;
  };
  const items = met.map(item);
  const rest = items.length - shownCategories;
  return html`
<h3>By how they ended</h3>
<p class="small soft">Each connection is in exactly one, the harmless ones too, so the shares sum to 100 %. Beside some of them: what the authors of the first piñata counted in 2015.</p>
<ul class="categories">${items.slice(0, shownCategories)}</ul>
${rest > 0 ? html`<details><summary>${plural(rest, 'more category', 'more categories')}</summary><ul class="categories">${items.slice(shownCategories)}</ul></details>` : undefined}`;
}

function archive({ archive, asOf }: StatusDocument): Html {
  const seen = latest(archive);
  if (seen === undefined || seen.value.segments === 0) {
    return html`<p class="small soft">No trace is archived here yet${archive.state === 'unknown' ? html`: ${archive.reason}` : undefined}.</p>`;
  }
  const { segments, attempts, head } = seen.value;
  return html`<p class="small soft">Archived here: ${plural(attempts, 'recorded attempt')} in ${plural(segments, 'segment')}${
    head === null
      ? undefined
      : html`, a chain of hashes computed anew up to attempt ${grouped(head.number)} (<code>${head.digest.slice(0, 16)}…</code>)`
  }, ${ago(seen.at, asOf)}${archive.state === 'unknown' ? html`. Since then: ${archive.reason}` : undefined}.</p>`;
}
