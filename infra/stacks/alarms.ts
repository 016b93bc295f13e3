import { Stack } from 'aws-cdk-lib';
import { CfnAlarm } from 'aws-cdk-lib/aws-cloudwatch';
import type { CfnFunction } from 'aws-cdk-lib/aws-lambda';
import { CfnSubscription, CfnTopic, CfnTopicPolicy } from 'aws-cdk-lib/aws-sns';
import type { CfnQueue } from 'aws-cdk-lib/aws-sqs';
import type { Construct } from 'constructs';
import type { StackConfig } from './config.ts';

const period = 300;

/**
 * That nobody looks any more is what the page itself cannot say. A poll now and then that fails is no alarm: the page says its
 * own age. Without a host there is nothing to look at, and no letter.
 */
export function addAlarms(
  scope: Construct,
  config: StackConfig,
  { poller, failed }: { readonly poller: CfnFunction; readonly failed: CfnQueue },
): void {
  const topic = config.email === null ? undefined : addTopic(scope, config.name, config.email);
  const actions = topic === undefined ? {} : { alarmActions: [topic.ref], okActions: [topic.ref] };
  const ofPoller = { namespace: 'AWS/Lambda', dimensions: [{ name: 'FunctionName', value: poller.ref }] };
  const common = { period, statistic: 'Sum', actionsEnabled: topic !== undefined && config.host !== null, ...actions };
  const some = {
    ...common,
    comparisonOperator: 'GreaterThanThreshold',
    threshold: 0,
    treatMissingData: 'notBreaching',
  };

  new CfnAlarm(scope, 'PollsFail', {
    ...some,
    ...ofPoller,
    alarmDescription: `${config.name}: polls of the status page fail, for a quarter of an hour`,
    metricName: 'Errors',
    evaluationPeriods: 3,
  });
  new CfnAlarm(scope, 'PollsThrottled', {
    ...some,
    ...ofPoller,
    alarmDescription: `${config.name}: polls of the status page are refused by Lambda, for a quarter of an hour`,
    metricName: 'Throttles',
    evaluationPeriods: 3,
  });
  new CfnAlarm(scope, 'NoPolls', {
    ...common,
    ...ofPoller,
    alarmDescription: `${config.name}: nobody looks: no poll of the status page for ${quarterHours(config.pollMinutes)} minutes`,
    metricName: 'Invocations',
    comparisonOperator: 'LessThanThreshold',
    threshold: 1,
    treatMissingData: 'breaching',
    evaluationPeriods: quarterHours(config.pollMinutes) / 5,
  });
  new CfnAlarm(scope, 'PollsLost', {
    ...some,
    namespace: 'AWS/SQS',
    dimensions: [{ name: 'QueueName', value: failed.attrQueueName }],
    alarmDescription: `${config.name}: polls of the status page were given up; what they were is in the queue`,
    metricName: 'ApproximateNumberOfMessagesVisible',
    statistic: 'Maximum',
    evaluationPeriods: 1,
  });
}

/** Minutes in which three polls ought to have been, in whole quarters of an hour. */
const quarterHours = (pollMinutes: number): number => Math.ceil((3 * pollMinutes) / 15) * 15;

function addTopic(scope: Construct, name: string, email: string): CfnTopic {
  const topic = new CfnTopic(scope, 'Alarms', { topicName: `${name}-status-alarms` });
  new CfnSubscription(scope, 'AlarmsByMail', { topicArn: topic.ref, protocol: 'email', endpoint: email });
  // A policy takes the place of the one a topic has by itself, so that the alarms have to be let in again.
  new CfnTopicPolicy(scope, 'AlarmsPolicy', {
    topics: [topic.ref],
    policyDocument: {
      Version: '2012-10-17',
      Statement: [
        {
          Sid: 'AlarmsOfThisAccount',
          Effect: 'Allow',
          Principal: { Service: 'cloudwatch.amazonaws.com' },
          Action: 'sns:Publish',
          Resource: topic.ref,
          Condition: { StringEquals: { 'aws:SourceAccount': Stack.of(scope).account } },
        },
        {
          Sid: 'TlsAlone',
          Effect: 'Deny',
          Principal: { AWS: '*' },
          Action: 'sns:Publish',
          Resource: topic.ref,
          Condition: { Bool: { 'aws:SecureTransport': 'false' } },
        },
      ],
    },
  });
  return topic;
}
