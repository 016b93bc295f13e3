import {
  addressCost,
  bucketCost,
  diskGigabytes,
  isPriced,
  lookUp,
  machineCost,
  type PriceName,
  pollerCost,
  pollsAt,
  priceLists,
  prices,
  priceText,
  usualUsage,
} from '../stacks/prices.ts';
import { usualVolumeGigabytes as volumeGigabytes } from '../vps/inputs.ts';
import type { Provider } from './deployment.ts';

/* What a deployment costs a month, by the one table of prices (infra/stacks/prices.ts). What is not in it is unknown, and not guessed. */

export interface CostLine {
  readonly what: string;
  /** A month; undefined: not in our table. */
  readonly amount: number | undefined;
  readonly currency: 'USD' | 'EUR';
  /** What it is made of. */
  readonly of: readonly PriceName[];
}

export interface CostRequest {
  readonly provider: Provider;
  readonly serverType: string;
  readonly region: string;
  readonly statusPage: boolean;
  readonly pageDomain: boolean;
}

/** Of the image, without its zeros, in GB. */
const snapshotGigabytes = 0.04;
const polls = pollsAt(1);
const alarms = 4;

export const costOf = (request: CostRequest): readonly CostLine[] => [
  ...hostLines(request),
  ...(request.statusPage ? pageLines(request.pageDomain) : []),
];

function hostLines({ provider, serverType, region }: CostRequest): readonly CostLine[] {
  const known = isPriced(serverType) ? serverType : undefined;
  const of = known === undefined ? [] : [known];
  switch (provider) {
    case 'ec2':
      return [
        {
          what: `EC2 ${serverType} in ${region}`,
          amount: known === undefined ? undefined : machineCost(known, region),
          currency: 'USD',
          of,
        },
        { what: 'its public IPv4 address', amount: addressCost, currency: 'USD', of: ['public IPv4 address'] },
        {
          what: `disk of ${diskGigabytes} GB, and the snapshot of the image`,
          amount: diskGigabytes * prices['disk (gp3)'].amount + snapshotGigabytes * prices.snapshot.amount,
          currency: 'USD',
          of: ['disk (gp3)', 'snapshot'],
        },
      ];
    case 'hetzner':
      return [
        { what: `Hetzner ${serverType}, with IPv4`, amount: monthly(known), currency: 'EUR', of },
        {
          what: `volume of ${volumeGigabytes} GB`,
          amount: volumeGigabytes * prices['volume at Hetzner'].amount,
          currency: 'EUR',
          of: ['volume at Hetzner'],
        },
      ];
    case 'digitalocean':
      return [
        { what: `DigitalOcean ${serverType}, with IPv4`, amount: monthly(known), currency: 'USD', of },
        {
          what: `volume of ${volumeGigabytes} GB`,
          amount: volumeGigabytes * prices['volume at DigitalOcean'].amount,
          currency: 'USD',
          of: ['volume at DigitalOcean'],
        },
      ];
    default:
      return provider satisfies never;
  }
}

const monthly = (type: PriceName | undefined): number | undefined =>
  type === undefined ? undefined : prices[type].amount;

function pageLines(domain: boolean): readonly CostLine[] {
  const { pollSeconds, writes, reads, stored } = usualUsage;
  const line = (what: string, amount: number, ...of: PriceName[]): CostLine => ({ what, amount, currency: 'USD', of });
  return [
    line(`Lambda: ${polls} polls of ${pollSeconds} s`, pollerCost(polls), 'Lambda, arm64', 'call of Lambda'),
    line(
      `S3: ${writes} writes and ${reads} reads a poll, ${stored} GB kept`,
      bucketCost(polls),
      'S3 write (PUT)',
      'S3 read (GET, LIST)',
      'S3 storage',
    ),
    line('CloudFront, free up to 1 TB and ten million requests', 0),
    line(`${alarms} alarms of CloudWatch`, alarms * prices['alarm of CloudWatch'].amount, 'alarm of CloudWatch'),
    ...(domain
      ? [line('hosted zone of the domain', prices['hosted zone of Route 53'].amount, 'hosted zone of Route 53')]
      : []),
  ];
}

/** Of each currency, what is known of it. */
export const sumOf = (lines: readonly CostLine[], currency: CostLine['currency']): number | undefined => {
  const amounts = lines.filter((line) => line.currency === currency).map(({ amount }) => amount ?? 0);
  return amounts.length === 0 ? undefined : amounts.reduce((sum, amount) => sum + amount, 0);
};

const money = (amount: number | undefined, currency: string): string =>
  amount === undefined ? `   ? ${currency}` : `${amount.toFixed(2).padStart(6)} ${currency}`;

/** As the plan and `btc-pinata cost` show it. */
export function costText(lines: readonly CostLine[]): string {
  const width = Math.max(...lines.map(({ what }) => what.length)) + 2;
  const sums = (['USD', 'EUR'] as const).flatMap((currency) => {
    const sum = sumOf(lines, currency);
    return sum === undefined ? [] : [money(sum, currency).trim()];
  });
  const unknown = lines.some(({ amount }) => amount === undefined) ? ', and what is not in our table' : '';
  return [
    ...lines.map(({ what, amount, currency }) => `  ${what.padEnd(width)}${money(amount, currency)}`),
    `  about ${sums.join(' and ')} a month${unknown}; without tax, traffic and free tiers`,
    `  ${lookUp}.`,
  ].join('\n');
}

/** Where each figure is from, and where today's is. */
export function sourcesText(lines: readonly CostLine[]): string {
  const names = [...new Set(lines.flatMap(({ of }) => of))];
  return [
    'Where these figures are from:',
    ...names.map((name) => `  ${priceText(name)}`),
    `Today's: ${Object.values(priceLists).join(', ')}`,
  ].join('\n');
}
