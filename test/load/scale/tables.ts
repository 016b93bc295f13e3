import type { ProviderName } from '../../../service/tls/index.ts';
import { type Cpu, type Figures, providers } from './figures.ts';
import { type Host, hosts } from './hosts.ts';
import {
  attemptsOf,
  type Cost,
  costBy,
  cpuOf,
  firstFull,
  floodOfDay,
  inMonth,
  inPeakSecond,
  memoryOf,
  mostOn,
  openAt,
  priceOf,
  sentTo,
  usedOn,
} from './model.ts';
import { usePlot } from './plot.ts';
import { type Guests, type Scenario, scenarios, simulated } from './scenarios.ts';

/* The tables of docs/scale.md. Two digits of each figure: none of them is known better. */

const none = '–';
const mebibyte = 2 ** 20;

export function two(value: number): string {
  if (value === 0) return '0';
  const rounded = Number(value.toPrecision(2));
  if (rounded >= 1000) return String(Math.round(rounded)).replace(/\B(?=(\d{3})+$)/g, ' ');
  return rounded < 1e-4 ? '0.0001' : String(rounded);
}

const rows = (head: readonly string[], body: readonly (readonly string[])[]): string => {
  const [first, ...others] = [head, ...body].map((cells) => `| ${cells.join(' | ')} |`);
  return [first, `|${'---|'.repeat(head.length)}`, ...others].join('\n');
};

/** Of each provider, where it was measured. */
const byProvider = (costs: Costs, of: (cost: Cost) => string): readonly string[] =>
  providers.map((provider) => {
    const cost = costs[provider];
    return cost === undefined ? none : of(cost);
  });

type Costs = Readonly<Record<ProviderName, Cost | undefined>>;

export function scaleTables(figures: Figures): string {
  const costs: Costs = { noble: costBy(figures, 'noble'), fast: costBy(figures, 'fast') };
  const { bench, load } = figures.measured;
  return [
    '## What one of each costs',
    oneOfEach(figures),
    `bench: ${bench}. load: ${load}. A processor is one of that machine.${missing(costs)}`,
    '## Who comes',
    whoComes(),
    scenarios.map(({ title, because }) => `- **${capital(title)}.** ${because.join('; ')}.`).join('\n'),
    '## What it takes',
    whatItTakes(figures, costs),
    `By these figures the crowd of [simulate.md](simulate.md) takes ${byProvider(costs, (cost) => two(cpuOf(simulated, cost))).join(' / ')} CPU seconds (\`noble\` / \`fast\`). One run of it took some 210, of @noble, on two cores that some thirteen other processes wanted.`,
    '## What is full first',
    fullFirst(figures, costs),
    `![What of a ${drawn} is used up, with noble](load/scale.svg)`,
    '## Up to where',
    upToWhere(figures, costs),
    '## What it costs',
    money(figures),
  ].join('\n\n');
}

/** What `deploy` takes if nobody says otherwise. */
const drawn = 't3.micro';

export function scalePlot(figures: Figures): string {
  const [host, cost] = [hosts.find(({ type }) => type === drawn), costBy(figures, 'noble')];
  if (host === undefined || cost === undefined)
    throw new Error(`no ${drawn} to be drawn, or nothing measured with noble`);
  return usePlot(host, figures, cost, 'noble');
}

const capital = (text: string): string => `${text[0]?.toUpperCase()}${text.slice(1)}`;

const missing = (costs: Costs): string =>
  costs.fast === undefined ? ` ${none}: not measured yet with \`--crypto fast\`.` : '';

function oneOfEach(figures: Figures): string {
  const micro = (seconds: number | undefined): string => (seconds === undefined ? none : `${two(seconds * 1e6)} µs`);
  const both = (name: string, cpu: Cpu, source: string): readonly string[] => [
    name,
    micro(cpu.noble),
    micro(cpu.fast),
    source,
  ];
  const same = (name: string, seconds: number, source: string): readonly string[] =>
    both(name, { noble: seconds, fast: seconds }, source);
  const size = (name: string, text: string, source: string): readonly string[] => [name, text, text, source];
  return rows(
    ['', '`noble`', '`fast`', 'from'],
    [
      same('a page over HTTP, with its connection', figures.page, 'load, `http-flood`: CPU time by requests'),
      same('first bytes that are no TLS', figures.noTls, 'bench, G10'),
      both('a hello that is answered and goes nowhere (X25519MLKEM768)', figures.hello, 'bench, G5'),
      both('the dearest of them (P-384)', figures.dearestHello, 'bench, G5'),
      both('a mutual handshake to its end', figures.handshake, 'bench, G1'),
      same('an attempt written down', figures.recording, 'bench, T1'),
      same('a statement of the wallet’s key', figures.statement, 'bench, W1'),
      size('sent of a page', `${two(figures.pageBytes / 1000)} kB`, 'load, `http-flood`: bytes by requests'),
      size('sent to answer a hello', `${two(figures.helloBytes / 1000)} kB`, 'load, `hello-hybrid`'),
      size('an attempt on disk', `${two(figures.traceBytes)} bytes`, 'bench, T2: a million of them, index included'),
      size('memory with hardly anybody in it', `${two(figures.quietBytes / mebibyte)} MiB`, 'load, `quiet`: peak'),
      size('memory of a connection that says nothing', `${two(figures.idleBytes / 1024)} KiB`, 'bench, G9'),
    ],
  );
}

function whoComes(): string {
  const head = ['', ...scenarios.flatMap(({ title }) => [`${title}: busiest day`, 'second'])];
  const row = (name: string, of: (guests: Guests) => number): readonly string[] => [
    name,
    ...scenarios.flatMap((scenario) => [two(of(scenario.day)), two(of(inPeakSecond(scenario)))]),
  ];
  return rows(head, [
    row('visitors of the page', ({ visitors }) => visitors),
    row('pages', ({ pages }) => pages),
    row('hellos at 443', ({ secureHellos }) => secureHellos),
    row('bounty: no TLS', ({ noTls }) => noTls),
    row('bounty: a hello that goes nowhere', ({ hellos }) => hellos),
    row('bounty: a handshake to its end', ({ handshakes }) => handshakes),
    row('challenges', ({ challenges }) => challenges),
  ]);
}

function whatItTakes(figures: Figures, costs: Costs): string {
  const patience = Math.max(...hosts.map((host) => host.patience)) / 1000;
  const body = scenarios.map((scenario) => {
    const [second, month] = [inPeakSecond(scenario), inMonth(scenario)];
    const open = openAt(second, patience);
    const [least, most] = memoryOf(figures, open.page + open.bounty).map((bytes) => two(bytes / mebibyte));
    return [
      scenario.title,
      byProvider(costs, (cost) => two(cpuOf(scenario.day, cost))).join(' / '),
      byProvider(costs, (cost) => two(cpuOf(second, cost))).join(' / '),
      `${two(open.page)} + ${two(open.bounty)}`,
      `${least} to ${most}`,
      `${two(attemptsOf(month))}: ${two((attemptsOf(month) * figures.traceBytes) / mebibyte)}`,
      two(sentTo(month, figures) / 1e9),
    ];
  });
  const head = [
    '',
    'CPU seconds of the day, `noble` / `fast`',
    'processors in the busiest second',
    'open then: page + bounty',
    'memory then, MiB',
    'attempts a month: MiB on disk',
    'sent a month, GB',
  ];
  return rows(head, body);
}

function fullFirst(figures: Figures, { noble, fast }: Costs): string {
  const first = (host: Host, scenario: Scenario, cost: Cost): string => {
    const { resource, times } = firstFull(usedOn(host, scenario, figures, cost));
    return `${two(times)} times: ${resource}`;
  };
  const cell = (host: Host, scenario: Scenario): string => {
    const [slow, quick] = [noble, fast].map((cost) => (cost === undefined ? undefined : first(host, scenario, cost)));
    return quick === undefined || quick === slow ? (slow ?? none) : `${slow}<br>\`fast\`: ${quick}`;
  };
  return rows(
    ['', ...scenarios.map(({ title }) => title)],
    hosts.map((host) => [host.type, ...scenarios.map((scenario) => cell(host, scenario))]),
  );
}

function upToWhere(figures: Figures, costs: Costs): string {
  const head = [
    'a second',
    'places',
    'new readers',
    'silent guests',
    'no TLS',
    'hellos, `noble` / `fast`',
    'of P-384',
    'handshakes',
    'pages',
    'processors all day',
  ];
  const body = hosts.map((host) => {
    const of = (kind: 'hellos' | 'dearestHellos' | 'handshakes'): string =>
      byProvider(costs, (cost) => two(mostOn(host, figures, cost)[kind])).join(' / ');
    const same = (kind: 'readers' | 'silent' | 'noTls' | 'pages'): string =>
      byProvider(costs, (cost) => two(mostOn(host, figures, cost)[kind]))[0] ?? none;
    return [
      host.type,
      two(host.places),
      same('readers'),
      same('silent'),
      same('noTls'),
      of('hellos'),
      of('dearestHellos'),
      of('handshakes'),
      same('pages'),
      two(host.lastingCores),
    ];
  });
  return rows(head, body);
}

function money(figures: Figures): string {
  const extra = (host: Host, bytes: number): string => {
    const { beyond, all } = priceOf(host, bytes);
    return `${beyond.toFixed(2)} (${all.toFixed(2)})`;
  };
  const head = [
    '',
    'a month',
    ...scenarios.map(({ title }) => title),
    'readers who never stop, a day: GB',
    'and what it costs',
  ];
  const body = hosts.map((host) => {
    const flood = floodOfDay(host, figures);
    return [
      `${host.type}, ${host.currency}`,
      host.price.toFixed(2),
      ...scenarios.map((scenario) => extra(host, sentTo(inMonth(scenario), figures))),
      two(flood / 1e9),
      extra(host, flood),
    ];
  });
  return rows(head, body);
}
