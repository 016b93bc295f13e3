/*
 * Every price that is shown, once: of the plan, of `btc-pinata cost`, and of docs/aws.md, which a test holds against this. No
 * price list of a vendor can be asked by this program, and none of these was read on one: where somebody wrote it down it says
 * where and when, and the others are remembered. Look them up before you rely on them.
 */

export interface Price {
  readonly amount: number;
  readonly currency: 'USD' | 'EUR';
  readonly unit: string;
  /** Where it was read; null: remembered. */
  readonly source: string | null;
  /** Day, month or year of that; without a date of its own, when it was read. */
  readonly asOf: string;
}

const usd = (amount: number, unit: string, source: string | null, asOf: string): Price => ({
  amount,
  currency: 'USD',
  unit,
  source,
  asOf,
});
const remembered = (amount: number, unit: string): Price => usd(amount, unit, null, '2025-12');

const t3 = 'cloud-bench.com/blog/aws-t3-micro-vs-t3-small';
const lambda = 'git.mcrn.ar/mariano/lambda_local_runner, docs/lambdas-md/lambda-13-cost.md';
const droplets = 'gist.github.com/colinwilson/cd31bde012f6727b24b2fc4ebee749c0';

/** Of AWS: those of us-east-1, without tax and without any free tier. */
export const prices = {
  't3.micro': usd(0.0104, 'an hour', t3, '2026-11'),
  't3.small': usd(0.0208, 'an hour', t3, '2026-11'),
  't3.medium': remembered(0.0416, 'an hour'),
  't3a.micro': remembered(0.0094, 'an hour'),
  'm7a.medium': remembered(0.05796, 'an hour'),
  'public IPv4 address': usd(0.005, 'an hour', 'nwobodo.me/notes/aws-extra-ipv4-cost-per-hour', '2024-06-01'),
  'disk (gp3)': remembered(0.08, 'a GB and month'),
  snapshot: remembered(0.05, 'a GB and month'),
  'Lambda, arm64': usd(0.0000133334, 'a GB-second', lambda, '2026-05-11'),
  'call of Lambda': usd(0.0000002, 'each', lambda, '2026-05-11'),
  'S3 write (PUT)': remembered(0.000005, 'each'),
  'S3 read (GET, LIST)': remembered(0.0000004, 'each'),
  'S3 storage': usd(0.023, 'a GB and month', 'deepeshsoni.com/archives/256', '2026-11'),
  'traffic out of AWS': usd(0.09, 'a GB', 'wring.co/blog/aws-data-transfer-pricing-guide', '2026'),
  'alarm of CloudWatch': remembered(0.1, 'a month'),
  'hosted zone of Route 53': remembered(0.5, 'a month'),
  cx23: {
    amount: 4.11,
    currency: 'EUR',
    unit: 'a month',
    source: 'docs.cnap.tech/compute/providers/hetzner',
    asOf: '2026-11',
  },
  'volume at Hetzner': { amount: 0.053, currency: 'EUR', unit: 'a GB and month', source: null, asOf: '2025-12' },
  'traffic out of Hetzner': { amount: 1, currency: 'EUR', unit: 'a TB', source: null, asOf: '2025-12' },
  's-1vcpu-512mb-10gb': usd(4, 'a month', droplets, '2022'),
  's-1vcpu-1gb': usd(6, 'a month', droplets, '2022'),
  's-1vcpu-2gb': usd(12, 'a month', droplets, '2022'),
  'volume at DigitalOcean': remembered(0.1, 'a GiB and month'),
  'traffic out of DigitalOcean': usd(
    0.01,
    'a GiB',
    'www.digitalocean.com/community/tutorials/digitalocean-bandwidth-billing-faq',
    '2018-04-26',
  ),
} as const satisfies Readonly<Record<string, Price>>;

export type PriceName = keyof typeof prices;

export const isPriced = (name: string): name is PriceName => Object.hasOwn(prices, name);

/** Where on-demand prices of T3 differ from us-east-1, as a factor; remembered, 2025-12. */
export const regionFactors: Readonly<Record<string, number>> = {
  'us-east-1': 1,
  'us-east-2': 1,
  'us-west-2': 1,
  'eu-west-1': 1.096,
  'eu-north-1': 1.038,
  'eu-central-1': 1.154,
};

/** What each vendor asks today. */
export const priceLists = {
  aws: 'aws.amazon.com/pricing',
  hetzner: 'www.hetzner.com/cloud (dearer for what was ordered since 2026-06-15)',
  digitalocean: 'www.digitalocean.com/pricing',
} as const;

export const lookUp =
  'No price list can be asked from here: these were remembered, or read where somebody wrote them down. Look them up before you rely on them';

export const priceText = (name: PriceName): string => {
  const { amount, currency, unit, source, asOf } = prices[name];
  return `${name}: ${amount.toFixed(10).replace(/0+$/, '').replace(/\.$/, '')} ${currency} ${unit}; ${source ?? 'remembered'}, ${asOf}`;
};

/** Hours. */
export const month = 730;

export interface Usage {
  /** Seconds that one poll takes: a guess, until it ran on AWS. */
  readonly pollSeconds: number;
  /** Objects that one writes, and reads or lists, at most (a test of the poller counts them). */
  readonly writes: number;
  readonly reads: number;
  /** Kept in the bucket, with what a poll a minute replaced within a month, in GB: a guess. */
  readonly stored: number;
  /** Of the poller. */
  readonly memoryMegabytes: number;
}

export const usualUsage: Usage = { pollSeconds: 5, writes: 18, reads: 8, stored: 20, memoryMegabytes: 512 };

/** Polls in a month. */
export const pollsAt = (minutes: number): number => (month * 60) / minutes;

export const pollerCost = (polls: number, { pollSeconds, memoryMegabytes }: Usage = usualUsage): number =>
  polls * pollSeconds * (memoryMegabytes / 1024) * prices['Lambda, arm64'].amount +
  polls * prices['call of Lambda'].amount;

export const bucketCost = (polls: number, { writes, reads, stored }: Usage = usualUsage): number =>
  polls * (writes * prices['S3 write (PUT)'].amount + reads * prices['S3 read (GET, LIST)'].amount) +
  ((stored * polls) / pollsAt(1)) * prices['S3 storage'].amount;

/** Of a measured host: it boots from it and keeps nothing there. */
export const diskGigabytes = 1;

export const machineCost = (type: PriceName, region = 'us-east-1'): number | undefined => {
  const factor = regionFactors[region];
  return factor === undefined ? undefined : prices[type].amount * month * factor;
};

export const addressCost = prices['public IPv4 address'].amount * month;
