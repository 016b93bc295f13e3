import { RemovalPolicy, Stack } from 'aws-cdk-lib';
import { CfnRule } from 'aws-cdk-lib/aws-events';
import { CfnRole } from 'aws-cdk-lib/aws-iam';
import { CfnEventInvokeConfig, CfnFunction, CfnPermission } from 'aws-cdk-lib/aws-lambda';
import { CfnLogGroup } from 'aws-cdk-lib/aws-logs';
import type { CfnBucket } from 'aws-cdk-lib/aws-s3';
import { Asset } from 'aws-cdk-lib/aws-s3-assets';
import { CfnQueue, CfnQueuePolicy } from 'aws-cdk-lib/aws-sqs';
import type { Construct } from 'constructs';
import { publicSources } from '../../status-page/chain/index.ts';
import { prefixes } from './bucket.ts';
import type { StackConfig } from './config.ts';

export interface PollerParts {
  readonly bucket: CfnBucket;
  readonly pageUrl: string;
  /** Of the bundle. */
  readonly folder: string;
}

/** The function that looks at chain and host and writes the page; when it is called; and where a call goes that came to nothing. */
export function addPoller(scope: Construct, config: StackConfig, parts: PollerParts) {
  const name = `${config.name}-poller`;
  const failed = addQueue(scope, name);
  const logs = new CfnLogGroup(scope, 'PollerLogs', { logGroupName: `/aws/lambda/${name}`, retentionInDays: 30 });
  logs.applyRemovalPolicy(RemovalPolicy.DESTROY);
  const role = addRole(scope, { bucket: parts.bucket, failed, logs });
  const code = new Asset(scope, 'PollerCode', { path: parts.folder });
  const poller = new CfnFunction(scope, 'Poller', {
    functionName: name,
    description: `looks at the pinata ${config.name} and writes its status page`,
    role: role.attrArn,
    runtime: 'nodejs24.x',
    architectures: ['arm64'],
    handler: 'poller.handler',
    code: { s3Bucket: code.s3BucketName, s3Key: code.s3ObjectKey },
    memorySize: 512,
    // Less than the least time between two polls.
    timeout: 50,
    ...(config.reservedConcurrency === null ? {} : { reservedConcurrentExecutions: config.reservedConcurrency }),
    environment: {
      variables: {
        PINATA_BUCKET: parts.bucket.ref,
        ...(config.host === null ? {} : { PINATA_WATCHED: watched(scope, config, config.host, parts.pageUrl) }),
      },
    },
    loggingConfig: { logGroup: logs.ref, logFormat: 'JSON', applicationLogLevel: 'INFO', systemLogLevel: 'WARN' },
    deadLetterConfig: { targetArn: failed.attrArn },
    recursiveLoop: 'Terminate',
  });
  code.addResourceMetadata(poller, 'Code');
  // A poll that failed is not tried again: the next one is a minute away.
  new CfnEventInvokeConfig(scope, 'PollerCalls', {
    functionName: poller.ref,
    qualifier: '$LATEST',
    maximumRetryAttempts: 0,
    maximumEventAgeInSeconds: 60,
  });
  addSchedule(scope, config, { poller, failed });
  return { poller, failed };
}

/** JSON of status-page/poller/settings.ts; what is not known until the stack is there is put in by CloudFormation. */
function watched(
  scope: Construct,
  config: StackConfig,
  host: NonNullable<StackConfig['host']>,
  pageUrl: string,
): string {
  return Stack.of(scope).toJsonString({
    network: config.network,
    ...(config.wallet === null ? {} : { address: config.wallet }),
    host: config.hostName ?? host.address,
    ports: host.ports,
    release: config.release,
    name: config.name,
    pageUrl,
    sources: config.sources.length === 0 ? publicSources[config.network] : config.sources,
    ...(config.refundKey === null ? {} : { refundKey: config.refundKey }),
    interval: config.pollMinutes * 60,
  });
}

/** By hand: read and write below two prefixes, its own log, its own queue. */
function addRole(
  scope: Construct,
  { bucket, failed, logs }: { readonly bucket: CfnBucket; readonly failed: CfnQueue; readonly logs: CfnLogGroup },
): CfnRole {
  const allow = (Sid: string, Action: string[], Resource: string | string[]) => ({
    Sid,
    Effect: 'Allow',
    Action,
    Resource,
  });
  return new CfnRole(scope, 'PollerRole', {
    description: 'What the poller of a status page may do',
    maxSessionDuration: 3600,
    assumeRolePolicyDocument: {
      Version: '2012-10-17',
      Statement: [{ Effect: 'Allow', Principal: { Service: 'lambda.amazonaws.com' }, Action: 'sts:AssumeRole' }],
    },
    policies: [
      {
        policyName: 'poller',
        policyDocument: {
          Version: '2012-10-17',
          Statement: [
            allow(
              'PageAndState',
              ['s3:GetObject', 's3:PutObject'],
              Object.values(prefixes).map((prefix) => `${bucket.attrArn}/${prefix}*`),
            ),
            // Not for two prefixes alone: S3 says "no such key" to those alone who may list the bucket, and a condition on
            // the prefix does not hold where a key is read.
            allow('WhatIsThere', ['s3:ListBucket'], bucket.attrArn),
            allow('Log', ['logs:CreateLogStream', 'logs:PutLogEvents'], logs.attrArn),
            allow('GivenUp', ['sqs:SendMessage'], failed.attrArn),
          ],
        },
      },
    ],
  });
}

function addQueue(scope: Construct, name: string): CfnQueue {
  return new CfnQueue(scope, 'PollsGivenUp', {
    queueName: `${name}-given-up`,
    sqsManagedSseEnabled: true,
    messageRetentionPeriod: 14 * 86_400,
  });
}

function addSchedule(
  scope: Construct,
  { name, pollMinutes, host }: StackConfig,
  { poller, failed }: { readonly poller: CfnFunction; readonly failed: CfnQueue },
): void {
  const rule = new CfnRule(scope, 'Schedule', {
    name: `${name}-poll`,
    description: `polls for the status page of ${name}`,
    scheduleExpression: `rate(${pollMinutes} minute${pollMinutes === 1 ? '' : 's'})`,
    state: host === null ? 'DISABLED' : 'ENABLED',
    targets: [
      {
        id: 'poller',
        arn: poller.attrArn,
        deadLetterConfig: { arn: failed.attrArn },
        retryPolicy: { maximumRetryAttempts: 1, maximumEventAgeInSeconds: 60 },
      },
    ],
  });
  new CfnPermission(scope, 'ScheduleMayCall', {
    action: 'lambda:InvokeFunction',
    functionName: poller.ref,
    principal: 'events.amazonaws.com',
    sourceArn: rule.attrArn,
  });
  new CfnQueuePolicy(scope, 'PollsGivenUpPolicy', {
    queues: [failed.ref],
    policyDocument: {
      Version: '2012-10-17',
      Statement: [
        {
          Sid: 'ScheduleAlone',
          Effect: 'Allow',
          Principal: { Service: 'events.amazonaws.com' },
          Action: 'sqs:SendMessage',
          Resource: failed.attrArn,
          Condition: { ArnEquals: { 'aws:SourceArn': rule.attrArn } },
        },
        {
          Sid: 'TlsAlone',
          Effect: 'Deny',
          Principal: { AWS: '*' },
          Action: 'sqs:*',
          Resource: failed.attrArn,
          Condition: { Bool: { 'aws:SecureTransport': 'false' } },
        },
      ],
    },
  });
}
