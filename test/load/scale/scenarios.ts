import { article } from '../../../service/site/article.ts';

/* Who comes, on the busiest day. What nobody counted is assumed, and says so. */

/** On one day, or in one second. */
export interface Guests {
  /** Who read the page, each on a connection that a browser then keeps. */
  readonly visitors: number;
  readonly pages: number;
  /** At 443: browsers ask there first, and turn back at an authority that they do not know. */
  readonly secureHellos: number;
  /** At the bounty's ports: what is no TLS, */
  readonly noTls: number;
  /** hellos that are answered, and then go nowhere, */
  readonly hellos: number;
  /** and handshakes to their end; a bridge is two. */
  readonly handshakes: number;
  readonly challenges: number;
}

export interface Scenario {
  readonly name: string;
  readonly title: string;
  readonly day: Guests;
  /** Of a day's guests those who come in its busiest second. */
  readonly peak: number;
  /** Such days in a month. */
  readonly days: number;
  readonly because: readonly string[];
}

/** In the article's own proportion. */
const bountyPerVisitor = (count: number): number => count / article.siteVisitors.count;

const crowd = (visitors: number, pages: number): Guests => ({
  visitors,
  pages,
  secureHellos: visitors,
  noTls: 0,
  hellos: visitors * bountyPerVisitor(article.connections.count - article.succeeded.count),
  handshakes: visitors * bountyPerVisitor(article.succeeded.count),
  challenges: visitors / 100,
});

const busiestDay = 1 / 10;
const months = 4;
const frontPage = { visitors: 36_000, pages: 132_000, pagesInASecond: 150 } as const;
const frontPagePeak = frontPage.pagesInASecond / frontPage.pages;
const scan = { connections: 50_000, inASecond: 200, doors: 5 } as const;
const atEachDoor = scan.connections / scan.doors;

export const scenarios: readonly Scenario[] = [
  {
    name: 'article',
    title: 'the article’s traffic',
    day: crowd(article.siteVisitors.count * busiestDay, article.siteAccesses.count * busiestDay),
    peak: frontPagePeak,
    days: 1 / busiestDay / months,
    because: [
      `[The article](https://mirage.io/blog/bitcoin-pinata-results) counted ${article.siteVisitors.text} visitors, ${article.siteAccesses.text} accesses and ${article.connections.text} connections to the bounty in ${months} months, ${article.succeeded.text} of them handshakes to their end`,
      'assumed: a tenth of all that on the busiest day; whoever failed had a hello answered first, which is dearer than what they did; a peak as steep as that of a front page',
    ],
  },
  {
    name: 'front-page',
    title: 'a front-page day',
    day: crowd(frontPage.visitors, frontPage.pages),
    peak: frontPagePeak,
    days: 1,
    because: [
      '[36 000 visitors and 132 000 requests](https://dataswamp.org/~solene/2021-07-27-hacker-news-impact.html) in a day on the front page of Hacker News; [150 requests a second](https://alexsci.com/blog/hn-load-1/), very briefly, on another one',
      'assumed: as many of them try the bounty as did of the article’s visitors; one in a hundred has the key proven',
    ],
  },
  {
    name: 'scan',
    title: 'an internet-wide scan',
    day: {
      visitors: 0,
      pages: atEachDoor,
      secureHellos: atEachDoor,
      noTls: atEachDoor,
      hellos: 2 * atEachDoor,
      handshakes: 0,
      challenges: 0,
    },
    peak: scan.inASecond / scan.connections,
    days: 30,
    because: [
      'An address hears from [some 5000 a day](http://www.tuxmachines.org/node/166952) (the honeyfarm of the Global Cyber Alliance: over a million hits on some 200 sensors)',
      `assumed: ten times that, every day, as when everybody looks for one hole; as many at each of the five doors, those of 443, 10000 and 10002 with a handshake begun (at 10002 by us); ${scan.inASecond} of them in one second`,
    ],
  },
];

/** The crowd of docs/simulate.md, as far as it costs anything. */
export const simulated: Guests = {
  visitors: 50_000,
  pages: 47_500,
  secureHellos: 300,
  noTls: 0,
  hellos: article.connections.count - article.succeeded.count,
  handshakes: article.succeeded.count,
  challenges: 0,
};
