import type { ProviderName } from '../../../service/tls/index.ts';
import type { Cpu, Figures } from './figures.ts';
import type { Host } from './hosts.ts';
import type { Guests, Scenario } from './scenarios.ts';

/* From who comes to what it takes: sums of products, and nothing that was measured under such a load. */

const secondsOfDay = 86_400;
/** A browser keeps its connection, and the page lets it (`patience.idle` of website-connection.ts). */
export const keptSeconds = 15;
/** Of those at the bounty who get nowhere: how many stay until they are shown out, and how long the others do. Assumed. */
export const lingering = { share: 0.1, othersSeconds: 1 } as const;
/** The most that one place comes to, and what is set aside besides (memory.ts). */
export const bytesPerPlace = 128 * 1024;
/** Of what is sent, headers of IP and TCP beside what they carry, and of a connection those without anything. Assumed. */
const packets = { share: 1.05, connection: 600 } as const;

/** Seconds of one processor. */
export interface Cost {
  readonly page: number;
  readonly secureHello: number;
  readonly noTls: number;
  readonly hello: number;
  readonly dearestHello: number;
  readonly handshake: number;
  readonly challenge: number;
}

/** Of each kind, and what is written down of it; undefined where this provider was not measured. */
export function costBy(figures: Figures, provider: ProviderName): Cost | undefined {
  const of = (cpu: Cpu): number => cpu[provider] ?? Number.NaN;
  const { page, noTls, recording, statement } = figures;
  const [hello, dearestHello, handshake] = [of(figures.hello), of(figures.dearestHello), of(figures.handshake)];
  if (Number.isNaN(hello + dearestHello + handshake)) return undefined;
  return {
    page,
    secureHello: hello,
    noTls: noTls + recording,
    hello: hello + recording,
    dearestHello: dearestHello + recording,
    handshake: handshake + recording,
    // Posted, asked for, and as if it were the only one in its second.
    challenge: 2 * page + statement,
  };
}

export const cpuOf = (guests: Guests, cost: Cost): number =>
  guests.pages * cost.page +
  guests.secureHellos * cost.secureHello +
  guests.noTls * cost.noTls +
  guests.hellos * cost.hello +
  guests.handshakes * cost.handshake +
  guests.challenges * cost.challenge;

export const attemptsOf = ({ noTls, hellos, handshakes }: Guests): number => noTls + hellos + handshakes;

/** Bytes. A whole handshake sends no more than twice what answers a hello: the rest of it, and the bait. */
export const sentTo = (guests: Guests, { pageBytes, helloBytes }: Figures): number => {
  const { pages, secureHellos, noTls, hellos, handshakes, challenges } = guests;
  const content = pages * pageBytes + (secureHellos + hellos + 2 * (handshakes + challenges)) * helloBytes;
  const connections = pages + secureHellos + noTls + hellos + handshakes + 2 * challenges;
  return content * packets.share + connections * packets.connection;
};

export const inPeakSecond = ({ day, peak }: Scenario): Guests => times(day, peak);
export const inMonth = ({ day, days }: Scenario): Guests => times(day, days);

const times = (guests: Guests, factor: number): Guests => ({
  visitors: guests.visitors * factor,
  pages: guests.pages * factor,
  secureHellos: guests.secureHellos * factor,
  noTls: guests.noTls * factor,
  hellos: guests.hellos * factor,
  handshakes: guests.handshakes * factor,
  challenges: guests.challenges * factor,
});

/** Connections open at once, were every second as the busiest one: the rate, times how long each stays. */
export function openAt(second: Guests, patienceSeconds: number): { readonly page: number; readonly bounty: number } {
  const nowhere = lingering.share * patienceSeconds + (1 - lingering.share) * lingering.othersSeconds;
  return {
    page: second.visitors * keptSeconds + second.pages + second.secureHellos,
    bounty: (second.noTls + second.hellos) * nowhere + second.handshakes,
  };
}

/** Bytes: with connections that say nothing, and with such as hold the most that they may. */
export const memoryOf = ({ quietBytes, idleBytes }: Figures, open: number): readonly [least: number, most: number] => [
  quietBytes + open * idleBytes,
  quietBytes + open * bytesPerPlace,
];

export type Resource =
  | 'the processor, in that second'
  | 'the processor, over the day'
  | 'places at the page'
  | 'places at the bounty'
  | 'traces a second'
  | 'the network';

/** How much of each this host has for it is used up; 1 is all. */
export function usedOn(
  host: Host,
  scenario: Scenario,
  figures: Figures,
  cost: Cost,
): Readonly<Record<Resource, number>> {
  const second = inPeakSecond(scenario);
  const open = openAt(second, host.patience / 1000);
  return {
    'the processor, in that second': cpuOf(second, cost) / host.cores,
    'the processor, over the day': cpuOf(scenario.day, cost) / (secondsOfDay * host.lastingCores),
    'places at the page': open.page / host.places,
    'places at the bounty': open.bounty / host.places,
    'traces a second': attemptsOf(second) / host.tracesPerSecond,
    'the network': megabits(sentTo(second, figures)) / host.megabits,
  };
}

/** What is used up first, and how many times this traffic that would be. */
export function firstFull(used: Readonly<Record<Resource, number>>): {
  readonly resource: Resource;
  readonly times: number;
} {
  const resources = Object.keys(used) as Resource[];
  const resource = resources.reduce((worst, other) => (used[other] > used[worst] ? other : worst));
  return { resource, times: 1 / used[resource] };
}

/** A second, of each kind by itself, that fills a host. */
export function mostOn(host: Host, figures: Figures, cost: Cost) {
  const network = (host.megabits * 1e6) / 8;
  return {
    readers: host.places / keptSeconds,
    silent: (host.places * 1000) / host.patience,
    noTls: host.cores / cost.noTls,
    hellos: host.cores / cost.hello,
    dearestHellos: host.cores / cost.dearestHello,
    handshakes: host.cores / cost.handshake,
    pages: Math.min(host.cores / cost.page, network / (figures.pageBytes * packets.share)),
  };
}

/** Bytes that readers who never stop can fetch in a day. */
export const floodOfDay = (host: Host, { page, pageBytes }: Figures): number =>
  secondsOfDay * Math.min((host.lastingCores / page) * pageBytes * packets.share, (host.megabits * 1e6) / 8);

/** In the host's currency, of so many bytes in a month: what is not included; and as if nothing were. */
export function priceOf(
  { included, pricePerGigabyte }: Host,
  bytes: number,
): { readonly beyond: number; readonly all: number } {
  const gigabytes = bytes / 1e9;
  return { beyond: Math.max(0, gigabytes - included) * pricePerGigabyte, all: gigabytes * pricePerGigabyte };
}

export const megabits = (bytes: number): number => (8 * bytes) / 1e6;
