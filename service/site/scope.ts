import { type Html, html } from './html.ts';
import { layout } from './layout.ts';
import type { SiteView } from './view.ts';

/* What may be attacked, what the operator says to whoever does, and what is seen of them. As text: the JSON has it too. */

export const scopeTerms = {
  inScope: [
    'The protocol and the rules of the bounty: any way to be sent the key, or to learn it.',
    'The TLS, the certificates, the parsers, the website, and the rest of the program.',
    'Its packages, and how they get here: the registry, the build, the lockfile.',
    'The JavaScript engine, the runtime, the kernel with its TCP/IP, and the machine it hangs on.',
    'The way it is deployed and updated: the operator’s cloud account as far as it concerns this piñata, its roles, its images and its status page.',
    'Any approach, any tool, any finding. You need not tell anybody, before or after.',
  ],
  outOfScope: [
    'People: no threats, no fraud, no burglary.',
    'Everybody else: other customers of the same provider, other visitors of this page, systems that merely stand near.',
    'Taking it down by sheer volume. It wins nothing, and spoils the game for the rest.',
  ],
  safeHarbour: [
    'To whoever stays within this scope, the operator of this machine says: you are authorised to access it, by any means that you find. We will not sue you, nor report you, nor ask who you are.',
    'If you get the key, the coins are yours to keep, as a gift.',
    'If you come upon data of a third party, stop, keep none of it, and tell us.',
    'We can promise this for ourselves alone. The provider’s terms and the law where you are bind you regardless, and nobody here can waive them for you.',
  ],
  seen: [
    'Every connection is counted: its port, and how it ended.',
    'What passed in a TLS handshake is recorded and published as it stands: bytes in the clear, handshake messages after decryption, alerts. Of application data the length is kept, and nothing else. There is no secret, no key and no entropy in it.',
    'Your address is not in it. A trace names your network prefix by a pseudonym, under a key that is thrown away at the end of the day; the number of visitors is kept in a way that cannot name them.',
    'Of the website, requests are counted by the status of their answer. What you asked for is not written down.',
    'The operator’s log says when somebody was let in, and what went wrong. It has no addresses.',
    'The provider of the machine sees what providers see: addresses, ports and sizes of packets.',
  ],
} as const;

const titles: Readonly<Record<keyof typeof scopeTerms, string>> = {
  inScope: 'In scope: everything',
  outOfScope: 'Out of scope: everybody else',
  safeHarbour: 'Safe harbour',
  seen: 'What is seen of you',
};

const keys = ['inScope', 'outOfScope', 'safeHarbour', 'seen'] as const;

/** `/scope` */
export const scopePage = (view: SiteView): string =>
  layout(view, {
    path: '/scope',
    title: 'Scope and safe harbour',
    lead: 'What you may attack, what the operator promises you, and what is seen of you while you do.',
    data: '/scope.json',
    content: html`${keys.map((key) => html`<h2>${titles[key]}</h2>${list(scopeTerms[key])}`)}`,
  });

const list = (items: readonly string[]): Html => html`<ul>${items.map((item) => html`<li>${item}</li>`)}</ul>`;
