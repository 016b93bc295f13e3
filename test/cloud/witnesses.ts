import { ACMClient, DescribeCertificateCommand } from '@aws-sdk/client-acm';
import { BudgetsClient, DescribeBudgetCommand } from '@aws-sdk/client-budgets';
import {
  CloudFrontClient,
  GetCachePolicyCommand,
  GetDistributionCommand,
  GetOriginAccessControlCommand,
  GetResponseHeadersPolicyCommand,
} from '@aws-sdk/client-cloudfront';
import { CloudWatchClient, DescribeAlarmsCommand } from '@aws-sdk/client-cloudwatch';
import { CloudWatchLogsClient, DescribeLogGroupsCommand } from '@aws-sdk/client-cloudwatch-logs';
import {
  DescribeAddressesCommand,
  DescribeInstancesCommand,
  DescribeInternetGatewaysCommand,
  DescribeRouteTablesCommand,
  DescribeSecurityGroupsCommand,
  DescribeSubnetsCommand,
  DescribeVpcsCommand,
  EC2Client,
} from '@aws-sdk/client-ec2';
import { DescribeRuleCommand, EventBridgeClient } from '@aws-sdk/client-eventbridge';
import { GetRoleCommand, IAMClient } from '@aws-sdk/client-iam';
import {
  GetFunctionCommand,
  GetFunctionEventInvokeConfigCommand,
  GetPolicyCommand,
  LambdaClient,
} from '@aws-sdk/client-lambda';
import { GetBucketPolicyCommand, HeadBucketCommand, S3Client } from '@aws-sdk/client-s3';
import { GetSubscriptionAttributesCommand, GetTopicAttributesCommand, SNSClient } from '@aws-sdk/client-sns';
import { GetQueueAttributesCommand, SQSClient } from '@aws-sdk/client-sqs';
import { account, type ClientSettings } from './emulated-cloud.ts';
import { recordOf } from './page-domain.ts';

/*
 * What each service says itself of a resource of a stack: CloudFormation's word that it was made is not asked for. A type that
 * is not in this table is in no template of ours.
 */

export interface Resource {
  readonly type: string;
  readonly logicalId: string;
  readonly physicalId: string;
}

/** Resolves with what the service says of it, undefined: that there is none. Rejects as the service does. */
type Witness = (
  settings: ClientSettings,
  id: string,
  stack: readonly Resource[],
  logicalId: string,
) => Promise<unknown>;

const physical = (stack: readonly Resource[], type: string): string => {
  const found = stack.find((resource) => resource.type === type);
  if (found === undefined) throw new Error(`the stack has no ${type}`);
  return found.physicalId;
};

const table: Readonly<Record<string, Witness>> = {
  'AWS::S3::Bucket': (settings, Bucket) => new S3Client(settings).send(new HeadBucketCommand({ Bucket })),
  'AWS::S3::BucketPolicy': async (settings, _, stack) =>
    (await new S3Client(settings).send(new GetBucketPolicyCommand({ Bucket: physical(stack, 'AWS::S3::Bucket') })))
      .Policy,
  'AWS::CloudFront::Distribution': async (settings, Id) =>
    (await new CloudFrontClient(settings).send(new GetDistributionCommand({ Id }))).Distribution,
  'AWS::CloudFront::OriginAccessControl': async (settings, Id) =>
    (await new CloudFrontClient(settings).send(new GetOriginAccessControlCommand({ Id }))).OriginAccessControl,
  'AWS::CloudFront::CachePolicy': async (settings, Id) =>
    (await new CloudFrontClient(settings).send(new GetCachePolicyCommand({ Id }))).CachePolicy,
  'AWS::CloudFront::ResponseHeadersPolicy': async (settings, Id) =>
    (await new CloudFrontClient(settings).send(new GetResponseHeadersPolicyCommand({ Id }))).ResponseHeadersPolicy,
  'AWS::CertificateManager::Certificate': async (settings, CertificateArn) =>
    (await new ACMClient(settings).send(new DescribeCertificateCommand({ CertificateArn }))).Certificate,
  // Two of them have one name, which is what CloudFormation knows them by.
  'AWS::Route53::RecordSet': (settings, name, _, logicalId) =>
    recordOf(settings, name, logicalId.endsWith('AAAA') ? 'AAAA' : 'A'),
  'AWS::Lambda::Function': async (settings, FunctionName) =>
    (await new LambdaClient(settings).send(new GetFunctionCommand({ FunctionName }))).Configuration,
  'AWS::Lambda::EventInvokeConfig': async (settings, _, stack) => {
    const FunctionName = physical(stack, 'AWS::Lambda::Function');
    return await new LambdaClient(settings).send(
      new GetFunctionEventInvokeConfigCommand({ FunctionName, Qualifier: '$LATEST' }),
    );
  },
  'AWS::Lambda::Permission': async (settings, _, stack) => {
    const FunctionName = physical(stack, 'AWS::Lambda::Function');
    return (await new LambdaClient(settings).send(new GetPolicyCommand({ FunctionName }))).Policy;
  },
  'AWS::Events::Rule': (settings, Name) => new EventBridgeClient(settings).send(new DescribeRuleCommand({ Name })),
  'AWS::IAM::Role': async (settings, RoleName) =>
    (await new IAMClient(settings).send(new GetRoleCommand({ RoleName }))).Role,
  'AWS::Logs::LogGroup': async (settings, logGroupNamePrefix) =>
    (await new CloudWatchLogsClient(settings).send(new DescribeLogGroupsCommand({ logGroupNamePrefix })))
      .logGroups?.[0],
  'AWS::SQS::Queue': (settings, QueueUrl) =>
    new SQSClient(settings).send(new GetQueueAttributesCommand({ QueueUrl, AttributeNames: ['All'] })),
  'AWS::SQS::QueuePolicy': async (settings, _, stack) => {
    const QueueUrl = physical(stack, 'AWS::SQS::Queue');
    const command = new GetQueueAttributesCommand({ QueueUrl, AttributeNames: ['Policy'] });
    return (await new SQSClient(settings).send(command)).Attributes?.['Policy'];
  },
  'AWS::SNS::Topic': (settings, TopicArn) => new SNSClient(settings).send(new GetTopicAttributesCommand({ TopicArn })),
  'AWS::SNS::TopicPolicy': async (settings, _, stack) => {
    const TopicArn = physical(stack, 'AWS::SNS::Topic');
    return (await new SNSClient(settings).send(new GetTopicAttributesCommand({ TopicArn }))).Attributes?.['Policy'];
  },
  'AWS::SNS::Subscription': (settings, SubscriptionArn) =>
    new SNSClient(settings).send(new GetSubscriptionAttributesCommand({ SubscriptionArn })),
  'AWS::CloudWatch::Alarm': async (settings, name) =>
    (await new CloudWatchClient(settings).send(new DescribeAlarmsCommand({ AlarmNames: [name] }))).MetricAlarms?.[0],
  'AWS::Budgets::Budget': async (settings, BudgetName) =>
    (await new BudgetsClient(settings).send(new DescribeBudgetCommand({ AccountId: account, BudgetName }))).Budget,

  'AWS::EC2::VPC': async (settings, id) =>
    (await new EC2Client(settings).send(new DescribeVpcsCommand({ VpcIds: [id] }))).Vpcs?.[0],
  'AWS::EC2::Subnet': async (settings, id) =>
    (await new EC2Client(settings).send(new DescribeSubnetsCommand({ SubnetIds: [id] }))).Subnets?.[0],
  'AWS::EC2::InternetGateway': (settings, id) => internetGateway(settings, id),
  'AWS::EC2::VPCGatewayAttachment': async (settings, _, stack) =>
    (await internetGateway(settings, physical(stack, 'AWS::EC2::InternetGateway')))?.Attachments?.[0],
  'AWS::EC2::RouteTable': (settings, id) => routeTable(settings, id),
  'AWS::EC2::Route': async (settings, _, stack) =>
    (await routeTable(settings, physical(stack, 'AWS::EC2::RouteTable')))?.Routes?.find(
      ({ DestinationCidrBlock }) => DestinationCidrBlock === '0.0.0.0/0',
    ),
  'AWS::EC2::SubnetRouteTableAssociation': async (settings, id, stack) =>
    (await routeTable(settings, physical(stack, 'AWS::EC2::RouteTable')))?.Associations?.find(
      ({ RouteTableAssociationId }) => RouteTableAssociationId === id,
    ),
  'AWS::EC2::SecurityGroup': async (settings, id) =>
    (await new EC2Client(settings).send(new DescribeSecurityGroupsCommand({ GroupIds: [id] }))).SecurityGroups?.[0],
  'AWS::EC2::Instance': async (settings, id) => {
    const { Reservations } = await new EC2Client(settings).send(new DescribeInstancesCommand({ InstanceIds: [id] }));
    const instance = Reservations?.[0]?.Instances?.[0];
    // One that is terminated is shown for an hour.
    return instance?.State?.Name === 'terminated' ? undefined : instance;
  },
  'AWS::EC2::EIP': (settings, address) => elasticAddress(settings, address),
  'AWS::EC2::EIPAssociation': async (settings, id, stack) => {
    const address = await elasticAddress(settings, physical(stack, 'AWS::EC2::EIP'));
    return address?.AssociationId === id ? address : undefined;
  },
};

const internetGateway = async (settings: ClientSettings, id: string) => {
  const command = new DescribeInternetGatewaysCommand({ InternetGatewayIds: [id] });
  return (await new EC2Client(settings).send(command)).InternetGateways?.[0];
};
const routeTable = async (settings: ClientSettings, id: string) =>
  (await new EC2Client(settings).send(new DescribeRouteTablesCommand({ RouteTableIds: [id] }))).RouteTables?.[0];
const elasticAddress = async (settings: ClientSettings, address: string) =>
  (await new EC2Client(settings).send(new DescribeAddressesCommand({ PublicIps: [address] }))).Addresses?.[0];

/** Types that a service here can be asked about. */
export const witnessedTypes: ReadonlySet<string> = new Set(Object.keys(table));

/** Logical ids of those that their own service does not know. Throws for a type that nobody here can be asked about. */
export async function unseen(settings: ClientSettings, stack: readonly Resource[]): Promise<readonly string[]> {
  const missing: string[] = [];
  for (const resource of stack) {
    if (await isGone(settings, resource, stack)) missing.push(resource.logicalId);
  }
  return missing;
}

/** Of a resource, by the service that has it. Throws for a type that nobody here can be asked about. */
export async function witnessed(settings: ClientSettings, resource: Resource, stack: readonly Resource[]) {
  const witness = table[resource.type];
  if (witness === undefined)
    throw new Error(`${resource.type} (${resource.logicalId}): no service here has such a thing`);
  return await witness(settings, resource.physicalId, stack, resource.logicalId);
}

/** The same question when the stack is gone: "no such thing", by an answer or by an error, is `true`. */
export async function isGone(
  settings: ClientSettings,
  resource: Resource,
  stack: readonly Resource[],
): Promise<boolean> {
  try {
    return (await witnessed(settings, resource, stack)) === undefined;
  } catch (error) {
    if (
      error instanceof Error &&
      /not ?(found|exist)|nosuch|nonexistent|notfound|unable to find/i.test(`${error.name} ${error.message}`)
    ) {
      return true;
    }
    throw error;
  }
}
