import type { Provider } from './deployment.ts';

/*
 * What a deployment costs a month, by list prices of one day. 730 hours. A price that is not in the table is said to be unknown,
 * and not guessed.
 */

/** When they were known, of each vendor's price list, without tax; nobody has looked them up again since. */
export const pricesAsOf = 'December 2025';

export interface CostLine {
  readonly what: string;
  /** A month; undefined: not in our table. */
  readonly amount: number | undefined;
  readonly currency: 'USD' | 'EUR';
}

export interface CostRequest {
  readonly provider: Provider;
  readonly serverType: string;
  readonly region: string;
  readonly statusPage: boolean;
  readonly pageDomain: boolean;
}

const hours = 730;

/** USD an hour, Linux, on demand, in us-east-1. */
const ec2: Readonly<Record<string, number>> = {
  't3.micro': 0.0104,
  't3.small': 0.0208,
  't3.medium': 0.0416,
  't3a.micro': 0.0094,
  'm7a.medium': 0.05796,
};
/** Where on-demand prices of T3 differ from us-east-1, as a factor. */
const regions: Readonly<Record<string, number>> = {
  'us-east-1': 1,
  'us-east-2': 1,
  'us-west-2': 1,
  'eu-west-1': 1.096,
  'eu-north-1': 1.038,
  'eu-central-1': 1.154,
};
/** EUR a month, with IPv4. */
const hetzner: Readonly<Record<string, number>> = { cx23: 4.1, cx33: 6.1, cpx11: 5.5 };
/** USD a month. */
const digitalOcean: Readonly<Record<string, number>> = { 's-1vcpu-512mb-10gb': 4, 's-1vcpu-1gb': 6, 's-1vcpu-2gb': 12 };

/** The poller runs once a minute, some seconds with 512 MiB on arm64. */
const runs = 43_800;
const lambda = runs * (3 * 0.5 * 0.0000133334 + 0.0000002);
/** Written in each run: a dozen objects at 0.005 USD a thousand. */
const puts = ((runs * 12) / 1000) * 0.005;

export function costOf(request: CostRequest): readonly CostLine[] {
  return [...hostLines(request), ...(request.statusPage ? pageLines(request.pageDomain) : [])];
}

function hostLines({ provider, serverType, region }: CostRequest): readonly CostLine[] {
  switch (provider) {
    case 'ec2': {
      const hourly = ec2[serverType];
      const factor = regions[region];
      const amount = hourly === undefined || factor === undefined ? undefined : hourly * hours * factor;
      return [
        { what: `EC2 ${serverType} in ${region}`, amount, currency: 'USD' },
        { what: 'its public IPv4 address', amount: 0.005 * hours, currency: 'USD' },
        { what: 'volume of 1 GiB, and the snapshot of the image', amount: 0.08 + 0.05 * 0.04, currency: 'USD' },
      ];
    }
    case 'hetzner':
      return [
        { what: `Hetzner ${serverType}, with IPv4`, amount: hetzner[serverType], currency: 'EUR' },
        { what: 'volume of 10 GB', amount: 0.53, currency: 'EUR' },
      ];
    case 'digitalocean':
      return [
        { what: `DigitalOcean ${serverType}, with IPv4`, amount: digitalOcean[serverType], currency: 'USD' },
        { what: 'volume of 1 GiB', amount: 0.1, currency: 'USD' },
      ];
    default:
      return provider satisfies never;
  }
}

const pageLines = (domain: boolean): readonly CostLine[] => [
  { what: `poller: ${runs} runs of Lambda (less within the free tier)`, amount: lambda, currency: 'USD' },
  { what: 'objects written to S3, some megabytes kept', amount: puts + 0.01, currency: 'USD' },
  { what: 'CloudFront, up to 1 TB and ten million requests', amount: 0, currency: 'USD' },
  { what: 'alarms of CloudWatch', amount: 0.4, currency: 'USD' },
  ...(domain ? [{ what: 'hosted zone of the domain', amount: 0.5, currency: 'USD' } as const] : []),
];

export function costText(lines: readonly CostLine[]): string {
  const width = Math.max(...lines.map(({ what }) => what.length)) + 2;
  const money = (amount: number | undefined, currency: string): string =>
    amount === undefined ? `   ? ${currency}` : `${amount.toFixed(2).padStart(6)} ${currency}`;
  const sums = (['USD', 'EUR'] as const).flatMap((currency) => {
    const known = lines.flatMap((line) => (line.currency === currency ? [line.amount ?? 0] : []));
    return known.length === 0
      ? []
      : [
          money(
            known.reduce((sum, amount) => sum + amount, 0),
            currency,
          ).trim(),
        ];
  });
  const unknown = lines.some(({ amount }) => amount === undefined) ? ', and what is not in our table' : '';
  return [
    ...lines.map(({ what, amount, currency }) => `  ${what.padEnd(width)}${money(amount, currency)}`),
    `  about ${sums.join(' and ')} a month${unknown}: list prices of ${pricesAsOf}, not looked up since, without tax and traffic`,
  ].join('\n');
}
