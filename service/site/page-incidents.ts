import { html } from './html.ts';
import { layout } from './layout.ts';
import type { SiteView } from './view.ts';

/** `/incidents`: what went wrong on our side, in the operator's words. */
export function incidentsPage(view: SiteView): string {
  const { incidents, unreadable } = view.incidents();
  return layout(view, {
    path: '/incidents',
    title: 'Incidents',
    lead: 'What went wrong on our side, in the words of whoever runs this machine: a log that is added to and not edited.',
    data: '/incidents.json',
    content: html`
${
  incidents.length === 0
    ? html`<p class="soft">Nothing was written down.</p>`
    : html`<ol class="incidents">${incidents.toReversed().map(
        ({ date, title, text, digest }) =>
          html`<li><h2><span class="soft">${date}</span> ${title}</h2>
<p class="prose">${text}</p><p class="small soft">Digest <code class="fingerprint">${digest}</code></p></li>`,
      )}</ol>
<p class="small soft">Each digest is SHA-256 over the one before it (32 zero bytes at the beginning) and the line of the log, without its newline. Write down the last one: if it is still in the list the next time you come, nothing before it was changed.</p>`
}
${unreadable === 0 ? undefined : html`<p>${unreadable === 1 ? 'One line' : `${unreadable} lines`} of the log could not be read. The operator has to mend that.</p>`}`,
  });
}
