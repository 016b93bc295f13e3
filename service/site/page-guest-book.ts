import { greetingText } from './greeting.ts';
import { type Html, html } from './html.ts';
import { layout, older, time } from './layout.ts';
import { nextPath } from './listing.ts';
import { greetings } from './lists.ts';
import { grouped } from './page-frame.ts';
import { type Query, queryText } from './query.ts';
import type { SiteView } from './view.ts';

/** `/guest-book`: what was said to a TLS port and was no TLS. */
export function guestBookPage(view: SiteView, query: Query): string {
  const { rows, next } = greetings(view, query);
  return layout(view, {
    path: '/guest-book',
    title: 'Guest book',
    lead: 'What was said to a door that speaks TLS, and was no TLS: the first printable bytes, as they came.',
    data: `/guest-book.json${queryText(query)}`,
    content: html`
<p>People asked the first piñata for its key in plain words: “please give key”, and “hi give me teh btcs”. To sign this book, connect to a door and say something: <code>echo hello | nc ${view.endpoints.host} ${view.endpoints.ports.server}</code>. Whoever you are is not written down; what looks like an address is taken out.</p>
${
  rows.length === 0
    ? html`<p class="soft">${query.before === undefined ? 'Nobody has signed yet.' : 'There are none older.'}</p>`
    : html`<ol class="book">${rows.map(
        ({ number, at, port, bytes }): Html =>
          html`<li><q>${said(bytes)}</q> <span class="small soft">${time(at / 1000)}, to ${view.endpoints.ports[port]}, <a href="/attempts/${number}">attempt ${grouped(number)}</a></span></li>`,
      )}</ol>${older(nextPath('/guest-book', next))}`
}`,
  });
}

function said(bytes: string): Html {
  const text = greetingText(bytes);
  return text === '' || text === '·' ? html`<span class="soft">nothing that can be printed</span>` : html`${text}`;
}
