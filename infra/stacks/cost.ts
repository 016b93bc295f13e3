/*
 * What the resources of a template cost a month, each by its type, so that nothing can be added to a stack without a price.
 * List prices of us-east-1 in USD without tax, as AWS had them on its public lists; 730 hours. What is free below a limit that a
 * status page never comes near is free here.
 */

export const stackPricesAsOf = '2025-12';

export interface TemplateLine {
  readonly logicalId: string;
  readonly type: string;
  /** USD a month. */
  readonly amount: number;
  /** What the amount is made of. */
  readonly because: string;
}

export interface CostedTemplate {
  readonly Resources: Readonly<
    Record<string, { readonly Type: string; readonly Properties?: Readonly<Record<string, unknown>> | undefined }>
  >;
}

export interface Usage {
  /** Seconds that one takes. */
  readonly pollSeconds: number;
  /** Objects that one writes. */
  readonly writes: number;
  /** Kept in the bucket, with what was replaced within a month, in GB. */
  readonly stored: number;
}

/** Some seconds for the host and the explorers, and the objects that change. */
export const usualUsage: Usage = { pollSeconds: 3, writes: 12, stored: 1 };

const hours = 730;
const hourly: Readonly<Record<string, number>> = { 't3.micro': 0.0104, 't3.small': 0.0208, 't3.medium': 0.0416 };

type Price = (
  properties: Readonly<Record<string, unknown>>,
  usage: Usage & { readonly polls: number },
) => readonly [amount: number, because: string];

const nothing =
  (because: string): Price =>
  () => [0, because];

const part = nothing('part of the network, or of what it belongs to');
const free = nothing('free, or free below what this comes near');

const prices: Readonly<Record<string, Price>> = {
  'AWS::EC2::Instance': ({ InstanceType: type }) => {
    const price = typeof type === 'string' ? hourly[type] : undefined;
    if (price === undefined)
      throw new RangeError(`${JSON.stringify(type)}: no price here; there is for ${Object.keys(hourly).join(', ')}`);
    return [price * hours + 0.08, `${price} an hour, and 0.08 for its disk of 1 GB`];
  },
  'AWS::EC2::EIP': () => [0.005 * hours, 'a public IPv4 address: 0.005 an hour'],
  'AWS::Lambda::Function': ({ MemorySize: megabytes }, { polls, pollSeconds }) => {
    const gigabyteSeconds = polls * pollSeconds * (Number(megabytes) / 1024);
    return [
      gigabyteSeconds * 0.0000133334 + polls * 0.0000002,
      `${polls} polls of ${pollSeconds} s on arm64, less what Lambda gives for nothing: 400 000 GB-seconds a month`,
    ];
  },
  'AWS::S3::Bucket': (_, { polls, writes, stored }) => [
    ((polls * writes) / 1000) * 0.005 + stored * 0.023,
    `${writes} writes a poll at 0.005 a thousand, and ${stored} GB at 0.023`,
  ],
  'AWS::CloudWatch::Alarm': () => [0.1, '0.10 each; an account has ten for nothing'],
  'AWS::CloudFront::Distribution': nothing('free up to 1 TB and ten million requests a month'),
  'AWS::CloudFront::OriginAccessControl': free,
  'AWS::CloudFront::CachePolicy': free,
  'AWS::CloudFront::ResponseHeadersPolicy': free,
  'AWS::S3::BucketPolicy': free,
  'AWS::SQS::Queue': free,
  'AWS::SQS::QueuePolicy': free,
  'AWS::SNS::Topic': free,
  'AWS::SNS::TopicPolicy': free,
  'AWS::SNS::Subscription': free,
  'AWS::Budgets::Budget': free,
  'AWS::Events::Rule': free,
  'AWS::IAM::Role': free,
  'AWS::Lambda::Permission': free,
  'AWS::Lambda::EventInvokeConfig': free,
  'AWS::Logs::LogGroup': nothing('a line a poll: below 5 GB a month'),
  'AWS::CertificateManager::Certificate': free,
  'AWS::Route53::RecordSet': nothing('a record is free; its zone, which is yours, costs 0.50'),
  'AWS::EC2::VPC': part,
  'AWS::EC2::Subnet': part,
  'AWS::EC2::InternetGateway': part,
  'AWS::EC2::VPCGatewayAttachment': part,
  'AWS::EC2::RouteTable': part,
  'AWS::EC2::Route': part,
  'AWS::EC2::SubnetRouteTableAssociation': part,
  'AWS::EC2::SecurityGroup': part,
  'AWS::EC2::EIPAssociation': part,
};

/** Of each resource. Throws a RangeError for a type without a price: somebody has to look it up. */
export function monthlyCost(template: CostedTemplate, usage: Usage = usualUsage): readonly TemplateLine[] {
  const polls = Object.values(template.Resources).reduce((sum, resource) => sum + callsOf(resource), 0);
  return Object.entries(template.Resources).map(([logicalId, { Type: type, Properties: properties = {} }]) => {
    const price = prices[type];
    if (price === undefined) throw new RangeError(`${type} (${logicalId}) has no price in infra/stacks/cost.ts`);
    const [amount, because] = price(properties, { ...usage, polls });
    return { logicalId, type, amount, because };
  });
}

/** A month, of a schedule that is a rate of minutes. */
function callsOf({ Type, Properties }: CostedTemplate['Resources'][string]): number {
  const [, minutes] = /^rate\((\d+) minutes?\)$/.exec(String(Properties?.['ScheduleExpression'])) ?? [];
  return Type === 'AWS::Events::Rule' && minutes !== undefined ? (hours * 60) / Number(minutes) : 0;
}
