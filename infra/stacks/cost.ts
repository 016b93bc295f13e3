import {
  addressCost,
  bucketCost,
  diskGigabytes,
  isPriced,
  machineCost,
  pollerCost,
  pollsAt,
  prices as priced,
  type Usage,
  usualUsage,
} from './prices.ts';

/*
 * What the resources of a template cost a month, each by its type, so that nothing can be added to a stack without a price. The
 * figures are those of prices.ts: USD, us-east-1, without tax. What is free below a limit that a status page never comes near is
 * free here.
 */

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
    const machine = typeof type === 'string' && isPriced(type) ? machineCost(type) : undefined;
    if (machine === undefined) throw new RangeError(`${JSON.stringify(type)}: no price in infra/stacks/prices.ts`);
    const disk = diskGigabytes * priced['disk (gp3)'].amount;
    return [machine + disk, `${machine.toFixed(2)}, and ${disk} for its disk of ${diskGigabytes} GB`];
  },
  'AWS::EC2::EIP': () => [addressCost, 'a public IPv4 address'],
  'AWS::Lambda::Function': ({ MemorySize: megabytes }, { polls, ...usage }) => [
    pollerCost(polls, { ...usage, memoryMegabytes: Number(megabytes) }),
    `${polls} polls of ${usage.pollSeconds} s on arm64, less what Lambda gives for nothing: 400 000 GB-seconds a month`,
  ],
  'AWS::S3::Bucket': (_, { polls, ...usage }) => [
    bucketCost(polls, usage),
    `${usage.writes} writes and ${usage.reads} reads a poll, and ${usage.stored} GB`,
  ],
  'AWS::CloudWatch::Alarm': () => [priced['alarm of CloudWatch'].amount, 'an account has ten for nothing'],
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
  return Type === 'AWS::Events::Rule' && minutes !== undefined ? pollsAt(Number(minutes)) : 0;
}
