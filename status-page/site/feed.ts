import { escaped } from '../../service/site/html.ts';
import { internetDate } from '../../service/site/http-date.ts';
import type { HistoryDocument, StatusDocument } from '../document/index.ts';
import { answerOf, cardOf } from './answer.ts';

/*
 * RFC 4287. An entry for each incident, whose `updated` moves with it, and one for each change of the verdict. The ids are
 * tag URIs (RFC 4151) of the name of the page, which stay as they are wherever it is moved to below that name.
 */

interface Entry {
  readonly id: string;
  readonly title: string;
  readonly published: number;
  readonly updated: number;
  readonly href: string;
  readonly text: string;
}

/** Longer feeds are read by nobody; all is in incidents.html and history.json. */
const longest = 60;

export function feed(status: StatusDocument, history: HistoryDocument): string {
  const { page, asOf, watched } = status;
  const tag = `tag:${/^https?:\/\/([^/:]+)/.exec(page.url)?.[1] ?? 'localhost'},2026`;
  const name = `${watched.network}/${watched.address ?? watched.host}`;
  const entries = [...incidentEntries(status, tag), ...verdictEntries(status, history, `${tag}:${name}`)]
    .toSorted((one, other) => other.updated - one.updated)
    .slice(0, longest);
  const updated = entries[0]?.updated ?? asOf;
  return `<?xml version="1.0" encoding="utf-8"?>
<feed xmlns="http://www.w3.org/2005/Atom" xml:lang="en">
<id>${escaped(`${tag}:${name}`)}</id>
<title>${escaped(page.name)}</title>
<subtitle>${escaped(answerOf(status).pill)}</subtitle>
<updated>${internetDate(updated)}</updated>
<author><name>${escaped(page.name)}</name></author>
<link rel="self" type="application/atom+xml" href="${escaped(page.url)}/feed.xml"/>
<link rel="alternate" type="text/html" href="${escaped(page.url)}/"/>
<icon>${escaped(page.url)}/favicon.svg</icon>
${entries.map(entryText).join('')}</feed>
`;
}

const entryText = ({ id, title, published, updated, href, text }: Entry): string => `<entry>
<id>${escaped(id)}</id>
<title>${escaped(title)}</title>
<published>${internetDate(published)}</published>
<updated>${internetDate(updated)}</updated>
<link rel="alternate" type="text/html" href="${escaped(href)}"/>
<content type="text">${escaped(text)}</content>
</entry>
`;

const incidentEntries = ({ incidents, page }: StatusDocument, tag: string): readonly Entry[] =>
  incidents.map(({ id, title, createdAt, updatedAt, resolvedAt, status, updates }) => ({
    id: `${tag}:incident/${id}`,
    title: resolvedAt === null ? title : `${title} (resolved)`,
    published: createdAt,
    updated: updatedAt,
    href: `${page.url}/incidents.html#incident-${id}`,
    text: [`${status}`, ...updates.map((update) => `${internetDate(update.at)} ${update.status}: ${update.text}`)].join(
      '\n',
    ),
  }));

/** By days: what the verdict was at the end of each, where it was another than the day before. */
function verdictEntries({ page }: StatusDocument, { days }: HistoryDocument, name: string): readonly Entry[] {
  const entries: Entry[] = [];
  let before: string | undefined;
  for (const { day, verdict } of days) {
    if (verdict !== before) {
      const { pill, answer } = cardOf(verdict);
      const at = Date.parse(`${day}T00:00:00Z`) / 1000;
      entries.push({
        id: `${name}/verdict/${day}`,
        title: `${pill}: ${answer}`,
        published: at,
        updated: at,
        href: `${page.url}/history.html`,
        text: `From ${day} on (UTC): ${verdict.replaceAll('_', ' ')}.`,
      });
    }
    before = verdict;
  }
  return entries;
}
